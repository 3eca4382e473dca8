"""Event streams: endless, huge, broken, or of events that nobody expects."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable, Iterator

from tests.hostile.behaviour import (
    HOLD,
    RESET,
    STREAM_HEAD,
    Answer,
    Asked,
    Behaviours,
    Said,
    framed,
    streams,
)

ALL = Behaviours("streams", on=streams)
MEGABYTE = 1024 * 1024
DONE = b"event: done\ndata: [DONE]\n\n"
DELTA = b'event: thread.message.delta\ndata: {"id":"msg_1","object":"thread.message.delta","delta":'
DELTA += b'{"content":[{"index":0,"type":"text","text":{"value":"a"}}]}}\n\n'


def _stream(name: str, sentence: str, *pieces: bytes | float | None, is_slow: bool = False) -> None:
    """Add a behaviour whose streams are these pieces."""
    ALL.says(name, sentence, STREAM_HEAD, *pieces, is_slow=is_slow)


def _endless(name: str, sentence: str, piece: bytes, pause: float = 0.0) -> None:
    """Add a behaviour whose streams repeat a piece for ever."""

    def said(_: Asked) -> Said:
        yield STREAM_HEAD
        while True:
            yield piece
            if pause:
                yield pause

    ALL.row(name, sentence, said, is_slow=True)


def _changed(
    name: str, sentence: str, change: Callable[[Iterator[bytes]], Iterable[bytes | float | None]]
) -> None:
    """Add a behaviour that changes the frames of right streams."""

    def said(asked: Asked) -> Said:
        yield STREAM_HEAD
        yield from change(framed(asked))

    ALL.row(name, sentence, said)


def _each(name: str, sentence: str, change: Callable[[bytes], bytes]) -> None:
    """Add a behaviour that changes each frame of right streams."""
    _changed(name, sentence, lambda frames: map(change, frames))


def _data(name: str, sentence: str, data: bytes) -> None:
    """Add a behaviour whose events carry other data, the last but for its end included."""
    _each(name, sentence, lambda one: one if b"[DONE]" in one else _named(one) + data + b"\n\n")


def _named(frame: bytes) -> bytes:
    """Return a frame up to its data."""
    return frame.partition(b"data:")[0] + b"data: "


_endless("endless-events", "Streams deltas for ever, as fast as they are read.", DELTA * 100)
_endless("endless-events-slowly", "Streams a delta every tenth of a second, for ever.", DELTA, 0.1)
_endless("endless-comments", "Streams comments for ever.", b": keep-alive\n\n" * 500)
_endless("endless-comments-slowly", "Streams a comment every second, for ever.", b": wait\n\n", 1.0)
_endless("endless-line", "Streams a line that never ends.", b"data: " + b"x" * 60_000)
_endless("endless-line-slowly", "Streams a line a byte at a time, for ever.", b"x", 0.05)
_endless("endless-letter", "Streams beginnings of letters that never end.", b"\xf0\x9f" * 30_000)
_endless("endless-blank", "Streams blank lines for ever.", b"\n" * 60_000)
_endless("endless-cr", "Streams CR for ever.", b"\r" * 60_000)
_endless("endless-nul", "Streams NUL for ever.", b"\x00" * 60_000)
_endless("endless-done", "Says done for ever.", DONE * 100)
_endless("endless-errors", "Streams errors for ever.", b'event: error\ndata: {"code":1}\n\n' * 100)
_stream("stream-silent", "Begins a stream and says nothing.", HOLD, is_slow=True)
_stream("stream-empty", "Begins a stream and closes.")
_stream("stream-html", "Streams a page of HTML.", b"<!doctype html><script>alert(1)</script>" * 10)
_stream("stream-noise", "Streams random bytes.", bytes(range(256)) * 100)
_stream("stream-done-only", "Says done, and nothing before it.", DONE)
_stream(
    "event-20-mb", "Streams an event of 20 MB.", b"data: ", *[b"x" * MEGABYTE] * 20, b"\n\n", DONE
)
_stream("line-10-mb-blank", "Streams a line of 10 MB of blanks.", *[b" " * MEGABYTE] * 10, b"\n\n")
_stream("events-100000", "Streams 100,000 deltas.", DELTA * 100_000, DONE)
_stream("comments-100000", "Streams 100,000 comments.", b":c\n" * 100_000, DONE)
_stream(
    "data-lines-50000", "Streams an event of 50,000 lines.", b"data: a\n" * 50_000 + b"\n", DONE
)
_stream("names-50000", "Streams an event with 50,000 names.", b"event: a\n" * 50_000 + b"\n", DONE)
_stream(
    "name-1-mb",
    "Streams an event whose name has 1 MB.",
    b"event: " + b"n" * MEGABYTE,
    b"\n\n",
    DONE,
)
_stream("data-deep", "Streams data of 100,000 levels.", b"data: " + b"[" * 100_000 + b"\n\n", DONE)
_stream(
    "data-numbers", "Streams a number of 5,000 digits.", b"data: " + b"9" * 5_000 + b"\n\n", DONE
)
_stream(
    "id-huge", "Streams ids of 1 MB.", b"id: " + b"9" * MEGABYTE + b"\nevent: a\ndata: {}\n\n", DONE
)
_stream(
    "retry-absurd",
    "Asks in its stream to be left alone.",
    b"retry: " + b"9" * 5_000 + b"\n\n",
    DONE,
)
_data("data-list", "Streams lists where objects belong.", b"[]")
_data("data-null", "Streams null where objects belong.", b"null")
_data("data-string", "Streams strings where objects belong.", b'"thread.run"')
_data("data-number", "Streams 1e999 where objects belong.", b"1e999")
_data("data-cut", "Streams JSON that is cut.", b'{"id": "run_1", "object": "thr')
_data("data-empty", "Streams events without data.", b"")
_data("data-surrogates", "Streams halves of letters.", b'{"id": "\\ud800", "object": "\\udfff"}')
_data("data-latin-1", "Streams bytes that are no UTF-8.", b'{"id": "\xff\xfe\x80", "object": "x"}')
_each("frames-doubled", "Streams every event twice.", lambda frame: frame * 2)
_each("frames-cr", "Ends the lines of streams by CR alone.", lambda one: one.replace(b"\n", b"\r"))
_each("frames-nul", "Puts NUL into every line.", lambda one: one.replace(b":", b":\x00"))
_each("frames-bom", "Puts a byte order mark before every event.", lambda one: b"\xef\xbb\xbf" + one)
_each("frames-nameless", "Streams events without a name.", lambda one: one.partition(b"\n")[2])
_each(
    "frames-renamed",
    "Names every event by an escape of terminals.",
    lambda one: b"event: \x1b[2J\xe2\x80\xae::error::\n" + one.partition(b"\n")[2],
)
_each(
    "frames-foreign",
    "Streams the run of somebody else.",
    lambda one: one.replace(b'"run_', b'"run_of_others_').replace(b'"thread_', b'"thread_x'),
)
_each(
    "indexes-absurd",
    "Streams deltas at an index of 10**18 and of -1.",
    lambda one: one.replace(b'"index":0', b'"index":1000000000000000000').replace(
        b'"index":1', b'"index":-1'
    ),
)
_changed("frames-reversed", "Streams the last event first.", lambda frames: [*frames][::-1])
_changed("after-done", "Goes on after done.", lambda frames: [*frames, DELTA, DELTA, DONE])
_changed("done-twice", "Says done twice.", lambda frames: [*frames, DONE])
_changed("done-never", "Never says done.", lambda frames: [*frames][:-1])
_changed("first-only", "Closes after the first event.", lambda frames: [*frames][:1])
_changed("stream-reset", "Resets after the second event.", lambda all_: [*[*all_][:2], 0.05, RESET])
_changed("frames-sorted", "Streams its events in the order of letters.", sorted)
_changed("frames-dripped", "Streams 20 bytes at a time.", lambda all_: _pieces(b"".join(all_), 20))


def _pieces(data: bytes, size: int) -> Iterator[bytes]:
    for at in range(0, len(data), size):
        yield data[at : at + size]


@ALL.add(is_slow=True)
def stream_dripped(asked: Asked) -> Said:
    """Streams a byte of a right stream every tenth of a second."""
    yield STREAM_HEAD
    for byte in b"".join(framed(asked)):
        yield bytes([byte])
        yield 0.1


@ALL.add(is_slow=True)
def stream_held(asked: Asked) -> Said:
    """Streams all but done, and leaves the connection open."""
    yield STREAM_HEAD
    yield from [*framed(asked)][:-1]
    yield HOLD


@ALL.add()
def stream_as_json(asked: Asked) -> Said:
    """Answers by the right stream, and calls it JSON."""
    yield Answer(body=b"".join(framed(asked))).wire()


@ALL.add()
def stream_as_list(asked: Asked) -> Said:
    """Answers by the events of a stream as one list of JSON."""
    data = [frame.partition(b"data: ")[2].strip() for frame in framed(asked)]
    yield Answer(body=json.dumps([one.decode() for one in data]).encode()).wire()


@ALL.add()
def streams_interleaved(asked: Asked) -> Said:
    """Streams two runs at once, event by event."""
    yield STREAM_HEAD
    frames = [*framed(asked)]
    others = [frame.replace(b'"run_', b'"run_other_') for frame in frames]
    yield from itertools.chain.from_iterable(zip(frames, others, strict=True))
