"""Sending: requests of the contract to a target, each kept as an exchange.

Exchanges hold what was sent and answered as it was, secrets included, for that is what is judged;
they are hidden where anything leaves this process (see `run_contracts.engine.runner`).
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from threading import Lock
from typing import Self, Unpack

from run_contracts.client.answers import Answers
from run_contracts.client.body_reader import LONGEST_STREAM
from run_contracts.client.budget import Account, pause_before, put_off_reason
from run_contracts.client.checked_target import Target
from run_contracts.client.connection import NETWORK, Connection, RequestHook, no_hook
from run_contracts.client.listener import Listener
from run_contracts.client.outgoing import OutgoingRequest
from run_contracts.client.receiving import AbandonedStream, Watcher
from run_contracts.client.request_parts import (
    RequestParts,
    built_request,
    sendable,
    standard_headers,
)
from run_contracts.client.sending import Connections
from run_contracts.client.turns import Turns
from run_contracts.errors import BudgetExceeded, Unreachable
from run_contracts.traffic.exchange import NO_ANSWER, RETRY_AFTER, Exchange, Intent, Response

WRONG_KEY = "sk-run-contracts-wrong-key"
SAFE_INTENTS = frozenset({Intent.ORDINARY, Intent.LOW_LIMIT})
"""What a sender cannot know of a thread in which a run may have been created, or not."""
READING = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing."""
READ_ONLY = "the target is only read, for --write was not given"
MOST_UNANSWERED = 3
"""Requests in a row without an answer after which it is asked whether the server is gone."""
MOST_PUT_OFF = 3
"""Requests in a row that a server puts off to the last after which a check is over."""


class Session:
    """Sends requests to a target and keeps every exchange, those without an answer, too.

    Raises `Unreachable` when the first request has no answer, or the server is gone, and
    `BudgetExceeded` when the target's budget is spent. A kind of request that the server never
    answers in time is not sent for ever: what `send` returns then is not kept. A request that
    the server puts off is sent again when it says, for some times; the answers are kept, too, and
    the seconds `waited` are summed. Threads in which a run was asked for and no answer came are
    `unsure`. Use it as a context manager. `check_id` names what it is for, `on_request` hears
    of each request, and a listener of each request and exchange.
    """

    def __init__(
        self,
        target: Target,
        connection: Connection = NETWORK,
        *,
        check_id: str = "unnamed",
        on_request: RequestHook = no_hook,
        listener: Listener | None = None,
    ) -> None:
        """Open a connection pool; nothing is sent yet."""
        self.target, self.check_id = target, check_id
        self.now = connection.now
        self._account = Account(target.budget, self.now, target.bound, target.most_runs)
        self._opened_at = time.time() - self.now()
        self.exchanges: list[Exchange] = []
        self.deletions: list[Exchange] = []
        self.unsure: set[str] = set()
        self.source = ""
        self._races = self._together = 0
        self._turns = Turns(target.rate, connection, self._account)
        self._keeping = Lock()
        self._connections = Connections(target.address, connection.transport, target.timeout)
        self._client = self._connections.client
        self._listener = heard = listener or Listener()
        self._answers = Answers(target, self._connections, self._account, on_request, heard)
        self._unanswered = self._put_off = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connections.close()

    def sleep(self, seconds: float) -> None:
        """Let time pass, not more than the budget has."""
        self._turns.sleep(seconds)

    @property
    def waited(self) -> float:
        """How many seconds were waited because the server asked for it."""
        return self._turns.waited

    def send(
        self, operation: str, *, intent: Intent = Intent.NONE, **parts: Unpack[RequestParts]
    ) -> Exchange:
        """Send one request of the contract, made of these parts."""
        outgoing = built_request(self._client, self.target, operation, parts)
        return self._sent(replace(outgoing, intent=intent))

    @contextmanager
    def meanwhile(self, operation: str, **parts: Unpack[RequestParts]) -> Iterator[list[Exchange]]:
        """Send a request in the background; what is sent inside is under way at the same time.

        The exchange of the request itself is in the yielded list when the block is left.
        """
        outgoing = built_request(self._client, self.target, operation, parts)
        exchanges: list[Exchange] = []
        with self.together(), ThreadPoolExecutor(1) as background:
            answer = background.submit(self._last_answer, outgoing)
            try:
                yield exchanges
            finally:
                exchanges.append(self._concluded(outgoing, self._turns.awaited(answer)))

    def watch(self, watcher: Watcher, operation: str, **parts: Unpack[RequestParts]) -> Exchange:
        """Send a request and show its answer to a watcher while it comes.

        What the watcher sends is under way at the same time, and kept before it.
        """
        outgoing = built_request(self._client, self.target, operation, parts)
        with self.together():
            return self._sent(replace(outgoing, watcher=watcher))

    @contextmanager
    def together(self) -> Iterator[None]:
        """Mark what is sent inside as under way at the same time."""
        self._races += 1
        self._together = self._races
        try:
            yield
        finally:
            self._together = 0

    def send_raw(
        self, method: str, url: str, *, headers: Mapping[str, str], content: bytes
    ) -> Exchange:
        """Send a request made elsewhere, with the headers every request carries on top."""
        sent = dict(headers) | standard_headers(self.target)
        return self.send_as_is(method, url, headers=sent, content=content)

    def send_as_is(  # noqa: PLR0913 - the parts of a request
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        content: bytes,
        intent: Intent = Intent.NONE,
        watcher: Watcher | None = None,
    ) -> Exchange:
        """Send a request with these headers and no others; show its answer to a watcher."""
        wire, cannot = sendable(self._client, method, url, headers=headers, content=content)
        return self._sent(
            OutgoingRequest(
                edition=self.target.edition,
                wire=wire,
                content=content,
                intent=intent,
                watcher=watcher,
                cannot_be_sent=cannot,
            )
        )

    def beside(self, method: str, path: str, *, seconds: float = math.inf) -> Exchange:
        """Ask about what lies below the base URL, or delete it; no evidence, free of any budget.

        Raises `Unreachable` if that has no answer within so many seconds.
        """
        until = self.now() + seconds
        outgoing = self._plain(method, self.target.url + path)
        if outgoing.cannot_be_sent:
            return self._concluded(outgoing, None)
        for waits in itertools.count():
            self._turns.take()
            left = max(0.1, until - self.now())
            response = self._connections.response(
                outgoing.wire,
                timeout=min(self.target.timeout, left),
                longest=min(LONGEST_STREAM, left),
            )
            exchange = self._kept(outgoing, response, self.deletions)
            pause = _pause(response, waits)
            if pause is None or self.now() + pause > until:
                break
            self._turns.wait(pause)
        if not exchange.is_answered:
            raise Unreachable(f"{outgoing.place}: {response.failure}")
        return exchange

    def _plain(self, method: str, url: str) -> OutgoingRequest:
        """Return a request with nothing but the headers that every one has."""
        headers = standard_headers(self.target)
        wire, cannot = sendable(self._client, method, url, headers=headers)
        return OutgoingRequest(edition=self.target.edition, wire=wire, cannot_be_sent=cannot)

    def _sent(self, outgoing: OutgoingRequest) -> Exchange:
        """Send a request, again if the server puts it off, and keep each exchange."""
        return self._concluded(outgoing, self._last_answer(outgoing))

    def _last_answer(self, outgoing: OutgoingRequest) -> Response | None:
        """Return the answer to a request; those that put it off before are kept.

        None if requests of its kind are not sent any more.
        """
        if self._refusal(outgoing) or self._answers.is_given_up(outgoing):
            return None
        for waits in itertools.count():
            self._turns.take()
            try:
                response = self._answers.to(outgoing, self.source, len(self.exchanges))
            except AbandonedStream as left:
                self._kept(outgoing, left.response)
                raise left.cause from None
            pause = _pause(response, waits)
            if pause is None:
                break
            self._kept(outgoing, response)
            if pause >= self._account.seconds_left:
                raise self._account.spent("seconds")
            self._turns.wait(pause)
        return response

    def _refusal(self, outgoing: OutgoingRequest) -> str:
        """Return why a request is not to be sent at all; empty if it is."""
        is_write = outgoing.wire.method not in READING
        return READ_ONLY if self.target.is_read_only and is_write else outgoing.cannot_be_sent

    def _concluded(self, outgoing: OutgoingRequest, response: Response | None) -> Exchange:
        """Keep the last answer to a request; raise if the next is not worth sending."""
        if response is None:
            late = f"{outgoing.kind} was too often not answered in time before"
            reason = f"not sent: {self._refusal(outgoing) or late}"
            return self._exchange(outgoing, Response(status=NO_ANSWER, failure=reason))
        exchange = self._kept(outgoing, response)
        self._put_off = self._put_off + 1 if exchange.is_put_off else 0
        if self._put_off == MOST_PUT_OFF:
            raise BudgetExceeded(f"{outgoing.place}: {put_off_reason(response, self._put_off)}")
        self._unanswered = 0 if exchange.is_answered else self._unanswered + 1
        if self._unanswered == MOST_UNANSWERED:
            self._greet()
        return exchange

    def _greet(self) -> None:
        """Send a cheap request that was answered before; raise `Unreachable` if it is not again."""
        self._unanswered = 0
        outgoing = self._answers.cheapest or self._plain("GET", self.target.url)
        response = self._answers.to(outgoing, self.source, len(self.exchanges))
        self._kept(outgoing, response)
        if not response.is_answer:
            raise Unreachable(
                f"{self.target.url}: the server is gone: {MOST_UNANSWERED} requests in a row had "
                f"no answer, and then {outgoing.place}: {response.failure}"
            )

    def _kept(
        self, outgoing: OutgoingRequest, response: Response, kept: list[Exchange] | None = None
    ) -> Exchange:
        """Keep what was sent and answered, as it was, among the exchanges or elsewhere."""
        with self._keeping:
            number = len(self.exchanges) + len(self.deletions) + 1
            exchange = self._exchange(outgoing, response, number)
            (self.exchanges if kept is None else kept).append(exchange)
            if outgoing.asks_for_run and exchange.response.is_lost:
                self.unsure |= set(exchange.ids.values())
            self._listener.kept(outgoing, exchange)
        return exchange

    def _exchange(self, outgoing: OutgoingRequest, response: Response, number: int = 0) -> Exchange:
        """Return what was sent and answered."""
        is_sure = not response.is_put_off and self._is_sure(outgoing)
        return Exchange(
            number=number,
            edition=self.target.edition,
            request=outgoing.as_sent(),
            response=response,
            source=self.source,
            seen_at=self._opened_at + self.now(),
            intent=outgoing.intent if is_sure else Intent.NONE,
            together=self._together,
        )

    def _is_sure(self, outgoing: OutgoingRequest) -> bool:
        """Say whether nothing speaks against a request that its sender could not know."""
        return outgoing.intent not in SAFE_INTENTS or self.unsure.isdisjoint(outgoing.ids.values())


def _pause(response: Response, waits: int) -> float | None:
    """Return how long to wait before a request goes again; None if it goes no more."""
    return pause_before(response.header(RETRY_AFTER), waits) if response.is_put_off else None
