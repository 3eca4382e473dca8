"""An upstream of bare sockets, which keeps each byte that came, and the proxy before it."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import uvicorn

from run_contracts.watching.forwarding import Upstream
from run_contracts.watching.live_watch import LiveWatch
from run_contracts.watching.proxy import ReverseProxy

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
PATIENCE = 10.0


def wait_until(is_so: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Wait for a condition; fail if it does not come about in time."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.005)


@dataclass
class Arrived:
    """What came over one connection: head and body of a request, as bytes."""

    head: bytes
    body: bytes = b""
    is_closed: threading.Event = field(default_factory=threading.Event)

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        lines = self.head.split(b"\r\n")[1:]
        return [(n.lower(), v.strip()) for n, _, v in (one.partition(b":") for one in lines if one)]


Answer = Callable[[Arrived], "bytes | Iterator[bytes]"]


class RawUpstream:
    """Answers each request with bytes that are written by hand; then it closes."""

    def __init__(self, answer: Answer | bytes = OK, *, reads_body: bool = True) -> None:
        self._answer: Answer = answer if callable(answer) else lambda _: answer
        self._reads_body = reads_body
        self.arrived: list[Arrived] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.settimeout(0.05)
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._is_over = threading.Event()
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    def __enter__(self) -> RawUpstream:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        for thread in self._threads:
            thread.join(PATIENCE)
        self._listening.close()

    def _accept(self) -> None:
        while not self._is_over.is_set():
            with contextlib.suppress(TimeoutError):
                connection, _ = self._listening.accept()
                thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            connection.settimeout(PATIENCE)
            data = b""
            while b"\r\n\r\n" not in data:
                part = connection.recv(65536)
                if not part:
                    return
                data += part
            head, _, body = data.partition(b"\r\n\r\n")
            arrived = Arrived(head + b"\r\n", body)
            self.arrived.append(arrived)
            if self._reads_body:
                self._read_body(connection, arrived)
            try:
                answer = self._answer(arrived)
                for part in [answer] if isinstance(answer, bytes) else answer:
                    connection.sendall(part)
                    if self._is_over.is_set():
                        return
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(65536):
                    pass
            except OSError:
                pass
            finally:
                arrived.is_closed.set()

    @staticmethod
    def _read_body(connection: socket.socket, arrived: Arrived) -> None:
        length = re.search(rb"content-length: *(\d+)", arrived.head.lower())
        is_chunked = b"transfer-encoding: chunked" in arrived.head.lower()
        while (length and len(arrived.body) < int(length[1])) or (
            is_chunked and not arrived.body.endswith(b"0\r\n\r\n")
        ):
            arrived.body += connection.recv(65536)


@contextlib.contextmanager
def proxied(url: str, watch: LiveWatch | None = None) -> Iterator[str]:
    """Serve a proxy before an upstream while the block runs; yield its origin."""
    config = uvicorn.Config(
        ReverseProxy(Upstream.at(url), watch),
        log_config=None,
        log_level="critical",
        access_log=False,
        lifespan="on",
        timeout_graceful_shutdown=1,
        server_header=False,
        date_header=False,
    )
    server = uvicorn.Server(config)
    listening = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    wait_until(lambda: server.started)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
        listening.close()


class Speaker:
    """A client of bare sockets."""

    def __init__(self, origin: str) -> None:
        host, _, port = origin.removeprefix("http://").partition(":")
        self.socket = socket.create_connection((host, int(port)), timeout=PATIENCE)

    def __enter__(self) -> Speaker:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def ask(self, request: bytes) -> None:
        self.socket.sendall(request)

    def until(self, end: bytes) -> bytes:
        """Return what comes, until it ends so."""
        data = b""
        while not data.endswith(end):
            part = self.socket.recv(65536)
            assert part, f"closed after {data!r}"
            data += part
        return data

    def rest(self) -> bytes:
        """Return what comes until the other side closes."""
        parts = []
        while part := self.socket.recv(65536):
            parts.append(part)
        return b"".join(parts)
