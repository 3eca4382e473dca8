"""Running a check: probes and exploration collect exchanges, checks judge them, events tell it."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec

from run_contracts import events, journal
from run_contracts.contract import Contract, load
from run_contracts.errors import HarnessError, RunContractsError, TargetError, Unreachable
from run_contracts.events import Event
from run_contracts.evidence import Evidence
from run_contracts.exchange import Premise
from run_contracts.judgement import broken_by, evidence, judged, shortest
from run_contracts.probes import Blocked, Inconclusive, NotOffered, Probe, Stage, planned
from run_contracts.probes.reading import NO_THREAD
from run_contracts.sequence import Sequences
from run_contracts.session import NETWORK, Line, Session
from run_contracts.target import Target
from run_contracts.verdict import Absence, Ending, Result, Verdict, counted

EXPLORATION = "exploration"
EXPLORING = "make right and wrong requests for every endpoint with schemathesis"
WALKS = "walks"
WALKING = "use runs in any order, each time on a new thread"
REDIRECTS = range(300, 400)
LEFT_OUT = (
    "schemathesis is not installed, so the endpoints are not explored with generated requests; "
    "add it with: pip install 'run-contracts[schemathesis]'"
)


def check(
    target: Target,
    *,
    only: Collection[str] | None = None,
    probes: Collection[Probe] | None = None,
    line: Line = NETWORK,
) -> Iterator[Event]:
    """Check a target and yield what happens; the last event is `Finished`.

    `only` names requirements; no other is judged and only their probes run. `probes` are run
    instead of those of the profile, in their order, and nothing is generated. A target that cannot
    be reached, or that refuses the key, ends the check with an error in `Finished`, not with an
    exception. Raises `UsageError` for unknown ids.
    """
    contract = load(target.edition)
    wanted = list(contract.register) if only is None else [contract.register[i].id for i in only]
    plan = Plan(
        target=target, contract=contract, wanted=wanted, is_whole=only is None, chosen=probes
    )
    for event in _check(plan, line):
        yield journal.hidden(event, target.hidden)


def _check(plan: Plan, line: Line) -> Iterator[Event]:
    """Carry out a plan and yield what happens, secrets not yet hidden."""
    yield _started(plan)
    started = time.perf_counter()
    absences: dict[str, Absence] = {}
    with Session(plan.target, line) as session:
        try:
            yield from _collect(plan, session, absences)
        except TargetError as error:
            yield from _stopped(session, str(error), time.perf_counter() - started)
            return
        seen = evidence(plan.target, plan.contract, session.exchanges)
    found = judged(seen, plan.wanted, plan.omitted | absences)
    sequences = Sequences(seen.exchanges if any(one.broken for one in found) else ())
    for verdict in found:
        yield journal.decided(verdict, shortest(seen, sequences, verdict))
    yield _finished(seen, found, absences, time.perf_counter() - started)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a check will do: whose requirements, by which probes, and whether to explore."""

    target: Target
    contract: Contract
    wanted: list[str]
    is_whole: bool
    chosen: Collection[Probe] | None = None

    @property
    def probes(self) -> tuple[Probe, ...]:
        """The probes that give evidence for what is wanted, or those that were chosen."""
        if self.chosen is not None:
            return tuple(self.chosen)
        return planned(self.target.profile, None if self.is_whole else self.wanted)

    @property
    def omitted(self) -> dict[str, Absence]:
        """Why the probes that the profile leaves out give no evidence, by their names."""
        if self.chosen is not None or not self.is_whole:
            return {}
        reason = f"only a full check exercises it, not the profile {self.target.profile}"
        absence = Absence(probe="", ending=Ending.INCONCLUSIVE, reason=reason)
        return {one.name: absence for one in planned("full") if one not in self.probes}

    @property
    def explores(self) -> bool:
        """Whether endpoints are explored with generated requests, if schemathesis is there."""
        return self.target.profile == "full" and self.is_whole and self.chosen is None

    @property
    def left_out(self) -> str | None:
        """What cannot be done for want of a package."""
        return LEFT_OUT if self.explores and find_spec("schemathesis") is None else None


def _collect(plan: Plan, session: Session, absences: dict[str, Absence]) -> Iterator[Event]:
    """Reach the target, run the probes, explore, and clean up whatever happens."""
    _reach(session)
    yield from map(journal.exchanged, session.exchanges)
    stage = Stage(session, plan.contract)
    try:
        for probe in plan.probes:
            yield from _run(probe, stage, absences)
        if plan.explores:
            yield from _search(plan, stage, absences)
    finally:
        _clean_up(stage)


def _stopped(session: Session, error: str, seconds: float) -> Iterator[Event]:
    yield events.Finished(
        counts={},
        unreached=(),
        requests=len(session.exchanges),
        seconds=seconds,
        exit_code=events.ExitCode.NOTHING_VERIFIED,
        error=error,
    )


def _reach(session: Session) -> None:
    """Ask for the runs of no thread, to see whether an API is there; raise `Unreachable` if not."""
    session.source = "reaching"
    exchange = session.send("listRuns", thread_id=NO_THREAD, premise=Premise.ABSENT)
    where = exchange.request.url
    response = exchange.response
    if response.status in REDIRECTS:
        goal = response.header("location") or "nowhere"
        raise Unreachable(f"{where}: redirects to {goal}; give the base URL it leads to")
    if "html" in response.media_type:
        raise Unreachable(
            f"{where}: answers {response.status} with HTML, not an API; "
            "is the base URL right? it usually ends with /v1"
        )


def _run(probe: Probe, stage: Stage, absences: dict[str, Absence]) -> Iterator[Event]:
    """Run one probe to whatever end and yield what it exchanged and how it ended."""
    stage.session.source = probe.name
    yield from _act(probe.name, probe.what, lambda: probe.scenario(stage), stage.session, absences)


def _search(plan: Plan, stage: Stage, absences: dict[str, Absence]) -> Iterator[Event]:
    """Search for what no probe does, by drawn walks and, if it is there, by schemathesis."""
    from run_contracts.searching import Hunt, walk  # noqa: PLC0415 - heavy

    hunt = Hunt(stage.session, broken_by(plan.target, plan.contract))
    yield from _act(WALKS, WALKING, lambda: walk(stage, hunt), stage.session, absences)
    if plan.left_out is None:
        from run_contracts.schemathesis_bridge import explore  # noqa: PLC0415 - an extra, and heavy

        yield from _act(
            EXPLORATION, EXPLORING, lambda: explore(stage, hunt), stage.session, absences
        )


def _act(
    name: str,
    what: str,
    scenario: Callable[[], None],
    session: Session,
    absences: dict[str, Absence],
) -> Iterator[Event]:
    """Run a scenario; yield what it exchanged and how it ended, and note what it could not do."""
    first, started = len(session.exchanges), time.perf_counter()
    ending, reason = _ending(scenario)
    if ending is not Ending.DONE:
        absences[name] = Absence(probe=name, ending=ending, reason=reason)
    yield from map(journal.exchanged, session.exchanges[first:])
    yield events.ProbeEnded(
        probe=name,
        what=what,
        ending=ending.value,
        reason=reason,
        requests=len(session.exchanges) - first,
        seconds=time.perf_counter() - started,
    )


def _ending(scenario: Callable[[], None]) -> tuple[Ending, str]:
    """Run a scenario; return how it ended and why. A target that refuses every key is passed on."""
    try:
        scenario()
    except Blocked as error:
        return Ending.BLOCKED, str(error)
    except Inconclusive as error:
        return Ending.INCONCLUSIVE, str(error)
    except NotOffered as error:
        return Ending.SKIP, str(error)
    except Unreachable as error:
        return Ending.BLOCKED, str(error)
    except RunContractsError:
        raise
    except Exception as error:
        raise HarnessError(f"a probe failed by its own fault: {error!r}") from error
    return Ending.DONE, ""


def _clean_up(stage: Stage) -> None:
    """Delete what was created, as far as the server lets us; a failure to do so is no verdict."""
    for collection, one in reversed(stage.created):
        try:
            stage.session.delete(collection, one)
        except TargetError:
            return


def _started(plan: Plan) -> events.Started:
    return events.Started(
        target=plan.target.url,
        edition=plan.target.edition,
        profile=plan.target.profile,
        seed=plan.target.seed,
        version=version("run-contracts"),
        probes=tuple(
            {"probe": probe.name, "what": probe.what, "creates": probe.creates}
            for probe in plan.probes
        ),
        left_out=plan.left_out,
    )


def _finished(
    seen: Evidence, found: Collection[Verdict], absences: dict[str, Absence], seconds: float
) -> events.Finished:
    """Return the footer: counts, statuses that were never seen, and the exit code.

    A scenario that was blocked is red even where every requirement was decided by others: a
    server that stops answering half way has not been verified.
    """
    statuses = {one.status for run in seen.histories.values() for one in run.observations}
    is_red = any(verdict.is_red for verdict in found)
    blocked = [] if is_red else [a for a in absences.values() if a.ending is Ending.BLOCKED]
    is_verified = any(verdict.result in (Result.PASS, Result.FAIL) for verdict in found)
    code = events.ExitCode.BROKEN if is_red or blocked else events.ExitCode.HOLDS
    if not is_verified:
        code = events.ExitCode.NOTHING_VERIFIED
    return events.Finished(
        counts=dict(counted(found)),
        unreached=tuple(sorted(seen.contract.lifecycle.statuses - statuses)),
        requests=len(seen.exchanges),
        seconds=seconds,
        exit_code=code,
        error=f"{blocked[0].probe} was blocked: {blocked[0].reason}" if blocked else None,
    )
