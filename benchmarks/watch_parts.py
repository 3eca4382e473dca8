"""The processes of the measure of the watch: a server that keeps digests, proxies, open-loop load.

``python -m benchmarks.watch_parts server PORT``, ``... proxy PORT URL bare|idle|judged``, and
``... load URL RATE SECONDS TAG``.
"""

from __future__ import annotations

import asyncio
import gc
import hashlib
import json
import pickle
import sys
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import quantiles
from typing import IO, Any

from benchmarks.time_on_the_way import timed_on_the_way
from run_contracts.server import ServerOptions, create_app
from run_contracts.server.app.hosting import host_until_stopped
from run_contracts.watching import judge_link
from run_contracts.watching.forwarding import Upstream
from run_contracts.watching.judge_messages import Closing
from run_contracts.watching.judge_process import write_parcel
from run_contracts.watching.live_watch import LiveWatch
from run_contracts.watching.proxy import ReverseProxy

NUMBER = b"x-request-number"
DIGESTS = "/digests"
LIFE = ("thread", "message", "run", "get", "get", "get", "get", "list", "steps", "messages")
STREAMED_EACH = 10
"""Of so many lives one streams its run."""


class Digests:
    """The reference server, which remembers a digest of each body that it sends."""

    def __init__(self, application: Any) -> None:
        self._application = application
        self._digests: dict[str, str] = {}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == DIGESTS:
            body = json.dumps(self._digests).encode()
            self._digests.clear()
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": body})
            return
        number = next((v.decode() for n, v in scope["headers"] if n == NUMBER), "")
        digest = hashlib.sha256()

        async def sent(message: Any) -> None:
            if message["type"] == "http.response.body":
                digest.update(message.get("body", b""))
                if number and not message.get("more_body", False):
                    self._digests[number] = digest.hexdigest()
            await send(message)

        await self._application(scope, receive, sent)


def serve(port: int) -> None:
    options = ServerOptions(queue_seconds=0.02, work_seconds=0.05, cancel_seconds=0.02)
    gc.disable()  # it keeps every thread: to look for garbage among them takes 250 ms in the end
    app = Digests(create_app(options))
    host_until_stopped(app, host="127.0.0.1", port=port, announce=_announce, adds_headers=False)


def proxy(port: int, upstream: str, kind: str) -> None:
    """Forward: that alone, with all but the work of the judge, who stays idle, or with it."""
    watch = LiveWatch(upstream) if kind != "bare" else None
    if kind == "idle":
        judge_link.write_parcel = _only_first_and_last
    spent = timed_on_the_way()
    app = ReverseProxy(Upstream.at(upstream), watch)
    sys.setswitchinterval(0.0005)
    gc.freeze()
    host_until_stopped(
        app, host="127.0.0.1", port=port, announce=_announce, adds_headers=False, keeps=75
    )
    if watch is not None:
        watch.close()
        # Few enough for a pipe that nobody reads.
        cuts = quantiles(spent, n=100)
        print(json.dumps({**watch.numbers(), "on_the_way": cuts}), flush=True)


def _only_first_and_last(pipe: IO[bytes], message: Any) -> None:
    """Write to a judge what begins and ends its work, and only pickle what is in between."""
    if isinstance(message, list) and not isinstance(message[-1], Closing):
        pickle.dumps(message)
    else:
        write_parcel(pipe, message)


def _announce(url: str) -> None:
    print(url.removesuffix("/v1"), flush=True)


class Connection:
    """One connection of the load: as little as speaks HTTP, so that it measures the other side."""

    def __init__(self, host: str, port: int) -> None:
        self._place = host, port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def ask(
        self, method: str, path: str, body: bytes, number: str
    ) -> tuple[int, bytes, float]:
        """Return the status, the body, and when its first byte came."""
        if self._writer is None:
            self._reader, self._writer = await asyncio.open_connection(*self._place)
        assert self._reader is not None
        head = (
            f"{method} {path} HTTP/1.1\r\nhost: {self._place[0]}:{self._place[1]}\r\n"
            "authorization: Bearer sk-reference\r\nopenai-beta: assistants=v2\r\n"
            f"content-type: application/json\r\n{NUMBER.decode()}: {number}\r\n"
            f"content-length: {len(body)}\r\n\r\n"
        )
        self._writer.write(head.encode() + body)
        raw = await self._reader.readuntil(b"\r\n\r\n")
        lines = raw.decode("latin-1").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
        content = bytearray()
        first = 0.0
        if "content-length" in headers:
            content += await self._reader.readexactly(int(headers["content-length"]))
            first = time.perf_counter()
        else:
            async for part in self._chunks():
                first = first or time.perf_counter()
                content += part
        return int(lines[0].split(" ")[1]), bytes(content), first or time.perf_counter()

    async def _chunks(self) -> Any:
        assert self._reader is not None
        while True:
            size = int((await self._reader.readline()).strip() or b"0", 16)
            part = await self._reader.readexactly(size + 2)
            if size == 0:
                return
            yield part[:-2]

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()


@dataclass
class Client:
    """A program that makes a thread and a run, watches it, and begins anew."""

    connection: Connection
    number: int
    step: int = 0
    lives: int = 0
    thread: str = ""
    run: str = ""

    def next_request(self, assistant: str) -> tuple[str, str, dict[str, Any] | None]:
        thread = f"/v1/threads/{self.thread}"
        asked: dict[str, Any] = {"assistant_id": assistant}
        if (self.number + self.lives) % STREAMED_EACH == 0:
            asked["stream"] = True
        return {
            "thread": ("POST", "/v1/threads", {}),
            "message": ("POST", f"{thread}/messages", {"role": "user", "content": "hello"}),
            "run": ("POST", f"{thread}/runs", asked),
            "get": ("GET", f"{thread}/runs/{self.run}", None),
            "list": ("GET", f"{thread}/runs", None),
            "steps": ("GET", f"{thread}/runs/{self.run}/steps", None),
            "messages": ("GET", f"{thread}/messages", None),
        }[LIFE[self.step]]

    def learn(self, body: bytes) -> None:
        kind = LIFE[self.step]
        if kind == "thread":
            self.thread = json.loads(body)["id"]
        elif kind == "run":
            text = body if body.startswith(b"{") else body.split(b"data: ", 2)[1].split(b"\n")[0]
            self.run = json.loads(text)["id"]
        self.step = (self.step + 1) % len(LIFE)
        self.lives += self.step == 0


@dataclass
class Load:
    """Requests at a fixed rate, whatever becomes of those before."""

    host: str
    port: int
    rate: float
    latencies: list[float] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)
    failed: int = 0
    streams: int = 0

    async def run(self, seconds: float, tag: str) -> None:
        connection = Connection(self.host, self.port)
        _, body, _ = await connection.ask(
            "POST", "/v1/assistants", b'{"model": "gpt-4o", "instructions": "be short"}', ""
        )
        assistant = json.loads(body)["id"]
        free: deque[Client] = deque()
        tasks: set[asyncio.Task[None]] = set()
        began, made = time.perf_counter(), 0
        for slot in self._slots(seconds):
            delay = began + slot - time.perf_counter()
            if delay > 0:
                await asyncio.sleep(delay)
            if not free:
                made += 1
                free.append(Client(Connection(self.host, self.port), made))
            task = asyncio.ensure_future(
                self._ask(free.popleft(), free, assistant, began + slot, f"{tag}-{slot:.6f}")
            )
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        if tasks:
            await asyncio.wait(tasks, timeout=20)
        for client in free:
            client.connection.close()

    def _slots(self, seconds: float) -> Iterator[float]:
        for at in range(int(seconds * self.rate)):
            yield at / self.rate

    async def _ask(
        self, client: Client, free: deque[Client], assistant: str, due: float, number: str
    ) -> None:
        method, path, value = client.next_request(assistant)
        body = json.dumps(value).encode() if value is not None else b""
        try:
            status, answer, first = await client.connection.ask(method, path, body, number)
        except (OSError, asyncio.IncompleteReadError, ValueError):
            self.failed += 1
            return
        self.latencies.append(first - due)
        self.digests[number] = hashlib.sha256(answer).hexdigest()
        if status != 200:
            self.failed += 1
            return
        self.streams += answer.startswith(b"event")
        client.learn(answer)
        free.append(client)


def load(url: str, rate: float, seconds: float, tag: str) -> None:
    host, _, port = url.removeprefix("http://").partition(":")
    gc.disable()
    made = Load(host, int(port), rate)
    asyncio.run(made.run(seconds, tag))
    said = {name: getattr(made, name) for name in ("latencies", "digests", "failed", "streams")}
    print(json.dumps(said), flush=True)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["server", port]:
            serve(int(port))
        case ["proxy", port, upstream, kind]:
            proxy(int(port), upstream, kind)
        case ["load", url, rate, seconds, tag]:
            load(url, float(rate), float(seconds), tag)
