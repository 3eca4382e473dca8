"""Servers that tests of several rooms share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from run_contracts.server import ServerOptions, running


@pytest.fixture(scope="session")
def right() -> Iterator[str]:
    """Return the base URL of a right server."""
    with running(ServerOptions.for_checking()) as url:
        yield url
