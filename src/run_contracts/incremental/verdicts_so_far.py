"""What was found so far: how often each requirement showed, and every violation once."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Collection, Iterable, Iterator, Mapping
from types import MappingProxyType

from run_contracts.checks import Check, Outcome
from run_contracts.checks.registry import CheckResult

MOST_VIOLATIONS = 50_000
"""Violations that are known to have been found, the newest of them."""
Shown = Counter[frozenset[str] | str]
"""How often requirements held, alone or with others that always do together."""
EACH_ONCE: Mapping[int, int] = MappingProxyType({})


def sorted_out(
    decisions: Iterable[CheckResult],
    numbers: Collection[int],
    settled: Collection[int] = (),
    times: Mapping[int, int] = EACH_ONCE,
) -> tuple[Shown, list[Outcome]]:
    """Return what of the decisions on the exchanges of these numbers held, and the violations.

    What holds in those that are `settled` was counted before. What a server does not offer it
    neither holds nor breaks. What holds in one that stands for several holds so many `times`.
    """
    shown: Shown = Counter()
    broken: list[Outcome] = []
    for decision in decisions:
        held, exchange, violation = decision[:3]
        if exchange.number not in numbers:
            continue
        if violation is not None and isinstance(decision, Outcome):
            broken.append(decision)
        elif not (isinstance(decision, Outcome) and decision.not_offered):
            number = exchange.number
            shown[held] += 0 if number in settled else times.get(number, 1)
    return shown, broken


class VerdictsSoFar:
    """What was judged for good, and the violations that were found, whatever is judged again."""

    def __init__(self, wanted: Collection[str]) -> None:
        """Count what is said of the requirements that are wanted."""
        self._wanted = frozenset(wanted)
        self._shown: Shown = Counter()
        self._known: OrderedDict[tuple[str, int, str, str], None] = OrderedDict()
        self.broken: Counter[str] = Counter()
        self.own_errors: Counter[str] = Counter()

    def raised(self, check: Check, _error: Exception) -> None:
        """Count an error of ours, by the name of the check."""
        self.own_errors[check.__name__] += 1

    def settle(self, shown: Shown) -> None:
        """Count what held, for good."""
        self._shown.update(shown)

    def exercised(self, unsettled: Iterable[Shown]) -> Counter[str]:
        """Return how often each requirement showed, with what is not settled."""
        total: Shown = Counter(self._shown)
        for shown in unsettled:
            total.update(shown)
        exercised = Counter(self.broken)
        for key, times in total.items():
            each = {key} if isinstance(key, str) else key
            exercised.update(dict.fromkeys(each & self._wanted, times))
        return exercised

    def new(self, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
        """Yield the violations that were not found before."""
        for outcome in outcomes:
            violation = outcome.violation
            if violation is None or outcome.requirement not in self._wanted:
                continue
            key = outcome.requirement, outcome.exchange.number, violation.pointer, violation.code
            if key not in self._known:
                self._known[key] = None
                self.broken[outcome.requirement] += 1
                if len(self._known) > MOST_VIOLATIONS:
                    self._known.popitem(last=False)
                yield outcome
