"""The test double: a server of bare sockets that behaves, before a right reference server."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import BinaryIO
from urllib.parse import urlsplit

from run_contracts.server import ServerOptions, running
from tests.hostile.behaviour import HOLD, Asked, Behaviour, Headers, Said, passed

KEY = "sk-Zq7vN3-of-a-check-that-nobody-may-see"
"""The key that the double takes, which must never be found in what a check writes."""
AT_ONCE = struct.pack("ii", 1, 0)
"""How a socket is told to end its connection by a reset."""
LONGEST_HOLD = 120.0


@dataclass
class Double:
    """A hostile server that runs: where, what it was asked, and what came where nobody must ask.

    `failures` are its own: what kept it from behaving.
    """

    behaviour: Behaviour
    upstream: tuple[str, int]
    url: str = ""
    elsewhere: str = ""
    asked: list[Asked] = field(default_factory=list)
    strayed: list[bytes] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    left: threading.Event = field(default_factory=threading.Event)
    counting: threading.Lock = field(default_factory=threading.Lock)


Serve = Callable[[Double, socket.socket], None]
"""What is done with a connection."""


@contextlib.contextmanager
def serving(behaviour: Behaviour) -> Iterator[Double]:
    """Serve on loopback until the block is left."""
    options = replace(ServerOptions.for_checking(), api_key=KEY)
    with (
        running(options) as right,
        socket.create_server(("127.0.0.1", 0)) as listening,
        socket.create_server(("127.0.0.1", 0)) as beside,
    ):
        parts = urlsplit(right)
        double = Double(behaviour, (parts.hostname or "", parts.port or 0))
        double.url = f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
        double.elsewhere = f"http://127.0.0.1:{beside.getsockname()[1]}/v1"
        threads = [
            threading.Thread(target=_accept, args=(double, *pair), daemon=True)
            for pair in ((listening, _serve), (beside, _overhear))
        ]
        for thread in threads:
            thread.start()
        try:
            yield double
        finally:
            double.left.set()
            for thread in threads:
                thread.join(5)


def _accept(double: Double, listening: socket.socket, serve: Serve) -> None:
    listening.settimeout(0.05)
    while not double.left.is_set():
        with contextlib.suppress(OSError):
            connection, _ = listening.accept()
            connection.settimeout(30)
            threading.Thread(target=serve, args=(double, connection), daemon=True).start()


def _overhear(double: Double, connection: socket.socket) -> None:
    """Keep what came to the listener beside, and answer that all is well."""
    with connection, contextlib.suppress(OSError):
        double.strayed.append(connection.recv(65_536))
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")


def _serve(double: Double, connection: socket.socket) -> None:
    """Answer the requests of one connection."""
    with connection, connection.makefile("rb") as read, contextlib.suppress(OSError):
        while not double.left.is_set():
            asked = _request(double, read)
            if asked is None:
                return
            behaviour = double.behaviour
            is_hostile = behaviour.on(asked)
            if behaviour.restored is not None:
                asked = behaviour.restored(asked)
            try:
                _say(double, connection, (behaviour.act if is_hostile else passed)(asked))
            except (ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as error:
                double.failures.append(f"{asked.method} {asked.target[:80]}: {error!r}")
                return
            if not asked.is_kept:
                return


def _request(double: Double, read: BinaryIO) -> Asked | None:
    """Return the next request of a connection; None if there is none."""
    line = read.readline().decode("latin-1").split()
    if len(line) < 2:
        return None
    headers: Headers = []
    while header := read.readline().decode("latin-1").strip():
        name, _, value = header.partition(":")
        headers.append((name, value.strip()))
    length = next((int(value) for name, value in headers if name.lower() == "content-length"), 0)
    body = read.read(length)
    with double.counting:
        asked = Asked(
            number=len(double.asked) + 1,
            method=line[0],
            target=line[1],
            headers=headers,
            body=body,
            upstream=double.upstream,
            elsewhere=double.elsewhere,
        )
        double.asked.append(asked)
    return asked


def _say(double: Double, connection: socket.socket, said: Said) -> None:
    """Say what a behaviour says, as long as somebody listens."""
    for piece in said:
        if double.left.is_set():
            return
        if piece is None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
            connection.close()
            raise ConnectionResetError
        if isinstance(piece, bytes):
            connection.sendall(piece)
        else:
            double.left.wait(LONGEST_HOLD if piece == HOLD else piece)
