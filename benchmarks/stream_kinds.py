"""What a stream is made of: the kinds of its events, steps, pieces and content."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from run_contracts.traffic.streamed_events import DONE, StreamedEvent

MANY = 3
"""From so many on, steps and pieces are counted as many."""


def kinds(events: Sequence[StreamedEvent]) -> Iterator[str]:
    """Yield each kind that a stream has, some more than once."""
    steps: dict[str, Any] = {}
    for event in events:
        yield f"event {event.name}" if event.name else "event without a name"
        if event.is_about("run_step_delta"):
            yield from _of_step_delta(event.data["delta"])
        elif event.is_about("message_delta"):
            yield from _of_content("text delta", event.data["delta"].get("content") or ())
        elif event.is_about("message"):
            yield from _of_content("message", event.data.get("content") or ())
        elif event.is_about("run_step"):
            steps[event.data["id"]] = event.data
        elif event.is_about("run"):
            yield from _of_run(event.data)
    yield from _of_whole(events, list(steps.values()))


def _of_whole(events: Sequence[StreamedEvent], steps: Sequence[Any]) -> Iterator[str]:
    """Yield how a stream begins and ends, and what steps it has."""
    named = [event.name for event in events if event.name != DONE]
    if named:
        yield f"begins {named[0]}"
        yield f"ends {named[-1]}"
    yield f"steps {_counted(len(steps))}"
    rounds = [step for step in steps if step["type"] == "tool_calls"]
    yield f"steps that call tools {_counted(len(rounds))}"
    for step in steps:
        calls = step["step_details"].get("tool_calls") or ()
        if calls:
            yield f"calls in a step {_counted(len(calls))}"
        for call in calls:
            yield f"step of {call['type']}"
            yield from _of_call("step", call)


def _of_step_delta(delta: Any) -> Iterator[str]:
    details = delta.get("step_details")
    if not details:
        yield "step delta empty"
        return
    for call in details.get("tool_calls") or ():
        yield f"step delta {call['type']}"
        yield from _of_call("step delta", call)
    if details["type"] == "tool_calls" and not details.get("tool_calls"):
        yield "step delta without calls"
    if details["type"] != "tool_calls":
        yield f"step delta {details['type']}"


def _of_call(word: str, call: Any) -> Iterator[str]:
    """Yield what a call of the code interpreter or of file search has."""
    inner = call.get(call["type"]) or {}
    if call["type"] == "code_interpreter":
        if inner.get("input") == "":
            yield f"{word} code_interpreter, input empty"
        for output in inner.get("outputs") or ():
            yield f"{word} code_interpreter, {output['type']}"
    if call["type"] == "file_search" and inner.get("results"):
        yield f"{word} file_search, results"


def _of_content(word: str, parts: Sequence[Any]) -> Iterator[str]:
    if not parts:
        yield f"{word} without content"
    if len({part.get("index", at) for at, part in enumerate(parts)}) > 1 or any(
        part.get("index") for part in parts
    ):
        yield f"{word} of more than one part"
    for part in parts:
        yield f"{word} {part['type']}"
        inner = part.get("text")
        if isinstance(inner, dict):
            if inner.get("value") == "":
                yield f"{word} text, empty"
            for annotation in inner.get("annotations") or ():
                yield f"{word} annotation {annotation['type']}"


def _of_run(run: Any) -> Iterator[str]:
    if run["status"] == "completed" and run.get("incomplete_details"):
        yield "run completed at a limit"
    calls = ((run.get("required_action") or {}).get("submit_tool_outputs") or {}).get("tool_calls")
    if calls:
        yield f"run asks for outputs {_counted(len(calls))}"
    if run.get("last_error"):
        yield f"run failed by {run['last_error']['code']}"


def _counted(many: int) -> str:
    return str(many) if many < MANY else f"{MANY} and more"
