"""Creations: what a check created, decided on each request and answer as it comes.

This is the one place that says what is ours to delete. Servers are not trusted: one may answer a
request that creates something with the id of what was there before.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from run_contracts.client.listener import Listener
from run_contracts.client.outgoing import OutgoingRequest
from run_contracts.client.request_parts import path_segment
from run_contracts.events.ledger import (
    ASSISTANTS,
    THREADS,
    Created,
    Creating,
    Deleted,
    Ledger,
    LedgerEvent,
    RecordHook,
)
from run_contracts.probes.resources import CHECK_KEY
from run_contracts.traffic.exchange import Exchange, Request
from run_contracts.traffic.payload import Payload
from run_contracts.types import JSONObject

SHOWN_BY = {
    ASSISTANTS: (("assistant", "id"),),
    THREADS: (("thread", "id"), ("run", "thread_id")),
}
"""By home, the kinds of objects that show what was created there, and the field with its id."""
WRITING = frozenset({"POST", "PUT", "PATCH"})
ABSENT = frozenset({404, 410})
"""Answers that say that nothing is there."""
DELETIONS = range(200, 300)
CLOCK_SLACK = 10.0
"""Seconds by which a server's clock may differ from what it says elsewhere."""
MOST_KEYS, LONGEST_KEY, LONGEST_NEW_ID = 16, 64, 512


def no_record(_event: LedgerEvent) -> None:
    """Keep nothing beside the ledger."""


class Creations(Listener):
    """Hears of each request and answer of a session, and keeps the ledger of its check.

    `record` is called with each event at once, before a request that creates something is sent.
    """

    def __init__(
        self,
        check_id: str,
        record: RecordHook = no_record,
        now: Callable[[], float] = time.time,
        ledger: Ledger | None = None,
    ) -> None:
        """Begin with nothing, or with what a ledger holds."""
        self.ledger = ledger or Ledger()
        self.check_id, self._record, self._now = check_id, record, now
        self._races_by_text: dict[str, set[int]] = {}
        self._open: dict[int, Creating] = {}
        self._said: dict[str, dict[str, int]] = {}
        self._number = 0

    def sending(self, outgoing: OutgoingRequest, source: str) -> None:
        """Take in a request that may create something, before it is sent."""
        asked = self._creating(outgoing.as_sent(), source)
        if asked is not None:
            self._open[id(outgoing)] = asked

    def kept(self, outgoing: OutgoingRequest, exchange: Exchange) -> None:
        """Take in what was answered, or that there was no answer."""
        self._conclude(self._open.pop(id(outgoing), None), exchange)

    def replay(self, exchanges: Iterable[Exchange]) -> None:
        """Take in exchanges of a check that is over; when they were is not known."""
        self._now = float
        for exchange in exchanges:
            self._conclude(self._creating(exchange.request, exchange.source), exchange)

    def found(self, asked: Creating | None, path: str) -> None:
        """Take in what was found where an answer never came; `path` is empty if nothing was."""
        self._tell(Created(number=asked.number if asked else 0, path=path))

    def _creating(self, request: Request, source: str) -> Creating | None:
        home = home_of(request)
        if home is None:
            return None
        self._number += 1
        asked = Creating(
            number=self._number,
            source=source,
            home=home,
            at=self._now(),
            metadata=_keys(home, request.payload),
        )
        self._tell(asked)
        return asked

    def _conclude(self, asked: Creating | None, exchange: Exchange) -> None:
        """Decide what an answer says of what was asked for, and of what was deleted."""
        if asked is not None and exchange.is_answered:
            self._tell(self._created(asked, exchange))
        self._see_deletion(exchange)
        for text in exchange.sent_texts:
            self._races_by_text.setdefault(text, set()).add(exchange.together)

    def _created(self, asked: Creating, exchange: Exchange) -> Created:
        """Return what an answer shows created by its request.

        An id that was sent before an answer gave it was there before: it is nobody's to delete.
        """
        for kind, name in SHOWN_BY.get(asked.home, (("run", "id"),)):
            for placed in exchange.objects(kind) if exchange.is_success else ():
                new_id = placed.value.get(name)
                if not isinstance(new_id, str) or not 0 < len(new_id) <= LONGEST_NEW_ID:
                    continue
                if placed.is_item or self._was_sent(new_id, exchange):
                    continue
                is_shown = f"/{kind}s" == asked.home
                doubt = self.doubt(placed.value, asked, exchange) if is_shown else ""
                path = f"{asked.home}/{path_segment(new_id)}"
                return Created(number=asked.number, path=path, doubt=doubt, is_shown=is_shown)
        return Created(number=asked.number, path="")

    def _was_sent(self, new_id: str, exchange: Exchange) -> bool:
        # What raced with the request that created it may have been sent the id meanwhile.
        races = self._races_by_text.get(new_id, set()) - {exchange.together or None}
        return bool(races) or new_id in exchange.sent_texts

    def doubt(self, value: JSONObject, asked: Creating | None, exchange: Exchange) -> str:
        """Return why an object that an exchange shows may not be ours; empty if it is.

        Our mark says that it is. Else its metadata must hold nothing that we did not send, and by
        the server's own clock it must not be older than the request that asked for it.
        """
        metadata = value.get("metadata")
        if not isinstance(metadata, dict):
            metadata = {}
        if metadata.get(CHECK_KEY) == self.check_id:
            return ""
        if self.check_id and CHECK_KEY in metadata:
            return "it is another check's"
        keys = set(metadata)
        if keys - set(asked.metadata if asked else ()):
            return "its metadata is not ours"
        created, then = value.get("created_at"), _server_time(exchange, asked, self._now())
        if isinstance(created, int | float) and then is not None and created < then - CLOCK_SLACK:
            return "it was there before the check asked for it"
        return ""

    def _see_deletion(self, exchange: Exchange) -> None:
        """Take in that something is gone.

        Only ``"deleted": true`` is believed at once. What is answered otherwise, or not known any
        more, must not be there when it is asked for, too.
        """
        method, status = exchange.request.method, exchange.response.status
        path = _last_two(exchange.request.url)
        if method not in ("DELETE", "GET") or path not in self.ledger.left:
            return
        said = self._said.setdefault(path, {})
        said[method] = status
        if method == "DELETE" and exchange.is_success:
            said.pop("GET", None)
        was_deleted = said.get("DELETE", 0) in (*DELETIONS, *ABSENT)
        if (method == "DELETE" and is_deletion(exchange)) or (
            was_deleted and said.get("GET") in ABSENT
        ):
            self._tell(Deleted(path=path))

    def _tell(self, event: LedgerEvent) -> None:
        self.ledger.add(event)
        self._record(event)


def leftovers(exchanges: Iterable[Exchange], check_id: str = "") -> tuple[str, ...]:
    """Return the paths of what exchanges show created and not deleted, the last one first."""
    creations = Creations(check_id)
    creations.replay(exchanges)
    return tuple(creations.ledger.left)


def home_of(request: Request) -> str | None:
    """Return below what a request would create something, whatever it is; None if it would not.

    A server may take a slash too many, or another method that writes.

    >>> home_of(Request(method="POST", url="http://h/v1/threads/"))
    '/threads'
    >>> home_of(Request(method="POST", url="http://h/v1/threads/t/runs"))
    '/threads/t/runs'
    """
    if request.method not in WRITING:
        return None
    segments = [unquote(one) for one in urlsplit(request.url).path.split("/") if one]
    match segments:
        case [*_, "assistants"]:
            return ASSISTANTS
        case [*_, "threads"] | [*_, "threads", "runs"]:
            return THREADS
        case [*_, "threads", thread_id, "runs"]:
            return f"{THREADS}/{path_segment(thread_id)}/runs"
    return None


def is_deletion(exchange: Exchange) -> bool:
    """Say whether an answer says that what was asked to be deleted is."""
    answered = exchange.answered if exchange.is_success else None
    return isinstance(answered, dict) and answered.get("deleted") is True


def _keys(home: str, sent: Payload) -> tuple[str, ...]:
    """Return the keys of the metadata that a request gives to what it creates."""
    body: Any = sent.body.value
    if not isinstance(body, dict):
        return ()
    holders = [body.get("thread"), body] if home == THREADS else [body]
    given = [one["metadata"] for one in holders if isinstance(one, dict) and "metadata" in one]
    keys = [key for one in given if isinstance(one, dict) for key in one]
    return tuple(key for key in keys[:MOST_KEYS] if len(key) <= LONGEST_KEY)


def _server_time(exchange: Exchange, asked: Creating | None, now: float) -> float | None:
    """Return what the server's clock showed when something was asked for; None if nobody knows."""
    said = exchange.response.header("date")
    if said is None or asked is None or not (asked.at and now):
        return None
    try:
        shown = parsedate_to_datetime(said).timestamp()
    except (ValueError, OverflowError, OSError):
        return None
    return shown - (now - asked.at)


def _last_two(url: str) -> str:
    """Return the last two segments of the path of a URL.

    >>> _last_two("http://127.0.0.1:8000/v1/threads/thread_1")
    '/threads/thread_1'
    """
    return "/" + "/".join(urlsplit(url).path.split("/")[-2:])
