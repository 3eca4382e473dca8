"""A walk: a client on a thread of its own, what it knows of its runs, and what it sends about them.

What cannot be sent, or is not answered as hoped, is left; the walk goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from run_contracts.contract.requests import members
from run_contracts.probes import ProbeContext
from run_contracts.probes.reading import listed_ids, says_more
from run_contracts.probes.run_requests import RunValue, asked_calls
from run_contracts.probes.shortfall import Inconclusive, Shortfall
from run_contracts.probes.streaming import first_run
from run_contracts.traffic.exchange import Intent
from run_contracts.traffic.payload import Payload

WITH_THREAD = "createThreadAndRun"
MOST_SENT = 5
"""Requests that one step of a walk sends at most, polls and what it creates once not counted."""
PAGES_A_STEP = 3


class Walk:
    """A client with a thread, and with the runs that it asked for.

    `context` is what it shares with the probes of its check.
    """

    def __init__(self, context: ProbeContext) -> None:
        """Nothing is sent yet."""
        self.context, self.session = context, context.session
        self._runs: dict[str, RunValue] = {}
        self._thread: str | None = None

    def go(self, steps: Iterable[WalkStep]) -> None:
        """Enter a thread with a message, take steps, and leave nothing running."""
        with suppress(Shortfall):
            self._thread = self.context.new_thread("Say hello.")
        for step in steps:
            with suppress(Shortfall):
                step(self)
        for run in list(self._runs.values()):
            if not self.context.has_ended(run):
                with suppress(Shortfall):
                    self.command("cancelRun", run)

    @property
    def thread(self) -> str:
        """The thread; raise a `Shortfall` if there is none."""
        if self._thread is None:
            raise Inconclusive("there is no thread to walk on")
        return self._thread

    @property
    def run(self) -> RunValue:
        """The run that was asked for last; raise a `Shortfall` if there is none."""
        if not self._runs:
            raise Inconclusive("no run was made")
        return next(reversed(self._runs.values()))

    @property
    def asking(self) -> RunValue:
        """The last run that asks for outputs, as far as is known, or else the last one."""
        return next((run for run in reversed(self._runs.values()) if asked_calls(run)), self.run)

    def keep(self, run: RunValue) -> None:
        """Keep how a run was seen last, in its place among the others."""
        self._runs[run["id"]] = run

    def command(self, operation: str, run: RunValue, **parts: Any) -> None:
        """Send what is about a run, and keep how the answer shows it."""
        exchange = self.session.send(operation, of=run, **parts)
        if exchange.shown("run"):
            self.keep(self.context.run_in(exchange))

    def read(self, pause: float) -> None:
        """Read the run; one that does not rest, after a part of the time that runs usually take."""
        if not self.context.rests(self.run):
            self.session.sleep(pause * self.context.usual_seconds)
        self.keep(self.context.read(self.run))

    def wait(self) -> None:
        """Poll the run until it rests; one that does is read once."""
        poll = self.context.read if self.context.rests(self.run) else self.context.wait
        self.keep(poll(self.run))

    def create(self, operation: str, fields: dict[str, Any], *, is_plain: bool) -> None:
        """Ask for a run, on the thread or with a new one.

        With `is_plain` nothing about its fields could be a reason to refuse it.
        """
        parts = self.asked(operation, fields)
        is_free = operation == WITH_THREAD or self.is_free
        intent = Intent.ORDINARY if is_plain and is_free else Intent.NONE
        self.keep(self.context.run_in(self.session.send(operation, **parts, intent=intent)))

    @property
    def is_free(self) -> bool:
        """Whether nobody else has a run on the thread, and no run of ours is active there."""
        return self.session.target.thread_id is None and self.context.is_free(self.thread)

    def asked(self, operation: str, fields: dict[str, Any]) -> dict[str, Any]:
        """Return the parts of a request for a run, without what no such request has."""
        known = members(self.context.contract, operation)
        taken = {name: value for name, value in fields.items() if name in known}
        owner = {"assistant_id": self.context.assistant_id, **self.context.limits(operation)}
        body = {**owner, **taken}
        if operation == WITH_THREAD:
            message = {"role": "user", "content": "Say hello."}
            return {"json_body": {"thread": {"messages": [message], **self.context.mark}, **body}}
        return {"json_body": body, "thread_id": self.thread}

    def race(self, operation: str, **parts: Any) -> list[RunValue]:
        """Send the same twice at once; keep and return the runs that the answers show."""
        with self.session.meanwhile(operation, **parts) as raced:
            here = self.session.send(operation, **parts)
        runs = [self.context.run_in(one) for one in (here, *raced) if one.shown("run")]
        for run in runs:
            self.keep(run)
        return runs

    def cut(self, fields: dict[str, Any]) -> None:
        """Ask for a run and cancel it in the middle of its stream."""
        parts, sent = self.asked("createRun", {**fields, "stream": True}), list[str]()

        def cancel_once(answer: Payload) -> None:
            run_id = None if sent else first_run(answer)
            if run_id is not None:
                sent.append(run_id)
                self.session.send("cancelRun", thread_id=self.thread, run_id=run_id)

        exchange = self.session.watch(cancel_once, "createRun", **parts)
        self.keep(self.context.run_in(exchange))

    def walk_pages(self, operation: str, query: dict[str, Any], **where: Any) -> list[str]:
        """Page through a list by its cursor; return the ids in it.

        The second page is asked for whatever the first one promises.
        """
        shown: list[str] = []
        for number in range(PAGES_A_STEP):
            page = self.session.send(operation, query=query, **where)
            ids = listed_ids(page)
            shown += ids
            if not ids or (number and not says_more(page)):
                break
            query = {**query, "after": ids[-1]}
        return shown


WalkStep = Callable[[Walk], None]
"""What a client does once; it may send nothing, where a run is missing that it needs."""
