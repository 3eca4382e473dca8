"""Files that are named by a URL, ``s3://bucket/2026/run.har``, read by fsspec."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from typing import Any, BinaryIO

from run_contracts.errors import UsageError
from run_contracts.filesystem.single_line import (
    LONGEST_WHY,
    OF_URL,
    line,
    name_of,
    shortened,
    without_urls_secrets,
)

FSSPEC_TO_INSTALL = "pip install 'run-contracts[dask]'"
_BLOCK = 1024 * 1024


def is_url(name: object) -> bool:
    """Say whether a name is a URL, and not that of a file of this machine.

    >>> is_url("s3://bucket/run.har"), is_url("C:/run.har"), is_url("-")
    (True, False, False)
    """
    return isinstance(name, str) and OF_URL.match(name) is not None


def opened_url(url: str) -> BinaryIO:
    """Return a file to read from; raise `UsageError` for what cannot be had."""
    file = _asked(url, lambda system, path: system.open(path, "rb", block_size=_BLOCK))
    return io.BufferedReader(_Reading(file, url), buffer_size=_BLOCK)


def size_of(url: str) -> int:
    """Return how many bytes a file has, 0 if nobody knows; raise `UsageError` as `opened_url`."""
    size = _asked(url, lambda system, path: system.info(path).get("size"))
    return size if isinstance(size, int) else 0


def listed(url: str) -> tuple[list[str], list[str]]:
    """Return the folders and the files in a folder, by their URLs; raise as `opened_url`."""

    def entries(system: Any, path: str) -> tuple[list[str], list[str]]:
        listing = [one for one in system.ls(path, detail=True) if _is_in(one["name"], path)]
        return _urls(system, listing)

    found: tuple[list[str], list[str]] = _asked(url, entries)
    return found


def is_folder(url: str) -> bool:
    """Say whether a URL names a folder; raise `UsageError` as `opened_url`."""
    return bool(_asked(url, lambda system, path: system.isdir(path)))


def matching(url: str) -> tuple[list[str], list[str]]:
    """Return the folders and the files that a pattern matches; raise as `opened_url`."""

    def matches(system: Any, path: str) -> tuple[list[str], list[str]]:
        return _urls(system, system.glob(path, detail=True).values())

    found: tuple[list[str], list[str]] = _asked(url, matches)
    return found


def _is_in(name: str, folder: str) -> bool:
    """Say whether something listed is in a folder, and not what stands for the folder itself."""
    return name.strip("/") != folder.strip("/")


def _urls(system: Any, entries: Iterable[Any]) -> tuple[list[str], list[str]]:
    kinds: tuple[list[str], list[str]] = ([], [])
    for entry in entries:
        kinds[entry["type"] != "directory"].append(system.unstrip_protocol(entry["name"]))
    return sorted(kinds[0]), sorted(kinds[1])


def _asked(url: str, question: Callable[[Any, str], Any]) -> Any:
    """Return what a file system answers; what it raises is told in one line."""
    try:
        from fsspec.core import url_to_fs  # noqa: PLC0415 - only URLs need it
    except ImportError:
        raise UsageError(f"{name_of(url)}: URLs are read by fsspec; {FSSPEC_TO_INSTALL}") from None
    try:
        return question(*url_to_fs(url))
    except Exception as error:
        raise _refused(url, error) from None


class _Reading(io.RawIOBase):
    """A file of another machine, of which it is told in one line if it cannot be read on."""

    def __init__(self, file: Any, url: str) -> None:
        self._file, self._url = file, url

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            part = self._file.read(len(buffer))
        except Exception as error:
            raise _refused(self._url, error) from None
        buffer[: len(part)] = part
        return len(part)

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()


def _refused(url: str, error: Exception) -> UsageError:
    """Return that a URL cannot be read, and why: what others say of it may repeat what lets in."""
    words = getattr(error, "strerror", None) or str(error) or type(error).__name__
    status = getattr(error, "status", None)
    if isinstance(error, FileNotFoundError):  # which is all that is said of a silent web server
        words = "no such file" + ", or nobody answers" * url.lower().startswith("http")
    elif isinstance(status, int):
        words = f"it is answered {status} {getattr(error, 'message', '')}".rstrip()
    shown = line(without_urls_secrets(str(words), url))
    return UsageError(f"{name_of(url)}: {shortened(shown, LONGEST_WHY)}")
