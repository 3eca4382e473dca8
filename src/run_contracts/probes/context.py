"""The context of probes: what they need around their runs, made once and shared.

A probe sends and looks only as far as it must to go on; it never judges.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from run_contracts.client.session import Session
from run_contracts.contract.lifecycle import REQUIRES_ACTION
from run_contracts.contract.loading import Contract
from run_contracts.errors import Refused
from run_contracts.probes.pace import FIRST_PAUSE, Pace, asked_pause, next_pause
from run_contracts.probes.run_requests import RunValue, asked_calls
from run_contracts.traffic.evidence import NOT_OFFERED, Evidence
from run_contracts.traffic.exchange import Exchange, Intent, is_kind

LESS_PATIENT = 4
"""By how much the patience shrinks with each run that does not come to rest within it."""
OUTCOME_KEY = "run_contracts_outcome"
"""Metadata key by which a probe asks a cooperating server for an outcome, e.g. failed."""
CHECK_KEY = "run_contracts"
"""Metadata key under which what a check creates names the check."""
UNAUTHORIZED = 401


class Blocked(Exception):
    """A prerequisite failed: what depends on it could not be exercised."""


class Inconclusive(Exception):
    """What was needed depends on the model or on time, and did not come about."""


class NotOffered(Exception):
    """The server does not offer what the probe is about."""


class ProbeContext:
    """What probes of one check share: a session, an assistant, threads, one run that ended."""

    def __init__(self, session: Session, contract: Contract) -> None:
        """Nothing is created before a probe asks for it."""
        self.session = session
        self.contract = contract
        self.patience = session.target.patience
        self._home: str | None = None
        self._ended: RunValue | None = None
        self._runs: dict[str, RunValue] = {}
        self._pace, self._cancel_pace = Pace(), Pace(FIRST_PAUSE)

    @cached_property
    def assistant_id(self) -> str:
        """An assistant to run: the user's, or one made here."""
        given = self.session.target.assistant_id
        if given is not None:
            return given
        return self.new_assistant(
            {
                "model": self.session.target.model,
                "name": "run-contracts",
                "instructions": "Answer in one short sentence.",
            }
        )

    def new_assistant(self, body: dict[str, Any]) -> str:
        """Return an assistant made here."""
        exchange = self._send_marked("createAssistant", body)
        return self._id_of(exchange, "assistant", "/assistants", "--assistant-id")

    def new_thread(self, *texts: str) -> str:
        """Return a new thread that holds these messages; the user's thread if one was given."""
        given = self.session.target.thread_id
        if given is not None:
            return given
        messages = [{"role": "user", "content": text} for text in texts]
        body = {"messages": messages} if messages else {}
        exchange = self._send_marked("createThread", body)
        return self._id_of(exchange, "thread", "/threads", "--thread-id")

    @property
    def mark(self) -> dict[str, Any]:
        """The fields of a request that mark what it creates as made by this check."""
        return {"metadata": {CHECK_KEY: self.session.check_id}}

    def _send_marked(self, operation: str, body: dict[str, Any]) -> Exchange:
        """Ask for something that carries our mark, or for a plain one where that is refused."""
        exchange = self.session.send(operation, json_body=body | self.mark)
        if exchange.is_refusal and not exchange.is_turned_away:
            return self.session.send(operation, json_body=body)
        return exchange

    @property
    def home(self) -> str:
        """A thread with a message that probes share; a new one if a run still keeps it locked."""
        if self._home is None or not self.is_free(self._home):
            self._home = self.new_thread()
            message = {"role": "user", "content": "Say hello."}
            self.session.send("createMessage", json_body=message, thread_id=self._home)
        return self._home

    @cached_property
    def elsewhere(self) -> str:
        """An empty thread that is not the home of any run; not offered if one thread was given."""
        if self.session.target.thread_id is not None:
            raise NotOffered("only one thread was given, by --thread-id")
        return self.new_thread()

    def is_free(self, thread_id: str) -> bool:
        """Say whether every run that was seen on a thread had ended when it was last seen.

        A run whose create had no answer may be there unseen.
        """
        if thread_id in self.session.unsure:
            return False
        statuses = [run.get("status") for run in self.runs_on(thread_id)]
        return all(map(self.contract.lifecycle.is_terminal, map(str, statuses)))

    def runs_on(self, thread_id: str) -> list[RunValue]:
        """Return the runs seen on a thread, each as it was last seen."""
        return [run for run in self._runs.values() if run["thread_id"] == thread_id]

    def _id_of(self, exchange: Exchange, kind: str, path: str, option: str) -> str:
        """Return the id of what was just created."""
        status = exchange.response.status
        if status == UNAUTHORIZED:
            raise refused(exchange, self.session)
        if exchange.is_success and is_kind(exchange.answered, kind):
            created = exchange.answered.get("id")
            if isinstance(created, str):
                return created
        if not exchange.is_answered:
            raise Blocked(f"POST {path} {exchange.response.outcome}; give {option}")
        offered = "does not offer" if status in NOT_OFFERED else f"answered {status} to"
        raise Blocked(f"the server {offered} POST {path}; give {option}")

    def create(self, thread_id: str, **fields: Any) -> Exchange:
        """Ask for a run in the plainest way, with more fields if given."""
        body = {"assistant_id": self.assistant_id, **fields}
        return self.session.send(
            "createRun", json_body=body, thread_id=thread_id, intent=Intent.ORDINARY
        )

    def new_run(self, thread_id: str, **fields: Any) -> RunValue:
        """Return a run just created; raise `Blocked` if none came."""
        return self.run_in(self.create(thread_id, **fields))

    def run_in(self, exchange: Exchange) -> RunValue:
        """Return the last run an answer shows, with its ids; raise `Blocked` if there is none."""
        if exchange.response.status == UNAUTHORIZED:
            raise refused(exchange, self.session)
        evidence = Evidence(contract=self.contract, exchanges=tuple(self.session.exchanges))
        if not evidence.is_offered(exchange) and exchange.operation is not None:
            operation = exchange.operation
            status = exchange.response.status
            raise NotOffered(f"{operation.method} {operation.path} is answered {status}")
        runs = [observation.run for observation in evidence.observations(exchange)]
        if not runs or not all(isinstance(runs[-1].get(k), str) for k in ("id", "thread_id")):
            lacking = " without a run" if exchange.is_answered else ""
            raise Blocked(f"{exchange} {exchange.response.outcome}{lacking}")
        self._runs[runs[-1]["id"]] = runs[-1]
        return runs[-1]

    def read(self, run: RunValue) -> RunValue:
        """Return a run as it is now."""
        return self.run_in(self.session.send("getRun", of=run))

    def wait(self, run: RunValue) -> RunValue:
        """Return a run once it ended or requires action, or as it is when patience ends.

        The first poll comes when runs before it were done; a server may say when the next may.
        """
        started, polls, pause = self.session.now(), 0, self._pace.first_pause
        while True:
            self.session.sleep(pause)
            exchange = self.session.send("getRun", of=run)
            run, polls = self.run_in(exchange), polls + 1
            waited = self.session.now() - started
            if self.rests(run):
                self._pace.learn(waited, polls)
                return run
            if waited > self.patience:
                self.patience /= LESS_PATIENT
                return run
            pause = asked_pause(exchange) or next_pause(pause)

    def after_cancel(self, run: RunValue) -> RunValue:
        """Return a run once it ended after a cancel, which takes less time than its work."""
        pace, self._pace = self._pace, self._cancel_pace
        try:
            return self.ended(run) if not self.has_ended(run) else run
        finally:
            self._pace, self._cancel_pace = pace, self._pace

    @property
    def usual_seconds(self) -> float:
        """How many seconds the runs so far took, as far as they were watched."""
        return self._pace.first_pause

    def rests(self, run: RunValue) -> bool:
        """Say whether a run has ended or waits for its caller."""
        return self.contract.lifecycle.rests(str(run.get("status")))

    def has_ended(self, run: RunValue) -> bool:
        """Say whether a run has ended."""
        return self.contract.lifecycle.is_terminal(str(run.get("status")))

    def calling(self, run: RunValue) -> tuple[RunValue, list[str]]:
        """Return a run that waits for the outputs of these calls; raise `Inconclusive` if not."""
        run = run if self.rests(run) else self.wait(run)
        calls = asked_calls(run)
        if run.get("status") != REQUIRES_ACTION or not calls:
            status = run.get("status")
            raise Inconclusive(f"the forced function was not called; the run is {status}")
        return run, calls

    def ended(self, run: RunValue) -> RunValue:
        """Return a run once it ended; raise `Inconclusive` if it does not."""
        run = self.wait(run)
        if not self.has_ended(run):
            raise Inconclusive(f"run {run['id']} is still {run.get('status')}")
        return run

    @property
    def ended_run(self) -> RunValue:
        """A run that ended by itself; probes that only need any such run share it."""
        if self._ended is None:
            labelled = {"metadata": {"purpose": "run-contracts"}}
            self._ended = self.ended(self.new_run(self.home, **labelled))
        return self._ended

    @property
    def any_run(self) -> RunValue:
        """A run that is there, whatever its status."""
        return next(reversed(self._runs.values()), None) or self.new_run(self.home)

    def share(self, run: RunValue) -> None:
        """Let other probes use a run that ended by itself."""
        self._ended = run


def refused(exchange: Exchange, session: Session) -> Refused:
    """Return the error for a target that does not take the key."""
    name = session.target.key_name
    state = (
        f"the key in ${name}" if session.target.key else f"a request without key (${name} is unset)"
    )
    return Refused(f"{exchange.request.url}: the server refuses {state} with 401")
