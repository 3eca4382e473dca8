"""Exchanges that are held back since an answer broke off, until it shows whether it was stopped."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from run_contracts.recordings.recorded import Recorded

NOBODY_LISTENS = "ConnectError"
"""How it is said that nobody listens."""
MOST_HELD_BACK, MOST_HELD_BYTES = 256, 8 * 1024 * 1024
"""Exchanges that are held back, one after the other, and bytes of their answers."""


class EndedExchange(NamedTuple):
    """An exchange that has ended, its number, and the one that it shares with what overlapped."""

    recorded: Recorded
    number: int
    together: int

    @property
    def is_cut(self) -> bool:
        """Whether its answer broke off, or never came."""
        return bool(self.recorded.response.broken_off or self.recorded.response.silences)


class HeldBack:
    """What ended since an answer broke off; a server that was stopped broke nothing by that.

    One that goes on answers whole what it was asked for afterwards.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self._held: deque[EndedExchange] = deque()
        self._bytes, self._cut_at = 0, 0.0

    @property
    def groups(self) -> set[int]:
        """The numbers that are shared with what is held back."""
        return {together for *_, together in self._held if together}

    def add(self, ended: EndedExchange) -> bool:
        """Say whether an exchange is held back."""
        is_full = len(self._held) >= MOST_HELD_BACK or self._bytes >= MOST_HELD_BYTES
        is_waiting = ended.is_cut or (bool(self._held) and not self._goes_on_with(ended))
        response = ended.recorded.response
        if is_full or not is_waiting or response.failure.startswith(NOBODY_LISTENS):
            return False
        self._held.append(ended)
        self._bytes += len(response.body)
        if ended.is_cut:
            self._cut_at = max(self._cut_at, ended.recorded.at + response.seconds)
        return True

    def _goes_on_with(self, ended: EndedExchange) -> bool:
        """Say whether an answer shows that its server went on after the others broke off."""
        is_whole = ended.recorded.response.is_answer and not ended.is_cut
        return is_whole and ended.recorded.at >= self._cut_at

    def let_go(self, shown_by: EndedExchange | None = None) -> Iterator[EndedExchange]:
        """Yield what was held back, as it was if an answer shows that the server went on."""
        is_stopped = shown_by is None or not self._goes_on_with(shown_by)
        while self._held:
            ended = self._held.popleft()
            yield _stopped(ended) if is_stopped and ended.is_cut else ended
        self.clear()

    def clear(self) -> None:
        """Forget what is held back."""
        self._held.clear()
        self._bytes, self._cut_at = 0, 0.0


def _stopped(ended: EndedExchange) -> EndedExchange:
    """Return an exchange of whose end nothing is said."""
    response = replace(ended.recorded.response, is_whole=False, is_late=False, silences=0)
    return ended._replace(recorded=replace(ended.recorded, response=response))
