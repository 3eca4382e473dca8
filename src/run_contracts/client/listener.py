"""The listener: hears of each request of a session before it goes, and of what became of it."""

from __future__ import annotations

from run_contracts.client.outgoing import OutgoingRequest
from run_contracts.traffic.exchange import Exchange


class Listener:
    """Hears everything and keeps nothing; others keep what they need."""

    def sending(self, outgoing: OutgoingRequest, source: str) -> None:
        """Hear that a request is sent next, and which probe or phase it comes from."""

    def kept(self, outgoing: OutgoingRequest, exchange: Exchange) -> None:
        """Hear that a request has become an exchange, with an answer or without."""
