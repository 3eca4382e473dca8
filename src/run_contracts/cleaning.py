"""Cleaning up: what a check created is deleted, as far as the server lets us."""

from __future__ import annotations

from collections.abc import Iterable

from run_contracts.errors import TargetError
from run_contracts.session import Session

CLEANING = "cleaning up"


def clean_up(session: Session, paths: Iterable[str]) -> None:
    """Delete what lies at these paths below the base URL; the session keeps each exchange.

    Stops when the server ceases to answer.
    """
    session.source = CLEANING
    for path in paths:
        try:
            session.delete(path)
        except TargetError:
            return
