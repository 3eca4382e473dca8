"""The record of a life: what all who took part in it sent, with the times, and what it created."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from run_contracts.client.listener import Listener
from run_contracts.client.outgoing import OutgoingRequest
from run_contracts.engine.creations import Creations
from run_contracts.errors import TargetError
from run_contracts.load_testing.overlaps import TimedExchange
from run_contracts.traffic.exchange import NO_ANSWER, Exchange, Response

USER_LEFT = "nobody waited for its answer any more"
"""Why there is no answer to a request of a user that was stopped."""
WITHOUT_EFFECT = frozenset({"GET", "HEAD"})
"""Methods whose requests have no effect, whenever they arrive."""
OnExchange = Callable[[OutgoingRequest, Exchange], object]
"""Hears of each exchange as soon as it is over."""


class UserStopped(TargetError):
    """A user was stopped, and sends nothing more but what cleans up."""


class LifeRecord:
    """All exchanges of one life, by one clock; `creations` is the ledger of what it created.

    It `is_judged` when its verdict is in the tally; no life is counted twice.
    """

    def __init__(self, check_id: str, creations: Creations) -> None:
        """Nothing was sent yet; the id is the mark of what is created."""
        self.check_id, self.creations = check_id, creations
        self.is_judged = False
        self._pending: dict[int, tuple[OutgoingRequest, float]] = {}
        self._over: list[TimedExchange] = []

    def __len__(self) -> int:
        return len(self._over) + len(self._pending)

    def sending(self, outgoing: OutgoingRequest, source: str) -> None:
        """Take in a request before it is sent."""
        self.creations.sending(outgoing, source)
        self._pending[id(outgoing)] = outgoing, time.monotonic()

    def kept(self, outgoing: OutgoingRequest, exchange: Exchange) -> None:
        """Take in what became of a request; what cleans up was not sent as evidence."""
        self.creations.kept(outgoing, exchange)
        sent = self._pending.pop(id(outgoing), None)
        if sent is not None:
            self._over.append(_timed(exchange, sent[1], time.monotonic()))

    def exchanges(self) -> Iterator[TimedExchange]:
        """Yield all that was sent; what is under way still may take effect at any time."""
        yield from self._over
        for outgoing, begun in self._pending.values():
            exchange = Exchange(
                number=0,
                edition=outgoing.edition,
                request=outgoing.as_sent(),
                response=Response(status=NO_ANSWER, failure=USER_LEFT, is_whole=False),
                intent=outgoing.intent,
            )
            yield _timed(exchange, begun, begun)


def _timed(exchange: Exchange, begun: float, ended: float) -> TimedExchange:
    """Return an exchange with its times; one that came too late under load is no silence."""
    if exchange.response.is_late:
        exchange = replace(exchange, response=replace(exchange.response, silences=0))
    is_over = exchange.is_answered or exchange.request.method in WITHOUT_EFFECT
    return TimedExchange(
        exchange=replace(exchange, together=0), begun=begun, ended=ended if is_over else math.inf
    )


class Recorder(Listener):
    """Hears of what one session sends, and has it recorded in the life that it takes part in."""

    def __init__(
        self, on_exchange: OnExchange, is_stopped: Callable[[], bool] = lambda: False
    ) -> None:
        """Take part in no life yet; `on_exchange` hears of every exchange."""
        self.record: LifeRecord | None = None
        self._on_exchange, self._is_stopped = on_exchange, is_stopped

    def sending(self, outgoing: OutgoingRequest, source: str) -> None:
        """Hear of a request before it is sent; raise `UserStopped` if none is to be any more."""
        if self._is_stopped():
            raise UserStopped("the user was stopped")
        if self.record is not None:
            self.record.sending(outgoing, source)

    def kept(self, outgoing: OutgoingRequest, exchange: Exchange) -> None:
        """Hear of what became of it."""
        if self.record is not None:
            self.record.kept(outgoing, exchange)
        self._on_exchange(outgoing, exchange)
