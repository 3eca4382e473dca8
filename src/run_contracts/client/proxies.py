"""Proxies: which one the environment names for a target, and whether it can be used."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpcore2

from run_contracts.errors import UsageError
from run_contracts.traffic.base_urls import is_on_loopback

SCHEMES = ("http", "https")
"""Kinds of proxies that requests go through."""


def proxy_for(url: str) -> httpcore2.Proxy | None:
    """Return the proxy that the environment names for a base URL; None if there is none.

    ``http_proxy``, ``https_proxy``, ``all_proxy`` and ``no_proxy`` count as everywhere, but never
    for this machine itself. Raises `UsageError` for a proxy that no request can go through; what it
    says holds nothing secret.
    """
    parts = urlsplit(url)
    named = getproxies()
    given = named.get(parts.scheme) or named.get("all")
    if not given or is_on_loopback(url) or proxy_bypass(parts.netloc.rpartition("@")[2]):
        return None
    address = given if "://" in given else f"http://{given}"
    which = f"{parts.scheme}_proxy" if named.get(parts.scheme) else "all_proxy"
    return _read(address, which)


def _read(address: str, which: str) -> httpcore2.Proxy:
    """Return the proxy at an address that a variable of the environment holds."""
    help_ = f"give ${which} a URL like http://proxy.example:3128, or unset it"
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise UsageError(f"${which} is no URL of a proxy; {help_}") from None
    if parts.scheme not in SCHEMES:
        raise UsageError(f"${which} names a proxy of the kind {parts.scheme!r}; {help_}")
    if not host or not host.isascii() or any(one.isspace() for one in address):
        raise UsageError(f"${which} is no URL of a proxy; {help_}")
    name, password = unquote(parts.username or ""), unquote(parts.password or "")
    user = (name.encode(), password.encode()) if name else None
    shown = f"[{host}]" if ":" in host else host
    return httpcore2.Proxy(f"{parts.scheme}://{shown}{f':{port}' if port else ''}/", auth=user)
