"""Files that are compressed, or in another encoding than UTF-8, read as if they were not."""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import lzma
import zlib
from collections.abc import Callable
from typing import Any, BinaryIO

from run_contracts.errors import UsageError
from run_contracts.filesystem.foreign import NUL

_COMPRESSED: dict[bytes, Callable[[BinaryIO], Any]] = {
    b"\x1f\x8b": lambda file: gzip.GzipFile(fileobj=file),
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ\x00": lzma.LZMAFile,
}
"""What reads a compressed file, by its first bytes."""
_MARKED = {
    b"\xff\xfe\x00\x00": "utf-32",
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
"""The encodings that begin with a mark of their own; the longer of two that begin alike first."""
_NARROW: dict[tuple[int, ...], str] = {(1, 3): "utf-16-le", (0, 2): "utf-16-be"}
"""The encodings of text without a mark, by where its first bytes are 0."""
_DAMAGED = (EOFError, OSError, zlib.error, lzma.LZMAError, UnicodeDecodeError)
_READ_AT_ONCE = 64 * 1024
_MOST_LAYERS = 3
"""So many times something may be packed: UTF-16 within gzip within gzip."""
_LEAST = 6
"""Bytes that show how a file is packed: as many as the longest mark has."""


def unpacked(reading: BinaryIO, name: str) -> BinaryIO:
    """Return a file as its text in UTF-8, without a mark: inflated, and from UTF-16 or UTF-32.

    What is neither stays as it is. Reading raises `UsageError` for one that is damaged or cut off.
    """
    for _ in range(_MOST_LAYERS):
        start = _begun(reading, _LEAST)
        inner = _layer(start, again(start, reading), name)
        if inner is None:
            return again(start.removeprefix(codecs.BOM_UTF8), reading)
        reading = inner
    return reading


def _layer(start: bytes, whole: BinaryIO, name: str) -> BinaryIO | None:
    """Return what a file is packed around; None if it is plain."""
    for magic, opening in _COMPRESSED.items():
        if start.startswith(magic):
            return _buffered(_Guarded(opening(whole), name))
    encoding = next((one for mark, one in _MARKED.items() if start.startswith(mark)), None)
    if encoding is None and len(start) == _LEAST and start[:4].strip(NUL):
        # Text of JSON or of a stream begins with two letters of ASCII.
        encoding = _NARROW.get(_zeros(start[:4]))
    return _buffered(_Guarded(_Narrowed(whole, encoding), name)) if encoding else None


def _zeros(start: bytes) -> tuple[int, ...]:
    return tuple(at for at, byte in enumerate(start) if not byte)


class _Guarded(io.RawIOBase):
    """A file of which it is told in one line if it is damaged."""

    def __init__(self, inner: Any, name: str) -> None:
        self._inner, self._name = inner, name

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            part = self._inner.read(len(buffer))
        except _DAMAGED as error:
            raise UsageError(f"{self._name}: is damaged or cut off: {error}") from None
        buffer[: len(part)] = part
        return len(part)


class _Narrowed:
    """A file in another encoding, read as UTF-8."""

    def __init__(self, reading: BinaryIO, encoding: str) -> None:
        self._reading, self._left = reading, b""
        self._decoder = codecs.getincrementaldecoder(encoding)()

    def read(self, size: int) -> bytes:
        while not self._left:
            part = self._reading.read(_READ_AT_ONCE)
            self._left = self._decoder.decode(part, final=not part).encode("utf-8", "surrogatepass")
            if not part:
                break
        given, self._left = self._left[:size], self._left[size:]
        return given


class _Again(io.RawIOBase):
    """What was read of a file, and then the rest of it, as it comes."""

    def __init__(self, start: bytes, rest: BinaryIO) -> None:
        self._start, self._rest = start, rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        part = self._start[: len(buffer)]
        self._start = self._start[len(part) :]
        part = part or _some(self._rest, len(buffer))
        buffer[: len(part)] = part
        return len(part)


def again(start: bytes, rest: BinaryIO) -> BinaryIO:
    """Return a file as if what was read of it was not."""
    return _buffered(_Again(start, rest))


def begun(reading: BinaryIO, is_enough: Callable[[bytes], bool]) -> tuple[bytes, BinaryIO]:
    """Return the beginning of a file, up to where that is enough, and the file as if unread.

    Of a pipe no more is waited for than is wanted.
    """
    start = b""
    while not is_enough(start) and (part := _some(reading, _READ_AT_ONCE)):
        start += part
    return start, again(start, reading)


def _begun(reading: BinaryIO, size: int) -> bytes:
    start = b""
    while len(start) < size and (part := _some(reading, size - len(start))):
        start += part
    return start


def _some(reading: BinaryIO, size: int) -> bytes:
    """Return what is there of a file, so many bytes at most; nothing at its end."""
    read1: Callable[[int], bytes] = getattr(reading, "read1", reading.read)
    return read1(size)


def _buffered(raw: io.RawIOBase) -> BinaryIO:
    return io.BufferedReader(raw, buffer_size=_READ_AT_ONCE)
