"""What the options of a session say of a check beside its target: what is red, what may be sent."""

from __future__ import annotations

import pytest

from run_contracts.client.budget import USUAL_SECONDS, Budget
from run_contracts.engine.policy import Policy
from run_contracts.errors import UsageError
from run_contracts.testing.plugin_options import given
from run_contracts.testing.targets import known_failures

BUDGET_BOUNDS = ("requests", "runs", "seconds")


def policy(config: pytest.Config) -> Policy:
    """Return what makes the items of a session red."""
    return Policy(
        strict=given(config, "strict"),
        require=tuple(given(config, "require")),
        fail_under=given(config, "fail_under"),
        baseline=known_failures(config),
    )


def budget(config: pytest.Config) -> Budget:
    """Return what a check may spend; raise `UsageError` for what is not above 0."""
    bounds = {name: given(config, f"max_{name}") for name in BUDGET_BOUNDS}
    bounds["seconds"] = bounds["seconds"] or USUAL_SECONDS
    for name, most in bounds.items():
        if most is not None and most <= 0:
            raise UsageError(f"max_{name} {most:g} is not a number above 0")
    return Budget(**bounds)


def is_fail_fast(config: pytest.Config) -> bool:
    """Say whether pytest stops at the first failure: -x, or --maxfail=1."""
    return bool(config.getoption("maxfail", 0) == 1)
