"""The files that people mean: folders and patterns taken apart."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from run_contracts.filesystem.opening import STANDARD_INPUT
from run_contracts.recordings.bodies_apart import MAPPINGS
from run_contracts.recordings.formats.wiremock import BODY_FOLDER

PATTERN = frozenset("*?[")
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
        apart = {BODY_FOLDER} if MAPPINGS in folders else set()
        folders[:] = sorted(one for one in {*folders} - apart if not one.startswith(HIDDEN_STARTS))
        has_archive = any(file.lower().endswith(".har") for file in files)
        for file in sorted(files):
            path = Path(place, file)
            is_beside = file.startswith(HIDDEN_STARTS) or path.suffix.lower() in NO_RECORDINGS
            is_beside |= has_archive and OF_ARCHIVE.fullmatch(file) is not None
            if not is_beside and path.is_file():
                yield str(path)
