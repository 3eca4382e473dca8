"""Content encodings: bodies that were recorded as they came, compressed."""

from __future__ import annotations

import re
import zlib
from codecs import getincrementaldecoder
from collections.abc import Callable
from typing import NamedTuple

from run_contracts.traffic.exchange import Headers
from run_contracts.validation.json_text import BODY_LIMIT

GZIP = b"\x1f\x8b"
NAMED_ENCODINGS = frozenset({"gzip", "x-gzip", "deflate", "br", "zstd", "compress", "x-compress"})
"""The encodings that are called by their names; others may be any text."""
MOST_ENCODINGS = 4
"""Encodings of one body, one within another, that are undone."""
MOST_MEMBERS = 10_000
"""Members of one gzip body that are read, of which a server makes one for each part it sends."""
COMPRESSED_PIECE = 16 * 1024
"""Bytes that are decompressed at once."""
MOST_AT_ONCE = 1024 * 1024
"""Bytes that come out of it at once."""
_PADDING = re.compile(rb"\0*")


class Undone(NamedTuple):
    """A body without its Content-Encoding, or with the one that cannot be undone here: `left`."""

    body: bytes
    left: str


def inflated(content: bytes, received: Headers) -> bytes:
    r"""Return a body as it was before its Content-Encoding; as it is if it has none any more.

    Many recorders keep the header and the plain body. At most a byte more than is judged comes out.

    >>> import gzip
    >>> inflated(gzip.compress(b"{}"), (("Content-Encoding", "gzip"),))
    b'{}'
    >>> inflated(b"{}", (("content-encoding", "gzip"),))
    b'{}'
    """
    return undone(content, received).body


def undone(content: bytes, received: Headers) -> Undone:
    r"""Return a body without its encodings; where one cannot be undone here, that one is `left`.

    >>> undone(b"\x28\xb5\x2f\xfd\xff", (("content-encoding", "compress"),)).left
    'compress'
    """
    named = ",".join(text for name, text in received if name.lower() == "content-encoding")
    encodings = [one for one in (each.strip().lower() for each in named.split(",")) if one]
    for number, encoding in enumerate(reversed(encodings)):
        is_too_much = number >= MOST_ENCODINGS or len(content) > BODY_LIMIT
        plain = None if number and is_too_much else _without(encoding, content)
        if plain is None:
            return Undone(
                content, encoding if encoding in NAMED_ENCODINGS else "one that is not known"
            )
        content = plain
    return Undone(content, "")


def _without(encoding: str, content: bytes) -> bytes | None:
    """Return a body without an encoding; as it is if it is text already, None if that fails."""
    if _is_text(content) or encoding == "identity":
        return content
    if encoding not in _READERS:
        return None
    try:
        return _READERS[encoding](content)
    except Exception:  # the error of a library, or there is none
        return None


def _is_text(content: bytes) -> bool:
    """Say whether a body is text, be it cut in the middle of a letter."""
    try:
        getincrementaldecoder("utf-8")().decode(content)
    except UnicodeDecodeError:
        return False
    return True


def _of_gzip(content: bytes) -> bytes:
    """Return what is in all members of a gzip file, which may be several."""
    plain, at, members = bytearray(), 0, 0
    data = memoryview(content)
    while at < len(data) and len(plain) <= BODY_LIMIT:
        members += 1
        if members > MOST_MEMBERS:
            raise ValueError
        member = zlib.decompressobj(31)
        while at < len(data) and not member.eof and len(plain) <= BODY_LIMIT:
            piece = data[at : at + COMPRESSED_PIECE]
            plain += member.decompress(piece, BODY_LIMIT + 1 - len(plain))
            at += len(piece) - len(member.unused_data) - len(member.unconsumed_tail)
        padding = _PADDING.match(content, at) if member.eof else None
        at = padding.end() if padding is not None else at
    return bytes(plain)


def _of_deflate(content: bytes) -> bytes:
    """Return what is in a zlib stream, or in what some servers send for one: it alone."""
    try:
        return zlib.decompressobj().decompress(content, BODY_LIMIT + 1)
    except zlib.error:
        return zlib.decompressobj(-15).decompress(content, BODY_LIMIT + 1)


def _of_brotli(content: bytes) -> bytes:
    """Return what is in a brotli stream; raise for one that is cut, or by a library without limits.

    A thousand bytes of it may be as many millions: no more comes out at once than is wanted.
    """
    reading = __import__("brotli").Decompressor()
    plain, at = bytearray(), 0
    while not reading.is_finished() and len(plain) <= BODY_LIMIT:
        piece = content[at : at + COMPRESSED_PIECE] if reading.can_accept_more_data() else b""
        more = reading.process(piece, output_buffer_limit=MOST_AT_ONCE)
        if not (piece or more):
            raise ValueError
        plain += more
        at += len(piece)
    return bytes(plain[: BODY_LIMIT + 1])


def _of_zstd(content: bytes) -> bytes:
    library = __import__("zstandard")
    with library.ZstdDecompressor().stream_reader(content, read_across_frames=True) as reading:
        return bytes(reading.read(BODY_LIMIT + 1))


_READERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": _of_gzip,
    "x-gzip": _of_gzip,
    "deflate": _of_deflate,
    "br": _of_brotli,
    "zstd": _of_zstd,
}
