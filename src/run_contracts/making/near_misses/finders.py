"""Who knows how to miss a requirement, by what it speaks of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress

from run_contracts.contract.loading import Contract
from run_contracts.errors import UsageError
from run_contracts.making.near_misses import (
    broken_commands,
    broken_creates,
    broken_histories,
    broken_later,
    broken_pages,
    broken_reads,
    broken_steps,
    broken_streams,
    broken_text,
    mutations,
)
from run_contracts.making.near_misses.miss import Miss

_OF_EXCHANGES = (
    broken_creates.misses,
    broken_commands.misses,
    broken_reads.misses,
    broken_later.misses,
    broken_steps.misses,
)
_SPOKEN_OF: Mapping[str, tuple[Callable[[Contract, str], Iterator[Miss]], ...]] = {
    "body": (broken_text.misses,),
    "history": (broken_histories.misses, *_OF_EXCHANGES),
    "walk": (broken_pages.misses, *_OF_EXCHANGES),
    "exchange": (broken_pages.misses, *_OF_EXCHANGES),
    "stream": (broken_streams.misses,),
}
"""Who knows how to miss a requirement, by what it speaks of; of values, `mutations` does."""


def misses_of(contract: Contract, requirement: str) -> Iterator[Miss]:
    """Yield what breaks a requirement, in every way that somebody knows.

    A contract of somebody's own may lack a status that a miss is made of; then it has none of it.
    """
    rule = contract.register[requirement]
    for find in _SPOKEN_OF.get(rule.on, (mutations.misses,)):
        with suppress(UsageError):
            yield from find(contract, requirement)
