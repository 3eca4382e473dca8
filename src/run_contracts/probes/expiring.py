"""The probe that waits for runs to expire."""

from __future__ import annotations

from typing import Any

from run_contracts.contract.lifecycle import EXPIRED, OUTCOME_KEY
from run_contracts.contract.numbers import whole
from run_contracts.probes.catalogue import probe
from run_contracts.probes.context import ProbeContext
from run_contracts.probes.each_status import EachStatus
from run_contracts.probes.run_requests import RunValue
from run_contracts.probes.shortfall import Inconclusive, NotOffered

EXPIRY_PAUSE = 0.5
"""Seconds between two looks at a run that is left alone."""


@probe(
    f"leave a run that requires action unanswered, and ask by metadata {OUTCOME_KEY}={EXPIRED} for "
    "another that expires, which servers are free to ignore",
    creates="2 threads, 2 runs",
    exercises=(
        "RUN-STATUS-003",
        "RUN-STATUS-010",
        "RUN-LIFE-00[178]",
        "RUN-CANCEL-007",
        "RUN-SUBMIT-006",
    ),
    is_smoke=False,
    reaches=(EXPIRED,),
)
def expiring(context: ProbeContext) -> None:
    """Reach expired, if the server's time runs fast enough or it cooperates."""
    if context.session.target.thread_id is not None:
        raise NotOffered("a run that is left alone would lock the thread given by --thread-id")
    started, before = context.session.now(), _created_at(context.new_run(context.home))
    waiting: list[RunValue] = []
    with context.part():
        waiting.append(context.calling_run(context.new_thread("Where is order 7?")))
    asked = context.new_run(context.new_thread("Say hello."), metadata={OUTCOME_KEY: EXPIRED})
    # How fast the server's clock runs, by what it and we counted between two creates.
    passed = max(1e-3, context.session.now() - started)
    speed = max(1.0, min(_created_at(asked) - before, AGES) / passed)
    asked = context.wait(asked)
    runs = [asked, *(_left_alone(context, one, speed) for one in waiting)]
    if any(run.get("status") == EXPIRED for run in runs):
        EachStatus(context).ask_about_ended()
        return
    raise Inconclusive(f"no run expired while the check waited; one is {runs[-1].get('status')}")


AGES = 10**9
"""Seconds that nobody waits; what a server says beyond is as long."""


def _left_alone(context: ProbeContext, run: RunValue, speed: float) -> RunValue:
    """Return a run as it is after its time, or at once where that is longer than patience."""
    expires_at = whole(run.get("expires_at"))
    if expires_at is None:
        return run
    seconds = min(expires_at - _created_at(run), AGES) / speed
    if seconds > context.patience:
        return run
    deadline = context.session.now() + context.patience
    while not context.has_ended(run) and context.session.now() < deadline:
        context.session.sleep(EXPIRY_PAUSE)
        run = context.read(run)
    if not context.has_ended(run):
        # What is created now shows how late it is on the server's clock.
        context.new_thread()
        run = context.read(run)
    return run


def _created_at(run: dict[str, Any]) -> int:
    return whole(run.get("created_at")) or 0
