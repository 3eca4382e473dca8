"""Values that people make in Python: each is judged, or declined in one line without a crash."""

from __future__ import annotations

import datetime
import decimal
import enum
import fractions
import math
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from run_contracts import assert_valid_run, violations
from run_contracts.errors import ContractViolation, RunContractsError
from tests.samples import run


class _NoRepr:
    def __repr__(self) -> str:
        raise RuntimeError("no")


class _Status(enum.StrEnum):
    COMPLETED = "completed"


class _NoModel:
    def model_dump(self, **_: Any) -> Any:
        return self


def _deep(levels: int, around: Callable[[Any], Any]) -> Any:
    value: Any = around(None)
    for _ in range(levels):
        value = around(value)
    return value


def _in_itself() -> dict[str, Any]:
    value = run()
    value["metadata"] = value
    return value


def _list_in_itself() -> list[Any]:
    value: list[Any] = []
    value.append(value)
    return value


WRONG: dict[str, Any] = {
    "bytes": run(model=b"x"),
    "a name of bytes": {**run(), b"k": 1},
    "a number as a name": {**run(), 3: 1},
    "a number as a key of metadata": run(metadata={1: "a"}),
    "an infinity": run(temperature=math.inf),
    "NaN for an integer": run(created_at=math.nan),
    "an infinite decimal": run(temperature=decimal.Decimal("Infinity")),
    "a complex number": run(temperature=1j),
    "a fraction": run(temperature=fractions.Fraction(1, 2)),
    "a set": run(tools=set()),
    "a generator": run(tools=(one for one in ())),
    "a moment": run(created_at=datetime.datetime.now(datetime.UTC)),
    "a uuid": run(id=uuid.uuid4()),
    "what has no repr": run(model=_NoRepr()),
    "what has no repr, inside": run(tools=[_NoRepr()]),
    "a number of many digits": run(created_at=10**5000),
    "a large number": run(created_at=10**400),
    "many digits as a text": run(model=10**5000),
    "many digits that do not add up": run(
        usage={"prompt_tokens": 10**5000, "completion_tokens": 1, "total_tokens": 1}
    ),
    "a type that is a list": run(tools=[{"type": []}]),
    "a tuple of nothing": (),
}


@pytest.mark.parametrize("value", WRONG.values(), ids=WRONG)
def test_what_json_cannot_say_is_a_violation(value: Any) -> None:
    """It is told in a short line, by the library and by its assertion."""
    broken = violations(value)
    assert broken
    assert all(len(str(one)) < 1_000 for one in broken)
    with pytest.raises(ContractViolation, match="is not a valid v2 run"):
        assert_valid_run(value)


RIGHT: dict[str, Any] = {
    "a word of an enum": run(status=_Status.COMPLETED),
    "a tuple for a list": run(tools=()),
    "a decimal": run(temperature=decimal.Decimal("0.5")),
    "a text of 10 MB": run(instructions="x" * 250_000),
    "100,000 other fields": {**{f"k{number}": 1 for number in range(100_000)}, **run()},
}


@pytest.mark.parametrize("value", RIGHT.values(), ids=RIGHT)
def test_what_json_can_say_holds(value: Any) -> None:
    """However it is put in Python."""
    assert violations(value) == ()


DECLINED: dict[str, Any] = {
    "bytes": b"{}",
    "a generator": (one for one in ()),
    "a class": dict,
    "a model that dumps none": _NoModel(),
    "100,000 levels": run(metadata=_deep(100_000, lambda inner: {"a": inner})),
    "3,000 levels of lists": run(tools=_deep(3_000, lambda inner: [inner])),
    "3,000 lists": _deep(3_000, lambda inner: [inner]),
    "a run in itself": _in_itself(),
    "a list in itself": run(tools=_list_in_itself()),
    "300 levels and a NaN": run(metadata=_deep(300, lambda inner: {"a": inner, "b": math.nan})),
}


@pytest.mark.parametrize("value", DECLINED.values(), ids=DECLINED)
def test_what_is_no_value_is_declined_in_one_line(value: Any) -> None:
    """By an error of this package, which says why."""
    for judging in (violations, assert_valid_run):
        with pytest.raises(RunContractsError) as caught:
            judging(value)
        assert 0 < len(str(caught.value)) < 300
        assert "\n" not in str(caught.value)


def test_what_a_value_raises_is_passed_on() -> None:
    """It is no error of ours, and nobody else can say what it means."""

    class Raising(dict[str, Any]):
        def __getitem__(self, name: str) -> Any:
            raise ZeroDivisionError(name)

    with pytest.raises(ZeroDivisionError):
        violations(Raising(run(), temperature="x"))


def test_a_place_is_named_by_the_type_of_a_name_that_is_no_text() -> None:
    """The name itself may be anything."""
    (broken,) = violations({**run(), (1, 2): 1})
    assert (broken.requirement, broken.pointer) == ("RUN-BODY-001", "/tuple")
    assert broken.expected == "names of fields that are text"
