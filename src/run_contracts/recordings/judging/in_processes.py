"""Processes of this machine that judge: as many as there are cores, and they end with this one."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from threading import Thread

from run_contracts.incremental.rare_collections import collect_rarely
from run_contracts.recordings.judging.jobs import Answer, Job
from run_contracts.recordings.judging.judging_workers import Answered, PendingJob, WorkerEnded

BEFORE_PROCESSES = 4 * 1024**2
"""Bytes that are judged before it is worth while to start processes."""
MOST_PROCESSES = 4
"""More would take more memory than they save time."""


def processes() -> int:
    """Return how many processes can work at once on this machine, for us."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(cores or 1, MOST_PROCESSES)


class Processes:
    """Processes of this machine. If one is killed, all are started anew with the next job."""

    longest_file = BEFORE_PROCESSES
    """A longer one is worth while to be shared out."""
    opens_files = True

    def __init__(self) -> None:
        """Start none before there is a job."""
        self._pool = _pool()

    def number(self) -> int:
        """Return how many jobs are done at once."""
        return processes()

    def begin(self, job: Job) -> _InPool:
        """Hand on a job."""
        try:
            return _InPool(self._submitted(job))
        except BrokenProcessPool:
            self.close()
            self._pool = _pool()
            return _InPool(self._submitted(job))

    def _submitted(self, job: Job) -> Future[Answer | None]:
        with _interrupts_held():
            return self._pool.submit(job.answer)

    def close(self) -> None:
        """End the processes, as soon as each has done what it is at."""
        self._pool.shutdown(wait=True, cancel_futures=True)


class HereFirst:
    """This process, which does each job at once, and processes beside it when there are many."""

    opens_files = True

    def __init__(self) -> None:
        """Start no process yet."""
        self._processes: Processes | None = None
        self._seen = 0

    @property
    def longest_file(self) -> int:
        """Bytes of a file that is one job; here each is read part by part."""
        return self._processes.longest_file if self._processes is not None else 0

    def number(self) -> int:
        """Return how many jobs are done at once; none is waited for that is done here."""
        return self._processes.number() if self._processes is not None else 0

    def begin(self, job: Job) -> PendingJob:
        """Do a job, or hand it on."""
        if self._processes is not None:
            return self._processes.begin(job)
        answer = job.answer()
        self._seen += sum(one.size for one in answer.verdicts) if answer is not None else 0
        if self._seen >= BEFORE_PROCESSES and processes() > 1:
            self._processes = Processes()
        return Answered(answer)

    def close(self) -> None:
        """End the processes, if there are any."""
        if self._processes is not None:
            self._processes.close()


class _InPool:
    """A job that a process of a pool does."""

    def __init__(self, future: Future[Answer | None]) -> None:
        self._future = future

    def answer(self) -> Answer | None:
        try:
            return self._future.result()
        except BrokenProcessPool:
            raise WorkerEnded from None

    def settle(self) -> None:
        wait([self._future])


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
    collect_rarely()
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
