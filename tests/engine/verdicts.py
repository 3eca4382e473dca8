"""Checks of servers, and what their events say."""

from __future__ import annotations

from typing import Any

from run_contracts import events
from run_contracts.client.target import Target
from run_contracts.engine.runner import check


def checked(url: str, *, only: list[str] | None = None, **options: Any) -> list[events.Event]:
    """Return the events of a check."""
    settings: dict[str, Any] = {"key": "sk-reference", "profile": "smoke", "patience": 10.0}
    return list(check(Target(url=url, **(settings | options)), only=only))


def verdicts(seen: list[events.Event]) -> dict[str, events.Decided]:
    """Return the verdicts among events, by requirement."""
    return {one.requirement: one for one in seen if isinstance(one, events.Decided)}


def finished(seen: list[events.Event]) -> events.Finished:
    """Return the last event, which must be the footer."""
    assert isinstance(seen[-1], events.Finished)
    return seen[-1]
