"""Stateful search: a machine of Hypothesis that uses runs in any order, on a thread of its own.

What is drawn never depends on what a server answers, so a sequence is the same again whatever
the server's pace. What is known of the runs decides only what is sent: real calls are answered,
and only on a free thread would a refused run be a surprise. The life cycle judges the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import hypothesis
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from run_contracts.contract.lifecycle import FAILED
from run_contracts.probes import OUTCOME_KEY, ProbeContext
from run_contracts.probes.run_requests import RunValue, answers, asked_calls
from run_contracts.probes.search.hunt import Hunt, settings
from run_contracts.traffic.exchange import Intent

MACHINE_RUNS, MACHINE_STEPS = 8, 8
"""Runs of the machine, and steps of each at most."""
NO_CALL = "call_of_no_run"


def search_statefully(context: ProbeContext, hunt: Hunt, runs: int = MACHINE_RUNS) -> None:
    """Use runs in any order; what breaks something new is tried again with fewer steps."""
    _ = context.assistant_id
    machine: Any = hypothesis.seed(context.session.target.seed)(
        lambda: ClientMachine(context, hunt)
    )
    limits = settings(runs, MACHINE_STEPS)
    hunt.search(lambda: run_state_machine_as_test(machine, settings=limits))


class ClientMachine(RuleBasedStateMachine):
    """What clients do with runs, in any order, on one thread."""

    runs = Bundle("runs")

    def __init__(self, context: ProbeContext, hunt: Hunt) -> None:
        """Enter a thread with a message."""
        super().__init__()
        self._context, self._hunt = context, hunt
        self._runs: list[RunValue | None] = []
        self._thread: str | None = None
        hunt.begin("walk")
        hunt.send(self._enter)

    def _enter(self) -> None:
        self._thread = self._context.new_thread("Say hello.")

    def _on_thread(self, operation: str, **parts: Any) -> None:
        """Send what needs only a thread."""
        if self._thread is not None:
            where = self._thread
            self._hunt.send(lambda: self._context.session.send(operation, thread_id=where, **parts))

    def _with(self, place: int, command: Callable[[RunValue], RunValue]) -> None:
        """Do something with a run, if it is there, and keep how it was seen afterwards."""
        run = self._runs[place]

        def follow(run: RunValue) -> None:
            self._runs[place] = command(run)

        if run is not None:
            self._hunt.send(lambda: follow(run))

    def _send(self, operation: str, run: RunValue, **parts: Any) -> RunValue:
        """Send what is about a run; return how the answer shows it, or how it was."""
        exchange = self._context.session.send(operation, of=run, **parts)
        return self._context.run_in(exchange) if exchange.is_success else run

    @invariant()
    def contract_holds(self) -> None:
        """Judge what was shown so far."""
        self._hunt.judge()

    def teardown(self) -> None:
        """Leave nothing running."""
        for place, run in enumerate(self._runs):
            if run is not None and not self._context.has_ended(run):
                self._with(place, lambda of: self._send("cancelRun", of))

    @rule(target=runs, kind=st.sampled_from(("plain", "calling", "streamed", "failing")))
    def create(self, kind: str) -> int:
        """Ask for a run; one that is refused keeps its place."""
        self._runs.append(None)
        place = len(self._runs) - 1
        self._hunt.send(lambda: self._create(place, kind))
        return place

    def _create(self, place: int, kind: str) -> None:
        context, thread_id = self._context, self._thread
        if thread_id is None:
            return
        is_sure = context.session.target.thread_id is None and context.is_free(thread_id)
        exchange = context.session.send(
            "createRun",
            json_body={"assistant_id": context.assistant_id, **_fields(context, kind)},
            thread_id=thread_id,
            intent=Intent.ORDINARY if is_sure else Intent.NONE,
        )
        self._runs[place] = context.run_in(exchange)

    @rule(run=runs, pause=st.sampled_from((0.0, 0.5, 1.0)))
    def read(self, run: int, pause: float) -> None:
        """Read a run, at once or after a part of the time that runs usually take."""
        self._hunt.send(lambda: self._context.session.sleep(pause * self._context.usual_seconds))
        self._with(run, self._context.read)

    @rule(run=runs)
    def wait(self, run: int) -> None:
        """Poll a run until it has ended or asks for something."""
        self._with(run, self._context.wait)

    @rule(run=runs)
    def cancel(self, run: int) -> None:
        """Cancel a run, whatever its status."""
        self._with(run, lambda of: self._send("cancelRun", of))

    @rule(run=runs, outputs=st.sampled_from(("all", "none", "one too many")))
    def submit(self, run: int, outputs: str) -> None:
        """Answer the calls a run asks for, rightly or not; with none asked for, anything."""

        def send(of: RunValue) -> RunValue:
            asked = asked_calls(of) or [NO_CALL]
            calls = {"all": asked, "none": [], "one too many": [*asked, NO_CALL]}[outputs]
            return self._send("submitToolOutputs", of, json_body=answers(calls))

        self._with(run, send)

    @rule(run=runs, team=st.sampled_from(("red", "blue")))
    def modify(self, run: int, team: str) -> None:
        """Change the metadata of a run, whatever its status."""
        body = {"metadata": {"team": team}}
        self._with(run, lambda of: self._send("modifyRun", of, json_body=body))

    @rule(run=runs)
    def list_steps(self, run: int) -> None:
        """List the steps of a run."""
        self._with(run, lambda of: self._send("listRunSteps", of))

    @rule(order=st.sampled_from(("desc", "asc")), limit=st.integers(1, 3))
    def list_runs(self, order: str, limit: int) -> None:
        """List the runs of the thread."""
        self._on_thread("listRuns", query={"order": order, "limit": limit})

    @rule()
    def say(self) -> None:
        """Add a message to the thread, whatever its runs do."""
        self._on_thread("createMessage", json_body={"role": "user", "content": "And now?"})


def _fields(context: ProbeContext, kind: str) -> dict[str, Any]:
    """Return the fields of a request for a run of some kind."""
    match kind:
        case "calling":
            return context.forced_fields()
        case "streamed":
            return {"stream": True}
        case "failing":
            return {"metadata": {OUTCOME_KEY: FAILED}}
        case _:
            return {}
