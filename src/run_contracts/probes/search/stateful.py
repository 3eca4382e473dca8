"""Stateful search: walks that use runs in any order, each on a thread of its own.

Steps are dealt like cards: each is taken about as often as any other, in an order that the seed
gives. It never depends on what a server answers, so a walk is the same again whatever the server's
pace. What is known of the runs decides only what is sent: real calls are answered, and only on a
free thread would a refused run be a surprise. The life cycle judges the rest.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from run_contracts.probes import ProbeContext
from run_contracts.probes.search.hunt import Hunt
from run_contracts.probes.search.steps_of_walks import creates, uses
from run_contracts.probes.search.walking import Walk, WalkStep

WALKS, STEPS = 8, 10
"""Walks of a search, and steps of each."""
STEPS_A_RUN = 4
"""Steps of a walk until it asks for another run."""


def search_statefully(context: ProbeContext, hunt: Hunt, walks: int = WALKS) -> None:
    """Use runs in any order; what breaks something new is tried again with fewer steps."""
    _ = context.assistant_id
    for steps in dealt(context.session.target.seed, walks):
        hunt.shrink("walk", steps, lambda taken: Walk(context).go(taken), fewer)


def dealt(seed: int, walks: int) -> Iterator[tuple[WalkStep, ...]]:
    """Yield the steps of walks: each asks for a run now and then, and uses what is there.

    >>> [len(steps) for steps in dealt(0, 2)]
    [10, 10]
    """
    chosen = random.Random(seed)  # noqa: S311 - a choice, no secret
    asking, using = (_shuffled_for_ever(list(steps()), chosen) for steps in (creates, uses))
    for _ in range(walks):
        yield tuple(next(using if at % STEPS_A_RUN else asking) for at in range(STEPS))


def _shuffled_for_ever(steps: Sequence[WalkStep], chosen: random.Random) -> Iterator[WalkStep]:
    """Yield all steps, then all again, in another order each time."""
    while True:
        yield from chosen.sample(steps, len(steps))


def fewer(steps: tuple[WalkStep, ...]) -> Iterator[tuple[WalkStep, ...]]:
    """Yield walks of fewer steps: the halves, then what is left without each.

    >>> list(fewer((1, 2, 3)))
    [(1,), (2, 3), (2, 3), (1, 3), (1, 2)]
    """
    if len(steps) > 1:
        middle = len(steps) // 2
        yield from (steps[:middle], steps[middle:])
        yield from (steps[:at] + steps[at + 1 :] for at in range(len(steps)))
