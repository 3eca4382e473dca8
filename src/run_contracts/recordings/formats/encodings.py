"""Content encodings: bodies that were recorded as they came, compressed."""

from __future__ import annotations

import zlib
from codecs import getincrementaldecoder
from collections.abc import Callable
from typing import NamedTuple

from run_contracts.traffic.exchange import Headers
from run_contracts.validation.json_text import BODY_LIMIT

GZIP = b"\x1f\x8b"
NAMED_ENCODINGS = frozenset({"gzip", "x-gzip", "deflate", "br", "zstd", "compress", "x-compress"})
"""The encodings that are called by their names; others may be any text."""


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
    for encoding in reversed([one.strip().lower() for one in named.split(",")]):
        plain = _without(encoding, content) if content and encoding else content
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
    plain = b""
    while content and len(plain) <= BODY_LIMIT:
        member = zlib.decompressobj(31)
        plain += member.decompress(content, BODY_LIMIT + 1 - len(plain))
        content = member.unused_data.lstrip(b"\0")
    return plain


def _of_deflate(content: bytes) -> bytes:
    """Return what is in a zlib stream, or in what some servers send for one: it alone."""
    try:
        return zlib.decompressobj().decompress(content, BODY_LIMIT + 1)
    except zlib.error:
        return zlib.decompressobj(-15).decompress(content, BODY_LIMIT + 1)


def _of_brotli(content: bytes) -> bytes:
    library = __import__("brotli")
    return bytes(library.decompress(content))


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
