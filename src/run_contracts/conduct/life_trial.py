"""One life played to one client, on a server of its own: what was exchanged, how both ended."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any, Self
from zlib import crc32

from run_contracts.conduct.client_command import ClientCommand, Ran
from run_contracts.conduct.client_words import ClientSays, said
from run_contracts.conduct.life_watch import LifeWatch, RunFate
from run_contracts.conduct.played_life import NOT_DONE, Offered, PlayedLife
from run_contracts.conduct.scripted import ScriptedServer
from run_contracts.contract.lifecycle import lifecycle
from run_contracts.contract.requirements import EDITIONS
from run_contracts.server.app.hosting import hosted
from run_contracts.server.options import ServerOptions
from run_contracts.traffic.exchange import Exchange

QUICK_LIFE = ServerOptions(
    queue_seconds=0.1, work_seconds=0.3, cancel_seconds=0.6, poll_after_ms=100
)
"""Options under which each status of a life is seen, and none for long."""
SERVED_AT = "http://127.0.0.1"
"""Stands for where each life is served, which is another port each time."""


@dataclass(frozen=True, kw_only=True)
class LifeTrial:
    """What happened when a life was played: what was exchanged, how the client ended, its runs.

    `fates` are those of the runs that it created, `text` is what the assistant wrote, None if
    nobody knows. `shown_end` is how many seconds before its end it was shown that of its newest
    run, None if it was not; since then it read it `reads_after_end` times, or `reads_waiting` times
    while it waited for outputs.
    """

    played: PlayedLife
    ran: Ran
    said: ClientSays
    exchanges: tuple[Exchange, ...]
    fates: tuple[RunFate, ...]
    text: str | None
    shown_end: float | None
    reads_after_end: int
    reads_waiting: int

    @property
    def runs(self) -> tuple[str, ...]:
        """The statuses that its runs came to."""
        return tuple(fate.status for fate in self.fates)

    @property
    def is_lost(self) -> bool:
        """Whether nobody knows what became of one of its runs, for it deleted the thread."""
        return not all(fate.is_sure for fate in self.fates)

    @property
    def offered(self) -> Offered:
        """What the client showed that it does."""
        asked = [exchange.asked for exchange in self.exchanges if isinstance(exchange.asked, dict)]
        return Offered(
            functions=tuple(dict.fromkeys(_functions(asked))),
            streams=any(body.get("stream") is True for body in asked),
        )

    @property
    def unused(self) -> str:
        """Why the life could not be played to this client; empty if it was."""
        return "" if self.offered.has(self.played.needs) else NOT_DONE[self.played.needs]

    @property
    def has_ended(self) -> bool:
        """Whether all its runs have."""
        terminal = lifecycle(EDITIONS[-1]).terminal
        return bool(self.runs) and all(status in terminal for status in self.runs)


def tried(
    command: ClientCommand, played: PlayedLife, is_stopped: Callable[[], bool] = lambda: False
) -> LifeTrial:
    """Play a life to a client, unless that `is_stopped`; raise `UsageError` if it cannot start."""
    with PlayedServerOfLife(played) as server:
        ran = command.run(server.url, server.api_key, lambda: is_stopped() or server.is_over())
        return server.trial(ran)


class PlayedServerOfLife:
    """A server that plays one life, while it is entered."""

    api_key = QUICK_LIFE.api_key

    def __init__(self, played: PlayedLife) -> None:
        """Plan the life."""
        self.played = played
        # The ids of each life are its own, so that a report tells its runs apart.
        options = replace(QUICK_LIFE, seed=crc32(played.id.encode()))
        self._server = ScriptedServer(options, layer=played.layer)
        played.plan(self._server)
        self._watch = LifeWatch(self._server)
        self.is_over = self._watch.is_over
        self.url = ""
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self.url = self._stack.enter_context(hosted(self._server))
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def trial(self, ran: Ran, says: ClientSays | None = None) -> LifeTrial:
        """Return what happened until now, when a client has ended; it says what it printed."""
        ended, watch = time.time(), self._watch
        fates = watch.fates()
        shown_at = watch.shown_at
        return LifeTrial(
            played=self.played,
            ran=ran,
            said=said(ran) if says is None else says,
            exchanges=tuple(
                _named(exchange, self.played, self.url) for exchange in self._server.log.exchanges
            ),
            fates=fates,
            text=watch.text(),
            shown_end=None if shown_at is None else ended - shown_at,
            reads_after_end=watch.reads_after_end,
            reads_waiting=watch.reads_waiting,
        )


def _named(exchange: Exchange, played: PlayedLife, url: str) -> Exchange:
    """Return an exchange of a life, as if all lives were served at one place."""
    host = url.removesuffix("/v1")
    asked = exchange.request
    rest = asked.url.removeprefix(host) if asked.url.startswith(host) else asked.url
    moved = replace(asked, url=SERVED_AT + rest if rest.startswith("/") else asked.url)
    return replace(exchange, request=moved, source=played.id)


def _functions(bodies: Iterable[dict[str, Any]]) -> Iterable[str]:
    """Yield the names of the functions that requests offer."""
    for body in bodies:
        for tool in body.get("tools") or ():
            if isinstance(tool, dict) and isinstance(tool.get("function"), dict):
                yield str(tool["function"].get("name"))
