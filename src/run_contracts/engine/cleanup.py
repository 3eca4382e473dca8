"""Cleaning up: what a check created is deleted, as far as the server lets us."""

from __future__ import annotations

from collections.abc import Iterable

from run_contracts.client.session import Session
from run_contracts.engine.leftovers import GONE
from run_contracts.errors import TargetError

CLEANING = "cleaning up"


def clean_up(session: Session, paths: Iterable[str]) -> tuple[str, ...]:
    """Delete what lies at these paths below the base URL; return those at which something is left.

    The session keeps each exchange. Nothing more is sent once the server ceases to answer.
    """
    session.source = CLEANING
    left = dict.fromkeys(paths)
    for path in tuple(left):
        try:
            if session.delete(path).response.status in GONE:
                del left[path]
        except TargetError:
            break
    return tuple(left)
