"""The driver of one user: life after life, alone or with others, each to its end."""

from __future__ import annotations

import os
from collections.abc import Sequence
from random import Random
from threading import Thread

from run_contracts.client.checked_target import Target
from run_contracts.client.session import Session
from run_contracts.contract.loading import load
from run_contracts.engine.executing import reach
from run_contracts.errors import TargetError
from run_contracts.load_testing.driven_lives import (
    LifeParts,
    carried_out,
    chosen_life,
    shared_life,
)
from run_contracts.load_testing.driven_load import Load
from run_contracts.load_testing.life_record import LifeRecord, OnExchange, Recorder, UserStopped
from run_contracts.load_testing.meeting_place import Hand
from run_contracts.probes.context import ProbeContext

LIFE_SOURCE = "load"
"""What every request of a life comes from, whoever of those who share it sends it."""
LIVES_OF_A_SESSION = 100
"""Lives after which a session is opened anew: what it learned of a server may not hold for ever."""


class SessionOfLives:
    """A session that takes part in one life after another; opened when it is needed."""

    def __init__(self, target: Target, recorder: Recorder) -> None:
        """Nothing is opened yet."""
        self._target, self.recorder = target, recorder
        self._session: Session | None = None
        self._lives = 0

    def opened(self) -> Session:
        """Return the session as it is."""
        if self._session is None:
            self._session = Session(self._target, listener=self.recorder)
        return self._session

    def for_a_life(self, check_id: str) -> Session:
        """Return the session for a new life: nothing is left in it of the one before."""
        self._lives += 1
        if self._lives % LIVES_OF_A_SESSION == 0:
            self.close()
        session = self.opened()
        session.exchanges.clear()
        session.deletions.clear()
        session.unsure.clear()
        session.check_id, session.source = check_id, LIFE_SOURCE
        return session

    def close(self) -> None:
        """Close its connections."""
        if self._session is not None:
            self._session.__exit__()
            self._session = None


class LifeDriver:
    """Drives the lives of one user, a part of them `shared` with others.

    The server `is_reached` unless the last request of all found it gone.
    """

    def __init__(self, target: Target, load_: Load, on_exchange: OnExchange, shared: float) -> None:
        """Nothing is sent yet."""
        self.is_reached = False
        self._target, self._load, self._shared = target, load_, shared
        self._contract = load(target.edition, dialect=target.dialect)
        self._chance = Random()  # noqa: S311 - which life comes next is no secret
        self._is_stopped = False
        self._on_exchange = on_exchange
        self._own = self._sessions()
        self._spare = self._sessions()

    def _sessions(self) -> SessionOfLives:
        recorder = Recorder(self._on_exchange, lambda: self._is_stopped or self._load.is_over)
        return SessionOfLives(self._target, recorder)

    def drive(self) -> str:
        """Drive one life to its end, or lend a hand in another's; return why it was cut short.

        Raises only what stops the user. Its life is driven apart from it: the request that is being
        answered then comes to its end, so that nothing is created of which nobody knows, and no
        other follows.
        """
        reasons: list[str | BaseException] = []
        life = Thread(target=self._drive, args=(reasons,), name="life", daemon=True)
        life.start()
        try:
            life.join()
        except BaseException:
            self._is_stopped = True
            raise
        ending = reasons[0] if reasons else ""
        if isinstance(ending, BaseException):
            raise ending
        return ending

    def _drive(self, reasons: list[str | BaseException]) -> None:
        try:
            reasons.append(self._one_life())
        except UserStopped:
            self.close()
        except Exception as error:
            self._load.tally.fail("a life", error, self._target.hidden)
        except BaseException as error:
            # Ctrl-C may be met here; only the user's own greenlet passes it on to Locust.
            reasons.append(error)
        finally:
            if self._is_stopped:
                self.close()

    def _one_life(self) -> str:
        """Drive a life, or lend a hand, and return why it was cut short.

        A server that was in trouble is asked first whether it is there: what creates something is
        not sent to one that is gone.
        """
        if not self.is_reached and (reason := self._trouble()):
            self._load.tally.cut_short(reason, self._target.hidden)
            return reason
        is_shared = self._chance.random() < self._shared
        if is_shared and self._load.place.joins(self._hand()):
            return ""
        record = self._load.new_record(self._target)
        try:
            reason = self._driven(record, is_shared=is_shared)
            self._load.conclude(record, self._target, self._contract, self._own.opened)
        except BaseException:
            # Ctrl-C is met wherever the process is at work, also in the judging of a life.
            self._leave(record)
            raise
        finally:
            self._own.recorder.record = None
        return reason

    def _leave(self, record: LifeRecord) -> None:
        """Have a life that was broken off concluded apart from its user, by a new session."""
        self.close()
        sessions = self._sessions()
        sessions.recorder.record = record
        ending = Thread(target=self._end, args=(record, sessions), name="ending", daemon=True)
        ending.start()

    def _end(self, record: LifeRecord, sessions: SessionOfLives) -> None:
        with self._load.costing("the end of a life", self._target):
            self._load.conclude(record, self._target, self._contract, sessions.opened)
        sessions.close()

    def _trouble(self) -> str:
        """Return why the server cannot be reached, if so; what is asked for that is no evidence."""
        try:
            reach(self._own.for_a_life(""))
        except UserStopped:
            raise
        except TargetError as error:
            self.close()
            return str(error)
        self.is_reached = True
        return ""

    def end(self) -> None:
        """Close the connections of a user that stops; a life that it was stopped in does it."""
        if not self._is_stopped:
            self.close()

    def close(self) -> None:
        """Close the connections; they are opened again when something is sent.

        The spare ones may be in use by a hand that has not heard yet that it is free: it does it.
        """
        self._own.close()
        left, self._spare = self._spare, self._sessions()
        if left.recorder.record is None:
            left.close()

    def _driven(self, record: LifeRecord, *, is_shared: bool) -> str:
        """Drive a life as far as it goes; return why no further."""
        reason, hide = "", self._target.hidden
        try:
            reason = self._shared_one(record) if is_shared else self._alone(record)
        except UserStopped:
            self.close()
        except TargetError as error:
            reason, self.is_reached = str(error), False
            self.close()
        except Exception as error:
            if os.environ.get("RUN_CONTRACTS_DEBUG"):
                raise
            self._load.tally.fail("driving a life", error, hide)
            self.close()
        if reason:
            self._load.tally.cut_short(reason, hide)
        return reason

    def _alone(self, record: LifeRecord) -> str:
        return carried_out(chosen_life(self._chance), self._parts(record, ()))

    def _shared_one(self, record: LifeRecord) -> str:
        with self._load.place.gathered(record, self._spare_hand) as hands:
            return carried_out(shared_life, self._parts(record, hands))

    def _spare_hand(self) -> Hand:
        """Return a hand of the user's own; it closes its connections if they were replaced."""
        sessions = self._spare

        def close() -> None:
            if sessions is not self._spare:
                sessions.close()

        return Hand(sessions.for_a_life(""), sessions.recorder, close)

    def _parts(self, record: LifeRecord, hands: Sequence[Hand]) -> LifeParts:
        session = self._own.for_a_life(record.check_id)
        self._own.recorder.record = record
        context = ProbeContext(session, self._contract)
        return LifeParts(context=context, hands=hands, chance=self._chance)

    def _hand(self) -> Hand:
        return Hand(self._own.for_a_life(""), self._own.recorder)
