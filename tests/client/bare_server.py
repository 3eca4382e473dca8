"""A server of bare sockets: what it does at each request is written by hand."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
FAILED = OK.replace(b"200 OK", b"500 Internal Server Error")


@dataclass(frozen=True, kw_only=True)
class Arrived:
    """A request, the number of its connection, and how many came before it on that one."""

    line: str
    connection: int
    before: int


Answer = Callable[[Arrived], "bytes | Iterator[bytes] | None"]
"""Says what to answer, at once or in pieces; nothing closes the connection, as does the end of the
pieces, and None leaves it open and silent."""


@dataclass
class BareServer:
    """What it answers, and what came."""

    answer: Answer
    url: str = ""
    arrived: list[Arrived] = field(default_factory=list)
    closes_after: Callable[[Arrived], bool] = lambda _: False

    def lines(self) -> list[str]:
        """Return the request lines that came, in order."""
        return [one.line for one in self.arrived]

    def connections(self) -> list[int]:
        """Return the number of the connection that each request came on."""
        return [one.connection for one in self.arrived]


@contextlib.contextmanager
def serving(server: BareServer) -> Iterator[BareServer]:
    """Serve on loopback until the block is left."""
    left = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.05)
        server.url = f"http://127.0.0.1:{listening.getsockname()[1]}/v1"

        def accept() -> None:
            number = 0
            while not left.is_set():
                with contextlib.suppress(OSError):
                    connection, _ = listening.accept()
                    number += 1
                    threading.Thread(
                        target=_serve, args=(server, connection, number, left), daemon=True
                    ).start()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            left.set()
            thread.join(5)


def _serve(
    server: BareServer, connection: socket.socket, number: int, left: threading.Event
) -> None:
    """Answer the requests of one connection."""
    with connection, connection.makefile("rb") as read:
        for before in range(1_000):
            line = read.readline()
            if not line:
                return
            length = 0
            while (header := read.readline()).strip():
                name, _, value = header.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
            read.read(length)
            arrived = Arrived(line=line.decode().strip(), connection=number, before=before)
            server.arrived.append(arrived)
            answer = server.answer(arrived)
            if answer is None:
                left.wait(10)
            if not answer:
                return
            with contextlib.suppress(OSError):
                for piece in [answer] if isinstance(answer, bytes) else answer:
                    connection.sendall(piece)
                    if left.is_set():
                        return
            if server.closes_after(arrived) or not isinstance(answer, bytes):
                return
