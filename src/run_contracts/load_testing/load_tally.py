"""The tally of a load: what all lives so far say of each requirement, in bounded memory.

Workers send what is new in it to the master, which adds it up.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from run_contracts.checks import Outcome
from run_contracts.contract.requirements import Level
from run_contracts.engine import recording
from run_contracts.engine.own_errors import in_words
from run_contracts.engine.reproduction import shortest
from run_contracts.engine.unverified import missing_core
from run_contracts.events import Decided, Event, Result
from run_contracts.load_testing.life_judging import LifeVerdict
from run_contracts.report import jsonlines
from run_contracts.traffic.hiding import Hide
from run_contracts.traffic.slicing import Slicer

MOST_EXAMPLES = 3
"""Lives by which a requirement is shown to be broken; of all others only the number is kept."""
MOST_REASONS = 20
"""Reasons that are counted apart; a server could give a new one each time."""
ANY_OTHER = "something else"
CORE_SHOWN = "lives that show the core"
_PATH_IDS = re.compile(r"(/(?:threads|runs|steps|messages|assistants)/)(?!runs\b)[^/\s?:]+")
_EXCHANGE_NUMBER = re.compile(r"#[0-9]+ ")
"""What differs in reasons that are the same: the ids in a path, and the number of an exchange."""
COUNTS = ("held", "broken", "advice", "unsure", "numbers", "reasons", "own_errors")
"""The counters of a tally, by their names in a message."""


@dataclass(kw_only=True)
class LoadTally:
    """Counts, by requirement and in all, and a few examples of what is broken, without secrets.

    `held` counts outcomes, `broken`, `advice` and `unsure` lives; `numbers` requests, lives,
    seconds and the like; `reasons` why lives were cut short; `own_errors` what failed of ours. An
    example is the lines of a report: the exchanges that show it, and a verdict.
    """

    held: Counter[str] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)
    advice: Counter[str] = field(default_factory=Counter)
    unsure: Counter[str] = field(default_factory=Counter)
    numbers: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    own_errors: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[tuple[bytes, ...]]] = field(default_factory=dict)
    _shown: Counter[str] = field(default_factory=Counter)

    def add(self, verdict: LifeVerdict, hide: Hide) -> list[Decided]:
        """Take in the verdict on a life; return what it broke, without secrets."""
        self.numbers["lives judged"] += bool(verdict.evidence.exchanges)
        self.numbers[CORE_SHOWN] += not any(missing_core(verdict.evidence))
        self.held.update(
            one.requirement
            for one in verdict.outcomes
            if one.violation is None and one.not_offered is None
        )
        self.unsure.update(verdict.unsure)
        return [self._add_broken(verdict, one, hide) for one in sorted(verdict.broken)]

    def _add_broken(self, verdict: LifeVerdict, requirement: str, hide: Hide) -> Decided:
        shown = [
            outcome
            for outcome in verdict.outcomes
            if outcome.requirement == requirement and outcome.violation is not None
        ]
        rule = verdict.evidence.contract.register[requirement]
        (self.broken if rule.level is Level.MUST else self.advice)[requirement] += 1
        broken = map(recording.as_broken, shown[:1])
        decided = recording.decided(rule, Result.FAIL, broken=broken)
        if self._shown[requirement] < MOST_EXAMPLES:
            self._shown[requirement] += 1
            example = tuple(_example(verdict, decided, shown, hide))
            self.examples.setdefault(requirement, []).append(example)
        return recording.hidden(decided, hide)

    def fail(self, part: str, error: Exception, hide: Hide) -> None:
        """Take in an error of ours, and what it cost."""
        self.count(self.own_errors, hide(f"{part}: {in_words(error)}"))

    def cut_short(self, reason: str, hide: Hide) -> None:
        """Take in why a life was not driven to its end."""
        self.count(self.reasons, hide(without_ids(reason)))

    @staticmethod
    def count(counter: Counter[str], reason: str) -> None:
        """Count a reason, apart from others as long as there are few."""
        counter[kept_apart(counter, reason)] += 1

    def take(self) -> dict[str, Any]:
        """Return what is new in it, as a worker sends it, and begin anew."""
        message = {name: dict(getattr(self, name)) for name in COUNTS}
        examples = {name: [list(one) for one in every] for name, every in self.examples.items()}
        for name in COUNTS:
            getattr(self, name).clear()
        self.examples.clear()
        return {**message, "examples": examples}

    def merge(self, message: Mapping[str, Any]) -> None:
        """Add what a worker sent; examples only as long as there are few."""
        for name in COUNTS:
            counter: Counter[str] = getattr(self, name)
            for key, number in dict(message.get(name, {})).items():
                is_known = key in counter or len(counter) < MOST_KEPT
                counter[str(key) if is_known else ANY_OTHER] += number
        for requirement, examples in dict(message.get("examples", {})).items():
            known = self.examples.setdefault(str(requirement), [])
            known += [tuple(map(_line, one)) for one in examples][: MOST_EXAMPLES - len(known)]


def without_ids(reason: str) -> str:
    """Return a reason without what differs where it is the same."""
    return _PATH_IDS.sub(r"\1...", _EXCHANGE_NUMBER.sub("", reason))


def kept_apart(known: Collection[str], reason: str) -> str:
    """Return a reason if it is known or few are; what else is said goes together."""
    return reason if reason in known or len(known) < MOST_REASONS else ANY_OTHER


MOST_KEPT = 1000
"""Keys of a counter that a master keeps; there are fewer requirements."""


def _line(line: bytes | str) -> bytes:
    return line if isinstance(line, bytes) else line.encode()


def _example(
    verdict: LifeVerdict, decided: Decided, shown: list[Outcome], hide: Hide
) -> Iterator[bytes]:
    """Yield the lines of a report that show a requirement broken: few exchanges, and a verdict."""
    exchanges = shortest(verdict.evidence, Slicer(verdict.evidence.sent), shown)
    if shown[0].exchange not in exchanges:
        exchanges = (*exchanges, shown[0].exchange)
    numbers = tuple(one.number for one in exchanges)
    events: list[Event] = [recording.exchanged(one) for one in exchanges]
    events.append(replace(decided, sequence=numbers))
    yield from (jsonlines.as_line(recording.hidden(event, hide)) for event in events)
