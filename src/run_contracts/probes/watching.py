"""Watching runs: what was last seen of each, and waiting until it comes to rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from run_contracts.client.session import Session
from run_contracts.contract.lifecycle import CANCELLING
from run_contracts.contract.loading import Contract
from run_contracts.errors import Refused
from run_contracts.probes.pace import (
    FIRST_PAUSE,
    LONGEST_KEPT,
    LONGEST_KEPT_IN_SMOKE,
    LONGEST_PAUSE,
    LONGEST_PAUSE_IN_SMOKE,
    Pace,
    RunPatience,
    asked_pause,
    next_pause,
)
from run_contracts.probes.run_requests import RunValue
from run_contracts.probes.shortfall import Blocked, Inconclusive, NotOffered, NotStreamed
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange

UNAUTHORIZED = 401
FULL = "full"


class RunWatch:
    """What was seen of the runs of one check, and how long they are waited for."""

    def __init__(self, session: Session, contract: Contract) -> None:
        """Nothing was seen yet."""
        self.session = session
        self.contract = contract
        self.seen: dict[str, RunValue] = {}
        self._streams: dict[str, bool] = {}
        kept = LONGEST_KEPT if self.is_full else LONGEST_KEPT_IN_SMOKE
        self._longest_pause = LONGEST_PAUSE if self.is_full else LONGEST_PAUSE_IN_SMOKE
        self._work_pace, self._cancel_pace = Pace(kept=kept), Pace(FIRST_PAUSE, kept=kept)
        self._for_work, self._for_cancels = (RunPatience(session.target.patience) for _ in range(2))

    @property
    def is_full(self) -> bool:
        """Whether the check may send as many requests as it needs."""
        return self.session.target.profile == FULL

    @property
    def may_send_more(self) -> bool:
        """Whether the bound of the profile, if it has one, leaves another request."""
        bound = self.session.target.bound
        return bound is None or len(self.session.exchanges) < bound

    @property
    def patience(self) -> float:
        """The seconds that a run is waited for now."""
        return self._for_work.seconds

    def run_in(self, exchange: Exchange) -> RunValue:
        """Return the last run an answer shows, with its ids; raise a `Shortfall` if it has none."""
        response = exchange.response
        if response.status == UNAUTHORIZED:
            raise refused(exchange, self.session)
        if not exchange.is_success:
            self._check_offered(exchange)
        alone = Evidence(contract=self.contract, exchanges=(exchange,))
        runs = [observation.run for observation in alone.observations(exchange)]
        if not runs or not all(isinstance(runs[-1].get(k), str) for k in ("id", "thread_id")):
            lacking = " without a run" if exchange.is_answered else ""
            raise Blocked(f"{exchange} {response.outcome}{lacking}")
        self.seen[runs[-1]["id"]] = runs[-1]
        if exchange.operation_id and _asks_for_stream(exchange):
            self._streams[exchange.operation_id] = exchange.is_stream
        return runs[-1]

    def _check_offered(self, exchange: Exchange) -> None:
        """Raise a `Shortfall` if the server does not offer an operation, or to stream it.

        That is read off all that was sent.
        """
        sent = Evidence(contract=self.contract, exchanges=tuple(self.session.exchanges))
        operation, status = exchange.operation, exchange.response.status
        if operation is not None and not sent.is_offered(exchange):
            raise NotOffered(f"{operation.method} {operation.path} is answered {status}")
        if sent.server.refuses_streams(exchange):
            raise NotStreamed(f"the server does not stream: it answers {status}")

    def check_streams(self, *operations: str) -> None:
        """Raise `NotOffered` if none of these operations streams, as far as they were asked to."""
        asked = [self._streams[one] for one in operations if one in self._streams]
        if len(asked) == len(operations) and not any(asked):
            raise NotOffered("the server does not stream: it answers a stream with a run")

    def read(self, run: RunValue) -> RunValue:
        """Return a run as it is now."""
        return self.run_in(self.session.send("getRun", of=run))

    def wait(self, run: RunValue) -> RunValue:
        """Return a run once it ended or requires action, or as it is when patience ends."""
        return self._watched(run, self._work_pace, self._for_work)

    def ended(self, run: RunValue) -> RunValue:
        """Return a run once it ended; raise `Inconclusive` if it does not."""
        return self._checked(self.wait(run))

    def after_cancel(self, run: RunValue) -> RunValue:
        """Return a run once it ended after a cancel, which takes less time than its work."""
        if self.has_ended(run):
            return run
        is_cancelling = run.get("status") == CANCELLING
        patience = self._for_cancels if is_cancelling else self._for_work
        return self._checked(self._watched(run, self._cancel_pace, patience, is_known=self._knows))

    def _checked(self, run: RunValue) -> RunValue:
        if not self.has_ended(run):
            raise Inconclusive(f"run {run['id']} is still {run.get('status')}")
        return run

    def _knows(self, status: object) -> bool:
        """Say whether the life cycle has a status."""
        return str(status) in self.contract.lifecycle.statuses

    def _watched(
        self,
        run: RunValue,
        pace: Pace,
        patience: RunPatience,
        is_known: Callable[[object], bool] = lambda _: True,
    ) -> RunValue:
        """Poll a run until it rests, or patience ends, or it stays in a status that is not known.

        The first poll comes when runs before it were done; a server may say when the next may.
        """
        started, polls = self.session.now(), 0
        pause = patience.seconds if patience.is_lost else pace.first_pause
        statuses = {str(run.get("status"))}
        while True:
            self.session.sleep(pause)
            exchange, before = self.session.send("getRun", of=run), run.get("status")
            run, polls = self.run_in(exchange), polls + 1
            statuses.add(str(run.get("status")))
            waited = self.session.now() - started
            if self.rests(run):
                pace.learn(waited, polls)
                patience.rewarded()
                return run
            if run.get("status") == before and not is_known(before):
                return run
            if waited >= patience.seconds:
                patience.spent(is_unmoved=len(statuses) == 1)
                return run
            left = patience.seconds - waited
            following = next_pause(pause, waited, longest=self._longest_pause)
            pause = asked_pause(exchange) or min(following, max(left, FIRST_PAUSE))

    @property
    def usual_seconds(self) -> float:
        """How many seconds the runs so far took, as far as they were watched."""
        return self._work_pace.seconds or 0.0

    def rests(self, run: RunValue) -> bool:
        """Say whether a run has ended or waits for its caller."""
        return self.contract.lifecycle.rests(str(run.get("status")))

    def has_ended(self, run: RunValue) -> bool:
        """Say whether a run has ended."""
        return self.contract.lifecycle.is_terminal(str(run.get("status")))

    def is_free(self, thread_id: str) -> bool:
        """Say whether every run that was seen on a thread had ended when it was last seen.

        A run whose create had no answer may be there unseen; one that should have been refused is
        there, and nobody watches it.
        """
        if thread_id in self.session.unsure or any(self._unwatched(thread_id)):
            return False
        return all(map(self.has_ended, self.runs_on(thread_id)))

    def _unwatched(self, thread_id: str) -> Iterator[str]:
        """Yield the ids of runs that were created on a thread and never looked at."""
        for exchange in self.session.exchanges:
            is_create = exchange.operation_id == "createRun" and exchange.is_success
            if is_create and exchange.ids["thread_id"] == thread_id:
                ids = (str(placed.value.get("id")) for placed in exchange.shown("run"))
                yield from (id_ for id_ in ids if id_ not in self.seen)

    def runs_on(self, thread_id: str) -> list[RunValue]:
        """Return the runs seen on a thread, each as it was last seen."""
        return [run for run in self.seen.values() if run["thread_id"] == thread_id]


def refused(exchange: Exchange, session: Session) -> Refused:
    """Return the error for a target that does not take the key."""
    name = session.target.key_name
    state = (
        f"the key in ${name}" if session.target.key else f"a request without key (${name} is unset)"
    )
    return Refused(f"{exchange.request.url}: the server refuses {state} with 401")


def _asks_for_stream(exchange: Exchange) -> bool:
    asked = exchange.asked
    return isinstance(asked, dict) and asked.get("stream") is True
