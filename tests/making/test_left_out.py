"""What is not understood of a schema stops only what needs it."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from hypothesis import find
from hypothesis import strategies as st

from run_contracts import Contract, ContractError, factories, load, strategies, violations
from run_contracts.errors import LeftOutWarning

UNREAD = {"type": "string", "unheardOf": 1}


def with_unread(*, is_required: bool, **others: Any) -> Contract:
    """Return a contract whose run has a field with a keyword that nobody knows."""
    required = ["extra"] if is_required else []
    return load("v2").with_fields("run", {"extra": UNREAD, **others}, required=required)


def test_an_optional_field_is_left_out_with_one_warning() -> None:
    """The warning names the place and the keyword; the next run comes without one."""
    factory = factories.from_contract(with_unread(is_required=False), seed=1)
    with pytest.warns(LeftOutWarning, match="run/properties/extra: keyword 'unheardOf'") as seen:
        runs = [factory.run("completed"), factory.run("queued"), factory.run()]
    assert len(seen) == 1
    assert all("extra" not in run for run in runs)


def test_strategies_leave_it_out_as_factories_do() -> None:
    """Every generator makes of the same plan."""
    vendor = with_unread(is_required=False)
    with pytest.warns(LeftOutWarning):
        runs = strategies.from_contract(vendor).runs()
    assert "extra" not in find(runs, lambda _: True)


def test_a_field_that_is_fixed_needs_no_reading() -> None:
    """What the caller gives is made, without a warning, and judged by the whole contract."""
    vendor = with_unread(is_required=True)
    run = factories.from_contract(vendor, seed=1).run(extra="mine")
    assert run["extra"] == "mine"  # type: ignore[typeddict-item]
    assert violations(run, contract=vendor) == ()


def test_a_field_that_is_drawn_needs_no_reading() -> None:
    """The caller's strategy stands where the schema cannot be read."""
    vendor = with_unread(is_required=True)
    runs = strategies.from_contract(vendor).runs(drawn={"extra": st.just("mine")})
    found: Any = find(runs, lambda _: True)
    assert found["extra"] == "mine"


def test_a_part_of_a_required_field_can_be_fixed_too() -> None:
    """A path that leads to what cannot be read is followed."""
    cost = {"type": "object", "properties": {"unit": UNREAD}, "required": ["unit"]}
    vendor = load("v2").with_fields("run", {"cost": cost}, required=["cost"])
    made: Any = factories.from_contract(vendor, seed=1).run(cost__unit="EUR")
    assert made["cost"] == {"unit": "EUR"}
    with pytest.raises(ContractError, match=r"run/properties/cost/properties/unit.*unheardOf"):
        factories.from_contract(vendor).run()


@pytest.mark.parametrize(
    ("schema", "values"),
    [
        ({"anyOf": [UNREAD, {"const": 3}]}, [3]),
        ({"type": "array", "items": UNREAD}, [[]]),
        ({"type": "array", "prefixItems": [{"const": 1}, UNREAD]}, [[1], []]),
        ({"type": "object", "additionalProperties": UNREAD}, [{}]),
        ({"type": "object", "properties": {"a": UNREAD, "b": {"const": 1}}}, [{}, {"b": 1}]),
    ],
)
def test_what_does_not_need_the_unread_part_is_made(schema: Any, values: list[Any]) -> None:
    """A branch, the items of an array that may be empty, an optional field."""
    vendor = load("v2").with_fields("run", {"extra": schema}, required=["extra"])
    with pytest.warns(LeftOutWarning, match="unheardOf"):
        made: Any = factories.from_contract(vendor, seed=1).runs(5)
    assert all(run["extra"] in values for run in made)


def test_what_allows_nothing_is_left_out_without_a_warning() -> None:
    """It is understood: an optional field of the schema false is never there."""
    vendor = load("v2").with_fields("run", {"extra": False})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert "extra" not in factories.from_contract(vendor, seed=1).run()
