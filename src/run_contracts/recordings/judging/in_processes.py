"""Recordings of any length judged by several processes: in order, and a few parts at a time."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from threading import Thread

from run_contracts.errors import UsageError
from run_contracts.recordings.file_parts import PART_BYTES, Entries, FilePart
from run_contracts.recordings.judging.across_parts import AcrossParts
from run_contracts.recordings.judging.asked_for import AskedFor
from run_contracts.recordings.judging.part_verdict import PartVerdict, judged, lost

BEFORE_PROCESSES = 4 * 1024**2
"""Bytes that are judged before it is worth while to start processes."""
MOST_PROCESSES = 4
"""More would take more memory than they save time."""
PARTS_WAITING = 3
"""Parts on their way for each process."""
LONG_PART = 4 * PART_BYTES
"""Bytes of a part that is judged where it was read, for no copies of it are wanted."""
Room = Callable[[], int]
"""Says how many findings there is room for."""
Judged = tuple[FilePart, PartVerdict]


def verdicts(parts: Iterable[FilePart], asked: AskedFor, room: Room) -> Iterator[PartVerdict]:
    """Yield the verdict on each part in order; the first are judged in this process.

    What was read before `parts` raises `UsageError` is judged all the same.
    """
    across = AcrossParts(asked)
    for part, verdict in _each(parts, asked, room):
        yield across.joined(part, verdict, room())


def _each(parts: Iterable[FilePart], asked: AskedFor, room: Room) -> Iterator[Judged]:
    remaining = iter(parts)
    seen = 0
    for part in remaining:
        yield part, judged(part, asked, room())
        seen += part.size
        if seen >= BEFORE_PROCESSES and processes() > 1:
            break
    yield from _in_processes(remaining, asked, room)


def processes() -> int:
    """Return how many processes can work at once on this machine, for us."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(cores or 1, MOST_PROCESSES)


def _in_processes(parts: Iterator[FilePart], asked: AskedFor, room: Room) -> Iterator[Judged]:
    """Yield the verdicts on parts that are judged by processes, if there are any parts."""
    first = next(parts, None)
    if first is None:
        return
    with Judges(asked, room) as judges:
        yield from judges.add(first)
        try:
            for part in parts:
                yield from judges.add(part)
        except UsageError:
            yield from judges.rest()
            raise
        yield from judges.rest()


class Judges:
    """Processes that judge parts. One that is killed costs the part it was judging."""

    def __init__(self, asked: AskedFor, room: Room) -> None:
        """Judge by what was asked for, and say so many findings of each part."""
        self._asked, self._room = asked, room
        self._waiting: deque[tuple[FilePart, Future[PartVerdict] | None]] = deque()

    def __enter__(self) -> Judges:
        self._pool = _pool()
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def add(self, part: FilePart) -> Iterator[Judged]:
        """Hand on a part, and yield the verdicts on those that came long before it."""
        if isinstance(part, Entries) or len(part.data) > LONG_PART:
            yield from self.rest()
            yield part, judged(part, self._asked, self._room())
            return
        self._waiting.append((part, self._submitted(part)))
        while len(self._waiting) > PARTS_WAITING * processes():
            yield self._next()

    def rest(self) -> Iterator[Judged]:
        """Yield the verdicts on all that was handed on."""
        while self._waiting:
            yield self._next()

    def _submitted(self, part: FilePart) -> Future[PartVerdict] | None:
        """Return what will become of a part; None if the processes have been ended."""
        try:
            with _interrupts_held():
                return self._pool.submit(judged, part, self._asked, self._room())
        except BrokenProcessPool:
            return None

    def _next(self) -> Judged:
        part, future = self._waiting.popleft()
        try:
            if future is not None:
                return part, future.result()
        except BrokenProcessPool:
            pass
        # Nobody knows which part ended a process: each is tried alone.
        self._pool = _pool()
        alone = self._submitted(part)
        try:
            verdict = alone.result() if alone is not None else lost(part)
        except BrokenProcessPool:
            self._pool, verdict = _pool(), lost(part)
        again = [one for one, _ in self._waiting]
        self._waiting = deque((one, self._submitted(one)) for one in again)
        return part, verdict


def _pool() -> ProcessPoolExecutor:
    # Not forked: whoever asks may have threads.
    return ProcessPoolExecutor(processes(), mp_context=get_context("spawn"), initializer=_begin)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Keep an interrupt back for a moment: a process that is started then has none either."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin() -> None:
    """Leave interrupts to the process that asks, and end when it does, whatever ends it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
