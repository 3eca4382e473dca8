"""Resources of probes: the assistant, threads and runs they need, made once and shared."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import Any

from run_contracts.client.session import Session
from run_contracts.contract.loading import Contract
from run_contracts.contract.requests import members
from run_contracts.probes.absent_ids import NO_ASSISTANT
from run_contracts.probes.forcing import Forcing
from run_contracts.probes.made_once import made_once
from run_contracts.probes.run_requests import RunValue, user_messages
from run_contracts.probes.shortfall import Blocked, NotOffered, Shortfall
from run_contracts.probes.watching import UNAUTHORIZED, RunWatch, refused
from run_contracts.traffic.exchange import Exchange, Intent
from run_contracts.traffic.server_traits import NOT_OFFERED

Messages = list[dict[str, str]]
MOST_READ, MOST_WRITTEN = 5000, 256
"""Tokens that a run may read and write: what no thread of a check comes near, and the lowest limit
that is published."""
TOKEN_LIMITS = {"max_prompt_tokens": MOST_READ, "max_completion_tokens": MOST_WRITTEN}
CHECK_KEY = "run_contracts"
"""Metadata key under which what a check creates names the check."""


class Resources(RunWatch):
    """What probes need around their runs; nothing is created before a probe asks for it."""

    def __init__(self, session: Session, contract: Contract) -> None:
        """Begin with nothing but what the user gave."""
        super().__init__(session, contract)
        self._home: str | None = None
        self._unsaid: set[str] = set()
        self._missing: dict[str, Shortfall] = {}
        self._takes_limits, self._are_limits_known = True, False
        self.forcing = Forcing.of(session)

    @made_once
    def assistant_id(self) -> str:
        """An assistant to run: the user's, or one made here.

        Where none can be made and any will do, it is one that nobody made.
        """
        given = self.session.target.assistant_id
        if given is not None:
            return given
        try:
            return self.new_assistant(instructions="Answer in one short sentence.")
        except Blocked:
            if "createAssistant" not in self._missing or not self._takes_any_assistant:
                raise
            self.forcing.forgo_assistants()
            return NO_ASSISTANT

    @made_once
    def _takes_any_assistant(self) -> bool:
        """Whether a run is created for an assistant that does not exist."""
        parts: dict[str, Any] = {"json_body": {"assistant_id": NO_ASSISTANT}}
        with suppress(Shortfall):
            given = self.session.target.thread_id
            thread_id = given or self._thread_with(user_messages(["Say hello."]))
            intent = Intent.NO_ASSISTANT
            asked = self.session.send("createRun", thread_id=thread_id, intent=intent, **parts)
            return bool(self.run_in(asked))
        return False

    def new_assistant(self, **fields: Any) -> str:
        """Return an assistant made here."""
        body = {"model": self.session.target.model, "name": "run-contracts", **fields}
        return self._made("createAssistant", body, "assistant", "--assistant-id")

    def new_thread(self, *texts: str) -> str:
        """Return a new thread that holds these messages; the user's thread if one was given.

        Where threads are only made together with a run, it is that of a run that ended.
        """
        given = self.session.target.thread_id
        if given is not None:
            return given
        messages = user_messages(texts)
        try:
            return self._thread_with(messages)
        except Blocked as missing:
            if "createThreadAndRun" in self._missing:
                raise
            with suppress(NotOffered, Blocked):
                return str(self.wait(self._run_with_thread(messages))["thread_id"])
            raise missing from None

    def _thread_with(self, messages: Messages) -> str:
        """Return a new thread; where its messages are refused with it, they are added to it."""
        body = {"messages": messages} if messages else {}
        try:
            return self._made("createThread", body, "thread", "--thread-id")
        except Blocked:
            if not messages or "createThread" in self._missing:
                raise
        thread_id = self._made("createThread", {}, "thread", "--thread-id")
        for message in messages:
            self.session.send("createMessage", json_body=message, thread_id=thread_id)
        return thread_id

    @property
    def mark(self) -> dict[str, Any]:
        """The fields of a request that mark what it creates as made by this check."""
        return {"metadata": {CHECK_KEY: self.session.check_id}}

    def limits(self, operation: str = "createRun") -> dict[str, Any]:
        """Return the fields by which a run costs no more than it must, unless they were refused."""
        return self._taken(operation, TOKEN_LIMITS) if self._takes_limits else {}

    def _made(self, operation: str, body: dict[str, Any], kind: str, option: str) -> str:
        """Return the id of something created, that carries our mark unless that is refused.

        It is asked for once more where a server hung up. Raises `Blocked` if it is not created, at
        once if the server is known not to have the operation.
        """
        if operation in self._missing:
            raise self._missing[operation]
        exchange = self.session.send(operation, json_body=body | self.mark)
        if not exchange.is_answered and not exchange.response.is_late:
            exchange = self.session.send(operation, json_body=body | self.mark)
        status = exchange.response.status
        if exchange.is_refusal and not exchange.is_turned_away and status not in NOT_OFFERED:
            exchange = self.session.send(operation, json_body=body)
        if exchange.response.status == UNAUTHORIZED:
            raise refused(exchange, self.session)
        created = (exchange.answered_as(kind) or {}).get("id")
        if isinstance(created, str):
            return created
        lacking = f" with no {kind}" if exchange.is_success else ""
        blocked = Blocked(f"{_complaint(exchange)}{lacking}; give {option}")
        if status in NOT_OFFERED:
            self._missing[operation] = blocked
        raise blocked

    @property
    def home(self) -> str:
        """A thread with a message that probes share; a new one if a run still keeps it locked."""
        if self._home is None or not self.is_free(self._home):
            self._home = self.new_thread()
            message = {"role": "user", "content": "Say hello."}
            said = self.session.send("createMessage", json_body=message, thread_id=self._home)
            if not said.is_success:
                self._unsaid.add(self._home)
        return self._home

    @made_once
    def elsewhere(self) -> str:
        """An empty thread that is not the home of any run; not offered if one thread was given."""
        if self.session.target.thread_id is not None:
            raise NotOffered("only one thread was given, by --thread-id")
        return self.new_thread()

    def create(self, thread_id: str, **fields: Any) -> Exchange:
        """Ask for a run in the plainest way, with more fields if given.

        It may cost little, and as much as it likes where such limits are refused. An assistant not
        made here may have no instructions, so that on a thread that takes no message it would have
        nothing to answer.
        """
        limits = self.limits()
        body = {"assistant_id": self.assistant_id, **limits, **fields}
        is_ours = self.session.target.assistant_id is None and body["assistant_id"] != NO_ASSISTANT
        is_ordinary = is_ours or thread_id not in self._unsaid
        intent = Intent.ORDINARY if is_ordinary else Intent.NONE
        send = partial(self.session.send, "createRun", thread_id=thread_id, intent=intent)
        exchange = send(json_body=body)
        added = limits.keys() - fields.keys()
        self._are_limits_known |= bool(added) and exchange.is_success
        is_refused = exchange.is_refusal and not exchange.is_turned_away
        if not added or self._are_limits_known or not is_refused:
            return exchange
        without = send(json_body={k: v for k, v in body.items() if k not in added})
        self._takes_limits = not without.is_success
        return without if without.is_success else exchange

    def new_run(self, thread_id: str, **fields: Any) -> RunValue:
        """Return a run just created; raise a `Shortfall` if none came.

        Where no run is made on a thread that is there, it is one on a thread of its own.
        """
        missing = self._missing.get("createRun")
        try:
            if missing is None:
                return self.run_in(self.create(thread_id, **fields))
        except NotOffered as error:
            missing = self._missing["createRun"] = error
        if "createThreadAndRun" in self._missing:
            raise missing
        messages = fields.get("additional_messages") or user_messages(["Say hello."])
        return self._run_with_thread(messages, **self._taken("createThreadAndRun", fields))

    def new_thread_and_run(self, **fields: Any) -> RunValue:
        """Return a run that was created together with its thread, or one after the other."""
        if "createThreadAndRun" not in self._missing:
            try:
                return self._run_with_thread(user_messages(["Say hello."]), **fields)
            except (Blocked, NotOffered):
                if self.session.target.thread_id is not None or "createRun" in self._missing:
                    raise
        return self.new_run(self.new_thread("Say hello."), **self._taken("createRun", fields))

    def _taken(self, operation: str, fields: dict[str, Any]) -> dict[str, Any]:
        """Return those of some fields that the requests of an operation may have."""
        known = members(self.contract, operation)
        return {name: value for name, value in fields.items() if name in known}

    def _run_with_thread(self, messages: Messages, **fields: Any) -> RunValue:
        """Return a run that was created together with its thread."""
        thread = {"messages": messages, **self.mark}
        limits = self.limits("createThreadAndRun")
        body = {"assistant_id": self.assistant_id, "thread": thread, **limits, **fields}
        exchange = self.session.send("createThreadAndRun", json_body=body, intent=Intent.ORDINARY)
        try:
            return self.run_in(exchange)
        except NotOffered as missing:
            self._missing["createThreadAndRun"] = missing
            raise


def _complaint(exchange: Exchange) -> str:
    """Return in words what kept something from being created."""
    operation, response = exchange.operation, exchange.response
    where = f"{operation.method} {operation.path}" if operation else exchange.request.url
    if response.status in NOT_OFFERED:
        return f"the server does not offer {where}"
    return f"{where} {response.outcome}"
