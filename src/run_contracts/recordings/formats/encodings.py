"""Content encodings: bodies that were recorded as they came, compressed."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

from run_contracts.traffic.exchange import Headers
from run_contracts.validation.json_text import BODY_LIMIT

GZIP = b"\x1f\x8b"
ZSTD = b"\x28\xb5\x2f\xfd"


def inflated(content: bytes, received: Headers) -> bytes:
    r"""Return a body as it was before its Content-Encoding; as it is if it has none any more.

    Many recorders keep the header and the plain body. At most a byte more than is judged comes out.

    >>> import gzip
    >>> inflated(gzip.compress(b"{}"), (("Content-Encoding", "gzip"),))
    b'{}'
    >>> inflated(b"{}", (("content-encoding", "gzip"),))
    b'{}'
    """
    named = next((text for name, text in received if name.lower() == "content-encoding"), "")
    for encoding in reversed([one.strip().lower() for one in named.split(",")]):
        content = _without(encoding, content)
    return content


def _without(encoding: str, content: bytes) -> bytes:
    try:
        if encoding in ("gzip", "x-gzip") and content.startswith(GZIP):
            return zlib.decompressobj(31).decompress(content, BODY_LIMIT + 1)
        if encoding == "deflate":
            return zlib.decompressobj().decompress(content, BODY_LIMIT + 1)
        if encoding == "br" and not content.lstrip().startswith((b"{", b"[", b"event", b"data")):
            return _by_library("brotli", lambda library: library.decompress(content), content)
        if encoding == "zstd" and content.startswith(ZSTD):
            return _by_library("zstandard", _of_zstd(content), content)
    except zlib.error:
        return content
    return content


def _of_zstd(content: bytes) -> Callable[[Any], bytes]:
    def read(library: Any) -> bytes:
        with library.ZstdDecompressor().stream_reader(content) as reading:
            return bytes(reading.read(BODY_LIMIT + 1))

    return read


def _by_library(name: str, read: Callable[[Any], bytes], content: bytes) -> bytes:
    """Return what a library makes of a body, if it is installed and can."""
    try:
        return read(__import__(name))
    except Exception:  # its own error, or no library: then the body stays as it is
        return content
