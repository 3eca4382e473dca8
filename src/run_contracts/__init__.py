"""run_contracts: the executable contract of the Assistants run.

It makes runs, judges runs and checks servers. Importing this package is cheap; each name below
is loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

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


def __getattr__(name: str) -> Any:
    """Load a public name from its module when it is first used (PEP 562)."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'run_contracts' has no attribute {name!r}")
    return getattr(import_module(f"run_contracts.{home}"), name)


def __dir__() -> list[str]:
    """Return the public names."""
    return list(__all__)
