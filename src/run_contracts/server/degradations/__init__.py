"""Degradations: what real servers lack or do badly as a whole.

A fault breaks one requirement on a server that is otherwise right; behind a degradation, much
cannot be seen, and a check must still reach the rest. How that is noticed is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from run_contracts.server.degradations.degradation import Degradation
from run_contracts.server.degradations.failing_answers import FAILING_ANSWERS
from run_contracts.server.degradations.missing_operations import MISSING_OPERATIONS
from run_contracts.server.degradations.other_forms import OTHER_FORMS
from run_contracts.server.degradations.poor_runs import POOR_RUNS

__all__ = ["DEGRADATIONS", "Degradation"]

DEGRADATIONS: Mapping[str, Degradation] = MappingProxyType(
    {
        degradation.id: degradation
        for degradation in (*MISSING_OPERATIONS, *POOR_RUNS, *FAILING_ANSWERS, *OTHER_FORMS)
    }
)
"""Every degradation by its id."""
