"""Checks that left something on a server: by their ledgers, or by reports, brought to their end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from shlex import quote

import click

from run_contracts.cli import named_target
from run_contracts.client.checked_target import Target
from run_contracts.client.session import Session
from run_contracts.engine.cleaning_up import Cleanup
from run_contracts.engine.creations import Creations, no_record
from run_contracts.errors import Unreachable, UsageError
from run_contracts.events import ExitCode, LedgerEvent, RecordHook, Started, exchanges
from run_contracts.events.ledger import Ledger
from run_contracts.report import jsonlines, ledger_files, sanitizing
from run_contracts.report.ledger_files import KeptLedger
from run_contracts.traffic.base_urls import IN_PROCESS, is_on_loopback


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanupLine:
    """One line of what becomes of a check, and the exit code that it asks for."""

    text: str
    code: ExitCode = ExitCode.HOLDS


@dataclass(frozen=True, kw_only=True)
class Unfinished:
    """A check that is over and left something behind, or may have.

    `kept` is its ledger in the folder of this user, `is_own` that nobody else can have written it.
    """

    started: Started
    creations: Creations
    kept: KeptLedger | None = None
    is_own: bool = False

    @property
    def title(self) -> str:
        """Which check it is."""
        at = datetime.fromtimestamp(self.started.at, tz=UTC)
        return f"check {self.started.check} of {self.started.target}, begun {at:%F %T} UTC:"

    @property
    def is_done(self) -> bool:
        """Whether nothing is left, for certain."""
        return self.creations.ledger.is_finished

    def plan(self, named: str | None) -> Iterator[str]:
        """Yield what would be sent."""
        url, ledger = named or self.started.target, self.creations.ledger
        for path, created in ledger.left.items():
            yield f"STAYS {path}: {created.doubt}" if created.doubt else f"DELETE {url}{path}"
        for home in dict.fromkeys(one.home for one in ledger.open):
            yield f"GET {url}{home}, and DELETE what carries the mark {self.started.check}"
        yield f"{sum(not one.doubt for one in ledger.left.values())} to delete"

    def url(self, named: str | None) -> str:
        """Return the base URL that credentials may be sent to; raise `UsageError` if nobody said.

        What this user's own ledger names on this machine needs no second naming.
        """
        recorded = self.started.target
        if named is None and self.is_own and is_on_loopback(recorded):
            return recorded
        if named is None and recorded.startswith(IN_PROCESS):
            file = quote(str(self.kept.path)) if self.kept else "FILE.jsonl"
            raise UsageError(
                "the application was in the process of the check; serve it, and name its URL: "
                f"run-contracts cleanup {file} URL"
            )
        count = len(self.creations.ledger.left) + len(self.creations.ledger.open)
        what = f"send the requests that clean up {count} things"
        return named_target.named_again(recorded, named, what=what)

    def end(self, target: Target) -> Iterator[CleanupLine]:
        """Delete what is left, and yield what becomes of each.

        Raises `Unreachable` if nothing is answered at all.
        """
        gone = every = 0
        with Session(target, check_id=self.started.check, listener=self.creations) as session:
            cleanup = Cleanup(session, self.creations, is_careful=True)
            for removal in cleanup.run():
                sent = session.deletions
                if sent and not any(one.is_answered for one in sent):
                    raise Unreachable(removal.stays)
                every += 1
                gone += not removal.stays
                yield _outcome(removal.path, removal.stays)
        for doubt in cleanup.doubts():
            yield CleanupLine(text=doubt, code=ExitCode.BROKEN)
        is_silent = cleanup.is_unanswered
        code = ExitCode.NOTHING_VERIFIED if is_silent else ExitCode.HOLDS
        yield CleanupLine(text=f"{gone} of {every} are gone", code=code)
        if self.is_done:
            self.forget()

    def forget(self) -> None:
        """Remove its ledger, if it has one."""
        if self.kept is not None:
            self.kept.remove()


def _outcome(path: str, stays: str) -> CleanupLine:
    if stays:
        return CleanupLine(text=f"STAYS {path}: {stays}", code=ExitCode.BROKEN)
    return CleanupLine(text=f"DELETE {path}: gone")


def reported(file: Path) -> Unfinished:
    """Return the check of a report, or of a ledger."""
    if ledger_files.is_own(file):
        return _kept(KeptLedger(file), file)
    report = jsonlines.read(file, is_whole=False)
    started = next(event for event in report if isinstance(event, Started))
    entries = [event for event in report if isinstance(event, LedgerEvent)]
    creations = Creations(started.check, ledger=Ledger(entries))
    if not entries:
        creations.replay(exchanges(report))
    return Unfinished(started=started, creations=creations)


class Killed:
    """The checks of this user that are not under way and did not come to their end.

    `is_unreadable` says that a ledger could not be read.
    """

    def __init__(self, named: str | None) -> None:
        """`named` is the base URL of their server; None if it is any."""
        self._named = named.rstrip("/") if named else None
        self.is_unreadable = False

    def __iter__(self) -> Iterator[Unfinished]:
        """Yield each while its ledger is held; raise `UsageError` if all are of other servers."""
        others: dict[str, None] = {}
        is_any = False
        for path in ledger_files.kept():
            with ledger_files.held(path) as is_free:
                check = self._read(path, is_free=is_free)
                if check is None:
                    continue
                if self._named in (None, check.started.target):
                    is_any = True
                    yield check
                else:
                    others[check.started.target] = None
        if others and not is_any:
            raise UsageError(
                f"no ledger is about {self._named}; there are some of "
                f"{sanitizing.line(', '.join(others))}; name that server, or give the ledger, too"
            )

    def _read(self, path: Path, *, is_free: bool) -> Unfinished | None:
        """Return the check of a ledger; None if nothing is left of it, or it cannot be read now."""
        if not is_free:
            busy = f"run-contracts: {path}: its check is under way, or is being cleaned up"
            click.echo(busy, err=True)
            return None
        try:
            kept = KeptLedger(path)
        except (UsageError, OSError) as error:
            click.echo(f"run-contracts: {error}", err=True)
            self.is_unreadable = True
            return None
        if kept.started is None or kept.ledger.is_finished:
            kept.remove()
            return None
        return _kept(kept, path)


def _kept(kept: KeptLedger, path: Path) -> Unfinished:
    started = kept.started
    if started is None:
        raise UsageError(f"{path}: empty; a ledger begins with the event started")
    is_own = ledger_files.is_own(path)
    record: RecordHook = kept.append if is_own else no_record
    creations = Creations(started.check, record, ledger=kept.ledger)
    return Unfinished(started=started, creations=creations, kept=kept, is_own=is_own)
