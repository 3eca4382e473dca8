"""Workers: processes that do jobs, of this machine or of others, and what may become of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from run_contracts.recordings.judging.jobs import Answer, Job


class WorkerEnded(Exception):
    """A process was ended while it had a job; perhaps the job did it, perhaps one beside it."""


class WorkersGone(Exception):
    """Nobody is there who works; the message says why, in a clause."""


class PendingJob(Protocol):
    """A job that somebody does."""

    def answer(self) -> Answer | None:
        """Return its answer as soon as it is there; raise `WorkerEnded` or `WorkersGone`."""

    def settle(self) -> None:
        """Wait until it is done or cannot be."""


class Workers(Protocol):
    """Processes that do jobs. They are closed by whoever started them."""

    @property
    def longest_file(self) -> int:
        """Bytes of a file that is one job; longer ones are read here, and shared out."""

    @property
    def opens_files(self) -> bool:
        """Whether they see the files of this machine."""

    def number(self) -> int:
        """Return how many jobs are done at once."""

    def begin(self, job: Job) -> PendingJob:
        """Hand on a job."""

    def close(self) -> None:
        """Let go of them; what is not done is given up."""


class Answered:
    """A job that is done."""

    def __init__(self, answer: Answer | None) -> None:
        """Have its answer."""
        self._answer = answer

    def answer(self) -> Answer | None:
        """Return its answer."""
        return self._answer

    def settle(self) -> None:
        """Wait for nothing."""


class WithSpare:
    """Workers, and others that are started and take their place if these are gone."""

    def __init__(
        self, workers: Workers, spare: Callable[[], Workers], on_gone: Callable[[str], None]
    ) -> None:
        """Begin with the first; `on_gone` is called once, with the reason."""
        self._workers, self._spare, self._on_gone = workers, spare, on_gone
        self._is_gone = False

    @property
    def longest_file(self) -> int:
        """Bytes of a file that is one job."""
        return self._workers.longest_file

    @property
    def opens_files(self) -> bool:
        """Whether they see the files of this machine."""
        return self._workers.opens_files

    def number(self) -> int:
        """Return how many jobs are done at once."""
        return self._workers.number()

    def begin(self, job: Job) -> PendingJob:
        """Hand on a job, to the others if need be."""
        if not self._is_gone:
            try:
                return _Replaceable(self, job, self._workers.begin(job))
            except WorkersGone as gone:
                self.replace(str(gone))
        return self._workers.begin(job)

    def replace(self, reason: str) -> None:
        """Let others take the place of workers that are gone."""
        if self._is_gone:
            return
        self._is_gone = True
        self._on_gone(reason)
        self._workers.close()
        self._workers = self._spare()

    def close(self) -> None:
        """Let go of whoever works now."""
        self._workers.close()


class _Replaceable:
    """A job that the others do if those who have it are gone."""

    def __init__(self, workers: WithSpare, job: Job, pending: PendingJob) -> None:
        self._workers, self._job, self._pending = workers, job, pending

    def answer(self) -> Answer | None:
        try:
            return self._pending.answer()
        except WorkersGone as gone:
            self._workers.replace(str(gone))
        self._pending = self._workers.begin(self._job)
        return self._pending.answer()

    def settle(self) -> None:
        self._pending.settle()
