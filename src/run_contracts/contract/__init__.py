"""The contract as values: schemas, life cycle, register and operations, read from `schemas/`."""

from __future__ import annotations

from run_contracts.contract.loading import Contract, load

__all__ = ["Contract", "load"]
