"""A check of a client: every life is played to it, and told as any other check is."""

from __future__ import annotations

import shlex
import threading
import time
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from run_contracts.checks import Outcome
from run_contracts.conduct.client_command import (
    DEFAULT_JOBS,
    DEFAULT_TIME_LIMIT,
    KEY_PLACE,
    URL_PLACE,
    ClientCommand,
)
from run_contracts.conduct.life_trial import SERVED_AT, LifeTrial, tried
from run_contracts.conduct.life_verdicts import OF_OUTCOMES, outcomes_of, undecided
from run_contracts.conduct.played_life import (
    NEEDS_FUNCTIONS,
    NEEDS_STREAMS,
    NOT_DONE,
    Offered,
    PlayedLife,
)
from run_contracts.conduct.played_lives import FIRST_LIFE, PLAYED_LIVES
from run_contracts.contract.requirements import EDITIONS, Requirement, client_register
from run_contracts.engine import recording
from run_contracts.engine.interrupts import Interrupts
from run_contracts.engine.own_errors import OwnErrors
from run_contracts.engine.policy import DEFAULT_POLICY, Policy
from run_contracts.engine.renumbering import Renumbering
from run_contracts.errors import UsageError
from run_contracts.events import (
    Broken,
    Ending,
    Event,
    ExitCode,
    Finished,
    ProbeEnded,
    Result,
    Started,
)
from run_contracts.server.lookup import check_known

CLIENT_PROFILE = "client"
"""The profile of a check of a client; its target is the command."""
SHOWN_BY_STREAMS = ("CLIENT-STREAM-", "CLIENT-END-007", "CLIENT-END-008")
SHOWN_BY_FUNCTIONS = ("CLIENT-CALL-", "CLIENT-END-005")
NOT_SHOWN = "nothing that the client did shows it"
INTERRUPTED_WORDS = "somebody interrupted it"


@dataclass(frozen=True, kw_only=True)
class ClientPlan:
    """What a check of a client does: which command, which lives, how many at once."""

    command: ClientCommand
    lives: tuple[PlayedLife, ...]
    jobs: int = DEFAULT_JOBS
    only: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """The command as a person types it."""
        return shlex.join(self.command.arguments)

    def again(self, life: str) -> str:
        """Return the command that plays one life again."""
        return f"run-contracts client --life {life} -- {self.line}"

    def started(self) -> Started:
        """Return the event of its beginning."""
        return Started(
            target=SERVED_AT,
            client=self.line,
            edition=EDITIONS[-1],
            profile=CLIENT_PROFILE,
            probes=tuple(
                {"probe": each.id, "what": each.sentence, "creates": "what the client asks for"}
                for each in self.lives
            ),
            only=self.only,
        )


def client_plan(
    arguments: Sequence[str],
    *,
    lives: Collection[str] = (),
    only: Collection[str] = (),
    jobs: int = DEFAULT_JOBS,
    time_limit: float = DEFAULT_TIME_LIMIT,
) -> ClientPlan:
    """Return what a check of a client does; raise `UsageError` for what cannot be."""
    if not arguments:
        raise UsageError(
            f"there is no client to run; give its command, e.g. -- app.py {URL_PLACE} {KEY_PLACE}"
        )
    for name in lives:
        check_known("life", name, PLAYED_LIVES)
    for id_ in only:
        client_register(EDITIONS[-1])[id_]
    return ClientPlan(
        command=ClientCommand(arguments=tuple(arguments), time_limit=time_limit),
        lives=tuple(each for each in PLAYED_LIVES.values() if not lives or each.id in lives),
        jobs=jobs,
        only=tuple(only),
    )


def check_client(plan: ClientPlan, policy: Policy = DEFAULT_POLICY) -> Iterator[Event]:
    """Play lives to a client and yield what happens; the last event is `Finished`.

    The first life shows what the client does, and with that which of the others are of use. An
    error of ours costs its part, and `Finished` names it. Raises `UsageError` for a command that
    cannot be started.
    """
    yield from policy.applied(_happening(plan))


def _happening(plan: ClientPlan) -> Iterator[Event]:
    began = time.monotonic()
    seen = _Seen(plan)
    yield plan.started()
    with Interrupts() as interrupts:
        yield from _lives(plan, seen, interrupts)
        yield from seen.verdicts()
        yield Finished(
            requests=seen.requests,
            seconds=time.monotonic() - began,
            exit_code=interrupts.exit_code or ExitCode.HOLDS,
            error=INTERRUPTED_WORDS if interrupts.is_asked else None,
            is_cut=interrupts.is_asked,
            unverified=seen.unverified(),
            own_errors=seen.ours.texts,
        )


def _lives(plan: ClientPlan, seen: _Seen, interrupts: Interrupts) -> Iterator[Event]:
    """Play the lives; when somebody interrupts, those that are being played end at once."""
    stop = threading.Event()
    with ThreadPoolExecutor(plan.jobs, thread_name_prefix="life") as pool:
        trials: list[Future[LifeTrial]] = []
        try:
            with interrupts.interruptible():
                first = tried(plan.command, FIRST_LIFE, stop.is_set)
            yield from seen.begin(first)
            others = [each for each in plan.lives if each is not FIRST_LIFE and first.exchanges]
            played = [each for each in others if first.offered.has(each.needs)]
            trials += [pool.submit(tried, plan.command, each, stop.is_set) for each in played]
            for trial in trials:
                with interrupts.interruptible():
                    done = trial.result()
                yield from seen.add(done)
        except KeyboardInterrupt:
            return
        finally:
            stop.set()
            for trial in trials:
                trial.cancel()


@dataclass(kw_only=False)
class _Seen:
    """What lives have shown so far."""

    plan: ClientPlan
    first: LifeTrial | None = None
    offered: Offered = field(default_factory=Offered)
    ours: OwnErrors = field(default_factory=OwnErrors)
    requests: int = 0
    outcomes: dict[str, list[tuple[PlayedLife, Outcome]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    sizes: dict[str, int] = field(default_factory=dict)
    undecided: dict[str, list[str]] = field(default_factory=dict)

    def begin(self, first: LifeTrial) -> Iterator[Event]:
        """Learn from the first life what the client does; it counts if it was asked for."""
        self.first, self.offered = first, first.offered
        if FIRST_LIFE in self.plan.lives or not first.exchanges:
            yield from self.add(first)

    def unverified(self) -> tuple[str, ...]:
        """Return why nothing is known of a client that asked for nothing, or of some lives."""
        if self.first is None or self.first.exchanges:
            return tuple(
                f"of {', '.join(lives)} nothing is known: {reason}"
                for reason, lives in self.undecided.items()
            )
        ended = f"it said {self.first.said}"
        words = "it did not end" if self.first.ran.is_stopped else ended
        return (f"the client sent nothing to {URL_PLACE}; {words}",)

    def _keep_undecided(self, trial: LifeTrial, outcomes: Sequence[Outcome]) -> None:
        asks = not self.plan.only or any(id_.startswith(OF_OUTCOMES) for id_ in self.plan.only)
        why = undecided(trial, outcomes) if asks and trial.exchanges else ""
        if why:
            self.undecided.setdefault(why, []).append(trial.played.id)

    def add(self, trial: LifeTrial) -> Iterator[Event]:
        """Yield the events of a life, its exchanges numbered after those before."""
        played = trial.played
        numbering = Renumbering.behind(self.requests, trial.exchanges)
        numbered = tuple(map(numbering.exchange, trial.exchanges))
        moved = replace(trial, exchanges=numbered)
        self.requests += len(numbered)
        self.sizes[played.id] = len(numbered)
        yield from map(recording.exchanged, numbered)
        broken, early = 0, list[Event]()
        with self.ours.costing(f"judging the life {played.id}"):
            outcomes = list(outcomes_of(moved, lambda _check, error: self._keep(played, error)))
            self._keep_undecided(moved, outcomes)
            for outcome in outcomes:
                early += self._seen_first(played, outcome)
                self.outcomes[outcome.requirement].append((played, outcome))
                broken += outcome.violation is not None
        yield ProbeEnded(
            probe=played.id,
            what=played.sentence,
            ending=Ending.INCONCLUSIVE if trial.ran.is_stopped else Ending.DONE,
            reason=_words(trial, broken),
            requests=len(numbered),
            seconds=trial.ran.seconds,
        )
        yield from early

    def _seen_first(self, played: PlayedLife, outcome: Outcome) -> Iterator[Event]:
        """Yield that a requirement is broken for the first time, so that nobody waits for it."""
        is_asked = not self.plan.only or outcome.requirement in self.plan.only
        before = self.outcomes.get(outcome.requirement, ())
        if outcome.violation is None or not is_asked:
            return
        if any(earlier.violation is not None for _, earlier in before):
            return
        rule = client_register(EDITIONS[-1])[outcome.requirement]
        yield recording.first_seen(rule, recording.as_broken(outcome), probe=played.id)

    def _keep(self, played: PlayedLife, error: Exception) -> None:
        self.ours.keep(f"a check of the life {played.id}", error)

    def verdicts(self) -> Iterator[Event]:
        """Yield the verdict on each requirement on clients."""
        for id_, requirement in client_register(EDITIONS[-1]).items():
            if not self.plan.only or id_ in self.plan.only:
                yield self._verdict(requirement)

    def _verdict(self, requirement: Requirement) -> Event:
        """Return the verdict on a requirement, what breaks it in the shortest life first."""
        decided = self.outcomes.get(requirement.id, [])
        broken = sorted(
            (pair for pair in decided if pair[1].violation is not None),
            key=lambda pair: self.sizes[pair[0].id],
        )
        held = len(decided) - len(broken)
        result, reason = (Result.FAIL, "") if broken else (Result.PASS, "")
        if not decided:
            result, reason = self._unseen(requirement)
        named = (_in_life(played, recording.as_broken(outcome)) for played, outcome in broken)
        verdict = recording.decided(requirement, result, reason, held=held, broken=named)
        return replace(verdict, command=self.plan.again(broken[0][0].id) if broken else "")

    def _unseen(self, requirement: Requirement) -> tuple[Result, str]:
        """Return why nothing was seen of a requirement."""
        for need, ids in ((NEEDS_STREAMS, SHOWN_BY_STREAMS), (NEEDS_FUNCTIONS, SHOWN_BY_FUNCTIONS)):
            if requirement.id.startswith(ids) and not self.offered.has(need):
                return Result.SKIP, NOT_DONE[need]
        return Result.INCONCLUSIVE, NOT_SHOWN


def _in_life(played: PlayedLife, broken: Broken) -> Broken:
    """Return a violation that names the life in which it was seen."""
    return replace(broken, request=f"the life {played.id}: {broken.request}".rstrip(": "))


def _words(trial: LifeTrial, broken: int) -> str:
    """Return in words how a client ended, where that is worth a word."""
    if trial.ran.is_stopped:
        return f"it was stopped after {trial.ran.seconds:.0f} s"
    return f"it said {trial.said}" if broken else ""
