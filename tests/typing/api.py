"""The public API as typed code uses it: checked by mypy, never run."""

from __future__ import annotations

from typing import assert_type

from run_contracts import (
    Contract,
    ContractViolation,
    Requirement,
    RunContractsError,
    TargetError,
    UsageError,
    Violation,
    assert_valid_run,
    load,
    violations,
)
from run_contracts.register import Level

contract = load("v1", reading="published")
assert_type(contract, Contract)
assert_type(contract.register["RUN-LIFE-002"], Requirement)
assert_type(contract.lifecycle.may_follow("queued", "completed"), bool)

found = violations({}, kind="run_step", edition="v2", reading="wire", dialect=None)
assert_type(found, tuple[Violation, ...])
assert_type(found[0].level, Level)
assert_type(found[0].pointer, str)

violations({}, reading="literal")  # type: ignore[arg-type]  # only wire and published exist
load(reading="literal")  # type: ignore[arg-type]

try:
    assert_valid_run({}, edition="v1", strict=True)
except ContractViolation as broken:
    assert_type(broken.violations, tuple[object, ...])

errors: tuple[type[RunContractsError], ...] = (UsageError, TargetError)
