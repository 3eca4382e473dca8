"""Variations: the walks of a round, new ones and changed ones of the corpus, all by its seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

from run_contracts.contract.loading import Contract
from run_contracts.making.factory import Factory, from_contract
from run_contracts.night.corpus_entry import MOST_WALK_STEPS, StepName
from run_contracts.probes.covering import CARRIERS
from run_contracts.probes.search.named_steps import MadeCreate, name_of_step, steps_by_name
from run_contracts.probes.search.stateful import dealt

CHANGED_PART, MADE_PART, SPOILED_PART = 0.4, 0.3, 0.25
"""Of the walks those that change one of the corpus; of the others those that begin with a made
create; and of made bodies those with a member that is wrong."""
WRONG_VALUES: tuple[Any, ...] = (None, True, -1, 0, 1e308, "", "\x00", "x" * 300, [], {}, [[]])
BODY_KINDS = dict(
    zip(CARRIERS, ("create_run_request", "create_thread_and_run_request"), strict=True)
)
WalkNames = tuple[StepName, ...]


@cache
def _every_step() -> tuple[str, ...]:
    return tuple(steps_by_name())


class Variations:
    """Deals walks; the same for the same seed and the same walks to start from."""

    def __init__(self, contract: Contract, seed: int, known: Sequence[WalkNames]) -> None:
        """Begin with the walks of a corpus."""
        self._chosen = random.Random(seed)  # noqa: S311 - a choice, no secret
        self._seed, self._known = seed, known
        self._factory: Factory = from_contract(contract, seed=seed)

    def walks(self, number: int) -> Iterator[WalkNames]:
        """Yield so many walks."""
        for steps in dealt(self._seed, number):
            plain = tuple(map(name_of_step, steps))
            if self._known and self._chosen.random() < CHANGED_PART:
                yield self._changed(self._chosen.choice(self._known))
            elif self._chosen.random() < MADE_PART:
                yield (self._made(), *plain[1:])
            else:
                yield plain

    def _changed(self, steps: WalkNames) -> WalkNames:
        """Return a walk with one or two things done otherwise."""
        changes: tuple[Callable[[WalkNames], WalkNames], ...] = (
            self._with_another,
            self._without_one,
            self._swapped,
            self._joined,
            self._with_made,
        )
        for _ in range(self._chosen.randint(1, 2)):
            steps = self._chosen.choice(changes)(steps)
        return steps[:MOST_WALK_STEPS] or (self._made(),)

    def _with_another(self, steps: WalkNames) -> WalkNames:
        at = self._chosen.randint(0, len(steps))
        return (*steps[:at], self._chosen.choice(_every_step()), *steps[at:])

    def _without_one(self, steps: WalkNames) -> WalkNames:
        at = self._chosen.randrange(len(steps)) if steps else 0
        return (*steps[:at], *steps[at + 1 :])

    def _swapped(self, steps: WalkNames) -> WalkNames:
        mixed = list(steps)
        if mixed:
            one, other = (self._chosen.randrange(len(mixed)) for _ in range(2))
            mixed[one], mixed[other] = mixed[other], mixed[one]
        return tuple(mixed)

    def _joined(self, steps: WalkNames) -> WalkNames:
        other = self._chosen.choice(self._known)
        return (*steps[: len(steps) // 2], *other[len(other) // 2 :])

    def _with_made(self, steps: WalkNames) -> WalkNames:
        at = self._chosen.randint(0, len(steps))
        return (*steps[:at], self._made(), *steps[at:])

    def _made(self) -> StepName:
        """Return a create with a made body, a wrong one now and then."""
        operation = self._chosen.choice(CARRIERS)
        body: dict[str, Any] = self._factory.value(BODY_KINDS[operation])  # type: ignore[arg-type]
        if body and self._chosen.random() < SPOILED_PART:
            body = {**body, self._chosen.choice(list(body)): self._chosen.choice(WRONG_VALUES)}
        made = MadeCreate.of(operation, body)
        return made if made is not None else _every_step()[0]
