"""Streams that were logged event by event: JSON records with a name and data, and no SSE."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from run_contracts.contract.lifecycle import lifecycle
from run_contracts.contract.operations import STREAM_TYPE
from run_contracts.contract.requirements import EDITIONS
from run_contracts.recordings.formats.entry_parts import CONTENT_TYPE
from run_contracts.recordings.recorded import Recorded
from run_contracts.traffic.exchange import OK, Response
from run_contracts.traffic.streamed_events import DONE, DONE_DATA

NAME_KEYS = ("event", "type")
DATA_KEYS = ("data", "payload")
OF_CONTRACT = "thread."
"""How the names of events begin, but for the end and errors."""
THREAD_CREATED, RUN_CREATED = "thread.created", "thread.run.created"


class _Event(NamedTuple):
    place: str
    name: str
    data: Any


def is_event_record(value: Any) -> bool:
    """Say whether a value is one event of a stream: its name, and its data beside it.

    >>> is_event_record({"event": "thread.run.created", "data": {}})
    True
    >>> is_event_record({"event": "started", "data": {}})
    False
    """
    return isinstance(value, dict) and _name(value) is not None


def _name(value: dict[str, Any]) -> str | None:
    for key in NAME_KEYS:
        name = value.get(key)
        if isinstance(name, str) and any(data in value for data in DATA_KEYS):
            is_end = name == DONE and _data(value) == DONE_DATA
            if name.startswith(OF_CONTRACT) or is_end or _is_error(name, value):
                return name
    return None


def _is_error(name: str, value: dict[str, Any]) -> bool:
    data = _data(value)
    return name == "error" and isinstance(data, dict) and len(value) <= len(("event", "data", "id"))


def _data(value: dict[str, Any]) -> Any:
    return next((value[key] for key in DATA_KEYS if key in value), None)


def streams(records: Iterable[tuple[str, Any]]) -> Iterator[Recorded]:
    """Yield the streams that events, each after its place, were logged of.

    One ends with its end marker, or where its run ended or waits; the marker itself, which the SDK
    keeps for itself, is given back to those. A log that stops within a stream is not whole.
    """
    events: list[_Event] = []
    for place, value in records:
        event = _Event(place, _name(value) or "", _data(value))
        if events and _begins_anew(events, event):
            yield _stream(events)
            events = []
        events.append(event)
        if event.name == DONE:
            yield _stream(events)
            events = []
    if events:
        yield _stream(events)


def _begins_anew(events: list[_Event], following: _Event) -> bool:
    last = events[-1].name
    if following.name == DONE:
        return False
    if following.name == THREAD_CREATED:
        return True
    if following.name == RUN_CREATED:
        return last != THREAD_CREATED
    return _is_last(events[-1])


def _is_last(event: _Event) -> bool:
    """Say whether a run ended, or waits, with an event."""
    known = lifecycle(EDITIONS[-1]).events.get(event.name)
    statuses = lifecycle(EDITIONS[-1])
    return known is not None and known.status is not None and statuses.rests(known.status)


def _stream(events: list[_Event]) -> Recorded:
    """Return a stream as it was sent, as far as its log tells."""
    is_ended = events[-1].name == DONE
    is_whole = is_ended or _is_last(events[-1]) or events[-1].name == "error"
    frames = [_frame(event) for event in events]
    if is_whole and not is_ended:
        frames.append(f"event: {DONE}\ndata: {DONE_DATA}\n\n")
    return Recorded(
        response=Response(
            status=OK,
            headers=((CONTENT_TYPE, STREAM_TYPE),),
            body="".join(frames).encode("utf-8", errors="surrogatepass"),
            is_whole=is_whole,
        ),
        place=events[0].place if len(events) == 1 else f"{events[0].place} and after",
    )


_LINE_BREAK = re.compile(r"\r\n|\r|\n")
"""What ends a line of a stream; JSON may have other breaks in its texts."""


def _frame(event: _Event) -> str:
    data = event.data
    text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    lines = "".join(f"data: {line}\n" for line in _LINE_BREAK.split(text))
    return f"event: {' '.join(event.name.split())}\n{lines}\n"
