"""What is said of clients is so, and a driver's complaint is heard."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from run_contracts.testing.server import QUICK
from tests.clients.environments import Environment
from tests.clients.known_clients import CLIENTS, DRIVERS, Client
from tests.clients.operations import OPERATIONS
from tests.clients.page import PAGE, columns, expected, written
from tests.clients.running import Outcomes, Trial, outcomes

TEXT = PAGE.read_text(encoding="utf-8")
HERE = Environment(start=(sys.executable,), folder=Path.cwd())
"""The environment of the tests, which has the newest SDK."""


def test_the_page_says_of_each_client_that_it_does_each_operation_that_it_has() -> None:
    """A row for each operation and a column for each client, as the last run wrote them."""
    assert columns(TEXT) == {client.title: expected(client) for client in CLIENTS.values()}
    assert written(TEXT, []) == TEXT


@pytest.mark.parametrize("client", CLIENTS.values(), ids=lambda client: client.name)
def test_the_table_of_clients_speaks_of_operations_that_there_are(client: Client) -> None:
    """Those of a driver are in the table, and what a client lacks or does wrongly in its driver."""
    assert client.driven <= OPERATIONS.keys()
    assert client.lacks <= client.driven
    assert set(client.defects) <= set(client.offered)


def test_each_operation_is_done_by_the_newest_sdk_in_python_and_in_javascript() -> None:
    """None stands in the table that nobody tries."""
    for name in ("openai-python-3", "openai-npm-7"):
        assert CLIENTS[name].offered == tuple(OPERATIONS)


@pytest.mark.parametrize("mode", ["sync", "azure-async"])
def test_the_sdk_that_is_installed_does_all(mode: str) -> None:
    """The one of the tests' own environment, without one of its own."""
    client = CLIENTS["openai-python-3"]
    assert Trial(client=client, outcomes=outcomes(client, mode, HERE)).wrong == []


def test_a_server_that_is_wrong_costs_the_rows_that_show_it() -> None:
    """Lists that never say that more follows are seen where pages are gone through."""
    options = replace(QUICK, faults=("RUN-LIST-005",))
    tried = outcomes(CLIENTS["openai-python-3"], "sync", HERE, options=options)
    failed = {name for name, reason in tried.items() if reason}
    assert failed == {"assistants.list", "messages.list", "runs.list"}


DRIVER = f"""
import sys, time
sys.path.insert(0, {str(DRIVERS)!r})
import driving
from driving import Server, drive, operation, planned, same
driving.SECONDS = 0.5
class At:
    async def __aenter__(self): return None
    async def __aexit__(self, *_): pass
{{}}
drive(At)
"""


@pytest.fixture
def driver_of(tmp_path: Path) -> Callable[..., Outcomes]:
    """Return a function that tells what became of the operations of a small driver."""

    def driven(text: str, **options: Any) -> Outcomes:
        path = tmp_path / "driver.py"
        path.write_text(DRIVER.format(textwrap.dedent(text)))
        client = Client(name="small", packages=("small==1",), driver=str(path))
        return outcomes(client, "", HERE, **options)

    return driven


def test_an_operation_that_fails_costs_only_its_row(driver_of: Callable[..., Outcomes]) -> None:
    """Its exception is the reason, and the next is done."""
    assert driver_of(
        """
        @operation("runs.create")
        async def _(_):
            same("queued", "completed")

        @operation("runs.list")
        async def _(_):
            pass
        """
    ) == {"runs.create": "Unlike: 'queued' instead of 'completed'", "runs.list": ""}


def test_a_client_that_never_comes_back_costs_only_its_row(
    driver_of: Callable[..., Outcomes],
) -> None:
    """Also if it blocks: nothing waits for it, not even the end of the driver."""
    assert driver_of(
        """
        @operation("runs.create")
        async def _(_):
            time.sleep(60)

        @operation("runs.list")
        async def _(_):
            pass
        """
    ) == {"runs.create": "did not come back within 0.5 seconds", "runs.list": ""}


def test_a_driver_that_dies_says_what_it_died_of(driver_of: Callable[..., Outcomes]) -> None:
    """All that it had to do yet is undone, e.g. if the client cannot be imported."""
    assert driver_of(
        """
        @operation("runs.create")
        async def _(_):
            pass

        import no_such_client
        """
    ) == {
        "runs.create": "the driver ended before it, "
        "ModuleNotFoundError: No module named 'no_such_client'"
    }


def test_a_driver_that_does_not_end_is_ended(driver_of: Callable[..., Outcomes]) -> None:
    """Whatever it waits for."""
    tried = driver_of('time.sleep(60)  # operation("runs.create")', seconds=0.5)
    assert tried == {"runs.create": "the driver ended before it"}


def test_a_driver_plans_the_next_run(driver_of: Callable[..., Outcomes]) -> None:
    """It is told what the run will say; what was planned before and never began is forgotten."""
    assert driver_of(
        """
        import json, urllib.request

        def post(path, body):
            headers = {"Authorization": f"Bearer {sys.argv[2]}", "OpenAI-Beta": "assistants=v2",
                       "Content-Type": "application/json"}
            data = json.dumps(body).encode()
            request = urllib.request.Request(sys.argv[1] + path, data, headers)
            with urllib.request.urlopen(request) as answer:
                return json.load(answer)

        @operation("runs.create")
        async def _(_):
            planned("failed")
            reply = planned("completed")
            assistant = post("/assistants", {"model": "gpt-4o"})["id"]
            thread = {"messages": [{"role": "user", "content": "Hello."}]}
            run = post("/threads/runs", {"assistant_id": assistant, "thread": thread})
            time.sleep(0.3)
            same(Server(*sys.argv[1:3]).messages(run["thread_id"]), [reply])
        """
    ) == {"runs.create": ""}


def test_a_defect_that_is_gone_is_told() -> None:
    """The table of clients says what is so, not what was so once."""
    client = replace(CLIENTS["openai-python-1-26"])
    (defect,) = client.defects
    tried = {**dict.fromkeys(client.offered, ""), "runs.list": "TypeError: no"}
    assert Trial(client=client, outcomes=tried).wrong == [
        "openai-python-1-26: runs.list: TypeError: no",
        f"openai-python-1-26: {defect} works, though it is said to be a defect of the client",
    ]


def test_a_page_keeps_the_columns_of_clients_that_were_not_tried() -> None:
    """And shows what fails, with the reason in one cell."""
    first, second, *_ = CLIENTS.values()
    tried = {**dict.fromkeys(first.offered, ""), "runs.list": "Unlike: 1 | 2"}
    shown = columns(written(TEXT, [Trial(client=first, outcomes=tried)]))
    assert shown[first.title]["runs.list"] == "**no**: Unlike: 1 / 2"
    assert shown[second.title] == columns(TEXT)[second.title]
