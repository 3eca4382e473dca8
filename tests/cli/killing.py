"""A check that is killed at one of its requests, and what is on the server after the cleanup."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx2
import uvicorn

from run_contracts.server import ServerOptions, create_app
from tests.cli.door import Done, run

KEY = "sk-reference"
KILL = getattr(signal, "SIGKILL", signal.SIGTERM)
"""What no process can listen for."""
HEADERS = {"Authorization": f"Bearer {KEY}", "OpenAI-Beta": "assistants=v2"}
FOREIGN: tuple[dict[str, Any], ...] = ({}, {"owner": "somebody"}, {"run_contracts": "00000000"})
"""Metadata of what others keep on the server."""
THREAD = re.compile(rb'"(thread_\w+)"')
Objects = dict[str, dict[str, Any]]


@dataclass
class KillingServer:
    """A reference server that lists threads, too, and kills who checks it at a request."""

    kills_at: int
    is_handled: bool
    lists_threads: bool = True
    by: signal.Signals = KILL
    url: str = ""
    process: subprocess.Popen[bytes] | None = None
    killed_at: str = ""
    arrived: int = 0
    foreign: Objects = field(default_factory=dict)
    threads: dict[str, None] = field(default_factory=dict)
    app: Any = field(default_factory=lambda: create_app(ServerOptions.for_checking()))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer, or kill before or after the request is handled."""
        body = b""

        async def keep(message: Any) -> None:
            nonlocal body
            body += message.get("body", b"")
            if not is_last:
                await send(message)

        self.arrived += self.process is not None
        is_last = 0 < self.arrived == self.kills_at and not self.killed_at
        if is_last:
            self.killed_at = f"{scope['method']} {scope['path']}"
        if not is_last or self.is_handled:
            if self.lists_threads and (scope["method"], scope["path"]) == ("GET", "/v1/threads"):
                body = await self._listed(scope, send)
            else:
                await self.app(scope, receive, keep)
        self.threads |= dict.fromkeys(one.decode() for one in THREAD.findall(body))
        if is_last and self.process is not None:
            self.process.send_signal(self.by)
            await asyncio.sleep(0 if self.by == KILL else 0.5)
            await send({"type": "http.response.start", "status": 500, "headers": []})
            await send({"type": "http.response.body", "body": b""})

    async def _listed(self, scope: Any, send: Any) -> bytes:
        """Answer with a page of threads, the newest first."""
        query = parse_qs(scope["query_string"].decode())
        wire = [one for path, one in (await self._there(scope)).items() if "/threads/" in path]
        after = query.get("after", [""])[0]
        ids = [one["id"] for one in wire]
        wire = wire[ids.index(after) + 1 :] if after in ids else wire
        limit = int(query.get("limit", ["20"])[0])
        page = {"object": "list", "data": wire[:limit], "has_more": len(wire) > limit}
        body = json.dumps(page).encode()
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})
        return body

    async def _there(self, scope: Any) -> Objects:
        found = {}
        for thread in reversed(self.threads):
            answer = await _got(self.app, scope, f"/v1/threads/{thread}")
            if "id" in answer:
                found[f"/threads/{thread}"] = answer
        return found

    def there(self) -> Objects:
        """Return what is on the server, by path."""
        found: Objects = {}
        with httpx2.Client(base_url=self.url, headers=HEADERS) as client:
            for thread in self.threads:
                answer = client.get(f"/threads/{thread}")
                if answer.status_code == 200:
                    found[f"/threads/{thread}"] = answer.json()
            after: dict[str, Any] = {}
            while page := client.get("/assistants", params={"limit": 100, **after}).json()["data"]:
                found |= {f"/assistants/{one['id']}": one for one in page}
                after = {"after": page[-1]["id"]}
        return found

    def settle(self) -> None:
        """Let others keep something here."""
        with httpx2.Client(base_url=self.url, headers=HEADERS) as client:
            for metadata in FOREIGN:
                client.post("/threads", json={"metadata": metadata})
                client.post("/assistants", json={"model": "m", "metadata": metadata})
        self.foreign = self.there()
        assert len(self.foreign) == 2 * len(FOREIGN)


async def _got(app: Any, scope: Any, path: str) -> dict[str, Any]:
    """Return what an application answers to a GET with the headers of another request."""
    body = b""

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def keep(message: Any) -> None:
        nonlocal body
        body += message.get("body", b"")

    asked = {"path": path, "raw_path": path.encode(), "query_string": b"", "method": "GET"}
    await app({**scope, **asked}, receive, keep)
    answer: dict[str, Any] = json.loads(body)
    return answer


@contextmanager
def serving(server: KillingServer) -> Iterator[KillingServer]:
    """Serve on loopback until the block is left, with what others keep there."""
    config = uvicorn.Config(server, port=0, lifespan="off", log_level="critical", access_log=False)
    serves = uvicorn.Server(config)
    thread = threading.Thread(target=serves.run, daemon=True)
    thread.start()
    while not serves.started:
        time.sleep(0.01)
    port = serves.servers[0].sockets[0].getsockname()[1]
    server.url = f"http://127.0.0.1:{port}/v1"
    server.settle()
    try:
        yield server
    finally:
        serves.should_exit = True
        thread.join(10)


@dataclass(frozen=True, kw_only=True)
class Aftermath:
    """What is on the server after a check was killed and its cleanup: `is_killed` if it was."""

    killed_at: str
    found: int
    stays: tuple[str, ...]
    is_foreign_whole: bool
    printed: str
    done: Done
    is_told: bool

    @property
    def is_clean(self) -> bool:
        """Whether nothing of ours is there, or it is told, and all of others is."""
        return self.is_foreign_whole and (self.is_told if self.stays else True)


def aftermath(  # noqa: PLR0913 - how it is killed
    folder: Path,
    *,
    at: int,
    is_handled: bool,
    profile: str = "smoke",
    lists_threads: bool = True,
    by: signal.Signals = KILL,
) -> Aftermath:
    """Kill a check when a request of a number arrives, before or after it is handled; clean up."""
    command = [sys.executable, "-m", "run_contracts", "check"]
    with serving(KillingServer(at, is_handled, lists_threads, by)) as server:
        environment = os.environ | {"RUN_CONTRACTS_STATE": str(folder), "OPENAI_API_KEY": KEY}
        server.process = subprocess.Popen(
            [*command, server.url, "--profile", profile, "--quiet"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        printed, _ = server.process.communicate()
        left = server.there().keys() - server.foreign.keys()
        done = run("cleanup", RUN_CONTRACTS_STATE=str(folder), OPENAI_API_KEY=KEY)
        there = server.there()
    stays = tuple(sorted(there.keys() - server.foreign.keys()))
    may_stay = done.stdout.count("may be there")
    return Aftermath(
        killed_at=server.killed_at,
        found=len(left),
        stays=stays,
        is_foreign_whole=server.foreign.items() <= there.items(),
        printed=printed.decode(),
        done=done,
        is_told=done.returncode == 1 and may_stay >= len(stays),
    )
