"""Opening and reading what people name: no endless file, no wait for ever, one line of complaint.

A file, a pipe that somebody writes to, and ``-``, the standard input, can be read. What is none of
these is refused before it is opened: opening a device may do something.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from threading import Thread
from typing import BinaryIO

from run_contracts.errors import UsageError
from run_contracts.filesystem.foreign import foreign_form
from run_contracts.filesystem.single_line import name_of

STANDARD_INPUT = "-"
FileName = str | os.PathLike[str]
FOR_A_WRITER = 5.0
"""Seconds within which somebody must open a pipe to write to it; it may be silent for longer."""
LARGEST_FILE = 256 * 1024**2
"""Bytes of a file that is read as a whole, unless less is said."""
_PART = 1 << 20
_READING = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOCTTY", 0)
_READING |= getattr(os, "O_BINARY", 0)
_NO_FILES = {
    stat.S_IFDIR: "is a directory; name the files in it",
    stat.S_IFSOCK: "is a socket; name a file",
    stat.S_IFBLK: "is a disk; name a file",
    stat.S_IFCHR: "is a device; name a file",
}
"""What cannot be read, and what to do, by the type of the file."""


def opened(file: FileName, *, patience: float = FOR_A_WRITER) -> BinaryIO:
    """Return a file to read from; ``-`` is the standard input.

    Raises `UsageError` for what is not there, may not be read, is no file, or is a pipe that
    nobody has opened to write to within so many seconds.
    """
    try:
        if os.fspath(file) == STANDARD_INPUT:
            return os.fdopen(os.dup(0), "rb")
        status = Path(file).stat()
        if _is_standard_input(status):
            return os.fdopen(os.dup(0), "rb")
        refused = None if _is_nothing(status) else _NO_FILES.get(stat.S_IFMT(status.st_mode))
        if refused is not None:
            raise UsageError(f"{name_of(file)}: {refused}")
        if stat.S_ISFIFO(status.st_mode):
            return os.fdopen(_of_pipe(file, patience), "rb")
        return os.fdopen(os.open(file, _READING), "rb")
    except (OSError, ValueError) as error:
        raise unreadable(file, error) from None


def read(file: FileName, *, limit: int = LARGEST_FILE) -> bytes:
    """Return the bytes of a file of text, without the mark that editors put before UTF-8.

    Raises `UsageError` as `opened` does, for more than so many bytes, and for what is plainly
    another form: UTF-16, a compressed file, an archive.
    """
    parts, size = [], 0
    try:
        with opened(file) as reading:
            while size <= limit and (part := reading.read(min(_PART, limit + 1))):
                parts.append(part)
                size += len(part)
    except OSError as error:
        raise unreadable(file, error) from None
    if size > limit:
        raise UsageError(f"{name_of(file)}: larger than the {_in_words(limit)} that are read")
    data = b"".join(parts)
    foreign = foreign_form(data)
    if foreign is not None:
        raise UsageError(f"{name_of(file)}: {foreign}")
    return without_mark(data)


def without_mark(data: bytes) -> bytes:
    """Return the bytes of a text without the mark that some editors put before UTF-8."""
    return data.removeprefix(b"\xef\xbb\xbf")


def unreadable(file: FileName, error: OSError | ValueError) -> UsageError:
    """Return the error that a file cannot be read, in the words of the system."""
    words = getattr(error, "strerror", None) or str(error)
    return UsageError(f"{name_of(file)}: {words.lower()}")


def is_pipe(reading: BinaryIO) -> bool:
    """Say whether what is read has no size and no name that says its form."""
    return not stat.S_ISREG(os.fstat(reading.fileno()).st_mode)


def _in_words(limit: int) -> str:
    return f"{limit // 1024} KiB" if limit < 1024**2 else f"{limit // 1024**2} MiB"


def _is_nothing(status: os.stat_result) -> bool:
    """Say whether a file is the device that holds nothing."""
    return stat.S_ISCHR(status.st_mode) and status.st_rdev == Path(os.devnull).stat().st_rdev


def _is_standard_input(status: os.stat_result) -> bool:
    """Say whether a file is another name of a standard input that is none: ``/dev/stdin``."""
    try:
        given = os.fstat(0)
    except OSError:
        return False
    is_file = stat.S_ISREG(given.st_mode) or stat.S_ISDIR(given.st_mode)
    return not is_file and os.path.samestat(given, status) and not _is_nothing(status)


def _of_pipe(file: FileName, patience: float) -> int:
    """Return the descriptor of a pipe, opened as soon as somebody writes to it."""
    ends: list[int | OSError] = []

    def wait() -> None:
        try:
            ends.append(os.open(file, _READING))
        except OSError as error:
            ends.append(error)

    waiting = Thread(target=wait, daemon=True)
    waiting.start()
    waiting.join(patience)
    is_late = waiting.is_alive()
    if is_late:
        _end_wait(file)
        waiting.join(patience)
    match ends:
        case [OSError() as error]:
            raise error
        case [int() as descriptor] if not is_late:
            return descriptor
        case [int() as descriptor]:
            os.close(descriptor)
    raise UsageError(f"{name_of(file)}: is a pipe that nobody writes to; start what writes first")


def _end_wait(file: FileName) -> None:
    """Be the writer that a reader of a pipe waits for, for a moment."""
    try:
        os.close(os.open(file, os.O_WRONLY | os.O_NONBLOCK))
    except OSError:
        return


def exists(file: Path) -> bool:
    """Say whether something that can be read as a file is there; what may not be seen is not."""
    try:
        return file.is_file()
    except OSError:
        return False
