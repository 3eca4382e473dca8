"""For other people's pytest: the suite, the fixtures, and what they are made of.

`suite` puts the requirements into a test module; the fixtures are in
`run_contracts.testing.fixtures`, and ``pytest --fixtures`` tells of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from run_contracts.lazy_imports import lazy_names

if TYPE_CHECKING:
    from run_contracts.testing.assert_run import AssertRun
    from run_contracts.testing.items import suite
    from run_contracts.testing.played_server import PlayedServer
    from run_contracts.testing.server import RunServer

_HOMES = {
    "AssertRun": "assert_run",
    "PlayedServer": "played_server",
    "RunServer": "server",
    "suite": "items",
}

__all__ = ["AssertRun", "PlayedServer", "RunServer", "suite"]

__getattr__, __dir__ = lazy_names(__name__, _HOMES)
