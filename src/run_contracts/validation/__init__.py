"""Validation: a value against the contract, as violations; `judging` is the door for all of it."""

from __future__ import annotations

from run_contracts.validation.judging import assert_valid_run, judge, violations

__all__ = ["assert_valid_run", "judge", "violations"]
