"""Streams in files: an editor takes their last blank line away, which is no fault of theirs."""

from __future__ import annotations

from dataclasses import replace

from run_contracts.contract.lifecycle import lifecycle
from run_contracts.contract.operations import STREAM_TYPE
from run_contracts.contract.requirements import EDITIONS
from run_contracts.errors import UnreadableBody
from run_contracts.recordings.formats.entry_parts import CONTENT_TYPE
from run_contracts.recordings.recorded import Entry, Recorded, Unread
from run_contracts.traffic.exchange import OK, Response
from run_contracts.traffic.sse import frames
from run_contracts.traffic.streamed_events import DONE_DATA
from run_contracts.validation.json_text import BODY_LIMIT, beyond_limit, decode_json

ERROR_EVENT = "error"
"""The event after which nothing need follow."""
MOST_STREAM_EVENTS = 100_000
"""Events of one stream that are judged; one for each token of the longest answers."""


def recorded_stream(data: bytes, place: str = "") -> Entry:
    """Return a stream that was recorded alone; one that is too long is not read."""
    if len(data) > BODY_LIMIT:
        return Unread(place, beyond_limit(len(data)))
    if data.count(b"data:") > MOST_STREAM_EVENTS:
        reason = f"more than the {MOST_STREAM_EVENTS:,} events that are judged in one stream"
        return Unread(place, reason)
    received = ((CONTENT_TYPE, STREAM_TYPE),)
    response = Response(status=OK, headers=received, body=with_its_end(data))
    return Recorded(response=response, place=place)


def with_its_end(data: bytes) -> bytes:
    r"""Return a recorded stream with the blank line at its end that editors take away.

    It is given back only to a last frame that says all it has to: the end marker, or an object.

    >>> with_its_end(b"data: [DONE]\n")
    b'data: [DONE]\n\n\n'
    >>> with_its_end(b'data: {"id": ')
    b'data: {"id": '
    """
    if data.endswith((b"\n\n", b"\r\r", b"\n\r\n")):
        return data
    last = frames(data)[-1:]
    is_said = any(not frame.whole and _says_all(frame.data or "") for frame in last)
    return data + b"\n\n" if is_said else data


def _says_all(data: str) -> bool:
    """Say whether the data of a frame is the end marker, or a whole object."""
    try:
        return data == DONE_DATA or isinstance(decode_json(data.encode()).value, dict)
    except UnreadableBody:
        return False


def as_far_as_known(response: Response) -> Response:
    """Return an answer that is not whole if it is a stream that stops while its run still works.

    A recording does not say who ended it: the server, its client, or who recorded it.
    """
    if not (response.is_stream and response.is_whole) or not response.payload.frames:
        return response
    sent = response.payload.frames
    if any(frame.data == DONE_DATA or frame.name == ERROR_EVENT for frame in sent):
        return response
    events = lifecycle(EDITIONS[-1]).events
    known = [events[frame.name] for frame in sent if frame.name and frame.name in events]
    statuses = [event.status for event in known if event.kind == "run" and event.status]
    is_at_rest = bool(statuses) and lifecycle(EDITIONS[-1]).rests(statuses[-1])
    return response if is_at_rest or not known else replace(response, is_whole=False)
