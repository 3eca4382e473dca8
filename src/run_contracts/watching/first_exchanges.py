"""The exchanges of a live session by which it is found out what is spoken in it."""

from __future__ import annotations

from collections import deque

from run_contracts.recordings.spoken import UNSIGNED, Spoken, spoken_in
from run_contracts.traffic.exchange import Exchange

FIRST_LOOKED_AT = 64
"""Exchanges that are kept while no run was seen, and those looked at once one was."""
FIRST_BYTES = 8 * 1024 * 1024
"""Bytes of answers that are kept for that; half of them while no run was seen."""
SHOWS_SPEECH = ("run", "run_step")
"""Kinds of objects without which little is known of what is spoken."""


class FirstExchanges:
    """Keeps the newest exchanges until a run or a step is seen, and then all for a time.

    Nobody knows how long a client does without runs: until then what is spoken stays open.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self._kept: deque[Exchange] = deque()
        self._bytes = self._forgotten = self._shown = 0

    def add(self, exchange: Exchange) -> None:
        """Keep an exchange."""
        self._kept.append(exchange)
        self._bytes += len(exchange.response.body)
        self._shown += self._shown > 0 or shows_speech(exchange)
        while self.is_full and len(self._kept) > 1:
            self._bytes -= len(self._kept.popleft().response.body)
            self._forgotten = max(0, self._forgotten - 1)

    @property
    def is_full(self) -> bool:
        """Whether more are kept than are while no run was seen."""
        is_over = len(self._kept) > FIRST_LOOKED_AT or self._bytes > FIRST_BYTES // 2
        return is_over and not self._shown

    @property
    def are_many(self) -> bool:
        """Whether so many were seen that there may be no runs at all."""
        return len(self._kept) >= FIRST_LOOKED_AT or self._bytes >= FIRST_BYTES // 2

    @property
    def are_enough(self) -> bool:
        """Whether what is spoken is known for good."""
        return self._shown >= FIRST_LOOKED_AT or (self._shown > 0 and self._bytes >= FIRST_BYTES)

    def spoken(self, known: Spoken | None) -> Spoken:
        """Return what is spoken; what was `known` unless the newest exchange may change that."""
        newest = self._kept[-1]
        if known is not None and self.are_many and not self._shown:
            own = _spoken_in([newest])
            if own.reason == UNSIGNED.reason or own[:2] == known[:2]:
                return known
        return _spoken_in(sorted(self._kept, key=lambda one: not shows_speech(one)))

    def since_beginning(self) -> list[Exchange]:
        """Return those that are kept and not forgotten."""
        return list(self._kept)[self._forgotten :]

    def begin_anew(self) -> None:
        """Forget what was until now, but for what it says of what is spoken."""
        self._forgotten = len(self._kept)


def shows_speech(exchange: Exchange) -> bool:
    """Say whether an answer shows a run or a step."""
    return any(exchange.answer.objects[kind] for kind in SHOWS_SPEECH)


def _spoken_in(exchanges: list[Exchange]) -> Spoken:
    return spoken_in([(one.request, one.response) for one in exchanges])
