"""Making: legal runs, steps, lists, histories and streams out of the schemas and the life cycle.

The public doors are `run_contracts.strategies` (hypothesis), `run_contracts.factories` (faker),
and here the two catalogues that need neither: `edge_cases` and `near_misses`.
"""

from __future__ import annotations

from run_contracts.making.edge_cases import EdgeCase, edge_case, edge_cases
from run_contracts.making.near_misses import NearMiss, near_misses

__all__ = ["EdgeCase", "NearMiss", "edge_case", "edge_cases", "near_misses"]
