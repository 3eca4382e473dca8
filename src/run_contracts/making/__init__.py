"""Making: legal runs, steps, lists, histories and streams out of the schemas and the life cycle.

The public doors are `run_contracts.strategies` (hypothesis), `run_contracts.factories` (faker),
and here the two catalogues that need neither: `edge_cases` and `near_misses`. Each name below is
loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from run_contracts.making.catalogues.edge_cases import EdgeCase, edge_case, edge_cases
    from run_contracts.making.catalogues.near_misses import NearMiss, near_misses

_HOMES = {
    "EdgeCase": "edge_cases",
    "edge_case": "edge_cases",
    "edge_cases": "edge_cases",
    "NearMiss": "near_misses",
    "near_misses": "near_misses",
}

__all__ = ["EdgeCase", "NearMiss", "edge_case", "edge_cases", "near_misses"]


def __getattr__(name: str) -> Any:
    """Load a public name from its catalogue when it is first used (PEP 562)."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.catalogues.{home}"), name)


def __dir__() -> list[str]:
    """Return the public names."""
    return list(__all__)
