"""All plays of a recording: one for each client, and one more for each that begins again."""

from __future__ import annotations

from run_contracts.recordings.playing.play import Play
from run_contracts.recordings.playing.playable import Playable, PlayedRecording
from run_contracts.recordings.playing.wire_ids import words_in
from run_contracts.traffic.exchange import Request

MOST_PLAYS = 64
"""Plays that are remembered; the oldest is forgotten for a new one."""


class Plays:
    """Finds the play that a request belongs to: by the ids in it, else by the key it came with.

    A key that was not seen begins a play if it begins as the recording does, else it joins the
    newest. A client begins again when it repeats the first change after all were made.
    """

    def __init__(self, recording: PlayedRecording, seed: int) -> None:
        """Have nobody playing."""
        self.recording = recording
        self._seed = seed
        self._begun = 0
        self._plays: list[Play] = []
        self._by_key: dict[str, Play] = {}

    def answer(self, request: Request, key: str) -> tuple[Play, Playable | None]:
        """Return the play a request belongs to, and what answers it there, if anything does."""
        play = self._of(request, key)
        asked = play.as_recorded(request)
        answer = play.answer(asked)
        if answer is None and play.is_done and self.recording.is_opened_by(asked):
            play = self._begin(key)
            answer = play.answer(asked)
        return play, answer

    def _of(self, request: Request, key: str) -> Play:
        words = words_in(f"{request.url} ".encode("utf-8", "replace") + request.body)
        for play in reversed(self._plays):
            if play.has_made(words):
                return play
        if key in self._by_key:
            return self._by_key[key]
        newest = self._plays[-1] if self._plays else None
        begins = newest is None or self.recording.begins_with(newest.as_recorded(request))
        return self._begin(key) if newest is None or begins else newest

    def _begin(self, key: str) -> Play:
        """Return a new play of a key; forget the oldest if there are too many."""
        self._begun += 1
        play = Play(self.recording, f"{self._seed} {self._begun}")
        self._plays.append(play)
        del self._plays[:-MOST_PLAYS]
        self._by_key = {name: one for name, one in self._by_key.items() if one in self._plays}
        self._by_key[key] = play
        return play
