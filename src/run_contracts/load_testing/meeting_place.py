"""The meeting place: where users wait for one another, to send at the same time on one thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Event, Thread
from typing import Any

from run_contracts.client.session import Session
from run_contracts.errors import TargetError
from run_contracts.load_testing.life_record import LifeRecord, Recorder
from run_contracts.traffic.exchange import Exchange

LONGEST_WAIT_FOR_OTHERS = 0.3
"""Seconds that a user waits for others before it goes on with those that came."""
MOST_HANDS = 4
"""Users that share a thread at most."""
OperationCall = tuple[str, dict[str, Any]]
"""The id of an operation, and the parts of its request."""
_Job = tuple[Future[Exchange], OperationCall]


class Hand:
    """A user's session, lent to whoever conducts a shared life."""

    def __init__(
        self, session: Session, recorder: Recorder, on_free: Callable[[], object] = lambda: None
    ) -> None:
        """Nobody has it yet; `on_free` is called when it lends itself no more."""
        self.session, self.recorder, self._on_free = session, recorder, on_free
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._has_left = False

    def begin(self, call: OperationCall) -> Future[Exchange]:
        """Have a request sent in the greenlet that lends this hand; return what comes of it."""
        future = Future[Exchange]()
        if self._has_left:
            future.set_exception(TargetError("another user left"))
        else:
            self._jobs.put((future, call))
        return future

    def lend(self, record: LifeRecord) -> None:
        """Send what is asked for until the hand is released; all goes into a record."""
        self.recorder.record, job = record, None
        try:
            while (job := self._jobs.get()) is not None:
                _carry_out(self.session, job)
        finally:
            self._has_left = True
            if self.recorder.record is record:
                self.recorder.record = None
            self._leave(job)
            self._on_free()

    def _leave(self, job: _Job | None) -> None:
        """Let nobody wait for what is not sent any more."""
        left = [job] if job is not None else []
        while not self._jobs.empty():
            left += [another] if (another := self._jobs.get()) is not None else []
        for future, _ in left:
            if not future.done():
                future.set_exception(TargetError("another user left"))

    def release(self) -> None:
        """Give it back."""
        self._jobs.put(None)


def _carry_out(session: Session, job: _Job) -> None:
    future, (operation, parts) = job
    try:
        exchange = session.send(operation, **parts)
    except BaseException as error:
        future.set_exception(error)
    else:
        future.set_result(exchange)


@dataclass(slots=True, kw_only=True, eq=False)
class Gathering:
    """Those who meet for one life: who conducts it has the record, the others lend their hands."""

    record: LifeRecord
    hands: list[Hand] = field(default_factory=list)
    is_full: Event = field(default_factory=Event)


class MeetingPlace:
    """Where one user at a time waits for others."""

    def __init__(self) -> None:
        """Nobody waits."""
        self._open: Gathering | None = None

    def joins(self, hand: Hand) -> bool:
        """Lend a hand to who waits for one, until that life is over; say whether anybody did."""
        gathering = self._open
        if gathering is None:
            return False
        gathering.hands.append(hand)
        if len(gathering.hands) == MOST_HANDS - 1:
            self._open = None
            gathering.is_full.set()
        hand.lend(gathering.record)
        return True

    @contextmanager
    def gathered(
        self, record: LifeRecord, spare: Callable[[], Hand] | None
    ) -> Iterator[Sequence[Hand]]:
        """Yield the hands that others lend for a life; if nobody comes, a `spare` one."""
        gathering = Gathering(record=record)
        try:
            if self._open is None:
                self._open = gathering
                gathering.is_full.wait(LONGEST_WAIT_FOR_OTHERS)
            if self._open is gathering:
                self._open = None
            if not gathering.hands and spare is not None:
                gathering.hands.append(_lent(spare(), record))
            yield gathering.hands
        finally:
            if self._open is gathering:
                self._open = None
            for hand in gathering.hands:
                hand.release()


def _lent(hand: Hand, record: LifeRecord) -> Hand:
    """Return a hand that a thread of its own lends."""
    Thread(target=hand.lend, args=(record,), name="spare hand", daemon=True).start()
    return hand


def at_once(
    session: Session, hands: Sequence[Hand], calls: Sequence[OperationCall]
) -> list[Exchange]:
    """Send as many requests at the same time as there are hands, and return their exchanges.

    The first goes by the session of who conducts, the others by the hands.
    """
    futures = [hand.begin(call) for hand, call in zip(hands, calls[1:], strict=False)]
    operation, parts = calls[0]
    exchanges = [session.send(operation, **parts)]
    return [*exchanges, *(future.result() for future in futures)]
