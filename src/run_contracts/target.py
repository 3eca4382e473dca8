"""A target for fixtures and scripts: the server under test, and what may be done to it."""

from __future__ import annotations

from run_contracts.extras import named_extras

with named_extras():
    from run_contracts.client.budget import Budget
    from run_contracts.client.checked_target import Target, target

__all__ = ["Budget", "Target", "target"]
