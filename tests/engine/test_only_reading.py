"""Checks that only read: what they send, what they judge, and what they say of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import httpx2
import pytest

from run_contracts.client.checked_target import Target, target
from run_contracts.engine.runner import check
from run_contracts.events import Decided, Event, ExitCode, Finished, Started, exchanges
from run_contracts.server import ServerOptions, running

OPTIONS = ServerOptions(queue_seconds=0.0, work_seconds=0.01)
Place = tuple[str, str, str]


def _used(url: str) -> Place:
    """Return a server's URL, with a thread and a run on it that ended."""
    headers = {"Authorization": f"Bearer {OPTIONS.api_key}", "OpenAI-Beta": "assistants=v2"}
    with httpx2.Client(base_url=url, headers=headers) as client:
        assistant = client.post("/assistants", json={"model": "gpt-4o"}).json()["id"]
        thread = client.post("/threads", json={}).json()["id"]
        runs = []
        for _ in range(3):
            said = [{"role": "user", "content": "Hello."}]
            body = {"assistant_id": assistant, "additional_messages": said}
            run = client.post(f"/threads/{thread}/runs", json=body).json()["id"]
            while client.get(f"/threads/{thread}/runs/{run}").json()["status"] != "completed":
                pass
            runs.append(run)
    return url, thread, runs[0]


@pytest.fixture(scope="module")
def used() -> Iterator[Place]:
    """Return a right server that somebody else used."""
    with running(OPTIONS) as url:
        yield _used(url)


def _checked(place: Place, **named: str) -> list[Event]:
    asked = target(place[0], write=False, **named)
    return list(check(replace(asked, key=OPTIONS.api_key)))


def _finished(events: list[Event]) -> Finished:
    assert isinstance(events[-1], Finished)
    return events[-1]


def test_nothing_but_get_is_sent(used: Place) -> None:
    """And the runs of the thread that was named are judged; a right server holds."""
    events = _checked(used, thread_id=used[1])
    assert {one.request.method for one in exchanges(events)} == {"GET"}
    assert _finished(events).exit_code is ExitCode.HOLDS
    held = {one.requirement for one in events if isinstance(one, Decided) and one.result == "pass"}
    assert {"RUN-SHAPE-003", "RUN-LIST-005", "RUN-ERR-006", "RUN-STEP-001"} <= held
    assert next(one for one in events if isinstance(one, Started)).is_read_only


def test_a_run_that_was_named_is_read(used: Place) -> None:
    """Though it is not among the newest."""
    events = _checked(used, thread_id=used[1], run_id=used[2])
    assert any(one.ids.get("run_id") == used[2] for one in exchanges(events))


def test_without_a_thread_nothing_is_verified(used: Place) -> None:
    """It is not green on nothing, and says what to give."""
    footer = _finished(_checked(used))
    assert footer.exit_code is ExitCode.NOTHING_VERIFIED
    assert "give --thread-id, or --write" in footer.unverified[0]


@pytest.mark.parametrize("fault", ["RUN-LIST-005", "RUN-USAGE-001", "RUN-ERR-006", "RUN-SHAPE-003"])
def test_what_reading_shows_broken_is_told(fault: str) -> None:
    """The fault of a server is found by what is there."""
    with running(replace(OPTIONS, faults=(fault,))) as url:
        place = _used(url)
        events = _checked(place, thread_id=place[1])
    broken = {
        one.requirement for one in events if isinstance(one, Decided) and one.result == "fail"
    }
    assert fault in broken
    assert _finished(events).exit_code is ExitCode.BROKEN


def test_what_is_not_asked_says_why(used: Place) -> None:
    """A rule that takes a command is not seen, for commands are not sent."""
    events = _checked(used, thread_id=used[1])
    cancelled = next(
        one for one in events if isinstance(one, Decided) and one.requirement == "RUN-CANCEL-001"
    )
    assert "--write" in cancelled.reason


def test_a_target_of_ones_own_may_be_written_to() -> None:
    """Who makes one in Python says so by that."""
    assert not Target(url="https://runs.example/v1").is_read_only
