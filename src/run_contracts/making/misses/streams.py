"""Streams that are wrong as streams: frames lost, misnamed or without end."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from run_contracts.contract import Contract
from run_contracts.evidence import DONE, DONE_DATA
from run_contracts.lifecycle import COMPLETED, REQUIRES_ACTION
from run_contracts.making.choosing import fitting_plans
from run_contracts.making.forms import Form, Text
from run_contracts.making.misses.miss import Miss
from run_contracts.making.scripts import as_sse, stream
from run_contracts.making.simplest import fullest, simplest

Events = list[dict[str, Any]]
Wrong = Iterator[tuple[Events, int, str]]
BASE = {"created_at": 1_767_225_600, "model": "gpt-4o"}
REPLY, ARGUMENTS = "Three words here.", '{"city": "Lisbon"}'
CREATED, MESSAGE_DELTA, STEP_DELTA = (
    "thread.run.created",
    "thread.message.delta",
    "thread.run.step.delta",
)


def misses(contract: Contract, requirement: str) -> Iterator[Miss]:
    """Yield streams of a new run that break a requirement."""
    if requirement == TYPE:
        events = _written(contract)
        sentence = "The stream is sent, and says that it is plain text."
        yield _miss(events, 0, sentence, content_type="text/plain")
    elif requirement == NAMES:
        events = _written(contract)
        bare = "".join(
            line for line in as_sse(events).splitlines(keepends=True) if line[:6] != "event:"
        )
        yield _miss(events, 0, "The frames have data, and no names.", text=bare)
    elif requirement == KIND:
        events = _written(contract)
        broken = as_sse(events).replace(as_sse(events[1:2]), NOT_AN_OBJECT, 1)
        yield _miss(events, 1, "The data of an event is a word, no JSON.", text=broken)
    elif requirement in _FOUND:
        for events, at, sentence in _FOUND[requirement](contract):
            yield _miss(events, at, sentence)


TYPE, NAMES, KIND = "RUN-STREAM-001", "RUN-STREAM-002", "RUN-STREAM-006"
NOT_AN_OBJECT = "event: thread.run.queued\ndata: queued\n\n"


def _miss(
    events: Events,
    at: int,
    sentence: str,
    *,
    text: str | None = None,
    content_type: str | None = None,
) -> Miss:
    return Miss(
        kind="stream",
        value=events,
        pointer=f"/{at}",
        sentence=sentence,
        text=as_sse(events) if text is None else text,
        content_type=content_type,
    )


def _make(form: Form) -> Any:
    """Return simple values, and texts that have several pieces."""
    if isinstance(form, Text) and form.name in ("reply", "arguments"):
        return REPLY if form.name == "reply" else ARGUMENTS
    return fullest(form) if getattr(form, "name", "") == "tool_calls" else simplest(form)


def _written(contract: Contract) -> Events:
    """Return the stream of a run that writes a message."""
    (first,) = fitting_plans(contract, "run", contract.lifecycle.initial, BASE)
    return stream(contract, _make, first, COMPLETED)


def _called(contract: Contract) -> Events:
    """Return the stream of a run that calls a function."""
    (first,) = fitting_plans(contract, "run", contract.lifecycle.initial, BASE)
    return stream(contract, _called_form, first, REQUIRES_ACTION)


def _called_form(form: Form) -> Any:
    made = _make(form)
    action = made.get("submit_tool_outputs") if isinstance(made, dict) else None
    if isinstance(action, dict):
        function = {"name": "get_weather", "arguments": ARGUMENTS}
        action["tool_calls"] = [{"id": "call_1", "type": "function", "function": function}]
    return made


def _endless(contract: Contract) -> Wrong:
    """Yield streams whose end marker is not where it belongs."""
    events = _written(contract)
    yield events[:-1], len(events) - 2, "The stream just stops, without its end marker."
    marker = [*events[:-1], {"event": DONE, "data": "[END]"}]
    yield marker, len(events) - 1, f"The end marker is [END], not {DONE_DATA}."


def _headless(contract: Contract) -> Wrong:
    events = [one for one in _written(contract) if one["event"] != CREATED]
    yield events, 0, f"{CREATED} is missing; the stream begins with the next event."


def _misnamed(contract: Contract) -> Wrong:
    """Yield a stream in which an event's name says another status than its data."""
    events = copy.deepcopy(_written(contract))
    at = next(i for i, one in enumerate(events) if one["event"] == "thread.run.in_progress")
    events[at]["event"] = "thread.run.queued"
    yield events, at, "An event is named thread.run.queued, its run is in_progress."


def _restless(contract: Contract) -> Wrong:
    events = [one for one in _written(contract) if one["event"] != f"thread.run.{COMPLETED}"]
    yield events, len(events) - 1, "The stream ends, and its run was last seen in_progress."


def _lost_word(contract: Contract) -> Wrong:
    yield _without_last(_written(contract), MESSAGE_DELTA, "A piece of the message is lost.")


def _lost_argument(contract: Contract) -> Wrong:
    yield _without_last(_called(contract), STEP_DELTA, "A piece of the arguments is lost.")


def _without_last(events: Events, name: str, sentence: str) -> tuple[Events, int, str]:
    """Return events without the last of a name, and where it was."""
    at = max(i for i, one in enumerate(events) if one["event"] == name)
    return [*events[:at], *events[at + 1 :]], at, sentence


_FOUND: Mapping[str, Callable[[Contract], Wrong]] = {
    "RUN-STREAM-003": _endless,
    "RUN-STREAM-004": _headless,
    "RUN-STREAM-005": _misnamed,
    "RUN-STREAM-007": _restless,
    "RUN-STREAM-008": _lost_word,
    "RUN-STREAM-009": _lost_argument,
}
