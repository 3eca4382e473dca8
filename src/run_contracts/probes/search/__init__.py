"""Searching: generated attempts to break the contract, and shorter ones that break the same."""

from __future__ import annotations

from run_contracts.probes.search.hunt import BrokenContract, Hunt, Judge, settings
from run_contracts.probes.search.stateful import walk

__all__ = ["BrokenContract", "Hunt", "Judge", "settings", "walk"]
