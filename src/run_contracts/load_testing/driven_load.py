"""A load under way in one process: what its users share, and what becomes of their lives."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from functools import partial

from run_contracts import events
from run_contracts.checks import Check, requirements_of
from run_contracts.client.checked_target import Target
from run_contracts.client.session import Session
from run_contracts.contract.loading import Contract
from run_contracts.engine import recording
from run_contracts.engine.cleaning_up import Cleanup
from run_contracts.engine.creations import Creations
from run_contracts.events import Decided, Event
from run_contracts.load_testing.life_judging import judged_life
from run_contracts.load_testing.life_record import LifeRecord
from run_contracts.load_testing.load_tally import LoadTally, kept_apart, without_ids
from run_contracts.load_testing.meeting_place import MeetingPlace
from run_contracts.report.ledger_files import LedgerFile
from run_contracts.traffic.hiding import Hide

MICROSECONDS = 1_000_000
ENDING_SECONDS = 40.0
"""Seconds in which lives that were left are cleaned up at the end; Locust's master waits 60."""
ENDING_PAUSE = 0.02
UNWRITTEN = "cannot be written"
"""What a ledger file says when nobody would know what is left on a server."""
LEFT_BEHIND = "things left behind on the server"
LEFT_BY_WORKER = "sent no last report; run-contracts cleanup deletes what it left, on its machine"
STILL_DRIVEN = "it had not ended when the load did"
"""Why a life is neither judged nor cleaned up."""
OnBroken = Callable[[Decided], object]
"""Hears of each requirement that a life broke."""


def started(target: Target, check_id: str) -> events.Started:
    """Return the event that tells of a load, or of one life in it."""
    return events.Started(
        target=target.url,
        edition=target.edition,
        dialect=target.dialect or "",
        profile="load",
        seed=target.seed,
        check=check_id,
    )


def _opened(ledger: LedgerFile, target: Target, check_id: str) -> Generator[Event]:
    """Yield the event by which a ledger file knows its life; it is closed with this."""
    yield from ledger.followed([started(target, check_id)])


class Load:
    """What all users of a process share: where they meet, the tally, and the lives under way.

    When it `is_over` nothing is sent any more but what cleans up.
    """

    def __init__(self, on_broken: OnBroken) -> None:
        """Nothing was driven yet."""
        self.tally, self.place = LoadTally(), MeetingPlace()
        self.began_at = time.monotonic()
        self._on_broken = on_broken
        self._ledgers: dict[str, Generator[Event]] = {}
        self._running: dict[str, LifeRecord] = {}
        self.is_over = False
        self._failures: set[str] = set()
        self._cpu = time.process_time()

    def new_record(self, target: Target) -> LifeRecord:
        """Return the record of a new life, with a mark and a ledger file of its own."""
        check_id, hide = secrets.token_hex(4), target.hidden
        ledger = LedgerFile(partial(self._tell, hide))
        self._ledgers[check_id] = opened = _opened(ledger, target, check_id)
        next(opened)
        creations = Creations(check_id, lambda one: ledger.write(recording.hidden(one, hide)))
        self._running[check_id] = record = LifeRecord(check_id, creations)
        return record

    def _tell(self, hide: Hide, line: str) -> None:
        """Count what a ledger file says of itself; what is left behind is counted elsewhere."""
        if UNWRITTEN in line:
            self.tally.cut_short(line, hide)

    def conclude(
        self,
        record: LifeRecord,
        target: Target,
        contract: Contract,
        opened: Callable[[], Session],
    ) -> None:
        """Judge a life that is over, and delete what it created, by a session that is `opened`."""
        if not record.is_judged:
            with self.costing("the verdict on a life", target):
                self._judge(record, target, contract)
        with self.costing("the cleanup of a life", target):
            for _ in Cleanup(opened(), record.creations).run():
                pass
        self._close(record)

    def _judge(self, record: LifeRecord, target: Target, contract: Contract) -> None:
        hide = target.hidden

        def fail(check: Check, error: Exception) -> None:
            ids = ", ".join(requirements_of(check))
            self.tally.fail(f"the check of {ids}", error, hide)

        timed, seed = [*record.exchanges()], int(record.check_id, 16)
        verdict = judged_life(timed, contract, seed, fail)
        record.is_judged = True
        self.tally.numbers["judging"] += int(verdict.seconds * MICROSECONDS)
        for broken in self.tally.add(verdict, hide):
            self._on_broken(broken)

    def failure(self, reason: str) -> str:
        """Return why a request failed, as the statistics keep it: for ever, so few are apart."""
        kept = kept_apart(self._failures, without_ids(reason))
        self._failures.add(kept)
        return kept

    def begin(self) -> None:
        """Begin, perhaps once more."""
        self.began_at, self.is_over = time.monotonic(), False

    def finish(self, seconds: float = ENDING_SECONDS) -> None:
        """Have no life driven any further, and wait until all are concluded, if there is time.

        What is left by those that have not ended then is counted, as far as anybody knows.
        """
        self.is_over = True
        until = time.monotonic() + seconds
        while self._running and time.monotonic() < until:
            time.sleep(ENDING_PAUSE)
        for record in list(self._running.values()):
            self.tally.count(self.tally.reasons, STILL_DRIVEN)
            self._count_left(record)

    def _close(self, record: LifeRecord) -> None:
        """Close the ledger file of a life; it stays where something is left behind."""
        self._count_left(record)
        self._ledgers.pop(record.check_id).close()

    def _count_left(self, record: LifeRecord) -> None:
        """Count what a life leaves behind, once."""
        if self._running.pop(record.check_id, None) is not None:
            ledger = record.creations.ledger
            self.tally.numbers[LEFT_BEHIND] += len(ledger.left) + len(ledger.open)

    @contextmanager
    def costing(self, part: str, target: Target) -> Iterator[None]:
        """Let an error inside cost this part of a life, and nothing else; it is counted."""
        try:
            yield
        except Exception as error:
            if os.environ.get("RUN_CONTRACTS_DEBUG"):
                raise
            self.tally.fail(part, error, target.hidden)

    def count_time(self) -> None:
        """Count what processor time passed since it was counted last."""
        now = time.process_time()
        self.tally.numbers["processor"] += int((now - self._cpu) * MICROSECONDS)
        self._cpu = now
