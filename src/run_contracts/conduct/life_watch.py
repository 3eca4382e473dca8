"""What a client is shown of its runs while it lives through a life, and whether it goes on."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from typing import Any, NamedTuple
from urllib.parse import quote

import httpx2

from run_contracts.client.asgi_transport import InProcess
from run_contracts.conduct.played_life import CREATES_RUN
from run_contracts.conduct.scripted import ScriptedServer
from run_contracts.contract.lifecycle import REQUIRES_ACTION, lifecycle
from run_contracts.contract.requirements import EDITIONS
from run_contracts.traffic.exchange import Exchange

READS_RUNS = frozenset({"getRun", "listRuns"})
"""Operations by which a client waits for its run."""
AFTER_END = 5.0
"""Seconds after which a client that only reads a run that has ended is taken not to stop."""
LONGEST_READING = 10.0
"""Seconds after which a client that only reads a run that waits for it is taken not to answer."""
MANY_READS, FEW_READS = 10, 3
"""Reads of a run that waits, and of one that has ended, from which on that is so."""
MOST_ALIKE_FAILURES = 40
"""Times in a row that a client may ask for the same in vain before nobody waits any longer."""
CITATION_MARK = re.compile("\u3010[^\u3011]*\u3011")
"""A citation in a text, which clients write in their own way."""


class RunFate(NamedTuple):
    """What became of a run: its id, its status, and whether it is known to be its last."""

    id: str
    status: str
    is_sure: bool


class LifeWatch:
    """Looks at what a client asks and is shown, in the order in which answers end.

    `shown_at` is when it was shown that its newest run has ended, None if it was not; since then it
    read it `reads_after_end` times. While the newest run waits for outputs it read it
    `reads_waiting` times.
    """

    def __init__(self, server: ScriptedServer) -> None:
        """Have seen nothing."""
        self._server = server
        self._seen = 0
        self._moved_at = time.time()
        self._waits_since = 0.0
        self._last: tuple[object, ...] = ()
        self._alike = 0
        self._status_of: dict[str, str] = {}
        self._threads: dict[tuple[str, str], None] = {}
        self.shown_at: float | None = None
        self.reads_after_end = self.reads_waiting = 0

    def is_over(self) -> bool:
        """Tell whether a client has had time enough, and will not come to an end by itself."""
        self.catch_up()
        now = time.time()
        if self._alike > MOST_ALIKE_FAILURES:
            return True
        if self.shown_at is not None and self.reads_after_end >= FEW_READS:
            return now - max(self.shown_at, self._moved_at) > AFTER_END
        return self.reads_waiting >= MANY_READS and now - self._waits_since > LONGEST_READING

    def catch_up(self) -> None:
        """Look at what has ended since the last time."""
        exchanges = self._server.log.ended
        for exchange in exchanges[self._seen :]:
            self._notice(exchange)
        self._seen = len(exchanges)

    def _notice(self, exchange: Exchange) -> None:
        asked = (exchange.request.method, exchange.request.url, exchange.request.body)
        is_again = asked == self._last and not exchange.is_success
        self._last, self._alike = asked, self._alike + 1 if is_again else 0
        is_read = exchange.operation_id in READS_RUNS
        if not is_read:
            self._moved_at, self.reads_waiting = exchange.seen_at, 0
        if exchange.operation_id in CREATES_RUN:
            self._keep_thread(exchange.edition, exchange.ids.get("thread_id"))
            if exchange.is_success:
                self.shown_at, self.reads_after_end = None, 0
        for placed in exchange.shown("run"):
            self._keep_thread(exchange.edition, placed.value.get("thread_id"))
            self._status_of[str(placed.value.get("id"))] = str(placed.value.get("status"))
        self._measure(exchange, is_read=is_read)

    def _measure(self, exchange: Exchange, *, is_read: bool) -> None:
        """Count reads of the newest run that has ended, or that waits."""
        newest = next(reversed(self._status_of.values()), "")
        if newest in lifecycle(exchange.edition).terminal:
            self.reads_after_end += is_read and self.shown_at is not None
            self.shown_at = self.shown_at or exchange.seen_at
        elif newest == REQUIRES_ACTION:
            self._waits_since = self._waits_since if self.reads_waiting else exchange.seen_at
            self.reads_waiting += is_read

    def _keep_thread(self, edition: str, thread_id: Any) -> None:
        if isinstance(thread_id, str):
            self._threads[edition, thread_id] = None

    def fates(self) -> tuple[RunFate, ...]:
        """Return what became of each run, the oldest first; of a deleted one as it was shown."""
        self.catch_up()
        terminal = lifecycle(EDITIONS[-1]).terminal
        live = {str(run["id"]): str(run["status"]) for run in self._listed("runs")}
        known = {**self._status_of, **live}
        return tuple(
            RunFate(id_, status, id_ in live or status in terminal) for id_, status in known.items()
        )

    def text(self) -> str | None:
        """Return what the assistant wrote, without the marks of citations; None if it is gone."""
        written = [message for message in self._listed("messages") if message.get("run_id")]
        parts = [part for message in written for part in message["content"] if "text" in part]
        return without_marks("".join(part["text"]["value"] for part in parts)) if parts else None

    def _listed(self, what: str) -> Iterable[dict[str, Any]]:
        """Yield what is on the threads of a client's runs, asked for where nobody notices."""
        door = InProcess(self._server.unlogged)
        key = {"Authorization": f"Bearer {self._server.options.api_key}"}
        with httpx2.Client(transport=door, headers=key, trust_env=False) as client:
            for edition, thread_id in self._threads:
                path = f"/v1/threads/{quote(thread_id, safe='')}/{what}"
                answer = client.get(
                    f"http://server.invalid{path}?order=asc&limit=100",
                    headers={"OpenAI-Beta": f"assistants={edition}"},
                )
                yield from answer.json()["data"] if answer.is_success else ()


def without_marks(text: str) -> str:
    """Return a text without citations, and with single blanks.

    >>> without_marks("It rains \u30104:0\u2020source\u3011.")
    'It rains .'
    """
    return " ".join(CITATION_MARK.sub("", text).split())
