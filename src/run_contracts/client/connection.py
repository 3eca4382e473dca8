"""The connection: how a session reaches its target, and what hears of each request."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import httpx2

RequestHook = Callable[[str, int], object]
"""Is called before each request with its source, and the number of those sent before."""


def no_hook(_source: str, _sent: int) -> None:
    """Do nothing before a request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """The way to a target and the time that passes on it: the network and ours, unless given.

    `now` and `sleep` count seconds; a target in this process may keep a time of its own. Who waits
    for another thread that uses the connection does so inside of `aside`: where only one of several
    works at a time, others do meanwhile. `name` is what a command calls it there, e.g.
    ``module:app``; empty if no command can reach it.
    """

    transport: httpx2.BaseTransport | None = None
    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    aside: Callable[[], AbstractContextManager[None]] = nullcontext
    name: str = ""


NETWORK = Connection()
