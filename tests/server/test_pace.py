"""The pace of a run on the virtual clock, moved by hand: no waiting, no luck."""

from __future__ import annotations

import pytest

from run_contracts.server.clock import Clock
from run_contracts.server.options import ServerOptions
from run_contracts.server.parts.edition_server import EditionServer, assembled
from run_contracts.server.parts.records import RunRecord

START = 1_800_000_000.0
OPTIONS = ServerOptions(queue_seconds=2, work_seconds=50, cancel_seconds=3, expires_after=600)


class Hands(Clock):
    """A clock moved by hand."""

    moment = START

    def now(self) -> float:
        return self.moment


@pytest.fixture
def clock() -> Hands:
    """Return a clock that stands at the start."""
    return Hands(speed=1, epoch=0)


@pytest.fixture(params=["v1", "v2"])
def server(clock: Hands, request: pytest.FixtureRequest) -> EditionServer:
    """Return a server whose time is moved by hand."""
    return assembled(OPTIONS, clock, request.param)


@pytest.fixture
def run(server: EditionServer) -> RunRecord:
    """Return a run just created."""
    assistant = server.store.create_assistant({"model": "gpt-4o"})["id"]
    thread = server.store.create_thread({"messages": [{"role": "user", "content": "Hi."}]})
    return server.service.create_run(thread, {"assistant_id": assistant})


def _at(server: EditionServer, clock: Hands, run: RunRecord, seconds: float) -> str:
    clock.moment = START + seconds
    return str(server.service.get_run(run.thread_id, run.id)["status"])


def test_a_run_waits_works_and_ends_at_its_moments(
    server: EditionServer, clock: Hands, run: RunRecord
) -> None:
    """Two virtual seconds in the queue, fifty of work; the stamps say those moments."""
    assert _at(server, clock, run, 1.9) == "queued"
    assert _at(server, clock, run, 2) == "in_progress"
    assert _at(server, clock, run, 51.9) == "in_progress"
    assert _at(server, clock, run, 52.1) == "completed"
    wire = server.service.get_run(run.thread_id, run.id)
    assert [wire[name] - int(START) for name in ("created_at", "started_at")] == [0, 2]
    assert wire["completed_at"] - int(START) in (51, 52)


def test_the_reply_is_written_evenly(server: EditionServer, clock: Hands, run: RunRecord) -> None:
    """Half of the time, half of the words."""
    _at(server, clock, run, 2 + 25)
    assert abs(len(run.written.split()) - len(run.reply) / 2) <= 1


def test_a_life_looked_at_late_is_the_life_looked_at_often(
    server: EditionServer, clock: Hands, run: RunRecord
) -> None:
    """What happened and when does not depend on who looked."""
    for tenths in range(600):
        _at(server, clock, run, tenths / 10)
    often = run.events
    late = assembled(OPTIONS, clock, server.service.edition)
    clock.moment = START
    assistant = late.store.create_assistant({"model": "gpt-4o"})["id"]
    thread = late.store.create_thread({"messages": [{"role": "user", "content": "Hi."}]})
    other = late.service.create_run(thread, {"assistant_id": assistant})
    _at(late, clock, other, 60)
    assert other.events == often


def test_a_cancel_keeps_what_was_written(
    server: EditionServer, clock: Hands, run: RunRecord
) -> None:
    """The message of a cancelled run is incomplete, and holds the words written till then."""
    _at(server, clock, run, 27)
    server.service.cancel_run(run.thread_id, run.id)
    assert _at(server, clock, run, 29.9) == "cancelling"
    assert _at(server, clock, run, 30) == "cancelled"
    (name, message) = next(e for e in run.events if e[0].startswith("thread.message.incomplete"))
    assert name
    assert message["incomplete_details"] == {"reason": "run_cancelled"}
    assert message["content"][0]["text"]["value"] == run.written != ""


def test_an_expired_run_says_when(server: EditionServer, clock: Hands) -> None:
    """As on the wire, the moment of expiry is in completed_at, and expires_at is null."""
    assistant = server.store.create_assistant({"model": "gpt-4o"})["id"]
    thread = server.store.create_thread({"messages": [{"role": "user", "content": "Hi."}]})
    metadata = {"run_contracts_outcome": "expired"}
    run = server.service.create_run(thread, {"assistant_id": assistant, "metadata": metadata})
    server.service.modify_run(run.thread_id, run.id, {"metadata": {}})
    assert _at(server, clock, run, 599) == "in_progress"
    assert _at(server, clock, run, 700) == "expired"
    wire = server.service.get_run(run.thread_id, run.id)
    assert (wire["completed_at"], wire["expires_at"]) == (int(START) + 600, None)
    _, *rest = (step["status"] for step in server.lists.steps(run.thread_id, run.id, {})["data"])
    assert rest == []
    assert run.steps[-1].status == "expired"
