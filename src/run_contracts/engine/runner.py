"""Running a check: probes and searches collect exchanges, checks judge them, events tell it."""

from __future__ import annotations

import time
from collections.abc import Collection, Generator, Iterator, Mapping
from dataclasses import replace

from run_contracts import events
from run_contracts.client.connection import NETWORK, Connection, RequestHook, no_hook
from run_contracts.client.session import Session
from run_contracts.client.target import Target
from run_contracts.engine import recording
from run_contracts.engine.conclusion import concluded
from run_contracts.engine.executing import EXPLORATION, WALKS, Execution
from run_contracts.engine.interrupts import Interrupts
from run_contracts.engine.judgement import evidence, judged, shortest
from run_contracts.engine.planning import CheckPlan, plan
from run_contracts.engine.verdicts import MissingEvidence
from run_contracts.errors import TargetError
from run_contracts.events import Event, ExitCode
from run_contracts.probes import Probe
from run_contracts.traffic.history import Evidence
from run_contracts.traffic.slicing import Slicer

__all__ = ["EXPLORATION", "WALKS", "check"]


def check(
    target: Target,
    *,
    only: Collection[str] | None = None,
    probes: Collection[Probe] | None = None,
    connection: Connection = NETWORK,
    on_request: RequestHook = no_hook,
) -> Iterator[Event]:
    """Check a target and yield what happens; the last event is `Finished`.

    `only` and `probes` are those of `run_contracts.engine.planning.plan`; `on_request` is told each
    request before it is sent. A target that cannot be reached, or that refuses the key, ends the
    check with an error in `Finished`, not with an exception. When the budget is spent, what came
    until then is judged. So it is after Ctrl-C, and `KeyboardInterrupt` is raised after `Finished`.
    Raises `UsageError` for unknown ids.
    """
    for event in _check(plan(target, only=only, probes=probes), connection, on_request):
        yield recording.hidden(event, target.hidden)


def _check(made: CheckPlan, connection: Connection, on_request: RequestHook) -> Iterator[Event]:
    """Carry out a plan and yield what happens, secrets not yet hidden."""
    yield made.started()
    started = time.perf_counter()
    with Interrupts() as interrupts:
        told = interrupts.before(on_request)
        with Session(made.target, connection, check_id=made.check_id, on_request=told) as session:
            course = Execution(made, session, interrupts)
            error = yield from _acted_out(course)
        yield from map(recording.exchanged, session.deletions)
        footer = events.Finished(
            counts={},
            unreached=(),
            requests=len(session.exchanges),
            seconds=0.0,
            exit_code=ExitCode.HOLDS,
            error=error or course.told_stop,
            is_cut=course.is_stopped,
            left_behind=course.left_behind,
        )
        decided: list[events.Decided] = []
        if error is None:
            seen = evidence(made.target, made.contract, session.exchanges)
            for verdict in _decided(made, seen, course.missing_evidence):
                decided.append(verdict)
                yield verdict
            footer = replace(footer, unreached=_unreached(seen))
        if interrupts.is_asked:
            footer = replace(footer, exit_code=ExitCode.INTERRUPTED)
        footer = replace(footer, seconds=time.perf_counter() - started)
        yield concluded(footer, decided, course.ended)
    if interrupts.is_asked:
        raise KeyboardInterrupt


def _acted_out(course: Execution) -> Generator[Event, None, str | None]:
    """Yield what happens, delete what was created whatever happens, and return any error."""
    try:
        yield from course.run()
    except TargetError as error:
        return str(error)
    finally:
        course.clean_up()
    return None


def _decided(
    made: CheckPlan, seen: Evidence, missing_evidence: Mapping[str, MissingEvidence]
) -> Iterator[events.Decided]:
    """Yield the verdicts, each with the shortest sequence that shows it."""
    found = judged(seen, made.wanted, made.omitted | dict(missing_evidence))
    sequences = Slicer(seen.exchanges if any(one.broken for one in found) else ())
    for verdict in found:
        yield recording.decided(verdict, shortest(seen, sequences, verdict))


def _unreached(seen: Evidence) -> tuple[str, ...]:
    """Return the statuses that were never seen."""
    statuses = {one.status for run in seen.histories.values() for one in run.observations}
    return tuple(sorted(seen.contract.lifecycle.statuses - statuses))
