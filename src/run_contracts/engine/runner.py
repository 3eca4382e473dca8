"""Running a check: probes and searches collect exchanges, checks judge them, events tell it."""

from __future__ import annotations

import itertools
import time
from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from run_contracts import events
from run_contracts.client.connection import NETWORK, Connection, RequestHook, no_hook
from run_contracts.client.session import Session
from run_contracts.client.target import Target
from run_contracts.coverage import covered
from run_contracts.engine import recording
from run_contracts.engine.broken_so_far import BrokenSoFar
from run_contracts.engine.command import check_command
from run_contracts.engine.executing import EXPLORATION, STATEFUL, Execution
from run_contracts.engine.interrupts import Interrupts
from run_contracts.engine.planning import CheckPlan, plan
from run_contracts.engine.policy import DEFAULT_POLICY, Policy
from run_contracts.engine.reproduction import shortest
from run_contracts.engine.survey import surveyed
from run_contracts.engine.unseen import MissingEvidence, Unseen, reached
from run_contracts.engine.unverified import unverified
from run_contracts.engine.verdicts import evidence_of, judged
from run_contracts.errors import TargetError
from run_contracts.events import Event, ExitCode
from run_contracts.probes import Probe
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.slicing import Slicer

__all__ = ["EXPLORATION", "STATEFUL", "check"]

GONE = "the server answered no more before the check had ended"


def check(  # noqa: PLR0913 - the parts of a check
    target: Target,
    *,
    only: Collection[str] | None = None,
    probes: Collection[Probe] | None = None,
    policy: Policy = DEFAULT_POLICY,
    connection: Connection = NETWORK,
    on_request: RequestHook = no_hook,
    fail_fast: bool = False,
    tells_early: bool = True,
) -> Iterator[Event]:
    """Check a target and yield what happens; the last event is `Finished`.

    `only` and `probes` are those of `run_contracts.engine.planning.plan`; `policy` says what makes
    the check red, and with `fail_fast` the first that does ends it; unless it `tells_early`, there
    is no `FirstSeen`, which costs time. `on_request` is told each request before it is sent.

    A target that cannot be reached, or that refuses the key, ends the check with an error in
    `Finished`, not with an exception. When the budget is spent, or the server stops to answer, what
    came until then is judged. So it is after Ctrl-C and SIGTERM, and `KeyboardInterrupt` is raised
    after `Finished`.

    Raises `UsageError` for unknown ids, and for unknown operations that the policy requires.
    """
    planned = plan(target, only=only, probes=probes)
    policy.check_required(target.edition)
    # Nobody else can reach what answers in this process, unless it has a name.
    is_reachable = connection is NETWORK or connection.name
    command = check_command(target, policy, connection.name) if is_reachable else ""
    hide = target.hidden
    red: list[str] = []
    seen = itertools.chain(
        [planned.started(command)],
        _check(planned, connection, on_request, red if tells_early else None),
    )
    for event in policy.applied(recording.hidden(event, hide) for event in seen):
        if fail_fast and isinstance(event, events.FirstSeen) and event.is_red:
            red.append(event.requirement)
        yield event


def _check(
    planned: CheckPlan, connection: Connection, on_request: RequestHook, red: Sequence[str] | None
) -> Iterator[Event]:
    """Carry out a plan and yield what happens: nothing is hidden yet, coloured or concluded.

    It ends soon after a requirement is `red`; None if nobody wants to know so early.
    """
    started = time.perf_counter()
    with Interrupts() as interrupts:
        hook = interrupts.before(on_request)
        with Session(
            planned.target, connection, check_id=planned.check_id, on_request=hook
        ) as session:
            execution = Execution(planned, session, interrupts)
            error = yield from _carried_out(execution, planned, session, red)
        yield from map(recording.exchanged, session.deletions)
        footer = events.Finished(
            counts={},
            unreached=(),
            requests=len(session.exchanges),
            seconds=0.0,
            exit_code=ExitCode.HOLDS,
            error=error or execution.stop_reason,
            is_cut=execution.is_cut,
            unverified=(GONE,) if execution.is_gone else (),
            left_behind=execution.left_behind,
            waited=session.waited,
        )
        if error is None:
            evidence = evidence_of(planned.target, planned.contract, session.exchanges)
            footer = yield from _judged(planned, evidence, execution.missing_evidence, footer)
        if interrupts.exit_code is not None:
            footer = replace(footer, exit_code=interrupts.exit_code)
        yield replace(footer, seconds=time.perf_counter() - started)
    if interrupts.is_asked:
        raise KeyboardInterrupt


def _carried_out(
    execution: Execution, planned: CheckPlan, session: Session, red: Sequence[str] | None
) -> Generator[Event, None, str | None]:
    """Yield what happens, delete what was created whatever happens, and return any error."""
    evidence = partial(evidence_of, planned.target, planned.contract)
    so_far = BrokenSoFar(planned.wanted, evidence)
    try:
        for event in execution.run():
            yield event
            if red is not None and isinstance(event, events.ProbeEnded):
                yield from so_far.of(event.probe, session.exchanges)
            if red and not execution.is_stopped:
                execution.stop(f"{red[0]} is broken, and nothing more was asked for after that")
    except TargetError as error:
        return str(error)
    finally:
        execution.clean_up()
    return None


def _judged(
    planned: CheckPlan,
    evidence: Evidence,
    missing_evidence: Mapping[str, MissingEvidence],
    footer: events.Finished,
) -> Generator[Event, None, events.Finished]:
    """Yield survey, coverage and verdicts, each with the shortest slice; return the footer."""
    survey = surveyed(evidence, is_stopped=footer.error is not None)
    yield survey
    if planned.is_whole:
        yield covered(evidence)
    missing = planned.omitted | dict(missing_evidence)
    unseen = Unseen(evidence=evidence, survey=survey, missing_evidence=missing)
    judgements = judged(evidence, planned.wanted, unseen)
    slicer = Slicer(evidence.sent if any(broken for _, broken in judgements) else ())
    verdicts = []
    for verdict, broken in judgements:
        sequence = shortest(evidence, slicer, broken)
        verdicts.append(replace(verdict, sequence=tuple(one.number for one in sequence)))
    yield from verdicts
    return replace(
        footer,
        unreached=tuple(sorted(evidence.contract.lifecycle.statuses - reached(evidence))),
        unverified=(*footer.unverified, *unverified(planned, evidence, survey, verdicts)),
    )
