"""The contract as values: schemas, life cycle, register and operations, read from `schemas/`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from run_contracts.lazy_imports import lazy_names

if TYPE_CHECKING:
    from run_contracts.contract.loading import Contract, load

_HOMES = {"Contract": "loading", "load": "loading"}

__all__ = ["Contract", "load"]

__getattr__, __dir__ = lazy_names(__name__, _HOMES)
