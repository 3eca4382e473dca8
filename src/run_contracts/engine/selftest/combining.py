"""Combinations: many faults and degradations at once, as real servers have them.

The matrix says that every fault is seen on a server that is otherwise right. Here it is measured
how much of the contract a check still reaches where much is wrong, and which of the planted faults
it still names.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from statistics import mean, median

from run_contracts.contract.requirements import EDITIONS, register
from run_contracts.engine.selftest.hidden import is_hidden
from run_contracts.engine.selftest.matrix import Matrix
from run_contracts.engine.selftest.trial import Trial, TrialResult
from run_contracts.server.degradations import DEGRADATIONS
from run_contracts.server.faults import FAULTS

PLANTED_AT_ONCE = (2, 5, 10)
"""How many faults are planted at once."""
MOST_DEGRADATIONS = 2
CREATING = frozenset({"createRun", "createThread", "createThreadAndRun"})
"""Operations of which one at most is missing: without two of them nobody gets a run."""
LEAST_MEDIAN = 0.9
"""What the medians of the exercised and of the named must reach."""
WORST_SHOWN = 8
"""How many of the worst are shown."""


def combinations(number: int, *, seed: int = 0, profile: str = "full") -> tuple[Trial, ...]:
    """Return trials of so many servers that are wrong in many ways, the same for the same seed.

    Sizes, degradations and editions take turns, so that each comes as often as the others.

    >>> [(len(one.faults), len(one.degradations)) for one in combinations(4)]
    [(2, 0), (5, 0), (10, 0), (2, 1)]
    """
    return tuple(_combination(at, f"{seed} {at}", profile) for at in range(number))


def right_servers(profile: str = "full") -> tuple[Trial, ...]:
    """Return the trials that the others are compared with."""
    return tuple(Trial(edition=edition, profile=profile) for edition in EDITIONS)


def _combination(at: int, seed: str, profile: str) -> Trial:
    """Return the trial at a place; what it is made of is drawn."""
    at, size = divmod(at, len(PLANTED_AT_ONCE))
    rounds, degraded = divmod(at, MOST_DEGRADATIONS + 1)
    edition = EDITIONS[(rounds + size + degraded) % len(EDITIONS)]
    known = register(edition).by_id
    faults = [fault.id for fault in FAULTS.values() if fault.requirement in known]
    return Trial(
        edition=edition,
        faults=tuple(_shuffled(faults, seed)[: PLANTED_AT_ONCE[size]]),
        degradations=tuple(_degradations(seed, degraded)),
        profile=profile,
    )


def _shuffled(ids: Iterable[str], seed: str) -> list[str]:
    """Return ids in an order that the seed gives; a new one among them moves no other."""
    return sorted(ids, key=lambda each: sha256(f"{seed} {each}".encode()).digest())


def _degradations(seed: str, number: int) -> Iterator[str]:
    """Yield so many degradations of which no two are about one operation, or about creating."""
    taken: set[str] = set()
    for degradation in map(DEGRADATIONS.__getitem__, _shuffled(DEGRADATIONS, seed)):
        if number and not degradation.spoiled & taken:
            yield degradation.id
            taken |= degradation.spoiled
            taken |= CREATING if degradation.spoiled & CREATING else set()
            number -= 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How far a check came with a combination, beside the `right` server of the same edition.

    `beyond` are the broken requirements that nothing planted is declared to break: faults that
    meet may do so, and a false alarm would.
    """

    result: TrialResult
    right: TrialResult
    beyond: frozenset[str]

    @property
    def exercised(self) -> float:
        """The share of what a right server shows that was seen here, too."""
        wanted = self.right.exercised
        return len(self.result.exercised & wanted) / len(wanted)

    @property
    def visible(self) -> tuple[str, ...]:
        """The planted faults that no degradation hides."""
        trial = self.result.trial
        return tuple(one for one in trial.faults if not is_hidden(one, trial.degradations))

    @property
    def missed(self) -> tuple[str, ...]:
        """The visible faults whose requirement is not said to be broken."""
        broken = self.result.broken
        return tuple(one for one in self.visible if FAULTS[one].requirement not in broken)

    @property
    def named(self) -> float:
        """The share of the visible faults whose requirement is said to be broken."""
        visible = len(self.visible)
        return 1 - len(self.missed) / visible if visible else 1.0

    @property
    def summary(self) -> str:
        """What was seen, in a line: shares in percent, what was missed, and behind what."""
        trial = self.result.trial
        missed = f", not {' '.join(self.missed)}" if self.missed else ""
        planted = " ".join((*trial.faults, *trial.degradations))
        failure = f"; {self.result.failure}" if self.result.failure else ""
        return (
            f"{trial.edition} exercised {100 * self.exercised:.0f} %, named "
            f"{100 * self.named:.0f} %{missed}: {planted}{failure}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CombinedResult:
    """How far checks came with all combinations, and whether that is far enough."""

    reaches: tuple[Reach, ...]

    @property
    def is_enough(self) -> bool:
        """Whether the medians are what they must be, and every check came to its end."""
        shares = ([one.exercised for one in self.reaches], [one.named for one in self.reaches])
        is_far = all(median(each) >= LEAST_MEDIAN for each in shares)
        return is_far and not any(one.result.failure for one in self.reaches)

    @property
    def worst(self) -> tuple[Reach, ...]:
        """Those where least was seen, the worst first."""
        ranked = sorted(self.reaches, key=lambda reach: reach.exercised + reach.named)
        return tuple(ranked[:WORST_SHOWN])

    @property
    def summary(self) -> tuple[str, ...]:
        """The figures, in lines."""
        visible = sum(len(reach.visible) for reach in self.reaches)
        missed = sum(len(reach.missed) for reach in self.reaches)
        requests = [reach.result.requests for reach in self.reaches]
        seconds = [reach.result.seconds for reach in self.reaches]
        beyond = [len(reach.beyond) for reach in self.reaches if reach.beyond]
        return (
            _spread("requirements exercised", [reach.exercised for reach in self.reaches]),
            _spread("planted faults named", [reach.named for reach in self.reaches])
            + f", {visible - missed} of {visible} in all",
            f"requests: median {median(requests):.0f}, most {max(requests)}; "
            f"seconds: median {median(seconds):.2f}, most {max(seconds):.1f}",
            f"broken beyond what is planted: {sum(beyond)} requirements in {len(beyond)} "
            f"of {len(self.reaches)} combinations",
        )


def _spread(what: str, shares: list[float]) -> str:
    """Return the figures of shares in a line, in percent of what a right server shows."""
    enough = sum(share >= LEAST_MEDIAN for share in shares)
    return (
        f"{what}: median {100 * median(shares):.1f} %, mean {100 * mean(shares):.1f} %, "
        f"least {100 * min(shares):.1f} %, {enough} of {len(shares)} at least "
        f"{100 * LEAST_MEDIAN:.0f} %"
    )


def combined(
    results: Collection[TrialResult], right: Collection[TrialResult], matrix: Matrix
) -> CombinedResult:
    """Return how far each check came, beside the right servers of all editions."""
    by_edition = {one.trial.edition: one for one in right}
    return CombinedResult(
        reaches=tuple(
            Reach(
                result=result,
                right=by_edition[result.trial.edition],
                beyond=result.broken - _declared(result.trial, matrix),
            )
            for result in results
        )
    )


def _declared(trial: Trial, matrix: Matrix) -> frozenset[str]:
    """Return what the planted faults and degradations are declared to break, each alone."""
    alone = (matrix.declared(trial.edition, one) for one in (*trial.faults, *trial.degradations))
    return frozenset[str]().union(*(one.broken for one in alone))
