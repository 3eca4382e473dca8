"""A kind whose schema offers several objects at its top is made in the shape of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st

from run_contracts import Contract, UsageError, load, strategies, violations
from run_contracts.factories import from_contract
from run_contracts.making.plans import most_tools

TEXT, NUMBER = {"type": "string"}, {"type": "integer"}


def with_fields(kind: str, *several: dict[str, Any], word: str = "oneOf") -> Contract:
    """Return a contract in which a kind is any of several objects, with fields of their own."""
    known = load("v2")
    schema = known.schema(kind)
    shapes = [
        {
            **schema,
            "properties": {**schema["properties"], **fields},
            "required": [*schema["required"], *fields],
        }
        for fields in several
    ]
    whole = {"$defs": schema.get("$defs", {}), word: shapes}
    return replace(known, documents={**known.documents, kind: whole})


VENDORS = {
    "told by a constant": [
        {"tier": {"const": "eu"}, "region": TEXT},
        {"tier": {"const": "us"}, "state": TEXT},
    ],
    "told by what is there": [{"region": TEXT}, {"cost": NUMBER}],
    "one wider": [{"region": TEXT, "cost": NUMBER, "tier": TEXT}, {"state": TEXT}],
}
OWN = {"region", "state", "cost", "tier"}
vendors = pytest.mark.parametrize("several", VENDORS.values(), ids=VENDORS)


def shapes(values: Sequence[Any]) -> set[frozenset[str]]:
    """Return which fields of the vendor's values have."""
    return {frozenset(OWN & value.keys()) for value in values}


@vendors
@pytest.mark.parametrize("word", ["oneOf", "anyOf"])
@pytest.mark.parametrize("kind", ["run", "run_step", "message"])
def test_factories_make_each_shape(several: Any, word: str, kind: Any) -> None:
    """All of them legal by the vendor's contract."""
    vendor = with_fields(kind, *several, word=word)
    made = from_contract(vendor, seed=1)
    values = [made.value(kind) for _ in range(60)]
    assert shapes(values) >= {frozenset(fields) for fields in several}
    assert [violations(value, kind=kind, contract=vendor) for value in values] == [()] * 60
    assert violations({**values[0], "id": 1}, kind=kind, contract=vendor)


@vendors
@given(data=st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_drawn_runs_have_any_shape(several: Any, data: st.DataObject) -> None:
    """And every one of them is legal."""
    vendor = with_fields("run", *several)
    run = data.draw(strategies.from_contract(vendor).runs(status="completed"))
    assert violations(run, contract=vendor) == ()


@vendors
@pytest.mark.parametrize("word", ["oneOf", "anyOf"])
def test_how_many_tools_there_may_be_is_known(several: Any, word: str) -> None:
    """Else a forced tool that is put in would be one too many."""
    bound = most_tools(load("v2"), "run")
    assert bound is not None
    assert most_tools(with_fields("run", *several, word=word), "run") == bound


def test_strategies_find_each_shape() -> None:
    """The narrow one is not hidden behind the wide one."""
    vendor = with_fields("run", *VENDORS["one wider"])
    runs = strategies.from_contract(vendor).runs()
    assert "state" in find(runs, lambda run: "tier" not in run)
    assert "tier" in find(runs, lambda run: "state" not in run)


def test_what_is_fixed_decides_the_shape() -> None:
    """A field that only one of them has; one that none has is refused by name."""
    vendor = with_fields("run", *VENDORS["told by a constant"])
    made = from_contract(vendor, seed=2)
    fixed: Any = {"tier": "us"}
    assert shapes(made.runs(20, "completed", **fixed)) == {frozenset({"tier", "state"})}
    fixed = {"state": "Utah"}
    assert {run.get("tier") for run in made.runs(20, **fixed)} == {"us"}
    drawn = strategies.from_contract(vendor).runs(drawn={"region": st.just("north")})
    assert find(drawn, lambda _: True)["tier"] == "eu"
    with pytest.raises(UsageError, match="no field 'modle'; did you mean 'model'"):
        made.run(modle="x")


def test_lives_and_lists_are_made_of_several_shapes_too() -> None:
    """A life keeps to one of them."""
    vendor = with_fields("run", *VENDORS["one wider"])
    made = from_contract(vendor, seed=3)
    for run in (*made.history("completed"), *made.run_list(4)["data"]):
        assert violations(run, contract=vendor) == ()
    assert len(shapes(made.history("completed"))) == 1
    assert made.stream("completed")[-1]["event"] == "done"
