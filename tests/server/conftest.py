"""A reference server and clients of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx2
import openai
import pytest

from run_contracts.server import ServerOptions, running


@pytest.fixture(scope="session")
def base() -> Iterator[str]:
    """Return the base URL of a right server whose time runs fast."""
    with running(ServerOptions.for_checking()) as url:
        yield url


@pytest.fixture
def sdk(base: str) -> Iterator[openai.OpenAI]:
    """Return an SDK client of the server."""
    with openai.OpenAI(base_url=base, api_key="sk-reference", max_retries=0) as client:
        yield client


@dataclass(frozen=True)
class Caller:
    """Calls a server in one edition and returns status and JSON."""

    client: httpx2.Client
    pass_: Callable[[float], None] = time.sleep

    def __call__(self, method: str, path: str, body: Any = None, **rest: Any) -> tuple[int, Any]:
        answer = self.client.request(method, path, json=body, **rest)
        return answer.status_code, answer.json()

    def thread(self, text: str | None = "Say hello.") -> str:
        _, made = self("POST", "/threads", {})
        if text is not None:
            self("POST", f"/threads/{made['id']}/messages", {"role": "user", "content": text})
        return str(made["id"])

    def assistant(self, **fields: Any) -> str:
        _, made = self("POST", "/assistants", {"model": "gpt-4o", **fields})
        return str(made["id"])

    def run(self, thread: str | None = None, **fields: Any) -> dict[str, Any]:
        thread = thread or self.thread()
        body = {"assistant_id": self.assistant(), **fields}
        status, made = self("POST", f"/threads/{thread}/runs", body)
        assert status == 200, made
        return dict(made)

    def until(self, run: dict[str, Any], *statuses: str) -> dict[str, Any]:
        """Read a run until it is in one of the statuses; the test's time limit is the bound."""
        for _ in range(2_000):
            _, run = self("GET", f"/threads/{run['thread_id']}/runs/{run['id']}")
            if run["status"] in statuses:
                return run
        raise AssertionError(f"the run stays {run['status']}")

    def later(self, run: dict[str, Any], seconds: float) -> dict[str, Any]:
        """Return a run as it is when so many of the server's seconds have passed."""
        self.pass_(seconds)
        _, run = self("GET", f"/threads/{run['thread_id']}/runs/{run['id']}")
        return run


def client(base: str, edition: str, transport: httpx2.BaseTransport | None = None) -> httpx2.Client:
    """Return a client of a base URL that speaks an edition."""
    headers = {"Authorization": "Bearer sk-reference", "OpenAI-Beta": f"assistants={edition}"}
    return httpx2.Client(base_url=base, headers=headers, timeout=10, transport=transport)


@pytest.fixture(params=["v1", "v2"])
def edition(request: pytest.FixtureRequest) -> str:
    """Return each edition in turn."""
    return str(request.param)


@pytest.fixture
def call(base: str, edition: str) -> Iterator[Caller]:
    """Return a caller of the server in this edition."""
    with client(base, edition) as opened:
        yield Caller(opened)


@pytest.fixture
def call_v2(base: str) -> Iterator[Caller]:
    """Return a caller in edition v2."""
    with client(base, "v2") as opened:
        yield Caller(opened)


@pytest.fixture
def client_of() -> Callable[[str, str], httpx2.Client]:
    """Return what makes a client of a base URL in an edition."""
    return client
