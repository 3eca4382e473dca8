"""Running a check: probes and searches collect exchanges, checks judge them, events tell it."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from run_contracts import events
from run_contracts.client.checked_target import Target
from run_contracts.client.connection import NETWORK, Connection, RequestHook, no_hook
from run_contracts.client.session import Session
from run_contracts.coverage import covered
from run_contracts.engine import recording
from run_contracts.engine.broken_so_far import BrokenSoFar
from run_contracts.engine.command import check_command
from run_contracts.engine.creations import Creations, no_record
from run_contracts.engine.executing import EXPLORATION, STATEFUL, Execution
from run_contracts.engine.interrupts import Interrupts
from run_contracts.engine.own_errors import OwnErrors
from run_contracts.engine.planning import CheckPlan, plan
from run_contracts.engine.policy import DEFAULT_POLICY, Policy
from run_contracts.engine.reproduction import shortest
from run_contracts.engine.survey import surveyed
from run_contracts.engine.unseen import MissingEvidence, Unseen, reached
from run_contracts.engine.unverified import unverified
from run_contracts.engine.verdicts import Decision, evidence_of, judged
from run_contracts.errors import TargetError
from run_contracts.events import Event, ExitCode, LedgerEvent, RecordHook
from run_contracts.probes import Probe
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange
from run_contracts.traffic.hiding import Hide, errors_without_secrets
from run_contracts.traffic.slicing import Slicer

__all__ = ["EXPLORATION", "STATEFUL", "check"]

Following = Callable[[Iterator[Event], Callable[[], bool]], Iterator[Event]]
"""Passes on the events of a check, and those of what comes after it."""
GONE = "the server answered no more before the check had ended"


def alone(seen: Iterator[Event], _is_red: Callable[[], bool]) -> Iterator[Event]:
    """Return the events of a check as they are: nothing follows it."""
    return seen


def check(  # noqa: PLR0913 - the parts of a check
    target: Target,
    *,
    only: Collection[str] | None = None,
    probes: Collection[Probe] | None = None,
    policy: Policy = DEFAULT_POLICY,
    connection: Connection = NETWORK,
    on_request: RequestHook = no_hook,
    record: RecordHook = no_record,
    fail_fast: bool = False,
    tells_early: bool = True,
    followed_by: Following = alone,
) -> Iterator[Event]:
    """Check a target and yield what happens; the last event is `Finished`.

    `only` and `probes` are those of `run_contracts.engine.planning.plan`; `policy` says what makes
    the check red, and with `fail_fast` the first that does ends it; unless it `tells_early`, there
    is no `FirstSeen`, which costs time. `on_request` is told each request before it is sent.
    `record` hears of what is created and deleted when it happens, after `Started` was yielded.
    What the check is `followed_by` passes its events on, and may add some before they are judged by
    the policy; it is told when one failure was enough.

    A target that cannot be reached, or that refuses the key, ends the check with an error in
    `Finished`, not with an exception. When the budget is spent, or the server stops to answer, what
    came until then is judged. So it is after Ctrl-C and SIGTERM, and `KeyboardInterrupt` is raised
    after `Finished`. An error of ours costs the probe, the check or the part it is in; the rest is
    carried out and judged, and `Finished` names it.

    Raises `UsageError` for unknown ids, and for unknown operations that the policy requires.
    """
    planned = plan(target, only=only, probes=probes)
    policy.check_required(target.edition)
    # Nobody else can reach what answers in this process, unless it has a name.
    is_reachable = connection is NETWORK or connection.name
    command = check_command(target, policy, connection.name) if is_reachable else ""
    red, ours, hide = list[str](), OwnErrors(), target.hidden
    creations = Creations(planned.check_id, _hiding(record, hide, ours))
    early = red if tells_early else None
    happening = _check(planned, connection, on_request, creations=creations, red=early, ours=ours)
    seen = followed_by(
        itertools.chain([planned.started(command)], happening), lambda: fail_fast and bool(red)
    )
    for event in _without_secrets(policy.applied(_hidden(seen, hide, ours)), hide):
        if fail_fast and isinstance(event, events.FirstSeen) and event.is_red:
            red.append(event.requirement)
        yield event


def _without_secrets(applied: Iterable[Event], hide: Hide) -> Iterator[Event]:
    """Yield events, and raise errors, without what a policy adds of secrets to hidden events.

    A list of known failures may hold what a person typed.
    """
    with errors_without_secrets(hide):
        for event in applied:
            yield event if isinstance(event, events.Exchanged) else recording.hidden(event, hide)


def _hiding(record: RecordHook, hide: Hide, ours: OwnErrors) -> RecordHook:
    """Return what records without secrets, and what fails of it costs nothing else."""

    def keep(event: LedgerEvent) -> None:
        with ours.costing("the ledger"):
            record(recording.hidden(event, hide))

    return keep


def _hidden(seen: Iterable[Event], hide: Hide, ours: OwnErrors) -> Iterator[Event]:
    """Yield events without secrets; one from which they cannot be taken is left out, and named."""
    for event in seen:
        if isinstance(event, events.Finished):
            yield recording.hidden(replace(event, own_errors=ours.texts), hide)
            continue  # whoever interrupted the check hears of that only now
        safe: list[Event] = []
        with ours.costing(f"hiding secrets in an event {type(event).__name__}"):
            safe.append(recording.hidden(event, hide))
        yield from safe


def _check(  # noqa: PLR0913 - the parts of a check
    planned: CheckPlan,
    connection: Connection,
    on_request: RequestHook,
    *,
    creations: Creations,
    red: Sequence[str] | None,
    ours: OwnErrors,
) -> Iterator[Event]:
    """Carry out a plan and yield what happens: nothing is hidden yet, coloured or concluded.

    It ends soon after a requirement is `red`; None if nobody wants to know so early.
    """
    started = time.perf_counter()
    with Interrupts() as interrupts:
        hook = interrupts.before(on_request)
        with Session(
            planned.target,
            connection,
            check_id=planned.check_id,
            on_request=hook,
            listener=creations,
        ) as session:
            execution = Execution(planned, session, creations, interrupts, ours)
            error = yield from _carried_out(execution, planned, session, red, ours)
        yield from map(recording.exchanged, session.deletions)
        footer = events.Finished(
            requests=len(session.exchanges),
            seconds=0.0,
            exit_code=ExitCode.HOLDS,
            error=error or execution.stop_reason,
            is_cut=execution.is_cut,
            unverified=(GONE,) if execution.is_gone else (),
            left_behind=execution.left_behind,
            may_stay=execution.may_stay,
            waited=session.waited,
        )
        if error is None:
            evidence = evidence_of(planned.target, planned.contract, session.exchanges)
            footer = yield from _judged(planned, evidence, execution.missing_evidence, footer, ours)
        if interrupts.exit_code is not None:
            footer = replace(footer, exit_code=interrupts.exit_code)
        yield replace(footer, seconds=time.perf_counter() - started)
    if interrupts.is_asked:
        raise KeyboardInterrupt


def _carried_out(
    execution: Execution,
    planned: CheckPlan,
    session: Session,
    red: Sequence[str] | None,
    ours: OwnErrors,
) -> Generator[Event, None, str | None]:
    """Yield what happens, delete what was created whatever happens, and return any error."""
    evidence = partial(evidence_of, planned.target, planned.contract)
    so_far = BrokenSoFar(planned.wanted, evidence)
    try:
        for event in execution.run():
            yield event
            if red is not None and isinstance(event, events.ProbeEnded):
                early: list[Event] = []
                with ours.costing("saying early what is broken"):
                    early += so_far.of(event.probe, session.exchanges)
                yield from early
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
    ours: OwnErrors,
) -> Generator[Event, None, events.Finished]:
    """Yield survey, coverage and verdicts, each with the shortest slice; return the footer."""
    survey = events.Surveyed(operations=())
    with ours.costing("the survey"):
        survey = surveyed(evidence, is_stopped=footer.error is not None)
    yield survey
    coverage: list[Event] = []
    with ours.costing("the coverage"):
        coverage += [covered(evidence)] if planned.is_whole else []
    yield from coverage
    missing = planned.omitted | dict(missing_evidence)
    unseen = Unseen(evidence=evidence, survey=survey, missing_evidence=missing)
    decisions = judged(evidence, planned.wanted, unseen, ours)
    verdicts = _with_sequences(decisions, evidence, ours)
    yield from verdicts
    unreached: tuple[str, ...] = ()
    lacking = list(footer.unverified)
    with ours.costing("the account of what was not seen"):
        unreached = tuple(sorted(evidence.contract.lifecycle.statuses - reached(evidence)))
        lacking += unverified(planned, evidence, survey, verdicts)
    return replace(footer, unreached=unreached, unverified=tuple(lacking))


def _with_sequences(
    decisions: Sequence[Decision], evidence: Evidence, ours: OwnErrors
) -> list[events.Decided]:
    """Return the verdicts, each with the numbers of few exchanges that show what it says broken."""
    with ours.costing("reading which requests depend on which"):
        slicer = Slicer(evidence.sent if any(broken for _, broken in decisions) else ())
        return [_with_sequence(one, evidence, slicer, ours) for one in decisions]
    return [verdict for verdict, _ in decisions]


def _with_sequence(
    decision: Decision, evidence: Evidence, slicer: Slicer, ours: OwnErrors
) -> events.Decided:
    verdict, broken = decision
    sequence: tuple[Exchange, ...] = ()
    with ours.costing(f"the search for few requests that show {verdict.requirement} broken"):
        sequence = shortest(evidence, slicer, broken)
    return replace(verdict, sequence=tuple(one.number for one in sequence))
