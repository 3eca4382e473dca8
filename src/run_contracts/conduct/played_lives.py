"""The lives that are played to a client: every legal one, in every form, and what may go wrong."""

from __future__ import annotations

from collections.abc import Mapping

from run_contracts.conduct.odd_lives import ODD_LIVES
from run_contracts.conduct.plain_lives import PLAIN_LIVES
from run_contracts.conduct.played_life import PlayedLife

PLAYED_LIVES: Mapping[str, PlayedLife] = {
    played.id: played for played in (*PLAIN_LIVES, *ODD_LIVES)
}
"""Every life by its id; the first shows what the client does."""
FIRST_LIFE = PLAIN_LIVES[0]
