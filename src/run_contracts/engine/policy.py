"""The policy of a check: which verdicts make it red, and what it comes to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from run_contracts.contract.operations import run_operations
from run_contracts.contract.requirements import Level
from run_contracts.engine.baseline.applying import BaselineReader
from run_contracts.engine.baseline.entries import EMPTY, Baseline
from run_contracts.engine.baseline.following import explained, followed, spoiled
from run_contracts.engine.causes import causes
from run_contracts.engine.conclusion import concluded
from run_contracts.engine.own_errors import OwnErrors
from run_contracts.errors import UsageError
from run_contracts.events import (
    BROKEN,
    STREAMED_ANSWERS,
    Cause,
    Covered,
    Decided,
    Event,
    Exchanged,
    Finished,
    FirstSeen,
    Offer,
    Result,
    Surveyed,
)
from run_contracts.traffic.exchange import Exchange
from run_contracts.types import Edition

ALL = "all"
"""Stands for every operation, and for streams."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What makes a check red: a broken MUST, if `strict` a broken SHOULD, but for known failures.

    So do operations that it requires, by their ids or `ALL`, and that are not offered. A check that
    saw less of the contract than `fail_under` percent verified nothing. `baseline` holds the known
    failures, and `today` is the day on which its entries expire or not; None is the day on which
    the policy is applied.
    """

    strict: bool = False
    require: tuple[str, ...] = ()
    fail_under: float = 0.0
    baseline: Baseline = EMPTY
    today: date | None = None

    def applied(self, events: Iterable[Event]) -> Iterator[Event]:
        """Yield the events of a check with its verdicts coloured, and concluded at its end.

        It makes no difference what another policy made of them before. Entries of the baseline
        that have expired, or whose requirement is no longer broken, are told in the footer and
        make the check red.
        """
        baseline = BaselineReader(self.baseline, self.today or datetime.now(UTC).date())
        verdicts: list[Decided] = []
        exchanges: dict[int, Exchange] = {}
        survey: Surveyed | None = None
        coverage: Covered | None = None
        for event in baseline.watched(events):
            match event:
                case FirstSeen():
                    yield self._coloured_first(event, baseline)
                case Decided():
                    verdicts.append(self._coloured(*baseline.known(event)))
                case Surveyed():
                    survey = event
                    yield event
                case Covered():
                    coverage = event
                    yield event
                case Cause():
                    pass  # They are found anew, by what is red now.
                case Finished():
                    by_operation = spoiled(verdicts, exchanges, survey)
                    verdicts = followed(verdicts, by_operation)
                    yield from verdicts
                    ours, groups = OwnErrors(), list[Cause]()
                    with ours.costing("the search for causes"):
                        groups += causes(verdicts, exchanges)
                    yield from groups
                    wrong = baseline.out_of_date(verdicts, event)
                    errors = (*event.own_errors, *ours.texts)
                    footer = replace(event, baseline=wrong, own_errors=errors)
                    footer = self._with_coverage(self._with_required(footer, survey), coverage)
                    yield concluded(explained(footer, verdicts, by_operation), verdicts)
                case Exchanged():
                    exchanges[event.exchange.number] = event.exchange
                    yield event
                case _:
                    yield event

    def check_required(self, edition: Edition) -> None:
        """Raise `UsageError` if it requires an operation that an edition does not have."""
        known = [one.id for one in run_operations(edition)]
        for name in self.require:
            if name not in (ALL, STREAMED_ANSWERS, *known):
                names = ", ".join((ALL, *known, STREAMED_ANSWERS))
                raise UsageError(f"no operation {name!r} can be required; there are {names}")

    def _with_required(self, footer: Finished, survey: Surveyed | None) -> Finished:
        """Return a footer that says which required operations are not offered, or were not tried.

        The first make the check red, the others keep it from being verified.
        """
        asked = [
            operation
            for operation in (survey.operations if survey is not None else ())
            if {ALL, operation.operation} & set(self.require)
        ]
        lines = {
            operation: f"{operation.what} is required and {operation.state}: {operation.reason}"
            for operation in asked
            if operation.state != Offer.OFFERED
        }
        untried = tuple(line for one, line in lines.items() if one.state == Offer.UNTRIED)
        required = tuple(line for one, line in lines.items() if one.state != Offer.UNTRIED)
        return replace(footer, required=required, unverified=(*footer.unverified, *untried))

    def _with_coverage(self, footer: Finished, coverage: Covered | None) -> Finished:
        """Return a footer that says if too little of the contract was seen."""
        if coverage is None or coverage.percent >= self.fail_under:
            return footer
        missed = (
            f"{coverage.percent:.1f} % of the contract was seen, {self.fail_under:g} % are asked"
        )
        return replace(footer, unverified=(*footer.unverified, missed))

    def _coloured_first(self, event: FirstSeen, baseline: BaselineReader) -> FirstSeen:
        """Return it coloured as the verdict would be that rests on it alone."""
        rule = Decided(
            requirement=event.requirement,
            area="",
            level=event.level,
            sentence=event.sentence,
            why="",
            source="",
            result=Result.FAIL,
            is_red=False,
            held=0,
            broken=(event.broken,),
            reason="",
        )
        verdict = self._coloured(*baseline.known(rule))
        return replace(event, is_red=verdict.is_red, known=verdict.known)

    def _coloured(self, verdict: Decided, known: str) -> Decided:
        """Return a verdict as red, or not; no other place decides it."""
        is_broken = verdict.result == Result.FAIL and (self.strict or verdict.level == Level.MUST)
        is_red = is_broken or verdict.result == Result.ERROR
        return replace(verdict, is_red=is_red and not known, known=known)


DEFAULT_POLICY = Policy()
"""A broken MUST is red, and nothing is known."""


def policy_of(events: Iterable[Event]) -> Policy:
    """Return the policy that coloured the verdicts of a check, but for its known failures."""
    decided = (one for one in events if isinstance(one, Decided))
    return Policy(strict=any(v.outcome == BROKEN and v.level == Level.SHOULD for v in decided))
