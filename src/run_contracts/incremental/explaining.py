"""What explains later answers, and is kept when the exchanges around it are let go."""

from __future__ import annotations

from collections.abc import Iterable

from run_contracts.contract.loading import Contract
from run_contracts.incremental.exchange_sizes import size_undecoded, undecoded
from run_contracts.traffic.deletions import deletion_of
from run_contracts.traffic.exchange import Exchange
from run_contracts.traffic.wrong_requests import breaks_schema

MOST_EXPLAINING = 50
"""Exchanges that are kept of a thread because they explain what comes, the newest."""
MOST_EXPLAINING_BYTES = 400_000


def is_wrong(exchange: Exchange, contract: Contract) -> bool:
    """Say whether a wrong request was accepted, which puts into answers what it held."""
    has_body = exchange.is_success and bool(exchange.request.body)
    return has_body and breaks_schema(exchange, contract)


def is_open(exchange: Exchange) -> bool:
    """Say whether what an exchange asked for may be done to a thread, now or later."""
    if deletion_of(exchange) is not None:
        return True
    is_lost = not exchange.is_answered and exchange.request.method != "GET"
    return is_lost and "thread_id" in exchange.ids


class Explaining:
    """The newest exchanges that explain what comes of a thread.

    It `is_full` once some had to be left off: then nobody knows what they would have explained.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self.open: list[Exchange] = []
        self.wrong: list[Exchange] = []
        self.is_full = False
        self.size = 0

    def __bool__(self) -> bool:
        return bool(self.open or self.wrong or self.is_full)

    def add(self, exchanges: Iterable[Exchange], contract: Contract) -> None:
        """Keep those of some exchanges that explain what comes."""
        for exchange in exchanges:
            if is_open(exchange):
                self.open.append(undecoded(exchange))
            elif is_wrong(exchange, contract):
                self.wrong.append(undecoded(exchange))
        self._bound()

    def take(self, other: Explaining) -> None:
        """Keep what another one keeps, too."""
        if other:
            known = {one.number for one in (*self.open, *self.wrong)}
            self.open += [one for one in other.open if one.number not in known]
            self.wrong += [one for one in other.wrong if one.number not in known]
            self.is_full |= other.is_full
            self._bound()

    def _bound(self) -> None:
        self.size = sum(map(size_undecoded, (*self.open, *self.wrong)))
        while (
            len(self.open) + len(self.wrong) > MOST_EXPLAINING or self.size > MOST_EXPLAINING_BYTES
        ):
            left_off = (self.open or self.wrong).pop(0)
            self.size -= size_undecoded(left_off)
            self.is_full = True
