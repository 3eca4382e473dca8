"""Answers: what a server says to requests that a check can afford."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from run_contracts.client.budget import Account
from run_contracts.client.checked_target import Target
from run_contracts.client.connection import RequestHook
from run_contracts.client.listener import Listener
from run_contracts.client.outgoing import OutgoingRequest
from run_contracts.client.sending import Connections
from run_contracts.client.timeouts import Timeouts
from run_contracts.errors import Unreachable
from run_contracts.traffic.exchange import BAD_REQUEST, OK, Intent, Response


class Answers:
    """The answers of a target, within a budget and with less patience for what is never answered.

    `cheapest` is a request that was answered and costs nothing to send again; None before there is
    one.
    """

    def __init__(
        self,
        target: Target,
        connections: Connections,
        account: Account,
        on_request: RequestHook,
        listener: Listener,
    ) -> None:
        """Nothing is sent yet."""
        self._connections, self._account, self._on_request = connections, account, on_request
        self._listener = listener
        self._timeouts = Timeouts(target.timeout)
        self._is_met = False
        self.cheapest: OutgoingRequest | None = None

    def is_given_up(self, outgoing: OutgoingRequest) -> bool:
        """Say whether a request is of a kind that is not worth sending any more."""
        return self._timeouts.is_spent(outgoing.kind)

    def to(self, outgoing: OutgoingRequest, source: str, sent: int) -> Response:
        """Return the answer to a request that the budget has room for, or that there is none.

        `source` and `sent` are for the request hook. Raises `BudgetExceeded` if there is no room,
        or no time for the answer, and `Unreachable` if nothing was ever answered.
        """
        self._account.spend(is_run=outgoing.asks_for_run)
        self._on_request(source, sent)
        self._listener.sending(outgoing, source)
        left, timeout = self._account.seconds_left, self._timeouts.next(outgoing.kind)
        response = self._connections.response(
            outgoing.wire,
            timeout=min(timeout, left),
            longest=min(self._timeouts.stream(outgoing.kind), left),
            watcher=outgoing.watcher,
            again=partial(self._account.spend, is_run=False),
        )
        is_cut = not response.is_answer and response.is_late and left < timeout
        is_half = response.is_answer and not (response.is_whole or response.is_stream)
        if is_cut or (is_half and not self._account.seconds_left):
            raise self._account.spent("seconds")
        self._learn(outgoing, response)
        return response

    def _learn(self, outgoing: OutgoingRequest, response: Response) -> None:
        """Remember what an answer, or none, says of those to come."""
        if not (response.is_answer or self._is_met):
            raise Unreachable(f"{outgoing.place}: {response.failure}")
        self._is_met = True
        if response.is_late:
            self._timeouts.late(outgoing.kind)
        elif OK <= response.status < BAD_REQUEST:
            self._timeouts.succeeded(outgoing.kind)
        if self.cheapest is None and response.is_answer and outgoing.wire.method == "GET":
            self.cheapest = replace(outgoing, intent=Intent.NONE, watcher=None)
        if outgoing.asks_for_run and response.status >= BAD_REQUEST:
            self._account.give_back_run()
