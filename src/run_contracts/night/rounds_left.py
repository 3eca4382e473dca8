"""What rounds left that were killed: deleted by their ledgers, and nothing else."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from pathlib import Path

from run_contracts.client.checked_target import Target
from run_contracts.client.connection import Connection
from run_contracts.client.session import Session
from run_contracts.engine.cleaning_up import Cleanup
from run_contracts.engine.creations import Creations
from run_contracts.errors import TargetError, UsageError
from run_contracts.filesystem.single_line import name_of
from run_contracts.report import ledger_files
from run_contracts.report.ledger_files import KeptLedger

HELD_SECONDS = 5.0
"""Seconds for which a ledger is waited for that somebody holds: a round that cleans up itself."""
HELD_PAUSE = 0.2


def deleted(checks: Collection[str], target: Target, connection: Connection) -> Iterator[str]:
    """Delete what the ledgers of some checks say is on a target; yield a line for what stays."""
    for path in ledger_files.kept():
        if path.stem.rpartition("-")[2] in checks and ledger_files.is_own(path):
            yield from _ended(path, target, connection)


def _ended(path: Path, target: Target, connection: Connection) -> Iterator[str]:
    """Bring one ledger to its end, as soon as nobody else does."""
    until = time.monotonic() + HELD_SECONDS
    while True:
        with ledger_files.held(path) as is_free:
            if is_free and path.exists():
                yield from _deleted(path, target, connection)
            if is_free or not path.exists():
                return
        if time.monotonic() > until:
            yield f"{name_of(path)}: its round is under way, or is being cleaned up"
            return
        time.sleep(HELD_PAUSE)


def _deleted(path: Path, target: Target, connection: Connection) -> Iterator[str]:
    try:
        kept = KeptLedger(path)
    except (UsageError, OSError) as error:
        yield str(error)
        return
    started = kept.started
    if started is None or kept.ledger.is_finished:
        kept.remove()
        return
    if started.target != target.hidden(target.url):
        yield f"{name_of(path)}: is of another server; run-contracts cleanup deletes what it left"
        return
    creations = Creations(started.check, kept.append, ledger=kept.ledger)
    with Session(target, connection, check_id=started.check, listener=creations) as session:
        cleanup = Cleanup(session, creations, is_careful=True)
        try:
            yield from (f"{one.path} stays: {one.stays}" for one in cleanup.run() if one.stays)
        except TargetError as error:
            yield str(error)
        yield from cleanup.doubts()
    if creations.ledger.is_finished:
        kept.remove()
