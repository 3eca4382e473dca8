"""For other people's pytest: the suite, the fixtures, and what they are made of.

`suite` puts the requirements into a test module; the fixtures are in
`run_contracts.testing.fixtures`, and ``pytest --fixtures`` tells of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from run_contracts.testing.assert_run import AssertRun
    from run_contracts.testing.items import suite
    from run_contracts.testing.server import RunServer

_HOMES = {"AssertRun": "assert_run", "RunServer": "server", "suite": "items"}

__all__ = ["AssertRun", "RunServer", "suite"]


def __getattr__(name: str) -> Any:
    """Load a public name from its module when it is first used (PEP 562)."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'run_contracts.testing' has no attribute {name!r}")
    return getattr(import_module(f"run_contracts.testing.{home}"), name)
