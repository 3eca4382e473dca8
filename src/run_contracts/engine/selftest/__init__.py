"""The self-test: every check is proven by a fault it sees, and by a right server it spares.

`trial` checks one reference server in this process, on a clock that nobody has to wait for;
`matrix` is what each fault is declared to break; `agreement` tells where the two differ.
"""

from __future__ import annotations

from run_contracts.engine.selftest.agreement import Agreement, compared
from run_contracts.engine.selftest.matrix import Matrix, read_matrix, write_matrix
from run_contracts.engine.selftest.trial import Trial, TrialResult, results, tried

__all__ = [
    "Agreement",
    "Matrix",
    "Trial",
    "TrialResult",
    "compared",
    "read_matrix",
    "results",
    "tried",
    "write_matrix",
]
