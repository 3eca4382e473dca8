"""Base URLs, and what lies below one: what is sent again must not leave the server it was sent to.

Text is no measure of that: ``http://a.example:81/`` begins with ``http://a.example``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import quote, unquote, urljoin, urlsplit

IN_PROCESS = "http://in-process.invalid"
"""Where an application of this process is said to be: a name that nobody answers to (RFC 6761)."""
_HIDDEN_NAME = r"\$[A-Za-z_]\w*"
"""What stands for a secret, which may be any part of a URL."""
_BASE = re.compile(
    rf"(?:https?|{_HIDDEN_NAME})://"
    r"(?:\[[0-9A-Fa-f:.]+(?:%[\w.~-]+)?\]|[\w.~$-]+)"
    rf"(?::(?:[0-9]{{1,5}}|{_HIDDEN_NAME}))?"
    r"(?:/[\w.~%!$&()*+,;=:@-]*)*",
    re.IGNORECASE,
)
_HIDDEN_PARTS = re.compile(f"^{_HIDDEN_NAME}:|:{_HIDDEN_NAME}(?=/|$)")
"""A scheme or a port that is a secret."""
_PORTS = {"http": 80, "https": 443}
_TEXT = "".join(map(chr, range(0x21, 0x7F)))
"""What a URL is written in."""


def is_base(url: str) -> bool:
    """Say whether a text is the base URL of a server, and nothing else.

    >>> is_base("http://127.0.0.1:8000/v1"), is_base("http://h/}; reboot #"), is_base("http://a@b")
    (True, False, False)
    """
    if _BASE.fullmatch(url) is None:
        return False
    try:
        parts = urlsplit(_HIDDEN_PARTS.sub("", url))
        return bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False


def is_plain(url: str) -> bool:
    """Say whether what is sent to a URL can be read on the way, however its scheme is written.

    >>> is_plain("HTTP://runs.example/v1"), is_plain("https://runs.example/v1")
    (True, False)
    """
    return urlsplit(url).scheme == "http"


def is_on_loopback(url: str) -> bool:
    """Say whether a URL names this machine by its loopback interface, by name or by address.

    >>> is_on_loopback("http://127.9.9.9:8000/v1"), is_on_loopback("http://[::1]/v1")
    (True, True)
    >>> is_on_loopback("http://a.localhost/v1"), is_on_loopback("http://10.0.0.1/v1")
    (True, False)
    """
    name = (urlsplit(url).hostname or "").rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def below(base: str, url: str) -> str | None:
    """Return what follows a base URL in one below it; None if it leads elsewhere.

    >>> below("http://a.example", "http://a.example/threads?limit=1")
    '/threads?limit=1'
    >>> below("http://a.example", "http://a.example:81/threads") is None
    True
    """
    for begin in (base, *_normal(base)):
        rest = url[len(begin) :]
        if url.startswith(begin) and (begin.endswith("/") or rest[:1] in ("", "/", "?")):
            return rest if _stays(rest) else None
    return None


@lru_cache
def _normal(base: str) -> tuple[str, ...]:
    """Return a base URL as clients write it: in small letters, with its port and without."""
    try:
        parts = urlsplit(base)
        host = (parts.hostname or "").encode("idna").decode()
        port = parts.port
    except ValueError:
        return ()
    place = f"{parts.scheme}://{f'[{host}]' if ':' in host else host}"
    places = [place] if port in (None, _PORTS.get(parts.scheme)) else []
    places += [f"{place}:{port}"] if port is not None else []
    path = urljoin("http://h/", parts.path).removeprefix("http://h") if parts.path else ""
    return tuple(f"{one}{in_text(path)}" for one in places)


def _stays(rest: str) -> bool:
    """Say whether a path does not climb above where it begins, and is written as one is."""
    depth = 0
    for segment in rest.partition("?")[0].split("/")[1:]:
        depth += {"..": -1, ".": 0}.get(unquote(segment), 1)
        if depth < 0:
            return False
    return rest == in_text(rest)


def in_text(path: str) -> str:
    r"""Return a path written in the characters of a URL, whatever was in it.

    >>> in_text("/threads/a%20b\x1b\n")
    '/threads/a%20b%1B%0A'
    """
    return quote(path, safe=_TEXT, errors="surrogatepass")
