"""The probe that asks about runs in each status, as far as that was not done before."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import cycle, groupby
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from run_contracts.contract.lifecycle import CANCELLING, IN_PROGRESS, QUEUED, REQUIRES_ACTION
from run_contracts.coverage.lived import (
    SHOWS,
    AskedStatus,
    asked_statuses,
    asked_statuses_shown,
)
from run_contracts.probes.catalogue import probe
from run_contracts.probes.context import ProbeContext
from run_contracts.probes.run_requests import RunValue, answers, asked_calls
from run_contracts.probes.running import first_id
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange

MOST_MADE, POLLS_TO_WORK = 3, 6
"""Runs that are made at most to ask about one status, and polls in which one comes to it."""
ALIVE = (QUEUED, IN_PROGRESS, REQUIRES_ACTION, CANCELLING)
"""Statuses that a run leaves soon; one that ended stays as it is."""
COMMAND_PARTS: Mapping[str, tuple[dict[str, Any], ...]] = MappingProxyType(
    {
        "modifyRun": tuple(
            {"json_body": {"metadata": pairs}} for pairs in ({}, {"by": "run-contracts"}, None)
        ),
        "submitToolOutputs": tuple(
            {"json_body": answers(["call_of_no_run"]) | {"stream": stream}}
            for stream in (False, None)
        ),
        "cancelRun": ({"content": b""},),
    }
)
"""What commands are sent with, in turn."""
LAST = ("cancelRun",)
"""What ends a run, and so is sent when nothing else is left to ask about its status."""


@probe(
    "ask about runs of each status whatever was not asked before, and command them on their "
    "thread and through another",
    creates=f"up to {MOST_MADE} runs for each of {len(ALIVE)} statuses, cancelled at once",
    exercises=("RUN-CANCEL-00[1247]", "RUN-SUBMIT-00[26]", "RUN-MODIFY-00[123]", "RUN-ID-016"),
    is_smoke=False,
)
def commanding_each_status(context: ProbeContext) -> None:
    """Go through what the coverage of the check lacks, a status at a time."""
    EachStatus(context).ask()


class EachStatus:
    """What was not asked about runs of each status so far, and how it is."""

    def __init__(self, context: ProbeContext) -> None:
        """Read off what was sent before."""
        contract, sent = context.contract, tuple(context.session.exchanges)
        evidence = Evidence(contract=contract, exchanges=sent)
        shown = {asked for asked, _ in asked_statuses_shown(evidence)}
        self._context = context
        self._left = [asked for asked in asked_statuses(contract) if asked not in shown]
        self._parts = {operation: cycle(parts) for operation, parts in COMMAND_PARTS.items()}

    def ask(self) -> None:
        """Ask about the runs that ended, as far as there are any, then about those alive."""
        self.ask_about_ended()
        for status in ALIVE:
            for _ in range(MOST_MADE):
                if self._of(status):
                    with self._context.part():
                        self._ask_about_new(status)

    def ask_about_ended(self) -> None:
        """Ask about one run of each status that ends a run, as far as there is one."""
        context = self._context
        for run in {str(one.get("status")): one for one in context.seen.values()}.values():
            if context.has_ended(run):
                with context.part():
                    self._ask_about(run)

    def _ask_about_new(self, status: str) -> None:
        """Ask about a new run, if it comes to a status, what is left of that; then cancel it."""
        context, run = self._context, self._in_status(status)
        if run.get("status") == status:
            run = self._ask_about(run)
        if not context.has_ended(run):
            if run.get("status") != CANCELLING:
                context.session.send("cancelRun", of=run)
            context.after_cancel(context.read(run))

    def _in_status(self, status: str) -> RunValue:
        """Return a new run in a status, or as it is where it does not come to it.

        Where runs call, one that did is taken: it has a step in every status that follows.
        """
        context, send = self._context, self._context.session.send
        if status == IN_PROGRESS:
            return self._at_work(context.carrying_run())
        is_calling = status == REQUIRES_ACTION or bool(context.forcing.left)
        run = context.calling_run() if is_calling else context.carrying_run()
        if status == REQUIRES_ACTION or (status == QUEUED and not is_calling):
            return run
        if status == QUEUED:
            body = answers(asked_calls(run)) | {"stream": False}
            exchange = send("submitToolOutputs", of=run, json_body=body)
        else:
            exchange = send("cancelRun", of=run)
        return context.run_in(exchange) if exchange.is_success else run

    def _at_work(self, run: RunValue) -> RunValue:
        """Return a new run once it is queued no more."""
        for _ in range(POLLS_TO_WORK):
            if run.get("status") != QUEUED:
                break
            self._context.session.sleep(self._context.usual_seconds / POLLS_TO_WORK)
            run = self._context.read(run)
        return run

    def _ask_about(self, run: RunValue) -> RunValue:
        """Ask about a run what is left of its status, while it stays in that; return it then.

        After each command it is read, unless the answer shows it: what the next one changes is not
        to be taken for its work.
        """
        status = run.get("status")
        for operation, group in groupby(self._of(str(status)), key=attrgetter("operation")):
            if run.get("status") != status:
                break
            before = run
            for asked in group:
                run = self._ask(asked, run) if asked in self._left else run
            if operation in COMMAND_PARTS and run is before:
                run = self._context.read(run)
        return run

    def _of(self, status: str) -> list[AskedStatus]:
        """Return what is left of a status, by operation; what ends a run comes last."""
        left = [asked for asked in self._left if asked.status == status]
        return sorted(left, key=lambda one: (one.operation in LAST, one.operation, one.is_own))

    def _ask(self, asked: AskedStatus, run: RunValue) -> RunValue:
        """Ask one thing about a run; return it as the answer shows it, or as it was."""
        exchange = self._send(asked, run)
        shown = [one.value for one in exchange.shown("run")] if exchange is not None else []
        run = next((one for one in shown if one.get("id") == run["id"]), run)
        if asked.operation not in SHOWS or run.get("status") == asked.status:
            self._left.remove(asked)
        return run

    def _send(self, asked: AskedStatus, run: RunValue) -> Exchange | None:
        """Ask about a run; return nothing if it has no step to ask for."""
        send, operation = self._context.session.send, asked.operation
        if not asked.is_own:
            parts = next(self._parts[operation])
            return send(operation, thread_id=self._context.elsewhere, run_id=run["id"], **parts)
        if operation == "listRuns":
            return send(operation, thread_id=run["thread_id"])
        if operation == "getRunStep":
            step_id = first_id(send("listRunSteps", of=run))
            listed = AskedStatus("listRunSteps", asked.status)
            self._left = [one for one in self._left if one != listed]
            return None if step_id is None else send(operation, of=run, step_id=step_id)
        parts = next(self._parts[operation]) if operation in self._parts else {}
        return send(operation, of=run, **parts)
