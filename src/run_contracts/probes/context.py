"""The context of probes: what they need around their runs, made once and shared.

A probe sends and looks only as far as it must to go on; it never judges.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from run_contracts.client.session import Session
from run_contracts.contract.lifecycle import CANCELLED, COMPLETED
from run_contracts.contract.loading import Contract
from run_contracts.contract.requirements import FOUNDING
from run_contracts.probes.covering import MOST_REFUSED, CoveringPlan
from run_contracts.probes.forcing import Means
from run_contracts.probes.made_once import made_once
from run_contracts.probes.resources import Resources
from run_contracts.probes.run_requests import (
    ASSISTANTS_FUNCTION,
    NO_MODEL,
    RunValue,
    asked_calls,
    function_tool,
    named_function,
    said,
)
from run_contracts.probes.shortfall import Blocked, Inconclusive, NotOffered, Shortfall

NO_CALLS = "none"
"""The choice of tools by which a run calls no function, whoever has some."""


class ProbeContext(Resources):
    """What probes of one check share: a session, an assistant, threads, runs."""

    def __init__(self, session: Session, contract: Contract) -> None:
        """Nothing is created before a probe asks for it."""
        super().__init__(session, contract)
        self._shortfalls: list[Shortfall] = []
        target = session.target
        most = MOST_REFUSED[target.profile]
        self._covering = CoveringPlan(contract, target.model, most_refused=most)

    def carry_out(self, scenario: Callable[[ProbeContext], None]) -> None:
        """Carry out a scenario as far as it goes; then raise the first thing that was missing."""
        self._shortfalls = []
        with self.part():
            scenario(self)
        if self._shortfalls:
            raise self._shortfalls[0]

    @contextmanager
    def part(self) -> Iterator[None]:
        """Let what is missing inside cost this part of a scenario alone."""
        try:
            yield
        except Shortfall as shortfall:
            self._shortfalls.append(shortfall)

    def carrying_run(self, thread_id: str | None = None, **fields: Any) -> RunValue:
        """Return a new run whose request carries a part of the covering design.

        It is on the shared thread unless another is named, and the plainest where it is refused.
        """

        def new(**given: Any) -> RunValue:
            return self.new_run(thread_id or self.home, **given)

        return self._carrying("createRun", new, fields)

    def carrying_thread_and_run(self, **fields: Any) -> RunValue:
        """Return a run that was created with its thread, and carries a part of the design."""
        return self._carrying("createThreadAndRun", self.new_thread_and_run, fields)

    def _carrying(
        self, operation: str, new: Callable[..., RunValue], fields: dict[str, Any]
    ) -> RunValue:
        """Return a new run with a body of the design, or without where that is refused."""
        carried = self._covering.body(operation)
        if carried:
            try:
                return new(**{**carried, **fields})
            except Blocked:
                if not self.session.exchanges[-1].is_answered:
                    raise
                self._covering.refused(operation, carried)
        return new(**fields)

    def hopeless_run(self, thread_id: str) -> RunValue | None:
        """Return a new run for a model that nobody has, which carries a part of the design.

        None if it is refused, as it may be: then what it carried comes again.
        """
        carried = self._covering.body("createRun")
        owner = {"assistant_id": self.assistant_id}
        if carried.get("tool_choice") == NO_CALLS:
            owner = {"assistant_id": self.equipped_assistant_id}
        body = {**owner, **carried, "model": NO_MODEL}
        exchange = self.session.send("createRun", json_body=body, thread_id=thread_id)
        if exchange.is_success:
            return self.run_in(exchange)
        self._covering.give_back("createRun", carried)
        return None

    def forced_fields(self, means: Means | None = None) -> dict[str, Any]:
        """Return the fields of a create that forces a call, by some means or the best known."""
        means = means or next(iter(self.forcing.left), Means(False, named_function()))
        owner: dict[str, Any] = {"tools": [function_tool()]}
        if means.is_of_assistant:
            owner = {"assistant_id": self._calling_assistant_id}
        forced = {**owner, "tool_choice": means.choice}
        if means.is_plain:
            return forced
        single = {} if self.contract.edition == FOUNDING else {"parallel_tool_calls": False}
        return {**forced, **single, **said("Where is order 7?")}

    @made_once
    def _calling_assistant_id(self) -> str:
        """An assistant made here that has the function, and one that no request names."""
        tools = [function_tool(), function_tool(ASSISTANTS_FUNCTION)]
        return self.new_assistant(instructions="Look orders up.", tools=tools)

    @made_once
    def equipped_assistant_id(self) -> str:
        """An assistant with functions, whose runs may call them; any where there is none such."""
        if self.session.target.assistant_id is not None:
            return self.assistant_id
        try:
            return self._calling_assistant_id
        except Blocked:
            return self.assistant_id

    def calling_run(self, thread_id: str | None = None, **fields: Any) -> RunValue:
        """Return a new run that waits for outputs, on the shared thread unless another is named.

        Raises a `Shortfall` if no means of forcing a call works, or none did before.
        """
        for means in list(self.forcing.left):
            try:
                forced = self.forced_fields(means)
                run = self.new_run(thread_id or self.home, **forced, **fields)
            except (Blocked, NotOffered) as refused:
                self.forcing.fail(means, refused)
                continue
            run = run if self.rests(run) else self.wait(run)
            self.forcing.learn(means, run, rests=self.rests(run))
            if asked_calls(run):
                return run
        raise self.forcing.reason or Inconclusive("nothing forces a function call")

    @property
    def ended_run(self) -> RunValue:
        """A run that ended by itself; probes that only need any such run share it."""
        ended = self._ended_by_itself()
        if ended is None and "an end" in self._missing:
            raise self._missing["an end"]
        try:
            return ended or self.ended(
                self.new_run(self.home, metadata={"purpose": "run-contracts"})
            )
        except Inconclusive as missing:
            self._missing["an end"] = missing
            raise

    def _ended_by_itself(self) -> RunValue | None:
        """Return the run that was seen first to complete, or else to end."""
        ended = [one for one in self.seen.values() if self.has_ended(one)]
        completed = [one for one in ended if one.get("status") == COMPLETED]
        others = [one for one in ended if one.get("status") != CANCELLED]
        return next(iter([*completed, *others]), None)

    @property
    def any_run(self) -> RunValue:
        """A run that is there, whatever its status; one that ended, if there is one."""
        last = next(reversed(self.seen.values()), None)
        return self._ended_by_itself() or last or self.new_run(self.home)
