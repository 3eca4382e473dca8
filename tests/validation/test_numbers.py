"""Numbers: 6.0 is the integer 6 for arithmetic and order, and another way to write it alone."""

from __future__ import annotations

from typing import Any

import pytest

from run_contracts import violations
from run_contracts.contract.loading import load
from run_contracts.validation.fast import holds
from tests.samples import NOW, run

FRACTION = "RUN-SHAPE-035"
BIG = 2**53


def _usage(prompt: Any, completion: Any, total: Any) -> dict[str, Any]:
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": total}


ALIKE: dict[str, dict[str, Any]] = {
    "right": {"created_at": NOW, "usage": _usage(2, 3, 5)},
    "a sum that is off": {"usage": _usage(2, 3, 6)},
    "a sum that floats cannot add": {"usage": _usage(BIG, 2, BIG + 2)},
    "a sum that floats round away": {"usage": _usage(BIG, 2, BIG)},
    "milliseconds": {"created_at": NOW * 1000},
    "before the epoch": {"created_at": -1},
    "long before the epoch": {"created_at": -(10**30)},
    "absurd": {"completed_at": 10**30},
    "out of order": {"started_at": NOW - 100},
    "a limit below the least": {"max_prompt_tokens": 1},
}


def _as_floats(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _as_floats(one) for name, one in value.items()}
    return float(value)


@pytest.mark.parametrize("given", ALIKE.values(), ids=ALIKE)
def test_an_integer_is_judged_alike_with_a_fraction(given: dict[str, Any]) -> None:
    """But that it should be written as one."""
    plain = {(one.requirement, one.pointer, one.code) for one in violations(run(**given))}
    floats = violations(run(**_as_floats(given)))
    assert {
        (one.requirement, one.pointer, one.code) for one in floats if one.requirement != FRACTION
    } == plain
    assert any(one.requirement == FRACTION for one in floats)
    assert not holds(run(**_as_floats(given)), "run", load("v2"))
    assert holds(run(**given), "run", load("v2")) is not bool(plain)


@pytest.mark.parametrize("moment", [-1, -(10**30), -1e30, 1e30, 10**30, NOW * 1000, 10**400])
def test_an_absurd_moment_is_broken(moment: Any) -> None:
    """Before the epoch, or so late that it counts something else than seconds."""
    broken = {one.requirement for one in violations(run(created_at=moment))}
    assert "RUN-TIME-004" in broken


def test_the_epoch_is_a_moment() -> None:
    """A clock that was never set is none of the contract's concern."""
    assert violations(run("queued", created_at=0)) == ()
