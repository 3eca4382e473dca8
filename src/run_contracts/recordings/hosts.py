"""The host that a request went to, whichever of its names was written."""

from __future__ import annotations

from urllib.parse import urlsplit

DEFAULT_PORTS = {"http": ":80", "https": ":443"}
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]", "0.0.0.0"})  # noqa: S104 - as clients name it
"""Names of this machine, at whose ports one server listens, as far as anybody can tell."""


def spelled_host(url: str) -> str:
    """Return host and port in small letters; the port that is meant where none is written has none.

    >>> spelled_host("http://GW.example:80/v1"), spelled_host("https://k@gw.example:8443/v1")
    ('gw.example', 'gw.example:8443')
    """
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2].lower()
    return host.removesuffix(DEFAULT_PORTS.get(parts.scheme.lower(), ":"))


def host_of(url: str) -> str:
    """Return what two requests share that may have gone to one server.

    >>> host_of("http://127.0.0.1:8000/v1") == host_of("http://localhost:8000/openai")
    True
    """
    host = spelled_host(url)
    name, colon, port = host.rpartition(":")
    if not colon or host.endswith("]"):
        name, port = host, ""
    return f"localhost:{port}" if name in LOOPBACK else host
