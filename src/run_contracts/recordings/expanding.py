"""The files that people mean: folders and patterns taken apart."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from run_contracts.errors import UsageError
from run_contracts.filesystem.opening import STANDARD_INPUT
from run_contracts.filesystem.remote import is_folder, is_url, listed, matching
from run_contracts.recordings.bodies_apart import MAPPINGS
from run_contracts.recordings.formats.wiremock import BODY_FOLDER

PATTERN = frozenset("*?[")
WEB_PAGES = ("http://", "https://")
HIDDEN_STARTS = (".", "__pycache__")
"""How the names of folders and files begin that are not looked into."""
NO_RECORDINGS = frozenset({".py", ".pyc", ".md", ".rst", ".toml", ".cfg", ".ini", ".lock"})
"""Endings of what lies beside recordings in a folder, and is passed over there."""

OF_ARCHIVE = re.compile(r"[0-9a-f]{40}\.\w+")
"""The names that Playwright gives to bodies which it keeps beside an archive."""


def expanded(names: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """Yield every file that is meant, once, and whether it was named itself.

    A folder means what is in it at any depth, hidden files and programs left out; a pattern that
    names no file what it matches, in order. What matches nothing is yielded as it is, for whoever
    opens it to say so.
    """
    seen: set[str] = set()
    for name in names:
        for file, is_named in _expanded(name):
            if file not in seen or file == STANDARD_INPUT:
                seen.add(file)
                yield file, is_named


def _expanded(name: str) -> Iterator[tuple[str, bool]]:
    if is_url(name):
        yield from _of_url(name)
        return
    if name != STANDARD_INPUT and Path(name).is_dir():
        yield from ((file, False) for file in _within(name))
        return
    matches = [] if os.path.lexists(name) else _matching(name)
    for match in matches or [name]:
        if matches and Path(match).is_dir():
            yield from ((file, False) for file in _within(match))
        else:
            yield match, True


def _matching(name: str) -> list[str]:
    return sorted(glob.glob(name, recursive=True)) if PATTERN & set(name) else []  # noqa: PTH207 - absolute patterns, too


def _within(folder: str) -> Iterator[str]:
    """Yield the files in a folder, in order; links to folders are not followed.

    Bodies that recordings in it keep in files of their own are read with these.
    """
    for place, folders, files in os.walk(folder):
        folders[:] = _folders_of_recordings(folders)
        for file in _recordings(files):
            path = Path(place, file)
            if path.is_file():
                yield str(path)


def _folders_of_recordings(names: Iterable[str]) -> list[str]:
    """Return the folders that are looked into, in order."""
    every = set(names)
    apart = {BODY_FOLDER} if MAPPINGS in every else set()
    return sorted(name for name in every - apart if not name.startswith(HIDDEN_STARTS))


def _recordings(names: Iterable[str]) -> Iterator[str]:
    """Yield those files of a folder that may be recordings, in order."""
    every = sorted(names)
    has_archive = any(name.lower().endswith(".har") for name in every)
    for name in every:
        is_beside = name.startswith(HIDDEN_STARTS) or Path(name).suffix.lower() in NO_RECORDINGS
        if not is_beside and not (has_archive and OF_ARCHIVE.fullmatch(name)):
            yield name


def _of_url(url: str) -> Iterator[tuple[str, bool]]:
    """Yield the files that a URL means; pages of the web are neither folders nor patterns."""
    if url.lower().startswith(WEB_PAGES):
        yield url, True
        return
    try:
        folders, files = matching(url) if PATTERN & set(url) else ([], [])
        if not folders and not files:
            folders, files = ([url], []) if is_folder(url) else ([], [url])
        for name in sorted({*folders, *files}):
            if name in {*folders} - {*files}:
                yield from ((file, False) for file in _within_url(name))
            else:
                yield name, True
    except UsageError:
        yield url, True


def _within_url(folder: str) -> Iterator[str]:
    folders, files = ({_last(url): url for url in urls} for urls in listed(folder))
    yield from (files[name] for name in _recordings(files))
    for name in _folders_of_recordings(folders):
        yield from _within_url(folders[name])


def _last(url: str) -> str:
    return url.rstrip("/").rpartition("/")[2]
