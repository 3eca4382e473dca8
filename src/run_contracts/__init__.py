"""run_contracts: the executable contract of the Assistants run.

It makes runs, judges runs and checks servers. Importing this package is cheap; each name below
is loaded when it is first used.
"""

from __future__ import annotations

from run_contracts.lazy_imports import lazy_names

TYPE_CHECKING = False  # as in typing, which takes ten times as long to import as all of this
if TYPE_CHECKING:
    from run_contracts.contract.loading import Contract, load
    from run_contracts.contract.requirements import Requirement
    from run_contracts.errors import (
        ContractError,
        ContractViolation,
        RunContractsError,
        TargetError,
        UsageError,
    )
    from run_contracts.validation.judging import assert_valid_run, violations
    from run_contracts.validation.violation import Violation

_HOMES = {
    "Contract": "contract.loading",
    "load": "contract.loading",
    "ContractError": "errors",
    "ContractViolation": "errors",
    "RunContractsError": "errors",
    "TargetError": "errors",
    "UsageError": "errors",
    "Requirement": "contract.requirements",
    "assert_valid_run": "validation.judging",
    "violations": "validation.judging",
    "Violation": "validation.violation",
}

__all__ = [
    "Contract",
    "ContractError",
    "ContractViolation",
    "Requirement",
    "RunContractsError",
    "TargetError",
    "UsageError",
    "Violation",
    "assert_valid_run",
    "load",
    "violations",
]

__getattr__, __dir__ = lazy_names(__name__, _HOMES)
