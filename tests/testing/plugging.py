"""Projects that use the plugin: their files, and pytest run on them in this process."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from importlib.metadata import entry_points

import httpx2
import pytest

OURS = ("checks", "factories", "report.html", "engine.runner", "server.app", "testing.collecting")
THEIRS = ("faker", "hypothesis", "jinja2", "jsonschema", "jsonschema_rs", "markupsafe", "openai")
for name in (*(f"run_contracts.{one}" for one in OURS), "run_contracts.testing.server", *THEIRS):
    importlib.import_module(name)
httpx2.Client().close()
# A pytest in this process forgets what it imported first; others would keep half of it.

Plugged = Callable[..., pytest.RunResult]
OTHERS_OFF = tuple(
    word
    for plugin in entry_points(group="pytest11")
    if plugin.name != "run_contracts.pytest_plugin"
    for word in ("-p", f"no:{plugin.name}")
)
"""Options that leave out every other plugin that is installed: it takes them seconds to load."""
ALONE = ("-p", "no:randomly", "-p", "no:cacheprovider", "-W", "default")
APP = """
from run_contracts.server import ServerOptions, create_app

right = create_app(ServerOptions.for_checking())
wrong = create_app(ServerOptions.for_checking(faults=("RUN-ERR-002",)))
several = create_app(ServerOptions.for_checking(faults=("RUN-ERR-002", "RUN-ERR-003")))
advised = create_app(ServerOptions.for_checking(faults=("RUN-ID-001",)))

async def uncancelled(scope, receive, send):
    if scope["path"].endswith("/cancel"):
        await send({"type": "http.response.start", "status": 500, "headers": []})
        await send({"type": "http.response.body", "body": b""})
    else:
        await right(scope, receive, send)
"""
"""A module with applications: one is right, one's refusals have no message, others lack more."""
QUICK = ("--run-profile", "smoke", "--run-only", "RUN-ERR-002", "--run-only", "RUN-HTTP-003")
"""Options of a check that sends few requests and waits for nothing."""
RETURNS = """
import pytest

@pytest.fixture(scope="session")
def run_target():
    import app
    return {}
"""
"""A conftest that returns a target of its own."""
