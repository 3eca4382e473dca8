"""Validation: a value against the contract, as violations; `judging` is the door for all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from run_contracts.lazy_imports import lazy_names

if TYPE_CHECKING:
    from run_contracts.validation.judging import assert_valid_run, judge, violations

_HOMES = {"assert_valid_run": "judging", "judge": "judging", "violations": "judging"}

__all__ = ["assert_valid_run", "judge", "violations"]

__getattr__, __dir__ = lazy_names(__name__, _HOMES)
