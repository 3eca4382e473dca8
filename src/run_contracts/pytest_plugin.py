"""The pytest plugin: ``pytest --run-target URL`` checks a server, one item a requirement.

This module is imported in every pytest run of every project that has this package installed, so
it imports pytest and the standard library only, and does nothing unless a target is given.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from run_contracts.making.factory import Factory
    from run_contracts.types import Run


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of a check, all with one prefix."""
    group = parser.getgroup("run-contracts", "check a server against the contract of the run")
    add = group.addoption
    add("--run-target", metavar="URL", help="base URL of the server to check; adds the suite")
    add("--run-edition", metavar="EDITION", default="v2", help="v1 or v2 (default: v2)")
    add(
        "--run-api-key-env",
        metavar="NAME",
        default="OPENAI_API_KEY",
        help="environment variable that holds the API key (default: OPENAI_API_KEY)",
    )
    add("--run-header", metavar="'Name: value'", action="append", default=[], help="sent each time")
    add("--run-assistant-id", metavar="ID", help="use this assistant; create none")
    add("--run-thread-id", metavar="ID", help="use this thread; create none")
    add("--run-model", metavar="NAME", help="model to ask for (default: gpt-4o)")
    add("--run-only", metavar="ID", action="append", default=[], help="check this requirement")
    add("--run-profile", metavar="PROFILE", default="full", help="smoke or full (default: full)")
    add("--run-seed", metavar="N", type=int, default=0, help="seed of generated requests")
    add("--run-baseline", metavar="FILE", help="list of known failures (run-contracts baseline)")
    add("--run-report", metavar="FILE", help="write the check's events as JSON lines")
    add("--run-junit", metavar="FILE", help="write the check's verdicts as JUnit XML")


@pytest.fixture(scope="session")
def run_seed() -> int | None:
    """Seed of the runs that `make_run` and `make_runs` make; override it to get others."""
    return 0


@pytest.fixture
def make_run(run_seed: int | None) -> Callable[..., Run]:
    """Make legal runs, the same in every session: call it with a status, and fields to fix."""
    from run_contracts.factories import factory  # noqa: PLC0415 - only when it is used

    made: dict[tuple[str, str | None, str], Factory] = {}

    def make(
        status: str | None = None,
        *,
        edition: str = "v2",
        dialect: str | None = None,
        locale: str = "en_US",
        **fixed: Any,
    ) -> Run:
        key = (edition, dialect, locale)
        if key not in made:
            made[key] = factory(edition, dialect=dialect, seed=run_seed, locale=locale)
        return made[key].run(status, **fixed)

    return make


@pytest.fixture
def make_runs(make_run: Callable[..., Run]) -> Callable[..., list[Run]]:
    """Make several legal runs: call it with how many, then as make_run."""

    def make(n: int, status: str | None = None, **fixed: Any) -> list[Run]:
        from run_contracts.making.factory import count  # noqa: PLC0415 - only when it is used

        return [make_run(status, **fixed) for _ in range(count(n))]

    return make


def pytest_configure(config: pytest.Config) -> None:
    """Register the suite if a target is given; nothing else ever changes."""
    if config.getoption("--run-target"):
        from run_contracts.pytest_suite import Suite  # noqa: PLC0415 - only when it is used

        config.pluginmanager.register(Suite(config), "run_contracts.suite")
