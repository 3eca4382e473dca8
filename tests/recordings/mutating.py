"""Right documents changed in one place, as a program with a defect or a person would."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import strategies as st

ODD: list[Any] = [
    None,
    True,
    -1,
    0,
    10**400,
    1.5,
    float("nan"),
    float("inf"),
    "",
    "x",
    "\ud800",
    "9" * 5000,
    "http://[",
    [],
    [None],
    ["a", 1],
    {},
    {"a": {}},
    {"values": None},
    {"string": []},
    {"encoding": 7},
    {"name": 1, "value": {}},
]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=10,
)


def places(value: Any, before: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path to every value within a value."""
    members: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        members = list(value.items())
    elif isinstance(value, list):
        members = list(enumerate(value))
    return [
        path for key, inner in members for path in ((*before, key), *places(inner, (*before, key)))
    ]


@st.composite
def mutants(draw: Any, document: Any) -> Any:
    """Return documents in which up to three values are replaced, or were taken out."""
    mutant = copy.deepcopy(document)
    for _ in range(draw(st.integers(1, 3))):
        every = places(mutant)
        if every:
            _change(draw, mutant, draw(st.sampled_from(every)))
    return mutant


def _change(draw: Any, mutant: Any, path: tuple[Any, ...]) -> None:
    *before, last = path
    around = mutant
    for key in before:
        around = around[key]
    if draw(st.booleans()):
        del around[last]
    else:
        # What is put in may be changed in turn, and is the same value each time.
        around[last] = copy.deepcopy(draw(st.sampled_from(ODD) | VALUES))
