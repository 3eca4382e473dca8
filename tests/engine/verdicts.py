"""Checks of servers, and what their events say."""

from __future__ import annotations

from typing import Any

from run_contracts import events
from run_contracts.client.checked_target import Target
from run_contracts.engine.runner import check
from run_contracts.engine.selftest.trial import reference
from run_contracts.server import ServerOptions

CHECK_OPTIONS = ("only", "policy", "fail_fast", "probes")
"""Options of a check that are none of its target."""


def checked(url: str, *, only: list[str] | None = None, **options: Any) -> list[events.Event]:
    """Return the events of a check."""
    settings: dict[str, Any] = {"key": "sk-reference", "profile": "smoke", "patience": 10.0}
    return list(check(Target(url=url, **(settings | options)), only=only))


def checked_in_process(
    *, faults: tuple[str, ...] = (), degradations: tuple[str, ...] = (), **options: Any
) -> list[events.Event]:
    """Return the events of a check of a server in this process, whose time passes at once."""
    server = ServerOptions.for_checking(faults=faults, degradations=degradations)
    others = {name: options.pop(name) for name in CHECK_OPTIONS if name in options}
    settings: dict[str, Any] = {"key": server.api_key, "patience": 10.0, "timeout": 2.0}
    target = Target(url="http://reference.invalid/v1", **(settings | options))
    with reference(server) as connection:
        return list(check(target, connection=connection, **others))


def verdicts(seen: list[events.Event]) -> dict[str, events.Decided]:
    """Return the verdicts among events, by requirement."""
    return {one.requirement: one for one in seen if isinstance(one, events.Decided)}


def finished(seen: list[events.Event]) -> events.Finished:
    """Return the last event, which must be the footer."""
    assert isinstance(seen[-1], events.Finished)
    return seen[-1]
