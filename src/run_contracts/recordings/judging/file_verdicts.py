"""The verdicts on files in the order they are named, whoever judges them."""

from __future__ import annotations

import stat
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from run_contracts.errors import UsageError
from run_contracts.filesystem.opening import STANDARD_INPUT, opened
from run_contracts.filesystem.remote import is_url
from run_contracts.filesystem.single_line import name_of
from run_contracts.recordings.file_parts import FilePart
from run_contracts.recordings.file_reading import file_parts
from run_contracts.recordings.formats.exchange_records import PartNames
from run_contracts.recordings.judging.across_parts import AcrossParts
from run_contracts.recordings.judging.asked_for import AskedFor
from run_contracts.recordings.judging.in_processes import HereFirst
from run_contracts.recordings.judging.jobs import Answer, Piece, WholeFile
from run_contracts.recordings.judging.judges import Done, FileEnd, Judges, with_its_end
from run_contracts.recordings.judging.judging_workers import Workers
from run_contracts.recordings.judging.part_verdict import PartVerdict


class NamedFile(NamedTuple):
    """A file that is judged, whether it was named itself, and its number among all."""

    file: str
    is_named: bool
    number: int


def verdicts(parts: Iterable[FilePart], asked: AskedFor, room: int) -> Iterator[PartVerdict]:
    """Yield the verdict on each part of a file in order; the first are judged in this process.

    What was read before `parts` raises `UsageError` is judged all the same.
    """
    with closing(HereFirst()) as workers:
        judges = Judges(workers, asked, room)
        done = _done(with_its_end(parts, ""), judges)
        for answer in _joined(done, asked, room):
            yield from answer.verdicts
            if answer.refused:
                raise UsageError(answer.refused)


def _done(pieces: Iterable[Piece | FileEnd], judges: Judges) -> Iterator[Done]:
    for piece in pieces:
        yield from judges.add(piece)
    yield from judges.rest()


class FileVerdicts:
    """Judges files with some workers, by what was asked for."""

    def __init__(self, workers: Workers, asked: AskedFor, names: PartNames, room: int) -> None:
        """Say so many findings of each part of a file at most."""
        self._workers, self._asked, self._names, self._room = workers, asked, names, room

    def of(self, files: Iterable[tuple[str, bool]]) -> Iterator[tuple[NamedFile, Iterator[Answer]]]:
        """Yield each file in order with its answers, which are to be taken before the next."""
        for file, done in groupby(self._done(files), lambda one: one[0]):
            yield file, _joined((one[1] for one in done), self._asked, self._room)

    def _done(self, files: Iterable[tuple[str, bool]]) -> Iterator[tuple[NamedFile, Done]]:
        """Yield what becomes of each piece, with the file it is of; the last of each is its end."""
        judges = Judges(self._workers, self._asked, self._room)
        begun: deque[NamedFile] = deque()
        for number, (file, is_named) in enumerate(files):
            begun.append(NamedFile(file, is_named, number))
            for piece in self._pieces(file):
                for done in judges.add(piece):
                    yield _of(begun, done)
        for done in judges.rest():
            yield _of(begun, done)

    def _pieces(self, file: str) -> Iterator[Piece | FileEnd]:
        whole = self._whole(file)
        if whole is None:
            yield from with_its_end(file_parts(file, self._names), name_of(file))
        else:
            yield whole
            yield FileEnd(Answer())

    def _whole(self, file: str) -> WholeFile | None:
        """Return a file that one worker judges; None of one that is read here."""
        longest = self._workers.longest_file
        whole = WholeFile(file=file, names=self._names, longest=longest)
        if not longest or not (is_url(file) or _is_short(file, longest)):
            return None
        if self._workers.opens_files or is_url(file):
            return whole
        try:
            with opened(file) as reading:
                data = reading.read(longest + 1)
        except (OSError, UsageError):
            return None
        return replace(whole, data=data) if len(data) <= longest else None


def _of(begun: deque[NamedFile], done: Done) -> tuple[NamedFile, Done]:
    """Return something done with the first file that has not come to its end."""
    return (begun.popleft() if isinstance(done.piece, FileEnd) else begun[0]), done


def _joined(each: Iterable[Done], asked: AskedFor, room: int) -> Iterator[Answer]:
    """Yield the answers of one file, each of its parts together with what came before it."""
    across = AcrossParts(asked)
    for piece, answer in each:
        if isinstance(piece, WholeFile | FileEnd):
            yield answer
        else:
            together = (across.joined(piece, verdict, room) for verdict in answer.verdicts)
            yield answer._replace(verdicts=tuple(together))


def _is_short(file: str, longest: int) -> bool:
    """Say whether a name is that of a plain file of so many bytes at most."""
    try:
        status = Path(file).stat()
    except (OSError, ValueError):
        return False
    return file != STANDARD_INPUT and stat.S_ISREG(status.st_mode) and status.st_size <= longest
