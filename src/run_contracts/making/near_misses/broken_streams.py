"""Streams that are wrong as streams: frames lost, misnamed or without end."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from run_contracts.contract.lifecycle import COMPLETED, REQUIRES_ACTION
from run_contracts.contract.loading import Contract
from run_contracts.making.lives.stream_events import Events, as_sse
from run_contracts.making.near_misses.miss import Miss
from run_contracts.making.typical_streams import typical_stream
from run_contracts.traffic.streamed_events import DONE, DONE_DATA

BrokenStreams = Iterator[tuple[Events, int, str]]
CREATE, CREATE_THREAD, SUBMIT = "createRun", "createThreadAndRun", "submitToolOutputs"
RUN_CREATED, MESSAGE_DELTA, STEP_DELTA = (
    "thread.run.created",
    "thread.message.delta",
    "thread.run.step.delta",
)


def misses(contract: Contract, requirement: str) -> Iterator[Miss]:
    """Yield streams of a new run that break a requirement."""
    for miss in _misses(contract, requirement):
        yield replace(miss, legal=_legal(contract, requirement))


def _legal(contract: Contract, requirement: str) -> Events:
    """Return the legal stream that those which break a requirement are made of."""
    operation, _ = _OF_OTHERS.get(requirement, (CREATE, None))
    if operation == SUBMIT:
        return _resumed(contract)
    if requirement in OF_CALLS:
        return _called(contract)
    return _written(contract, with_thread=operation == CREATE_THREAD)


def _misses(contract: Contract, requirement: str) -> Iterator[Miss]:
    """Yield streams, without what they were made of."""
    if requirement == STREAM_TYPE_RULE:
        events = _written(contract)
        sentence = "The stream is sent, and says that it is plain text."
        yield _miss(events, 0, sentence, content_type="text/plain")
    elif requirement == EVENT_NAMES_RULE:
        events = _written(contract)
        bare = "".join(
            line for line in as_sse(events).splitlines(keepends=True) if line[:6] != "event:"
        )
        yield _miss(events, 0, "The frames have data, and no names.", text=bare)
    elif requirement == EVENT_DATA_RULE:
        events = _written(contract)
        broken = as_sse(events).replace(as_sse(events[1:2]), NOT_AN_OBJECT, 1)
        yield _miss(events, 1, "The data of an event is a word, no JSON.", text=broken)
    elif requirement in _BROKEN_STREAMS:
        for events, at, sentence in _BROKEN_STREAMS[requirement](contract):
            yield _miss(events, at, sentence)
    elif requirement in _OF_OTHERS:
        operation, find = _OF_OTHERS[requirement]
        for events, at, sentence in find(contract):
            yield _miss(events, at, sentence, operation=operation)


STREAM_TYPE_RULE, EVENT_NAMES_RULE, EVENT_DATA_RULE = (
    "RUN-STREAM-001",
    "RUN-STREAM-002",
    "RUN-STREAM-006",
)
OF_CALLS = ("RUN-STREAM-009", "RUN-STREAM-015")
NOT_AN_OBJECT = "event: thread.run.queued\ndata: queued\n\n"


def _miss(  # noqa: PLR0913 - the parts of a miss
    events: Events,
    at: int,
    sentence: str,
    *,
    text: str | None = None,
    content_type: str | None = None,
    operation: str = CREATE,
) -> Miss:
    return Miss(
        kind="stream",
        value=events,
        pointer=f"/{at}",
        sentence=sentence,
        text=as_sse(events) if text is None else text,
        content_type=content_type,
        operation=operation,
    )


def _written(contract: Contract, *, with_thread: bool = False) -> Events:
    """Return the stream of a run that writes a message."""
    return typical_stream(contract, COMPLETED, with_thread=with_thread)


def _called(contract: Contract) -> Events:
    """Return the stream of a run that calls a function."""
    return typical_stream(contract, REQUIRES_ACTION)


def _endless(contract: Contract) -> BrokenStreams:
    """Yield streams whose end marker is not where it belongs."""
    events = _written(contract)
    yield events[:-1], len(events) - 2, "The stream just stops, without its end marker."
    marker = [*events[:-1], {"event": DONE, "data": "[END]"}]
    yield marker, len(events) - 1, f"The end marker is [END], not {DONE_DATA}."


def _headless(contract: Contract) -> BrokenStreams:
    events = [one for one in _written(contract) if one["event"] != RUN_CREATED]
    yield events, 0, f"{RUN_CREATED} is missing; the stream begins with the next event."


def _misnamed(contract: Contract) -> BrokenStreams:
    """Yield a stream in which an event's name says another status than its data."""
    events = copy.deepcopy(_written(contract))
    at = next(i for i, one in enumerate(events) if one["event"] == "thread.run.in_progress")
    events[at]["event"] = "thread.run.queued"
    yield events, at, "An event is named thread.run.queued, its run is in_progress."


def _restless(contract: Contract) -> BrokenStreams:
    events = [one for one in _written(contract) if one["event"] != f"thread.run.{COMPLETED}"]
    yield events, len(events) - 1, "The stream ends, and its run was last seen in_progress."


def _lost_word(contract: Contract) -> BrokenStreams:
    yield _without_last(_written(contract), MESSAGE_DELTA, "A piece of the message is lost.")


def _lost_argument(contract: Contract) -> BrokenStreams:
    yield _without_last(_called(contract), STEP_DELTA, "A piece of the arguments is lost.")


def _without_last(events: Events, name: str, sentence: str) -> tuple[Events, int, str]:
    """Return events without the last of a name, and where it was."""
    at = max(i for i, one in enumerate(events) if one["event"] == name)
    return [*events[:at], *events[at + 1 :]], at, sentence


def _resumed(contract: Contract) -> Events:
    """Return the stream that answers a submit."""
    return typical_stream(contract, COMPLETED, resumed=True)


def _without(events: Events, *names: str) -> Events:
    return [one for one in events if one["event"] not in names]


def _unannounced(contract: Contract) -> BrokenStreams:
    events = _without(_written(contract), "thread.message.created", "thread.message.in_progress")
    at = next(i for i, one in enumerate(events) if one["event"] == MESSAGE_DELTA)
    yield events, at, "Pieces come of a message that no event has announced."


def _unclosed_step(contract: Contract) -> BrokenStreams:
    events = _without(_written(contract), "thread.run.step.completed")
    yield events, len(events) - 2, "The run is completed, and its step was never closed."


def _unclosed_message(contract: Contract) -> BrokenStreams:
    events = _without(_written(contract), "thread.message.completed")
    yield events, len(events) - 2, "The run is completed, and its message was never closed."


def _never_at_work(contract: Contract) -> BrokenStreams:
    events = _without(_written(contract), "thread.run.in_progress")
    yield events, len(events) - 2, "The run is completed, and was never shown in progress."


def _done_twice(contract: Contract) -> BrokenStreams:
    events = _written(contract)
    yield [*events, events[-1]], len(events), "The end marker comes twice."


def _nameless_call(contract: Contract) -> BrokenStreams:
    events = copy.deepcopy(_called(contract))
    at = next(i for i, one in enumerate(events) if one["event"] == STEP_DELTA)
    (call,) = events[at]["data"]["delta"]["step_details"]["tool_calls"]
    del call["function"]["name"]
    yield events, at, "The first piece of a call does not say which function it calls."


def _created_again(contract: Contract) -> BrokenStreams:
    events = _resumed(contract)
    at = next(i for i, one in enumerate(events) if one["event"] == "thread.run.queued")
    again = {**events[at], "event": RUN_CREATED}
    sentence = "After a submit the run is announced as created once more."
    yield [*events[: at + 1], again, *events[at + 1 :]], at + 1, sentence


def _out_of_turn(contract: Contract) -> BrokenStreams:
    events = _resumed(contract)
    sentence = "After a submit the run is queued before the step of its calls is closed."
    yield [events[1], events[0], *events[2:]], 0, sentence


def _without_thread(contract: Contract) -> BrokenStreams:
    yield _written(contract), 0, "A thread was created too, and no event says so."


_OF_OTHERS: Mapping[str, tuple[str, Callable[[Contract], BrokenStreams]]] = {
    "RUN-STREAM-016": (SUBMIT, _created_again),
    "RUN-STREAM-017": (SUBMIT, _out_of_turn),
    "RUN-STREAM-018": (CREATE_THREAD, _without_thread),
}
"""Misses of streams that answer another request than a plain create."""
_BROKEN_STREAMS: Mapping[str, Callable[[Contract], BrokenStreams]] = {
    "RUN-STREAM-010": _unannounced,
    "RUN-STREAM-011": _unclosed_step,
    "RUN-STREAM-012": _done_twice,
    "RUN-STREAM-015": _nameless_call,
    "RUN-STREAM-019": _unclosed_message,
    "RUN-STREAM-022": _never_at_work,
    "RUN-STREAM-003": _endless,
    "RUN-STREAM-004": _headless,
    "RUN-STREAM-005": _misnamed,
    "RUN-STREAM-007": _restless,
    "RUN-STREAM-008": _lost_word,
    "RUN-STREAM-009": _lost_argument,
}
