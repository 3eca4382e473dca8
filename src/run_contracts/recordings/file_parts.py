"""The parts of a recording in which it is read, judged and forgotten."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from run_contracts.recordings.formats.entry_parts import CONTENT_TYPE, media_type
from run_contracts.recordings.recorded import Entry, Recorded
from run_contracts.traffic.exchange import OK, Response
from run_contracts.validation.json_text import BODY_LIMIT, beyond_limit

PART_BYTES = 256 * 1024
"""Bytes of lines that are handed on together; a single line may have more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BareLines:
    """Some lines of a file, each an answer whose request nobody kept.

    `first` is the number of its first line. Of what is too large `reason` says so in words, and
    the bytes are not here. `size` is how many bytes of the file it takes.
    """

    name: str
    data: bytes
    size: int
    first: int
    reason: str = ""

    def answers(self) -> Iterator[tuple[int, bytes]]:
        """Yield each answer with the number of its line; blank lines are none."""
        for number, line in enumerate(self.data.split(b"\n"), start=self.first):
            if line.strip():
                yield number, line


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """What was read of a file together: all of it, or as much as is judged at once.

    `form` names the form it was recorded in, and what read it. It `is_whole` if it is the report of
    a check, and all of it: then nobody else touched what it is about. It `is_cut` if the file has
    more than is judged at once: what is not here may be before it, or come after it. `disorder` are
    the seconds by which exchanges of a file that is cut stand outside the order of time: what was
    asked for so near to the ends of a part may lack others that came between. `remark` is what is
    to be said of the file.
    """

    name: str
    entries: tuple[Entry, ...]
    size: int = 0
    form: str = ""
    is_whole: bool = False
    is_cut: bool = False
    disorder: float = 0.0
    remark: str = ""

    def lack_others(self) -> Callable[[Recorded], bool]:
        """Return what says whether others may be missing between an exchange and those here."""
        moments = [one.at for one in self.entries if isinstance(one, Recorded) and one.at]
        if not (self.disorder and moments):
            return lambda _: False
        after, before = min(moments) + self.disorder, max(moments) - self.disorder
        return lambda one: not after < one.at < before


FilePart = BareLines | Entries


def bare(body: bytes, place: str = "") -> Recorded:
    """Return an answer that was recorded alone."""
    received = ((CONTENT_TYPE, media_type(body)),)
    return Recorded(response=Response(status=OK, headers=received, body=body), place=place)


def line_parts(reading: BinaryIO, name: str, most: int = PART_BYTES) -> Iterator[BareLines]:
    """Yield lines, some at a time, and each that is too large alone and without its bytes."""
    lines: list[bytes] = []
    number, size = 0, 0
    while line := reading.readline(BODY_LIMIT + 1):
        number += 1
        if len(line) > BODY_LIMIT and not line.endswith(b"\n"):
            if lines:
                yield _of_lines(lines, size, name, number)
            reason = beyond_limit(len(line) + rest_of_line(reading))
            size = len(line)
            yield BareLines(name=name, data=b"", size=size, first=number, reason=reason)
            lines, size = [], 0
            continue
        lines.append(line)
        size += len(line)
        if size >= most:
            yield _of_lines(lines, size, name, number + 1)
            lines, size = [], 0
    if lines:
        yield _of_lines(lines, size, name, number + 1)


def _of_lines(lines: list[bytes], size: int, name: str, following: int) -> BareLines:
    """Return a part of lines, of which the number of the line after them is known."""
    data = b"".join(lines).removesuffix(b"\n")
    return BareLines(name=name, data=data, size=size, first=following - len(lines))


def rest_of_line(reading: BinaryIO) -> int:
    """Read on to the end of a line that is too large; return how many bytes that were."""
    size, part = 0, b""
    while not part.endswith(b"\n") and (part := reading.readline(PART_BYTES)):
        size += len(part)
    return size
