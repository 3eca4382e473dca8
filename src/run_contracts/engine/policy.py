"""The policy of a check: which verdicts make it red, and what it comes to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from run_contracts.contract.requirements import Level
from run_contracts.engine.baseline.applying import BaselineReader
from run_contracts.engine.baseline.entries import EMPTY, Baseline
from run_contracts.engine.causes import causes
from run_contracts.engine.conclusion import concluded
from run_contracts.events import (
    BROKEN,
    Cause,
    Decided,
    Event,
    Exchanged,
    Finished,
    FirstSeen,
    Result,
)
from run_contracts.traffic.exchange import Exchange


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What makes a check red: a broken MUST, if `strict` a broken SHOULD, but for known failures.

    `baseline` holds those, and `today` is the day on which its entries expire or not; None is the
    day on which the policy is applied.
    """

    strict: bool = False
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
        for event in baseline.watched(events):
            match event:
                case FirstSeen():
                    yield self._coloured_first(event, baseline)
                case Decided():
                    verdicts.append(self._coloured(*baseline.known(event)))
                    yield verdicts[-1]
                case Cause():
                    pass  # They are found anew, by what is red now.
                case Finished():
                    yield from causes(verdicts, exchanges)
                    footer = replace(event, baseline=baseline.out_of_date(verdicts, event))
                    yield concluded(footer, verdicts)
                case Exchanged():
                    exchanges[event.exchange.number] = event.exchange
                    yield event
                case _:
                    yield event

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
