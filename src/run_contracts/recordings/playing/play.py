"""One play of a recording: what was played of it, and the ids it has in this play."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from run_contracts.recordings.playing.plain_request import PlainRequest, plain
from run_contracts.recordings.playing.playable import Playable, PlayedRecording
from run_contracts.recordings.playing.wire_ids import fresh_ids, replaced, replaced_text
from run_contracts.traffic.exchange import Request


class Play:
    """A recording from its beginning: each exchange is played once, in order, to who asks for it.

    What is asked is answered by the first exchange that fits and was not played. A read that has
    no more answers gets its last one again; it is not answered with what was recorded after a
    change that nobody has made yet, nor with what was recorded before one that was made.
    """

    def __init__(self, recording: PlayedRecording, seed: str) -> None:
        """Have played nothing."""
        self.recording = recording
        self._fresh = fresh_ids(recording.new_ids, seed)
        self._back = {other: known for known, other in self._fresh.items()}
        self._played: set[int] = set()

    @property
    def is_done(self) -> bool:
        """Whether all that changed something was played."""
        return all(n in self._played for n, one in self._ordered() if one.is_write)

    def has_made(self, words: Iterable[bytes]) -> bool:
        """Say whether any of some words is an id of this play."""
        return any(word in self._back for word in words)

    def as_recorded(self, request: Request) -> PlainRequest:
        """Return a request with the ids that the recording has in place of those of this play."""
        url = replaced_text(request.url, self._back)
        return plain(replace(request, url=url, body=replaced(request.body, self._back)))

    def as_played(self, data: bytes) -> bytes:
        """Return what was recorded with the ids of this play."""
        return replaced(data, self._fresh)

    def answer(self, asked: PlainRequest) -> Playable | None:
        """Return the exchange that answers a request, and count it as played; None if none does."""
        exchanges = self.recording.exchanges
        every = self.recording.fitting(asked)
        fitting = [number for number in every if not exchanges[number].is_stub]
        number = self._next_read(fitting, asked) if asked.is_read else self._next(fitting)
        if number is None:
            return next((exchanges[stub] for stub in every if exchanges[stub].is_stub), None)
        self._played.add(number)
        return exchanges[number]

    def expected(self) -> Playable | None:
        """Return the exchange that is to be played next: after the last change, if there is one."""
        made = (n for n, one in self._ordered() if one.is_write and n in self._played)
        last = max(made, default=-1)
        left = [(n, one) for n, one in self._ordered() if n not in self._played]
        later = (one for n, one in left if n > last)
        return next(later, left[0][1] if left else None)

    def left(self) -> tuple[Playable, ...]:
        """Return what was not played, oldest first."""
        return tuple(one for n, one in self._ordered() if n not in self._played)

    def _ordered(self) -> list[tuple[int, Playable]]:
        return [(n, one) for n, one in enumerate(self.recording.exchanges) if not one.is_stub]

    def _next(self, numbers: list[int]) -> int | None:
        return next((number for number in numbers if number not in self._played), None)

    def _next_read(self, fitting: list[int], asked: PlainRequest) -> int | None:
        """Return the place of the answer to a read, between what was changed and what was not."""
        writes = self.recording.writes_about(asked)
        since = max((number for number in writes if number in self._played), default=-1)
        pending = (number for number in writes if number > since)
        until = next(pending, len(self.recording.exchanges))
        now = self._next([number for number in fitting if since < number < until])
        again = [number for number in fitting if number < until]
        if now is not None:
            return now
        return again[-1] if again else self._next(fitting)
