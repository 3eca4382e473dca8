"""Ledger files: what a check creates and deletes, kept in the user's own folder as it happens.

A check that is killed tells nobody anything. Its ledger lies there all the same, so that what it
left on a server can be deleted. One that is finished is removed.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from run_contracts.events import Event, LedgerEvent, Started
from run_contracts.events.ledger import Ledger
from run_contracts.report import jsonlines, sanitizing
from run_contracts.traffic.base_urls import is_on_loopback

if TYPE_CHECKING:
    from filelock import BaseFileLock

STATE = "RUN_CONTRACTS_STATE"
"""The environment variable that names another folder for them."""
MOST_DAYS = 30
"""Days after which the ledger of a check that left something is removed."""
OTHERS_WRITE = 0o022


def folder() -> Path:
    """Return the folder of the ledgers of this user."""
    named = os.environ.get(STATE)
    if named:
        return Path(named).absolute()
    from platformdirs import user_state_path  # noqa: PLC0415 - only who checks needs it

    return user_state_path("run-contracts", appauthor=False) / "ledgers"


class LedgerFile:
    """The ledger of one check; nothing is written before something is created.

    While it is open a lock beside it says that its check is under way. Where it cannot be written,
    `tell` is called once with the reason, and the check goes on.
    """

    def __init__(self, tell: Callable[[str], object]) -> None:
        """Nothing is known of the check yet."""
        self._tell = tell
        self._started: Started | None = None
        self._file: int | None = None
        self._path: Path | None = None
        self._lock: BaseFileLock | None = None
        self._ledger = Ledger()
        self._is_broken = False

    def followed(self, events: Iterable[Event]) -> Iterator[Event]:
        """Pass on the events of a check, whose ledger this is, and close it at their end."""
        try:
            for event in events:
                if isinstance(event, Started):
                    self._started = replace(event, pid=os.getpid(), at=time.time(), probes=())
                yield event
        finally:
            # What a check deletes when it is left comes into its ledger, too.
            if isinstance(events, Generator):
                events.close()
            self.close()

    def write(self, event: LedgerEvent) -> None:
        """Append an event and hand it to the system at once."""
        if self._is_broken or self._started is None:
            return
        self._ledger.add(event)
        try:
            if self._file is None:
                self._file = self._opened(self._started)
            os.write(self._file, jsonlines.as_line(event))
        except (OSError, NotImplementedError) as error:
            self._is_broken = True
            where = self._path or folder()
            self._tell(
                f"{where}: the ledger cannot be written: {error}; "
                "if this check is killed, nobody knows what it left on the server"
            )

    def _opened(self, started: Started) -> int:
        """Create the file for its user alone, and write its first line."""
        place = folder()
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(started.at))
        self._path = place / f"{moment}-{started.check}.jsonl"
        self._lock = _lock(self._path)
        self._lock.acquire(timeout=0)
        file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        os.write(file, jsonlines.as_line(started))
        return file

    @property
    def _command(self) -> str:
        """The command that deletes what is left."""
        url = self._started.target if self._started else ""
        named = "" if is_on_loopback(url) else f" --url {quote(sanitizing.line(url))}"
        return f"run-contracts cleanup{named}"

    def close(self) -> None:
        """Remove it if nothing is left on the server, else tell how that is deleted.

        Ledgers that are too old are removed, too.
        """
        if self._file is None or self._path is None or self._lock is None:
            return
        if not self._ledger.is_finished:
            self._tell(f"{self._path} has what is left on the server; type: {self._command}")
        with suppress(OSError):
            os.close(self._file)
            self._file = None
            if self._ledger.is_finished:
                _remove(self._path)
        self._lock.release()
        if self._ledger.is_finished:
            _unlink(Path(self._lock.lock_file))
        with suppress(OSError):
            _prune(folder())


class KeptLedger:
    """The ledger of a check that is not under way any more, to be read and brought to its end."""

    def __init__(self, path: Path) -> None:
        """Read it; raise `UsageError` for what is no ledger."""
        self.path = path
        events = jsonlines.read(path, is_whole=False) if path.stat().st_size else ()
        self.started = next((one for one in events if isinstance(one, Started)), None)
        self.ledger = Ledger(one for one in events if isinstance(one, LedgerEvent))
        self._may_be_cut = True

    def append(self, event: LedgerEvent) -> None:
        """Append what happens later; a last line that was cut goes."""
        data = self.path.read_bytes() if self._may_be_cut else b""
        with self.path.open("r+b") as file:
            if self._may_be_cut:
                file.truncate(data.rfind(b"\n") + 1)
            self._may_be_cut = False
            file.seek(0, os.SEEK_END)
            file.write(jsonlines.as_line(event))

    def remove(self) -> None:
        """Remove it."""
        _remove(self.path)


@contextmanager
def held(path: Path) -> Iterator[bool]:
    """Hold a ledger, so that nobody else brings it to its end; yield whether nobody has it."""
    from filelock import Timeout  # noqa: PLC0415

    lock = _lock(path)
    try:
        lock.acquire(timeout=0)
    except (Timeout, OSError, NotImplementedError):
        yield False
        return
    try:
        yield True
    finally:
        lock.release()
        if not path.exists():
            _unlink(Path(lock.lock_file))


def kept() -> list[Path]:
    """Return the ledgers in the folder of this user, the newest first."""
    place = folder()
    return sorted(place.glob("*.jsonl"), reverse=True) if place.is_dir() else []


def is_own(path: Path) -> bool:
    """Say whether a file lies in the folder of ledgers, and only this user can have written it."""
    if path.absolute().parent != folder():
        return False
    if not hasattr(os, "geteuid"):
        return True
    found = [one.lstat() for one in (path, path.parent)]
    return all(one.st_uid == os.geteuid() and not one.st_mode & OTHERS_WRITE for one in found)


def _lock(path: Path) -> BaseFileLock:
    from filelock import FileLock  # noqa: PLC0415 - only who checks needs it

    return FileLock(path.with_suffix(".lock"))


def _prune(place: Path) -> None:
    """Remove ledgers that are too old, but for those of checks under way.

    However many there are: each that is young says what is left on a server.
    """
    oldest = time.time() - MOST_DAYS * 24 * 3600
    for path in kept():
        if path.stat().st_mtime < oldest:
            with held(path) as is_free:
                if is_free:
                    _remove(path)
    for lock in place.glob("*.lock"):
        if not lock.with_suffix(".jsonl").exists() and lock.stat().st_mtime < oldest:
            _unlink(lock)


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)


def _unlink(path: Path) -> None:
    with suppress(OSError):
        path.unlink(missing_ok=True)
