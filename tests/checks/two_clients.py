"""Two clients of one right server, of which only one is seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
from benchmarks.clients.recorder import Recorder

from run_contracts.checks import outcomes
from run_contracts.client.connection import Connection
from run_contracts.contract.loading import load
from run_contracts.engine.selftest.trial import reference
from run_contracts.server import ServerOptions
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange
from run_contracts.types import Edition

URL = "http://reference.invalid/v1"
RESTS = ("completed", "requires_action")
LOOKUP = {"type": "function", "function": {"name": "lookup", "parameters": {"type": "object"}}}


class TwoClients:
    """What is asked through `seen` is recorded, what is asked through `unseen` is not."""

    def __init__(self, connection: Connection, key: str) -> None:
        """Make an assistant, a silent one, and a thread with a message, all of them seen."""
        assert connection.transport is not None
        self._connection = connection
        self.recorder = Recorder(connection)
        self.recorder.begin("seen", 1000)
        headers = {"Authorization": f"Bearer {key}", "OpenAI-Beta": "assistants=v2"}
        self._seen = httpx2.Client(base_url=URL, transport=self.recorder, headers=headers)
        self._unseen = httpx2.Client(base_url=URL, transport=connection.transport, headers=headers)
        tools = {"tools": [LOOKUP], "instructions": "Be exact."}
        self.assistant = self.seen("POST", "/assistants", {"model": "gpt-4o", **tools})["id"]
        said = [{"role": "user", "content": f"Line {number}"} for number in range(3)]
        self.thread = f"/threads/{self.seen('POST', '/threads', {'messages': said})['id']}"

    def seen(self, method: str, path: str, body: Any = None) -> Any:
        """Ask, and be recorded."""
        return self._seen.request(method, path, json=body).json()

    def seen_stream(self, method: str, path: str, body: Any) -> None:
        """Ask for a stream, and read it to its end."""
        assert self._seen.request(method, path, json=body).text.endswith("[DONE]\n\n")

    def unseen(self, method: str, path: str, body: Any = None) -> Any:
        """Ask as somebody else, who has to succeed: otherwise nothing is changed."""
        answer = self._unseen.request(method, path, json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def create(self, **settings: Any) -> str:
        """Create a run, and return its path."""
        asked = {"assistant_id": self.assistant, **settings}
        return f"{self.thread}/runs/{self.seen('POST', f'{self.thread}/runs', asked)['id']}"

    def wait(self, run: str) -> Any:
        """Read a run until it rests."""
        for _ in range(20):
            read = self.seen("GET", run)
            if read["status"] in RESTS:
                return read
            self._connection.sleep(1.0)
        raise AssertionError(read["status"])

    def ended(self, **settings: Any) -> str:
        """Create a run, and return its path when it has completed."""
        run = self.create(tool_choice="none", **settings)
        assert self.wait(run)["status"] == "completed"
        return run

    def waiting(self) -> tuple[str, Any]:
        """Create a run that asks for action; return its path, and what answers it."""
        run = self.create(tool_choice={"type": "function", "function": {"name": "lookup"}})
        calls = self.wait(run)["required_action"]["submit_tool_outputs"]["tool_calls"]
        outputs = [{"tool_call_id": one["id"], "output": "7"} for one in calls]
        return run, {"tool_outputs": outputs}


Scene = Callable[[TwoClients], object]


@contextmanager
def two_clients() -> Iterator[TwoClients]:
    """Let two clients talk to a right server."""
    options = ServerOptions(seed=5)
    with reference(options) as connection:
        yield TwoClients(connection, options.api_key)


def broken_in(exchanges: list[Exchange], *, is_alone: bool, edition: Edition = "v2") -> set[str]:
    """Return what exchanges break, by whether nobody else was at work."""
    evidence = Evidence(contract=load(edition), exchanges=tuple(exchanges), is_alone=is_alone)
    return {one.requirement for one in outcomes(evidence) if one.violation is not None}
