"""Writing what people name: refused before any work is done for it, one line if it fails later."""

from __future__ import annotations

import errno
import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Literal

from run_contracts.errors import UsageError
from run_contracts.filesystem.opening import FileName
from run_contracts.filesystem.single_line import name_of

_WRITING = os.O_WRONLY | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOCTTY", 0)
_WRITING |= getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_MODES = {"w": os.O_TRUNC, "a": os.O_APPEND}
_WORDS = {
    stat.S_IFBLK: "is a disk; name a file",
    stat.S_IFSOCK: "is a socket; name a file",
}


class WrittenFile(io.TextIOWrapper):
    """A file of text that is written; a full disk is a `UsageError` with its name."""

    def __init__(self, descriptor: int, name: str) -> None:
        """Write UTF-8 to a descriptor that is closed with this file."""
        self._shown = name
        file = io.BufferedWriter(io.FileIO(descriptor, "w"))
        super().__init__(file, encoding="utf-8", newline="\n", errors="backslashreplace")

    def write(self, text: str) -> int:
        """Write a text."""
        with _naming(self._shown):
            return super().write(text)

    def flush(self) -> None:
        """Hand everything to the system."""
        with _naming(self._shown):
            super().flush()

    def close(self) -> None:
        """Hand everything to the system, and let go of the file whether it takes it or not."""
        with _naming(self._shown):
            super().close()


def writing(file: FileName, mode: Literal["w", "a"] = "w") -> IO[str]:
    """Return a file to write to, or to add to.

    A pipe is one if somebody reads it. Raises `UsageError` if there can be no such file.
    """
    try:
        status = Path(file).stat() if os.path.lexists(file) else None
        words = _WORDS.get(stat.S_IFMT(status.st_mode)) if status is not None else None
        if words is not None:
            raise _unwritable(name_of(file), words)
        descriptor = os.open(file, _WRITING | _MODES[mode], 0o666)
        if hasattr(os, "set_blocking"):
            os.set_blocking(descriptor, True)
        return WrittenFile(descriptor, name_of(file))
    except (OSError, ValueError) as error:
        raise _refused(file, error) from None


def _refused(file: FileName, error: OSError | ValueError) -> UsageError:
    """Return why a file cannot be opened; the system's word for a pipe without a reader is odd."""
    if isinstance(error, OSError) and error.errno == errno.ENXIO:
        return _unwritable(name_of(file), "is a pipe that nobody reads; start what reads first")
    return _unwritable(name_of(file), _words_of(error))


@contextmanager
def _naming(name: str) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise _unwritable(name, "nobody reads the pipe any more") from None
    except OSError as error:
        raise _unwritable(name, _words_of(error)) from None


def _words_of(error: Any) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()


def _unwritable(name: str, words: str) -> UsageError:
    return UsageError(f"{name}: cannot be written: {words}")
