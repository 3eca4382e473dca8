"""Bodies that were read before: what is polled is mostly answered as it was the last time."""

from __future__ import annotations

from collections import OrderedDict

from run_contracts.incremental.exchange_sizes import MEMORY_OF_EACH, size_of_answer
from run_contracts.traffic.exchange import Exchange
from run_contracts.traffic.payload import Payload

LONGEST_READ_AGAIN = 64 * 1024
"""Bytes of a body that is worth while to be known again."""
MOST_READ_AGAIN = 40 * 1024**2
"""Bytes of memory that they take with what is read of them, about."""
Key = tuple[str, int, str, bool, bytes]


class ReadBefore:
    """The payloads of answers that were read last, by all that decides how they are read."""

    def __init__(self) -> None:
        """Begin with none."""
        self._payloads: OrderedDict[Key, tuple[Payload, int]] = OrderedDict()
        self._size = 0

    def share(self, exchange: Exchange) -> None:
        """Give an exchange the payload of an equal answer that is to be of the same kind.

        If there was none, its own is kept for those that come.
        """
        response = exchange.response
        if not 0 < len(response.body) <= LONGEST_READ_AGAIN:
            return
        kind = exchange.operation.response if exchange.operation else ""
        how = kind, response.status, response.media_type, response.is_whole
        key = (*how, response.body)
        known = self._payloads.get(key)
        if known is not None:
            response.reads(known[0])
            self._payloads.move_to_end(key)
            return
        size = MEMORY_OF_EACH + size_of_answer(response)
        self._payloads[key] = response.payload, size
        self._size += size
        while self._size > MOST_READ_AGAIN:
            _, (_, size) = self._payloads.popitem(last=False)
            self._size -= size
