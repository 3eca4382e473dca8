"""The pace of a run on the virtual clock, moved by hand: no waiting, no luck."""

from __future__ import annotations

import pytest

from run_contracts.server.clock import Clock
from run_contracts.server.event_frames import Streaming
from run_contracts.server.options import ServerOptions
from run_contracts.server.records import Run

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
def service(clock: Hands, request: pytest.FixtureRequest) -> Streaming:
    """Return a service whose time is moved by hand."""
    return Streaming(OPTIONS, clock, request.param)


@pytest.fixture
def run(service: Streaming) -> Run:
    """Return a run just created."""
    assistant = service.create_assistant({"model": "gpt-4o"})["id"]
    thread = service.create_thread({"messages": [{"role": "user", "content": "Hi."}]})
    return service.create_run(thread, {"assistant_id": assistant})


def _at(service: Streaming, clock: Hands, run: Run, seconds: float) -> str:
    clock.moment = START + seconds
    return str(service.get_run(run.thread_id, run.id)["status"])


def test_a_run_waits_works_and_ends_at_its_moments(
    service: Streaming, clock: Hands, run: Run
) -> None:
    """Two virtual seconds in the queue, fifty of work; the stamps say those moments."""
    assert _at(service, clock, run, 1.9) == "queued"
    assert _at(service, clock, run, 2) == "in_progress"
    assert _at(service, clock, run, 51.9) == "in_progress"
    assert _at(service, clock, run, 52.1) == "completed"
    wire = service.get_run(run.thread_id, run.id)
    assert [wire[name] - int(START) for name in ("created_at", "started_at")] == [0, 2]
    assert wire["completed_at"] - int(START) in (51, 52)


def test_the_reply_is_written_evenly(service: Streaming, clock: Hands, run: Run) -> None:
    """Half of the time, half of the words."""
    _at(service, clock, run, 2 + 25)
    assert abs(len(run.written.split()) - len(run.reply) / 2) <= 1


def test_a_life_looked_at_late_is_the_life_looked_at_often(
    service: Streaming, clock: Hands, run: Run
) -> None:
    """What happened and when does not depend on who looked."""
    for tenths in range(600):
        _at(service, clock, run, tenths / 10)
    often = run.log
    late = Streaming(OPTIONS, clock, service.edition)
    clock.moment = START
    assistant = late.create_assistant({"model": "gpt-4o"})["id"]
    thread = late.create_thread({"messages": [{"role": "user", "content": "Hi."}]})
    other = late.create_run(thread, {"assistant_id": assistant})
    _at(late, clock, other, 60)
    assert other.log == often


def test_a_cancel_keeps_what_was_written(service: Streaming, clock: Hands, run: Run) -> None:
    """The message of a cancelled run is incomplete, and holds the words written till then."""
    _at(service, clock, run, 27)
    service.cancel_run(run.thread_id, run.id)
    assert _at(service, clock, run, 29.9) == "cancelling"
    assert _at(service, clock, run, 30) == "cancelled"
    (name, message) = next(e for e in run.log if e[0].startswith("thread.message.incomplete"))
    assert name
    assert message["incomplete_details"] == {"reason": "run_cancelled"}
    assert message["content"][0]["text"]["value"] == run.written != ""


def test_an_expired_run_says_when(service: Streaming, clock: Hands) -> None:
    """As on the wire, the moment of expiry is in completed_at, and expires_at is null."""
    assistant = service.create_assistant({"model": "gpt-4o"})["id"]
    thread = service.create_thread({"messages": [{"role": "user", "content": "Hi."}]})
    metadata = {"run_contracts_outcome": "expired"}
    run = service.create_run(thread, {"assistant_id": assistant, "metadata": metadata})
    service.modify_run(run.thread_id, run.id, {"metadata": {}})
    assert _at(service, clock, run, 599) == "in_progress"
    assert _at(service, clock, run, 700) == "expired"
    wire = service.get_run(run.thread_id, run.id)
    assert (wire["completed_at"], wire["expires_at"]) == (int(START) + 600, None)
    _, *rest = (step["status"] for step in service.list_steps(run.thread_id, run.id, {})["data"])
    assert rest == []
    assert run.steps[-1].status == "expired"
