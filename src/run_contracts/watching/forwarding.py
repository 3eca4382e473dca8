"""What a reverse proxy changes of requests and answers, and nothing else (RFC 9110, 7.6.1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from run_contracts.client.checked_target import without_user
from run_contracts.errors import UsageError
from run_contracts.traffic.base_urls import is_base

OF_ONE_HOP = frozenset(
    {
        *(b"connection", b"keep-alive", b"proxy-connection", b"te", b"trailer"),
        *(b"transfer-encoding", b"upgrade"),
    }
)
"""Headers that speak of one connection, not of the message."""
HeaderPair = tuple[bytes, bytes]
PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class Upstream:
    """Where requests are forwarded to; the paths of clients lie below its own."""

    url: str
    scheme: bytes
    host: bytes
    port: int
    path: bytes
    authority: bytes

    @classmethod
    def at(cls, url: str) -> Upstream:
        """Return the server at a base URL; raise `UsageError` for what is none."""
        if without_user(url)[1]:
            raise UsageError(
                "--upstream names a user; clients send their own credentials, leave it out"
            )
        if not is_base(url):
            raise UsageError(
                "--upstream is no base URL; give one like http://127.0.0.1:8000 or "
                "https://api.example.com/v1"
            )
        parts = urlsplit(url)
        host = parts.hostname or ""
        return cls(
            url=url.rstrip("/"),
            scheme=parts.scheme.encode(),
            host=host.encode("idna") if not host.isascii() else host.encode(),
            port=parts.port or PORTS[parts.scheme],
            path=parts.path.rstrip("/").encode(),
            authority=parts.netloc.encode(),
        )

    @property
    def origin(self) -> str:
        """Its URL without a path."""
        return self.url.removesuffix(self.path.decode())

    def target(self, path: bytes, query: bytes) -> bytes:
        """Return the path and query that a request is sent with, byte by byte.

        >>> base = Upstream.at("http://h/v1")
        >>> base.target(b"/threads", b"a=%20"), base.target(b"/v1/threads", b"")
        (b'/v1/threads?a=%20', b'/v1/threads')
        """
        own = self.path
        if not path.startswith(b"/") and b"://" in path:
            path = b"/" + path.partition(b"://")[2].partition(b"/")[2]
        is_below = path.startswith(own) and path[len(own) : len(own) + 1] in (b"", b"/")
        whole = path if is_below else own + path
        return whole + b"?" + query if query else whole


def forwarded(headers: Iterable[HeaderPair]) -> list[HeaderPair]:
    """Return headers without those of one hop: in their order, what comes twice twice.

    >>> forwarded([(b"connection", b"close, x-hop"), (b"x-hop", b"1"), (b"a", b"1"), (b"a", b"2")])
    [(b'a', b'1'), (b'a', b'2')]
    """
    pairs = [(bytes(name), bytes(value)) for name, value in headers]
    named = {
        one.strip().lower()
        for name, value in pairs
        if name.lower() == b"connection"
        for one in value.split(b",")
    }
    return [(n, v) for n, v in pairs if n.lower() not in OF_ONE_HOP and n.lower() not in named]


def request_headers(headers: Iterable[HeaderPair], authority: bytes) -> list[HeaderPair]:
    """Return the headers that a request is forwarded with: the host is another.

    That the client waits before it sends its body was answered already.
    """
    pairs = list(headers)
    names = {name.lower() for name, _ in pairs}
    sent = [
        (name, authority if name.lower() == b"host" else value)
        for name, value in forwarded(pairs)
        if name.lower() != b"expect"
    ]
    if b"host" not in names:
        sent.insert(0, (b"host", authority))
    if b"transfer-encoding" in names:
        sent.append((b"transfer-encoding", b"chunked"))
    return sent


def has_body(headers: Iterable[HeaderPair]) -> bool:
    """Say whether a request has a body."""
    return any(
        name.lower() == b"transfer-encoding"
        or (name.lower() == b"content-length" and value.strip() != b"0")
        for name, value in headers
    )
