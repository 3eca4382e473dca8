"""A round: walks or made requests in a session of their own, judged at its end, all deleted."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock

from propcache.api import cached_property

from run_contracts.checks import Check, Outcome, outcomes, requirements_of
from run_contracts.client.checked_target import Target
from run_contracts.client.connection import Connection, RequestHook
from run_contracts.client.session import Session
from run_contracts.contract.loading import Contract, load
from run_contracts.coverage import COUNTED_PARTS
from run_contracts.engine import recording
from run_contracts.engine.cleaning_up import Cleanup
from run_contracts.engine.creations import Creations
from run_contracts.engine.executing import reach
from run_contracts.engine.own_errors import OwnErrors
from run_contracts.engine.planning import plan
from run_contracts.engine.verdicts import broken_by, evidence_of
from run_contracts.errors import BudgetExceeded, TargetError, Unreachable
from run_contracts.events import Event, LedgerEvent, Started
from run_contracts.night.corpus_entry import CorpusEntry, StepName
from run_contracts.night.last_poll import says_something
from run_contracts.night.orders import RoundKind, RoundOrder, RoundResult
from run_contracts.night.round_findings import FindingReports, by_key
from run_contracts.night.variations import Variations
from run_contracts.probes import ProbeContext
from run_contracts.probes.search.named_steps import MadeCreate
from run_contracts.probes.search.walking import Walk
from run_contracts.probes.shortfall import Shortfall
from run_contracts.report.ledger_files import LedgerFile
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange

AFTER_MADE = "wait"
"""The step after a made request that creates a run, where it becomes a walk."""
CASES_A_ROUND = 3
"""Requests made for each endpoint in each of four ways, in a round of made requests."""


@dataclass(kw_only=True)
class Equipment:
    """What the rounds of one worker share: the way to the target, and what is known so far.

    `hook` raises before a request when somebody asked to end. Inside of `sending` a round that
    walks is alone, and one at a time is judged.
    """

    target: Target
    connection: Connection
    hook: RequestHook
    shown: set[str]
    known: set[str]
    walks: dict[str, CorpusEntry] = field(default_factory=dict)
    examples: Path | None = None
    sending: Callable[[], AbstractContextManager[None]] = nullcontext
    judging: Lock = field(default_factory=Lock)
    learning: Lock = field(default_factory=Lock)

    def learn(self, known: Iterable[str], entries: Iterable[CorpusEntry] = ()) -> None:
        """Take in keys of findings, and walks, that somebody found, whatever lanes do meanwhile."""
        with self.learning:
            self.known.update(known)
            for entry in entries:
                self.walks[entry.name] = entry
                self.shown.update(entry.shows)

    def requirements_known(self) -> set[str]:
        """Return the requirements of which something broken is known now."""
        with self.learning:
            return {key.partition(" ")[0] for key in self.known}

    @cached_property
    def contract(self) -> Contract:
        """What the target is judged by."""
        return load(self.target.edition, dialect=self.target.dialect)

    @cached_property
    def started(self) -> Started:
        """How the check of a round begins, but for its id and seed."""
        made = plan(replace(self.target, profile="full")).started()
        return replace(recording.hidden(made, self.target.hidden), probes=(), generated=0)


class SearchRound:
    """Carries out an order."""

    def __init__(self, order: RoundOrder, equipment: Equipment) -> None:
        """Nothing is sent yet."""
        self._order, self._equipment = order, equipment
        self._target = replace(
            equipment.target,
            profile="full",
            seed=order.seed,
            budget=order.budget,
            cases=min(equipment.target.cases, CASES_A_ROUND),
        )
        self._ours, self._left = OwnErrors(), list[str]()
        self._walks: dict[str, tuple[StepName, ...]] = {}
        self._result = RoundResult(number=order.number, kind=order.kind)

    def result(self) -> RoundResult:
        """Search, delete, judge; return what became of it. An error of ours costs this round."""
        with self._ours.costing(f"round {self._order.number} of the night"):
            self._carry_out()
        texts = (*self._result.own_errors, *self._ours.texts)
        return replace(self._result, own_errors=texts, left=tuple(self._left))

    def _carry_out(self) -> None:
        ledger = LedgerFile(self._left.append)

        def record(event: LedgerEvent) -> None:
            if not self._target.is_embedded:
                ledger.write(recording.hidden(event, self._target.hidden))

        creations = Creations(self._order.check, record)
        for _ in ledger.followed(self._events(creations)):
            pass

    def _events(self, creations: Creations) -> Iterator[Event]:
        """Yield how it begins, so that its ledger knows; then carry everything out."""
        order = self._order
        yield replace(self._equipment.started, check=order.check, seed=order.seed)
        started, sent_before = time.perf_counter(), time.thread_time()
        with (
            Session(
                self._target,
                self._equipment.connection,
                check_id=order.check,
                on_request=self._equipment.hook,
                listener=creations,
            ) as session,
            nullcontext() if self._is_made else self._equipment.sending(),
        ):
            self._search(session)
            self._clean_up(session, creations)
        sending = time.thread_time() - sent_before
        with self._equipment.judging:
            self._judge(session, sending)
        self._result = replace(self._result, seconds=time.perf_counter() - started)

    def _search(self, session: Session) -> None:
        """Send until all is sent, the budget is spent, or somebody asks to end."""
        context = ProbeContext(session, self._equipment.contract)
        try:
            if self._order.kind is RoundKind.REQUESTS:
                self._explore(context)
            else:
                self._walk(context)
        except (BudgetExceeded, KeyboardInterrupt) as error:
            self._stop(str(error) or "somebody interrupted it")
        except Shortfall as shortfall:
            self._stop(str(shortfall))
        except TargetError as error:
            self._stop(str(error))
            is_gone = isinstance(error, Unreachable)
            self._result = replace(self._result, is_gone=is_gone, is_refused=not is_gone)

    def _stop(self, reason: str) -> None:
        self._result = replace(self._result, stopped=self._target.hidden(reason))

    def _walk(self, context: ProbeContext) -> None:
        reach(context.session)
        walks = Variations(
            self._equipment.contract,
            self._order.seed,
            [entry.steps for entry in list(self._equipment.walks.values())],
        ).walks(self._order.walks)
        if self._order.kind is RoundKind.AGAIN:
            walks = (entry.steps for entry in self._order.again)
        for number, steps in enumerate(walks, start=1):
            context.session.source = source = f"walk {number}"
            self._walks[source] = steps
            entry = CorpusEntry(edition=self._target.edition, steps=steps, shows=())
            Walk(context).go(entry.walk)

    def _explore(self, context: ProbeContext) -> None:
        from run_contracts.probes.search.exploration import explore  # noqa: PLC0415 - an extra
        from run_contracts.probes.search.hunt import Hunt  # noqa: PLC0415 - heavy

        reach(context.session)
        known = self._equipment.requirements_known()
        judge = broken_by(self._target, self._equipment.contract)
        examples = self._equipment.examples
        explore(context, Hunt(context.session, judge, known=known, examples=examples))

    def _clean_up(self, session: Session, creations: Creations) -> None:
        cleanup = Cleanup(session, creations)
        with self._ours.costing("the cleanup of a round"):
            self._left += [f"{one.path}: {one.stays}" for one in cleanup.run() if one.stays]
        self._left += cleanup.doubts()

    def _judge(self, session: Session, sending: float) -> None:
        """Judge all that was exchanged, and keep what is new of it."""
        began = time.thread_time()
        exchanges = tuple(session.exchanges)
        evidence = evidence_of(self._target, self._equipment.contract, exchanges)
        decided = list(outcomes(evidence, on_error=self._keep_error))
        broken = by_key(decided)
        reports = FindingReports(
            evidence=evidence,
            started=replace(self._equipment.started, check=self._order.check),
            hide=self._target.hidden,
        )
        new = tuple(reports.of(broken, self._equipment.known))
        self._equipment.learn(one.key for one in new)
        entries = tuple(self._new_entries(evidence, decided, broken))
        self._result = replace(
            self._result,
            requests=len(exchanges),
            judged=_judged(decided),
            is_gone=self._result.is_gone or _is_left_waiting(session),
            runs=sum(one.operation_id in ("createRun", "createThreadAndRun") for one in exchanges),
            sending=sending,
            judging=time.thread_time() - began,
            found={key: len(found) for key, found in broken.items()},
            new=new,
            entries=entries,
        )

    def _keep_error(self, check: Check, error: Exception) -> None:
        self._ours.keep(f"the check of {', '.join(requirements_of(check))}", error)

    def _new_entries(
        self, evidence: Evidence, decided: list[Outcome], broken: dict[str, list[Outcome]]
    ) -> Iterator[CorpusEntry]:
        """Yield the walks that were the first to show something.

        A made request that creates a run is a walk of its own.
        """
        by_number = {one.number: one for one in evidence.exchanges}
        by_steps: dict[tuple[StepName, ...], list[str]] = {}
        for name, number in self._shown(evidence, decided, broken):
            if name not in self._equipment.shown and number in by_number:
                steps = self._steps_to(by_number[number])
                if steps:
                    self._equipment.shown.add(name)
                    by_steps.setdefault(steps, []).append(name)
        for steps, names in by_steps.items():
            entry = CorpusEntry(
                edition=self._target.edition,
                steps=steps,
                shows=tuple(names),
                round=self._order.number,
            )
            self._equipment.walks[entry.name] = entry
            yield entry

    def _steps_to(self, exchange: Exchange) -> tuple[StepName, ...]:
        """Return the steps of the walk that an exchange is of; none if it is of no walk."""
        if exchange.source in self._walks:
            return self._walks[exchange.source]
        asked = exchange.asked
        if not isinstance(asked, dict) or exchange.operation_id is None:
            return ()
        made = MadeCreate.of(exchange.operation_id, asked)
        return (made, AFTER_MADE) if made is not None and self._is_made else ()

    @property
    def _is_made(self) -> bool:
        return self._order.kind is RoundKind.REQUESTS

    @staticmethod
    def _shown(
        evidence: Evidence, decided: list[Outcome], broken: dict[str, list[Outcome]]
    ) -> Iterator[tuple[str, int]]:
        """Yield what was seen, each with the number of an exchange that shows it."""
        for key, found in broken.items():
            yield f"finding {key}", found[0].exchange.number
        for outcome in decided:
            if outcome.not_offered is None:
                yield f"requirement {outcome.requirement}", outcome.exchange.number
        for part in COUNTED_PARTS:
            for name, exchange in part.shown(evidence):
                yield f"{part.name} {name}", exchange.number


def _judged(decided: list[Outcome]) -> int:
    """Return of how many requests the answer said something, and was judged."""
    judged = {one.exchange.number: one.exchange for one in decided if one.not_offered is None}
    return sum(map(says_something, judged.values()))


def _is_left_waiting(session: Session) -> bool:
    """Say whether the last request of a session had no answer."""
    sent = [*session.exchanges[-1:], *session.deletions[-1:]]
    return bool(sent) and not max(sent, key=lambda one: one.number).is_answered
