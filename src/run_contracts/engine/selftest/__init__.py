"""The self-test: every check is proven by a fault it sees, and by a right server it spares.

`trial` checks one reference server in this process, on a clock that nobody has to wait for;
`matrix` is what each fault is declared to break; `agreement` tells where the two differ.
`combining` measures how far checks come where much is wrong at once.
"""

from __future__ import annotations

from run_contracts.engine.selftest.agreement import Agreement, compared
from run_contracts.engine.selftest.combining import (
    CombinedResult,
    combinations,
    combined,
    right_servers,
)
from run_contracts.engine.selftest.matrix import Matrix, read_matrix, write_matrix
from run_contracts.engine.selftest.trial import Trial, TrialResult, results, tried

__all__ = [
    "Agreement",
    "CombinedResult",
    "Matrix",
    "Trial",
    "TrialResult",
    "combinations",
    "combined",
    "compared",
    "read_matrix",
    "results",
    "right_servers",
    "tried",
    "write_matrix",
]
