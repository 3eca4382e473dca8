"""The words that type checkers know are those of the contract's data."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from run_contracts import types
from run_contracts.contract.files import kinds
from run_contracts.contract.lifecycle import lifecycle
from run_contracts.contract.readings import dialects
from run_contracts.contract.requirements import EDITIONS, ITEM_KINDS, register
from run_contracts.errors import UsageError
from run_contracts.factories import factory

LIVES = [lifecycle(edition) for edition in EDITIONS]
SHARED_PARTS = "common"
"""The one schema of an edition that is of no kind; others refer to its parts."""


def ruled(edition: str) -> set[str]:
    """Return the kinds that requirements speak of."""
    return {register(edition)[rule].on for rule in register(edition)} & {*kinds(edition)}


WORDS: dict[str, tuple[Any, set[str]]] = {
    "editions": (types.Edition, set(EDITIONS)),
    "dialects": (types.DialectName, set(dialects())),
    "statuses of runs": (types.RunStatus, {one for life in LIVES for one in life.statuses}),
    "statuses of steps": (types.RunStepStatus, {one for life in LIVES for one in life.steps}),
    "kinds": (types.Kind, {one for e in EDITIONS for one in kinds(e)} - {SHARED_PARTS}),
    "kinds with rules": (
        types.JudgedKind,
        {*ITEM_KINDS} | {one for e in EDITIONS for one in ruled(e)},
    ),
    "endings": (
        types.StreamEnding,
        {one for life in LIVES for one in life.statuses if life.rests(one)},
    ),
}


@pytest.mark.parametrize("name", WORDS)
def test_type_checkers_know_the_words_of_the_data(name: str) -> None:
    """All of both editions, and no other."""
    literal, words = WORDS[name]
    assert set(get_args(literal)) == words


@pytest.mark.parametrize("kind", get_args(types.Kind))
def test_what_is_said_to_be_made_alone_can_be(kind: Any) -> None:
    """Lists and events of streams are made of other objects, and have functions of their own."""
    made = factory(seed=1)
    if kind in get_args(types.MadeKind):
        assert made.value(kind)
    else:
        with pytest.raises(UsageError, match="made of other objects"):
            made.value(kind)
