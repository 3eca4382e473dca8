"""Makers that are written as code make what their form says, and nothing of it becomes code."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from run_contracts import factories, load, violations
from run_contracts.making.forms import (
    NULL,
    Constant,
    Fields,
    Form,
    Identifier,
    Items,
    Text,
    Union,
    Whole,
)
from run_contracts.making.generators import maker_code
from run_contracts.making.generators.faker import maker_of

ODD = "it's \"quoted\"\n{braces} \\ \ud800 ' + exit() + '"


class Bare:
    """A source of randomness that has the two methods makers ask for, and no more."""

    def __init__(self) -> None:
        """Begin where every other begins."""
        self._random = random.Random(1)

    def random(self) -> float:
        """Return a number from 0 to 1, without 1."""
        return self._random.random()

    def randbytes(self, n: int) -> bytes:
        """Return random bytes."""
        return self._random.randbytes(n)


def made(form: Form, many: int = 1) -> list[Any]:
    """Return values of a form."""
    source = Bare()
    return [maker_of(form, "en_US")(source) for _ in range(many)]


def containers(value: Any) -> Iterator[Any]:
    """Yield every container in a value."""
    if isinstance(value, dict | list):
        yield value
        for inner in value.values() if isinstance(value, dict) else value:
            yield from containers(inner)


@pytest.mark.parametrize("status", ["completed", "requires_action", "failed"])
def test_made_runs_share_no_container(status: str) -> None:
    """Whoever changes one changes no other, nor what is made afterwards."""
    runs: Any = factories.make_runs(
        50,
        status,
        seed=1,
        metadata={"a": "b"},
        tools=[{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}],
    )
    steps: Any = [factories.factory(seed=seed).step("completed") for seed in range(50)]
    found = [id(one) for value in (*runs, *steps) for one in containers(value)]
    assert len(set(found)) == len(found)


def test_the_names_and_values_of_a_form_are_no_code() -> None:
    """Quotes, line ends and braces stay what they are, in names and in values."""
    fields: dict[str, Form] = {
        ODD: Constant(value=ODD),
        "id": Identifier(prefix=ODD),
        "optional": Constant(value={ODD: [ODD]}),
    }
    (value,) = made(Fields(fields=fields, required=frozenset(fields)))
    assert value[ODD] == ODD
    assert value["id"].startswith(ODD)
    assert value["optional"] == {ODD: [ODD]}


def test_fields_stand_in_the_order_of_the_schema() -> None:
    """Those that may be missing are there in four of five, between those that never are."""
    fields: dict[str, Form] = {name: Whole() for name in "abcd"}
    values = made(Fields(fields=fields, required=frozenset("ad")), 500)
    assert all(list(value) == [name for name in "abcd" if name in value] for value in values)
    assert all({"a", "d"} <= value.keys() for value in values)
    assert 370 < sum("b" in value for value in values) < 430


def test_the_first_of_several_forms_is_the_likeliest() -> None:
    """The shares of n branches are those of the square of a random number."""
    form = Union(branches=tuple(Constant(value=at) for at in range(3)))
    counted = Counter(made(form, 3000))
    assert [round(counted[at] / 3000, 1) for at in range(3)] == [0.6, 0.2, 0.2]


def test_a_deep_form_can_be_made() -> None:
    """Deeper than a source text may be nested."""
    form: Form = NULL
    for _ in range(40):
        form = Union(branches=(Fields(fields={"inner": form}, required=frozenset({"inner"})), NULL))
    deep: Any = {}
    for _ in range(150):
        deep = {"inner": deep}
    assert len(made(form, 3)) == 3
    assert made(Constant(value=deep)) == [deep]


def test_forms_of_one_build_share_one_code() -> None:
    """Another value that is wished for does not compile anything again."""
    factories.make_run("completed", metadata__team="x", model="m")
    before = maker_code._bound.cache_info().misses
    run = factories.make_run("completed", metadata__team="y", model="n")
    assert maker_code._bound.cache_info().misses == before
    assert (run["metadata"] or {})["team"] == "y"


def test_bounds_are_kept_where_words_do_not_fit() -> None:
    """They are cut, or filled up; pairs and records that do not fit are left out."""
    short, long = Text(most=3, name="instructions"), Text(least=400, most=401, name="value")
    assert {len(text) for text in made(short, 20)} == {3}
    assert {len(text) for text in made(long, 20)} == {400}
    pairs = Fields(others=Text(most=3), names=Text(least=1, most=4), least=3, name="metadata")
    for value in made(pairs, 20):
        assert len(value) >= 3
        assert all(len(key) <= 4 and len(text) <= 3 for key, text in value.items())
    fields = {"code": Text(most=4), "message": Text(most=9)}
    error = Fields(fields=fields, required=frozenset(fields), name="last_error")
    assert all(len(one["code"]) <= 4 and len(one["message"]) <= 9 for one in made(error, 20))


def test_items_that_are_fixed_by_place_come_first() -> None:
    """A few more of the usual ones follow, within the bounds."""
    form = Items(item=Constant(value=0), first=(Constant(value=1),), least=1, most=2)
    assert {json.dumps(value) for value in made(form, 30)} == {"[1]", "[1, 0]"}


def test_a_vendors_own_fields_are_made() -> None:
    """Whatever they are called."""
    contract = load("v2").with_fields("run", {ODD[:9]: {"enum": ["eu"]}}, required=[ODD[:9]])
    run: Any = factories.from_contract(contract, seed=1).run("queued")
    assert run[ODD[:9]] == "eu"
    assert violations(run, contract=contract) == ()
