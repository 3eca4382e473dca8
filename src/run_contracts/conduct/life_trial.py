"""One life played to one client, on a server of its own: what was exchanged, how both ended."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any, Self
from urllib.parse import quote
from zlib import crc32

import httpx2

from run_contracts.client.asgi import InProcess
from run_contracts.conduct.client_command import ClientCommand, Ran
from run_contracts.conduct.client_words import ClientSays, said
from run_contracts.conduct.played_life import Offered, PlayedLife
from run_contracts.conduct.scripted import ScriptedServer
from run_contracts.contract.lifecycle import REQUIRES_ACTION, lifecycle
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
AFTER_END = 5.0
"""Seconds that a client may take to end once it was shown that its run has ended."""
LONGEST_IDLE = 10.0
"""Seconds that a client may take to answer what its run calls."""
MOST_ALIKE_FAILURES = 40
"""Times in a row that a client may ask for the same in vain before nobody waits any longer."""
CREATES_A_RUN = frozenset({"createRun", "createThreadAndRun"})


@dataclass(frozen=True, kw_only=True)
class LifeTrial:
    """What happened when a life was played: what was exchanged, how the client ended, its runs.

    `runs` are the statuses that the runs it created had when it had ended; `shown_end` is how many
    seconds before that it was shown the end of one, None if never, and `idle` how many seconds
    before it sent its last request.
    """

    played: PlayedLife
    ran: Ran
    said: ClientSays
    exchanges: tuple[Exchange, ...]
    runs: tuple[str, ...]
    shown_end: float | None
    idle: float

    @property
    def offered(self) -> Offered:
        """What the client showed that it does."""
        asked = [exchange.asked for exchange in self.exchanges if isinstance(exchange.asked, dict)]
        return Offered(
            functions=tuple(dict.fromkeys(_functions(asked))),
            streams=any(body.get("stream") is True for body in asked),
        )

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
        self._watch = _Watch(self._server)
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
        ended = time.time()
        runs = tuple(self._watch.statuses())
        exchanges = self._server.log.exchanges
        last = max((exchange.sent_at for exchange in exchanges), default=ended)
        shown_at = self._watch.shown_at
        return LifeTrial(
            played=self.played,
            ran=ran,
            said=said(ran) if says is None else says,
            exchanges=tuple(_named(exchange, self.played, self.url) for exchange in exchanges),
            runs=runs,
            shown_end=None if shown_at is None else ended - shown_at,
            idle=ended - last,
        )


def _named(exchange: Exchange, played: PlayedLife, url: str) -> Exchange:
    """Return an exchange of a life, as if all lives were served at one place."""
    host = url.removesuffix("/v1")
    asked = exchange.request
    rest = asked.url.removeprefix(host) if asked.url.startswith(host) else asked.url
    moved = replace(asked, url=SERVED_AT + rest if rest.startswith("/") else asked.url)
    return replace(exchange, request=moved, source=played.id)


class _Watch:
    """Looks at what a client is shown, while it runs."""

    def __init__(self, server: ScriptedServer) -> None:
        self._server = server
        self._seen = 0
        self._asked_at = time.time()
        self._status = ""
        self._last: tuple[object, ...] = ()
        self._alike = 0
        self.shown_at: float | None = None

    def is_over(self) -> bool:
        """Tell whether a client has had time enough: to end, or to answer what its run calls."""
        exchanges = self._server.log.ended
        for exchange in exchanges[self._seen :]:
            self._notice(exchange)
        self._seen = len(exchanges)
        now = time.time()
        if self._alike > MOST_ALIKE_FAILURES:
            return True
        is_idle = self._status == REQUIRES_ACTION and now - self._asked_at > LONGEST_IDLE
        return is_idle or (self.shown_at is not None and now - self.shown_at > AFTER_END)

    def _notice(self, exchange: Exchange) -> None:
        self._asked_at = max(self._asked_at, exchange.sent_at)
        asked = (exchange.request.method, exchange.request.url, exchange.request.body)
        is_again = asked == self._last and not exchange.is_success
        self._last, self._alike = asked, self._alike + 1 if is_again else 0
        shown = [str(placed.value.get("status")) for placed in exchange.shown("run")]
        self._status = shown[-1] if shown else self._status
        has_ended = bool(set(shown) & lifecycle(exchange.edition).terminal)
        if self.shown_at is None and has_ended and exchange.response.is_whole:
            self.shown_at = exchange.seen_at

    def statuses(self) -> Iterable[str]:
        """Yield the status of each run that was created, as it is now, the oldest first."""
        self.is_over()
        door = InProcess(self._server.unlogged)
        key = {"Authorization": f"Bearer {self._server.options.api_key}"}
        with httpx2.Client(transport=door, headers=key, trust_env=False) as client:
            for edition, thread_id in self._threads():
                answer = client.get(
                    f"http://server.invalid/v1/threads/{thread_id}/runs?order=asc&limit=100",
                    headers={"OpenAI-Beta": f"assistants={edition}"},
                )
                if answer.is_success:
                    yield from (str(run["status"]) for run in answer.json()["data"])

    def _threads(self) -> Iterable[tuple[str, str]]:
        """Return the threads on which runs were asked for, or shown, each with its edition."""
        threads: dict[tuple[str, str], None] = {}
        for exchange in self._server.log.exchanges:
            shown = [placed.value.get("thread_id") for placed in exchange.shown("run")[:1]]
            asked = (
                exchange.ids.get("thread_id") if exchange.operation_id in CREATES_A_RUN else None
            )
            for thread_id in filter(None, (asked, *shown)):
                threads[exchange.edition, quote(str(thread_id), safe="")] = None
        return threads


def _functions(bodies: Iterable[dict[str, Any]]) -> Iterable[str]:
    """Yield the names of the functions that requests offer."""
    for body in bodies:
        for tool in body.get("tools") or ():
            if isinstance(tool, dict) and isinstance(tool.get("function"), dict):
                yield str(tool["function"].get("name"))
