"""The stage a probe acts on: what it needs around its run, made once and shared.

A probe sends and looks only as far as it must to go on; it never judges.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from run_contracts.contract import Contract
from run_contracts.errors import Refused
from run_contracts.evidence import NOT_OFFERED, Evidence, is_kind
from run_contracts.exchange import Exchange, Premise
from run_contracts.session import Session

FIRST_PAUSE, LONGEST_PAUSE, SLOWING = 0.02, 1.0, 1.5
"""Seconds between two looks at a run: the first, the longest, and how they grow."""
LESS_PATIENT = 4
"""By how much the patience shrinks with each run that does not come to rest within it."""
OUTCOME = "run_contracts_outcome"
"""Metadata key by which a probe asks a cooperating server for an outcome, e.g. failed."""
FUNCTION = "look_up_order"
UNAUTHORIZED = 401

Run = dict[str, Any]


class Blocked(Exception):
    """A prerequisite failed: what depends on it could not be exercised."""


class Inconclusive(Exception):
    """What was needed depends on the model or on time, and did not come about."""


class NotOffered(Exception):
    """The server does not offer what the probe is about."""


class Stage:
    """What probes of one check share: a session, an assistant, threads, one run that ended."""

    def __init__(self, session: Session, contract: Contract) -> None:
        """Nothing is created before a probe asks for it."""
        self.session = session
        self.contract = contract
        self.patience = session.target.patience
        self.created: list[tuple[str, str]] = []

    @cached_property
    def assistant_id(self) -> str:
        """An assistant to run: the user's, or one made here."""
        given = self.session.target.assistant_id
        if given is not None:
            return given
        body = {
            "model": self.session.target.model,
            "name": "run-contracts",
            "instructions": "Answer in one short sentence.",
        }
        exchange = self.session.send("createAssistant", json_body=body)
        return self._id_of(exchange, "assistant", "/assistants", "--assistant-id")

    def new_thread(self, text: str | None = "Say hello.") -> str:
        """Return a thread that holds one message, or none; the user's thread if one was given."""
        given = self.session.target.thread_id
        if given is not None:
            return given
        exchange = self.session.send("createThread", json_body={})
        thread_id = self._id_of(exchange, "thread", "/threads", "--thread-id")
        if text is not None:
            body = {"role": "user", "content": text}
            self.session.send("createMessage", json_body=body, thread_id=thread_id)
        return thread_id

    def _id_of(self, exchange: Exchange, kind: str, path: str, option: str) -> str:
        """Return the id of what was just created, to be deleted at the end."""
        status = exchange.response.status
        if status == UNAUTHORIZED:
            raise refused(exchange, self.session)
        if exchange.is_success and is_kind(exchange.answered, kind):
            found = exchange.answered.get("id")
            if isinstance(found, str):
                self.created.append((path, found))
                return found
        offered = "does not offer" if status in NOT_OFFERED else f"answered {status} to"
        raise Blocked(f"the server {offered} POST {path}; give {option}")

    def create(self, thread_id: str, **fields: Any) -> Exchange:
        """Ask for a run in the plainest way, with more fields if given."""
        body = {"assistant_id": self.assistant_id, **fields}
        return self.session.send(
            "createRun", json_body=body, thread_id=thread_id, premise=Premise.ORDINARY
        )

    def new_run(self, thread_id: str, **fields: Any) -> Run:
        """Return a run just created; raise `Blocked` if none came."""
        return self.run_in(self.create(thread_id, **fields))

    def run_in(self, exchange: Exchange) -> Run:
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
            raise Blocked(f"{exchange} was answered {exchange.response.status} without a run")
        return runs[-1]

    def read(self, run: Run) -> Run:
        """Return a run as it is now."""
        return self.run_in(self.session.send("getRun", of=run))

    def wait(self, run: Run) -> Run:
        """Return a run once it ended or requires action, or as it is when patience ends."""
        pause, deadline = FIRST_PAUSE, self.session.now() + self.patience
        while True:
            run = self.read(run)
            if self.rests(run):
                return run
            if self.session.now() > deadline:
                self.patience /= LESS_PATIENT
                return run
            self.session.sleep(pause)
            pause = min(pause * SLOWING, LONGEST_PAUSE)

    def rests(self, run: Run) -> bool:
        """Say whether a run has ended or waits for its caller."""
        return self.contract.lifecycle.rests(str(run.get("status")))

    def ended(self, run: Run) -> Run:
        """Return a run once it ended; raise `Inconclusive` if it does not."""
        run = self.wait(run)
        if not self.contract.lifecycle.is_terminal(str(run.get("status"))):
            raise Inconclusive(f"run {run['id']} is still {run.get('status')}")
        return run

    @cached_property
    def ended_run(self) -> Run:
        """A run that ended by itself; probes that only need any such run share it."""
        return self.ended(self.new_run(self.new_thread()))


def refused(exchange: Exchange, session: Session) -> Refused:
    """Return the error for a target that does not take the key."""
    name = session.target.key_name
    state = (
        f"the key in ${name}" if session.target.key else f"a request without key (${name} is unset)"
    )
    return Refused(f"{exchange.request.url}: the server refuses {state} with 401")


def function_tool(name: str = FUNCTION) -> dict[str, Any]:
    """Return a function tool to force a call of."""
    parameters = {
        "type": "object",
        "properties": {"order": {"type": "string"}},
        "required": ["order"],
    }
    described = {"name": name, "description": "Looks up an order.", "parameters": parameters}
    return {"type": "function", "function": described}


def forced(name: str = FUNCTION) -> dict[str, Any]:
    """Return the fields of a request that make a run call a function."""
    choice = {"type": "function", "function": {"name": name}}
    return {"tools": [function_tool(name)], "tool_choice": choice}


def asked_calls(run: Run) -> list[str]:
    """Return the ids of the function calls a run asks for."""
    action = run.get("required_action")
    outputs = action.get("submit_tool_outputs") if isinstance(action, dict) else None
    calls = outputs.get("tool_calls") if isinstance(outputs, dict) else None
    return [call["id"] for call in calls or [] if isinstance(call, dict) and "id" in call]


def answers(calls: list[str]) -> list[dict[str, str]]:
    """Return an output for each call."""
    return [{"tool_call_id": call, "output": '{"status": "shipped"}'} for call in calls]
