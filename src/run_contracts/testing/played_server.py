"""A server for tests that answers as a recorded one did, on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from run_contracts.filesystem.opening import FileName
from run_contracts.recordings.playing.playable import played_recording
from run_contracts.recordings.playing.player import Player
from run_contracts.server.app.hosting import hosted
from run_contracts.server.options import DEFAULT_KEY

WITHOUT_WAITING = 1_000_000.0
"""A speed at which nobody waits for a stream."""


class PlayedServer(NamedTuple):
    """Where a recording is played: base URL and a key, though it accepts any."""

    url: str
    api_key: str = DEFAULT_KEY


@contextmanager
def playing(
    *files: FileName, seed: int = 0, speed: float = WITHOUT_WAITING
) -> Iterator[PlayedServer]:
    """Play recordings while the block runs; raise `UsageError` for what cannot be played."""
    player = Player(played_recording(files), seed=seed, speed=speed)
    with hosted(player, adds_headers=False) as url:
        yield PlayedServer(url)
