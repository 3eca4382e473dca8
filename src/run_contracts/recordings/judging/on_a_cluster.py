"""Workers of a dask cluster: they judge what they are sent, and read URLs themselves.

What a job holds is sealed: neither the scheduler's pages nor the logs of workers show any of it.
"""

from __future__ import annotations

import logging
import pickle
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from threading import Thread
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from run_contracts.errors import UsageError
from run_contracts.filesystem.single_line import LONGEST_WHY, line, shortened, word
from run_contracts.recordings.judging.jobs import Answer, Job, unjudged
from run_contracts.recordings.judging.judging_workers import WorkerEnded, WorkersGone

if TYPE_CHECKING:
    from distributed import Client, Future

ADDRESS = re.compile(r"(?:tcp|tls)://(?:\[[0-9a-fA-F:.]+\]|[^\s/:\[\]@?#]+):[0-9]{1,5}")
WITHIN = 10.0
"""Seconds within which a scheduler answers, and has a worker."""
WITHOUT_WORKERS = 60.0
"""Seconds without any worker after which there is none: one that was ended is started anew."""
FRESH = 1.0
"""Seconds for which the number of workers is believed."""
LONGEST_SENT = 16 * 1024**2
"""Bytes of a file that is one job; the scheduler has them all on their way."""
DASK_TO_INSTALL = "--scheduler takes dask; pip install 'run-contracts[dask]'"


@dataclass(frozen=True, slots=True)
class Sealed:
    """A job on its way, which is shown to nobody, and by which version it is to be judged."""

    job: bytes = field(repr=False)
    release: str = field(repr=False)


@cache
def _release() -> str:
    return version("run-contracts")


def answered(sealed: Sealed) -> Answer | str | None:
    """Return the answer of a job, on a worker; a text says why this worker may not give one.

    An error of ours costs the piece, and not all the others.
    """
    if sealed.release != _release():
        return f"a worker has run-contracts {_release()}, here is {sealed.release}"
    try:
        job: Job = pickle.loads(sealed.job)  # noqa: S301 - of whoever may run code here
    except Exception as error:
        return f"a worker cannot read what it is to judge: {type(error).__name__}"
    try:
        return job.answer()
    except Exception as error:
        return unjudged(job.piece.name, error)


class Cluster:
    """The workers of a dask cluster. What ends several of them is no longer tried by dask."""

    longest_file = LONGEST_SENT
    opens_files = False

    def __init__(self, address: str) -> None:
        """Find a scheduler and a worker; raise `UsageError` if there is none, or no dask here."""
        self.address = address
        self._client = _connected(address)
        self._threads, self._known_at = 0, -FRESH
        self._idle_since: float | None = None
        ends = monotonic() + WITHIN / 2
        while self.number() < 1 and monotonic() < ends:
            sleep(WITHIN / 100)
        if self._threads < 1:
            self.close()
            raise UsageError(
                f"{address}: the scheduler has no worker; start one: dask worker {address}"
            )

    def number(self) -> int:
        """Return how many jobs are done at once, 0 while nobody is there."""
        if monotonic() - self._known_at > FRESH:
            self._refresh()
        return max(self._threads, 0)

    def begin(self, job: Job) -> _OnCluster:
        """Hand on a job under a key that says nothing."""
        import dask  # noqa: PLC0415 - only for those who have a cluster

        sealed = Sealed(pickle.dumps(job, pickle.HIGHEST_PROTOCOL), _release())
        key = f"run-contracts-{uuid4().hex}"
        try:
            with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 GiB"}):
                return _OnCluster(self, self._client.submit(answered, sealed, key=key, pure=False))
        except Exception as error:
            raise self.gone(error) from None

    def is_alive(self) -> bool:
        """Say whether the scheduler answers, and a worker is there or was not long ago."""
        self._refresh()
        if self._threads:
            self._idle_since = None
        elif self._idle_since is None:
            self._idle_since = monotonic()
        is_idle = self._idle_since is not None and monotonic() - self._idle_since > WITHOUT_WORKERS
        return self._threads >= 0 and not is_idle

    def gone(self, error: object = "it has no worker any more") -> WorkersGone:
        """Return that nobody works any more."""
        return WorkersGone(f"the cluster at {self.address} is gone: {_words(error)}")

    def unfit(self, reason: object) -> UsageError:
        """Return that what works there cannot judge."""
        return UsageError(
            f"{self.address}: {_words(reason)}; the scheduler and each worker need what is "
            f"installed here: run-contracts {_release()}, and the same Python"
        )

    def _refresh(self) -> None:
        """Count the threads of all workers; -1 if the scheduler does not say."""
        counted = _within(WITHIN, lambda: sum(self._client.nthreads().values()))
        self._threads = -1 if counted is None else counted
        self._known_at = monotonic()

    def close(self) -> None:
        """Give up what is not done, and let go of the scheduler."""
        with suppress(Exception):
            self._client.close(timeout=WITHIN / 2)


class _OnCluster:
    """A job that a worker of a cluster does."""

    def __init__(self, cluster: Cluster, future: Future[Answer | str | None]) -> None:
        self._cluster, self._future = cluster, future

    def answer(self) -> Answer | None:
        """Return its answer; what a worker had that was ended is done again by another."""
        while True:
            self.settle()
            try:
                return self._of_fit(self._future.result(timeout=WITHIN))
            except Exception as error:
                self._raise_unless_late(error)

    def _of_fit(self, answer: Answer | str | None) -> Answer | None:
        if isinstance(answer, str):
            raise self._cluster.unfit(answer)
        return answer

    def _raise_unless_late(self, error: Exception) -> None:
        """Raise what an error means, unless somebody may still be at it."""
        from distributed.scheduler import KilledWorker, NoValidWorkerError  # noqa: PLC0415

        if isinstance(error, KilledWorker):
            raise WorkerEnded from None
        if isinstance(error, UsageError):
            raise error
        if self._future.status == "error" and not isinstance(error, NoValidWorkerError):
            raise self._cluster.unfit(error) from None
        if not isinstance(error, TimeoutError) or not self._cluster.is_alive():
            raise self._cluster.gone(error) from None

    def settle(self) -> None:
        """Wait until it is done, or nobody is there who does it."""
        while not self._future.done():
            try:
                self._future.exception(timeout=FRESH)
            except TimeoutError:
                if not self._cluster.is_alive():
                    return
            except Exception:  # it was given up, or the scheduler is gone: its result says so
                return


def _connected(address: str) -> Client:
    """Return a client of a scheduler; raise `UsageError` in ten seconds if there is none."""
    if not ADDRESS.fullmatch(address):
        raise UsageError(f"--scheduler is {word(address)}; name one as tcp://host:8786, or tls://")
    try:
        from distributed import Client  # noqa: PLC0415 - only for those who have a cluster
    except ImportError:
        raise UsageError(DASK_TO_INSTALL) from None
    _quieten()
    try:
        return Client(address, timeout=WITHIN, set_as_default=False, name="run-contracts")
    except Exception as error:
        raise UsageError(f"{address}: no dask scheduler answers: {_words(error)}") from None


def _quieten() -> None:
    """Let dask log nothing in this process: what becomes of a cluster is said in one line."""
    for name in [*logging.root.manager.loggerDict]:
        if name.partition(".")[0] == "distributed":
            logging.getLogger(name).setLevel(logging.CRITICAL)


def _words(error: object) -> str:
    """Return what is said of an error of others, on one line; of a lost connection its reason."""
    text = str(getattr(error, "reason", error)) or type(error).__name__
    return shortened(line(text), LONGEST_WHY)


def _within(seconds: float, question: Callable[[], Any]) -> Any:
    """Return an answer, or None if it fails or does not come in time."""
    answers: list[Any] = []

    def ask() -> None:
        with suppress(Exception):
            answers.append(question())

    asking = Thread(target=ask, daemon=True)
    asking.start()
    asking.join(seconds)
    return answers[0] if answers else None
