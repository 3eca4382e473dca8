"""A smoke check goes through all that it has for any server, within its bound of requests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeGuard

import pytest

from run_contracts.client.checked_target import SMOKE_REQUESTS, Target
from run_contracts.client.connection import Connection
from run_contracts.contract.lifecycle import OUTCOME_KEY
from run_contracts.engine.runner import check
from run_contracts.engine.selftest.trial import URL, reference
from run_contracts.events import Event, Exchanged, Finished, ProbeEnded
from run_contracts.probes.pace import LONGEST_KEPT, LONGEST_KEPT_IN_SMOKE, Pace
from run_contracts.probes.run_requests import NO_MODEL
from run_contracts.server import ServerOptions
from run_contracts.types import Edition
from tests.probes.lacking import checked, results

FULL_ALONE = {
    "RUN-CREATE-006",
    "RUN-LIFE-008",
    "RUN-CANCEL-006",
    "RUN-SUBMIT-007",
    "RUN-STEP-036",
}
"""What a smoke check does not try."""

SPEED = 20.0
"""Virtual seconds of the server in one of its client; a request takes one."""


def _smoke(edition: Edition, **options: Any) -> list[Event]:
    """Return the events of a smoke check of a reference server, on a clock nobody waits for."""
    started = ServerOptions(**options)
    with reference(started) as connection:
        return _checked(edition, connection, started.api_key)


def _checked(edition: Edition, connection: Connection, key: str) -> list[Event]:
    target = Target(url=URL, key=key, edition=edition, profile="smoke", patience=30.0)
    return list(check(target, connection=connection))


def _cut(events: list[Event]) -> Iterator[str]:
    """Yield why probes did not come to their end."""
    for event in events:
        if isinstance(event, ProbeEnded) and event.reason:
            yield f"{event.probe}: {event.reason}"


def _requests(events: list[Event]) -> int:
    return next(one.requests for one in events if isinstance(one, Finished))


@pytest.mark.parametrize("seconds", [0.3, 1.0, 2.0, 3.0])
@pytest.mark.parametrize("edition", ["v1", "v2"])
def test_slow_servers_have_the_whole_smoke(edition: Edition, seconds: float) -> None:
    """Runs that take seconds cost few polls more, and no probe is cut off by them."""
    times = {"queue_seconds": seconds / 4, "work_seconds": seconds * 3 / 4}
    virtual = {name: SPEED * value for name, value in times.items()}
    events = _smoke(edition, speed=SPEED, **virtual)
    undecided = {id_ for id_, said in results(events).items() if said == "inconclusive"}
    assert not list(_cut(events))
    assert _requests(events) <= SMOKE_REQUESTS
    assert undecided - {"RUN-LIST-019"} <= FULL_ALONE


def test_a_run_that_fails_by_itself_is_asked_for_where_none_fails_on_request() -> None:
    """It is the one that is added to the list, for each run takes its time."""
    events = checked(_deaf)
    models = [one.exchange.asked.get("model") for one in events if _is_create(one)]
    assert NO_MODEL in models
    assert results(events)["RUN-LIST-008"] == "pass"


def _deaf(_: str, asked: Any, status: int, answer: Any) -> tuple[int, Any]:
    """Refuse to fail a run because somebody asks for it, as servers do that know of no such key."""
    is_object = isinstance(asked, dict) and isinstance(asked.get("metadata"), dict)
    if status == 0 and is_object and asked["metadata"].get(OUTCOME_KEY):
        error = {"message": "no", "type": "x", "param": None, "code": None}
        return 400, {"error": error}
    return status, answer


def _is_create(event: Event) -> TypeGuard[Exchanged]:
    return (
        isinstance(event, Exchanged)
        and event.exchange.operation_id == "createRun"
        and isinstance(event.exchange.asked, dict)
    )


def test_what_the_probes_leave_is_filled_with_rarer_refusals() -> None:
    """The bound is reached, and nothing was cut off by it."""
    events = _smoke("v2")
    assert _requests(events) == SMOKE_REQUESTS
    assert not list(_cut(events))
    assert results(events)["RUN-LIST-019"] == "pass"


def test_smoke_keeps_what_it_learned_of_runs_that_take_seconds() -> None:
    """A run that was done at the first poll makes the next wait shorter only beyond a bound."""
    thrifty, eager = Pace(2.0, kept=LONGEST_KEPT_IN_SMOKE), Pace(2.0, kept=LONGEST_KEPT)
    for pace in (thrifty, eager):
        pace.learn(2.2, 1)
    assert thrifty.seconds == 2.0
    assert eager.seconds is not None
    assert eager.seconds < 1.0
