"""Content encodings are undone up to what is judged, at a cost that follows what was recorded."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from run_contracts.recordings.formats.encodings import (
    COMPRESSED_PIECE,
    MOST_ENCODINGS,
    MOST_MEMBERS,
    undone,
)
from run_contracts.validation.json_text import BODY_LIMIT

PLAIN = b"\xff" + bytes(range(256)) * 600
EMPTY = gzip.compress(b"", mtime=0)
ZEROS = 4 * BODY_LIMIT


def _brotli(parts: Any) -> bytes:
    writing = pytest.importorskip("brotli").Compressor(quality=5)
    return b"".join(map(writing.process, parts)) + bytes(writing.finish())


def _zstd(parts: Any) -> bytes:
    writing = pytest.importorskip("zstandard").ZstdCompressor().compressobj()
    return b"".join(map(writing.compress, parts)) + bytes(writing.flush())


def _zlib(parts: Any, wbits: int) -> bytes:
    writing = zlib.compressobj(wbits=wbits)
    return b"".join(map(writing.compress, parts)) + writing.flush()


WRITERS: dict[str, Callable[[Any], bytes]] = {
    "br": _brotli,
    "zstd": _zstd,
    "gzip": lambda parts: _zlib(parts, 31),
    "deflate": lambda parts: _zlib(parts, 15),
}


def _undone(content: bytes, encodings: str) -> tuple[bytes, str]:
    return undone(content, (("Content-Encoding", encodings),))


@pytest.mark.parametrize("encoding", WRITERS)
def test_a_body_is_as_it_was_before_its_encoding(encoding: str) -> None:
    """However many pieces it takes."""
    assert _undone(WRITERS[encoding]([PLAIN]), encoding) == (PLAIN, "")


@pytest.mark.parametrize("encoding", WRITERS)
def test_no_more_than_a_byte_beyond_what_is_judged_comes_out(encoding: str) -> None:
    """A body of a few bytes may be one of gigabytes."""
    part = bytes(1024 * 1024)
    body, _ = _undone(WRITERS[encoding](part for _ in range(ZEROS // len(part))), encoding)
    assert len(body) == BODY_LIMIT + 1


def test_a_body_that_is_too_large_within_another_encoding_is_left() -> None:
    """What is cut off there cannot be read further: it is not what was answered."""
    inner = _zlib((bytes(1024 * 1024) for _ in range(8)), 31)
    outer = gzip.compress(inner + bytes(BODY_LIMIT))
    body, left = _undone(outer, "gzip, gzip")
    assert (len(body), left) == (BODY_LIMIT + 1, "gzip")


@pytest.mark.parametrize(("times", "left"), [(MOST_ENCODINGS, ""), (MOST_ENCODINGS + 1, "gzip")])
def test_so_many_encodings_within_one_another_are_undone(times: int, left: str) -> None:
    """No server has more."""
    content = PLAIN
    for _ in range(times):
        content = gzip.compress(content)
    body, which = _undone(content, ", ".join(["gzip"] * times))
    assert which == left
    assert (body == PLAIN) is not bool(left)


@pytest.mark.parametrize("padding", [b"", b"\0\0"])
def test_members_of_gzip_are_read_one_after_another(padding: bytes) -> None:
    """Wherever in a piece one ends; zeros may stand behind it."""
    parts = [PLAIN[:1], PLAIN[1:COMPRESSED_PIECE], PLAIN[COMPRESSED_PIECE:]]
    content = b"".join(gzip.compress(part, 0) + padding for part in parts)
    assert _undone(content, "gzip") == (PLAIN, "")


@pytest.mark.parametrize(("times", "left"), [(MOST_MEMBERS, ""), (MOST_MEMBERS + 1, "gzip")])
def test_so_many_members_of_gzip_are_read(times: int, left: str) -> None:
    """What has more is not read: each costs, though it holds nothing."""
    assert _undone(EMPTY * times, "gzip")[1] == left


def test_a_brotli_body_that_is_cut_is_not_read() -> None:
    """What is left of it is not what was answered."""
    assert _undone(_brotli([PLAIN])[:-9], "br")[1] == "br"
