"""Whether a proxy would forward to itself."""

from __future__ import annotations

import contextlib
import socket

from run_contracts.watching.forwarding import Upstream

LOCAL_ADDRESSES = ("127.0.0.1", "::1")


def is_own_place(upstream: Upstream, host: str, port: int) -> bool:
    """Say whether a server is at the place where a proxy will listen; port 0 is never taken.

    >>> is_own_place(Upstream.at("http://localhost:8080/v1"), "127.0.0.1", 8080)
    True
    """
    if not port or upstream.port != port:
        return False
    theirs, own = _addresses(upstream.host.decode("ascii"), port), _addresses(host, port)
    is_everywhere = bool(own & {"0.0.0.0", "::"})  # noqa: S104 - what it is compared with
    return bool(theirs & own) or (is_everywhere and any(map(_is_of_this_machine, theirs)))


def _addresses(host: str, port: int) -> set[str]:
    """Return the addresses of a host; none if nobody knows it."""
    with contextlib.suppress(OSError, UnicodeError):
        known = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return {str(address[0]) for *_, address in known}
    return set()


def _is_of_this_machine(address: str) -> bool:
    """Say whether one could listen at an address."""
    if address in LOCAL_ADDRESSES:
        return True
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_STREAM) as tried:
        tried.bind((address, 0))
        return True
    return False
