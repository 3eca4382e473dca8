"""Pieces of recordings judged by workers: in order, a few at a time, and none is lost."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from run_contracts.errors import UsageError
from run_contracts.recordings.file_parts import BareLines, FilePart
from run_contracts.recordings.file_reading import file_parts
from run_contracts.recordings.judging.asked_for import AskedFor
from run_contracts.recordings.judging.jobs import Answer, Job, Piece, WholeFile, failed
from run_contracts.recordings.judging.judging_workers import (
    Answered,
    PendingJob,
    WorkerEnded,
    Workers,
)
from run_contracts.recordings.judging.part_verdict import lost

PIECES_WAITING = 3
"""Pieces on their way for each worker."""
MOST_BYTES_WAITING = 64 * 1024**2
"""Bytes of pieces on their way that are held here, for all workers."""


class FileEnd(NamedTuple):
    """The end of a file, in place of its last piece, with what is to be said of it."""

    answer: Answer


class Done(NamedTuple):
    """A piece and its answer."""

    piece: Piece | FileEnd
    answer: Answer


def with_its_end(parts: Iterable[FilePart], name: str) -> Iterator[FilePart | FileEnd]:
    """Yield the parts of a file as they are read, and its end, whatever ends it."""
    try:
        yield from parts
    except UsageError as refused:
        yield FileEnd(Answer(refused=str(refused)))
    except Exception as error:
        yield FileEnd(failed(name, error))
    else:
        yield FileEnd(Answer())


class Judges:
    """Workers that are handed a few pieces at a time, and answer in order.

    What ended its worker is tried again alone, and lost if it does it again. A file that ends one,
    or that cannot be judged as a whole by it, is read here, and its parts are handed on.
    """

    def __init__(self, workers: Workers, asked: AskedFor, room: int) -> None:
        """Judge by what was asked for, and say so many findings of each part."""
        self._workers, self._asked, self._room = workers, asked, room
        self._waiting: deque[tuple[Piece | FileEnd, PendingJob]] = deque()
        self._bytes = 0

    def add(self, piece: Piece | FileEnd) -> Iterator[Done]:
        """Hand on a piece, and yield what became of those that came long before it."""
        self._waiting.append((piece, self._begun(piece)))
        self._bytes += _held(piece)
        while self._is_full():
            yield from self._next()

    def rest(self) -> Iterator[Done]:
        """Yield what became of all that was handed on."""
        while self._waiting:
            yield from self._next()

    def _is_full(self) -> bool:
        is_long = len(self._waiting) > PIECES_WAITING * self._workers.number()
        return is_long or self._bytes > MOST_BYTES_WAITING

    def _begun(self, piece: Piece | FileEnd) -> PendingJob:
        if isinstance(piece, FileEnd):
            return Answered(piece.answer)
        return self._workers.begin(Job(piece, self._asked, self._room))

    def _next(self) -> Iterator[Done]:
        piece, pending = self._waiting.popleft()
        self._bytes -= _held(piece)
        try:
            answer = pending.answer()
        except WorkerEnded:
            answer = self._again(piece)
        if answer is not None:
            yield Done(piece, answer)
        elif isinstance(piece, WholeFile):
            yield from self._by_parts(piece)

    def _again(self, piece: Piece | FileEnd) -> Answer | None:
        """Return the answer of a part that is judged while nothing else is, or that it is lost."""
        for _, pending in self._waiting:
            pending.settle()
        if isinstance(piece, WholeFile | FileEnd):
            return None
        try:
            return self._begun(piece).answer()
        except WorkerEnded:
            return Answer((lost(piece),))

    def _by_parts(self, file: WholeFile) -> Iterator[Done]:
        """Yield what becomes of the parts of a file, read here; it ends where it ends."""
        judges = Judges(self._workers, self._asked, self._room)
        for part in with_its_end(file_parts(file.file, file.names), file.name):
            for done in judges.add(part):
                yield _within(file, done)
        for done in judges.rest():
            yield _within(file, done)


def _within(file: WholeFile, done: Done) -> Done:
    """Return what became of a part of a file; its end is none, for another follows."""
    return Done(file, done.answer) if isinstance(done.piece, FileEnd) else done


def _held(piece: Piece | FileEnd) -> int:
    """Return how many bytes of a piece are held here."""
    if isinstance(piece, FileEnd):
        return 0
    if isinstance(piece, WholeFile):
        return len(piece.data or b"")
    return len(piece.data) if isinstance(piece, BareLines) else piece.size
