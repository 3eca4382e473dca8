"""The judge is a process of its own: whatever becomes of it, traffic goes on, and it is said."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import pytest

from run_contracts.events import Event, ExitCode, ProbeEnded
from run_contracts.recordings.judging.asked_for import AskedFor
from run_contracts.server import ServerOptions, running
from run_contracts.watching.judge_link import MOST_QUEUED, MOST_STARTS, JudgeLink
from run_contracts.watching.judge_messages import Began, Gap
from run_contracts.watching.live_watch import LiveWatch, exit_code_of
from run_contracts.watching.passing import Tap
from run_contracts.watching.so_far import NOT_JUDGED
from run_contracts.watching.written_reports import summary_lines
from tests.watching.raw_upstream import proxied, wait_until

QUICK = ServerOptions(queue_seconds=0.01, work_seconds=0.05, cancel_seconds=0.01)
HEADERS = {"authorization": f"Bearer {QUICK.api_key}", "openai-beta": "assistants=v2"}


@contextmanager
def watched() -> Iterator[tuple[LiveWatch, httpx2.Client]]:
    """Watch a right server, and yield a client of it."""
    with running(QUICK) as url:
        watch = LiveWatch(url)
        with (
            proxied(url, watch) as origin,
            httpx2.Client(base_url=f"{origin}/v1", headers=HEADERS, timeout=30) as client,
        ):
            yield watch, client
        watch.close()


def one_life(client: httpx2.Client) -> None:
    """Make a run and read it."""
    asked = {"model": "gpt-4o", "instructions": "be short"}
    assistant = client.post("/assistants", json=asked).raise_for_status().json()["id"]
    thread = client.post("/threads", json={}).raise_for_status().json()["id"]
    path = f"/threads/{thread}/runs"
    run = client.post(path, json={"assistant_id": assistant}).raise_for_status().json()["id"]
    client.get(f"{path}/{run}").raise_for_status()


def unjudged(events: tuple[Event, ...]) -> list[str]:
    """Return why something was not judged."""
    ended = (one for one in events if isinstance(one, ProbeEnded))
    return [one.reason for one in ended if one.probe == NOT_JUDGED]


def passed(tap: Tap) -> None:
    """Let an exchange pass."""
    passing = tap.begin("GET", "http://h/v1/threads/t/runs/r", ())
    assert passing is not None
    passing.answers(200, ())
    passing.comes(b"{}")
    passing.ends()


def numbers_came(watch: LiveWatch) -> bool:
    """Say whether the judge has said something."""
    return bool(watch.numbers()["judged"])


def test_a_judge_that_is_killed_harms_no_traffic_and_that_is_said() -> None:
    """Another one begins; what the first knew is counted as lost."""
    with watched() as (watch, client):
        one_life(client)
        wait_until(lambda: watch.judge_pid and numbers_came(watch), 30)
        first = watch.judge_pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        one_life(client)
        wait_until(lambda: watch.judge_pid not in (None, first), 30)
        one_life(client)
        events = watch.close()
    assert exit_code_of(events) == ExitCode.HOLDS
    assert any("the judge ended by itself (SIGKILL)" in reason for reason in unjudged(events))


def test_a_judge_that_is_killed_each_time_is_given_up_and_traffic_goes_on() -> None:
    """It is started a few times, no more."""
    with watched() as (watch, client):
        seen = set[int]()
        deadline = time.monotonic() + 60
        while len(watch._link.ends) < MOST_STARTS and time.monotonic() < deadline:
            one_life(client)
            if (pid := watch.judge_pid) is not None and pid not in seen:
                seen.add(pid)
                os.kill(pid, signal.SIGKILL)
        one_life(client)
        events = watch.close()
    assert len(watch._link.ends) == MOST_STARTS
    assert exit_code_of(events) == ExitCode.NOTHING_VERIFIED, summary_lines(events)


def test_what_a_judge_that_hangs_cannot_take_is_dropped_and_nobody_waits() -> None:
    """The queue is bounded; a megabyte more does not take longer."""
    watch = LiveWatch("http://h/v1")
    headers = (("content-type", "application/json"),)
    part = b" " * 1_000_000

    def passes(tap: Tap) -> float:
        began = time.monotonic()
        passing = tap.begin("GET", "http://h/v1/threads/t/runs/r", headers)
        assert passing is not None
        passing.answers(200, [(b"content-type", b"application/json")])
        passing.comes(part)
        passing.ends()
        return time.monotonic() - began

    passes(watch.tap)
    wait_until(lambda: watch.judge_pid, 30)
    pid = watch.judge_pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    times = [passes(watch.tap) for _ in range(3 * MOST_QUEUED // len(part))]
    assert watch._link._has_gap
    assert watch._link._bytes <= MOST_QUEUED
    assert sorted(times)[len(times) // 2] < 0.1
    events = watch.close(patience=0.5)
    assert exit_code_of(events) != ExitCode.HOLDS
    assert any("the time of the judge was over" in reason for reason in unjudged(events))


def test_a_judge_that_dies_at_the_end_is_not_waited_for() -> None:
    """It is said how it ended, and not that its time was over."""
    watch = LiveWatch("http://h/v1")
    passed(watch.tap)
    wait_until(lambda: watch.judge_pid and numbers_came(watch), 30)
    pid = watch.judge_pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    closing = threading.Thread(target=watch.close, args=(60.0,))
    closing.start()
    link = watch._link
    assert isinstance(link, JudgeLink)
    wait_until(lambda: link._feeder is not None and not link._feeder.is_alive(), 10)
    os.kill(pid, signal.SIGKILL)
    closing.join(10)
    assert not closing.is_alive()
    assert any("ended by itself (SIGKILL)" in reason for reason in unjudged(watch.close()))
    assert not any("time of the judge" in reason for reason in unjudged(watch.close()))


def test_what_follows_a_loss_begins_with_a_gap() -> None:
    """The judge must know that something is missing, and up to where."""
    link = JudgeLink(AskedFor(), lambda _: None, lambda: None)
    link._pid = os.getpid()
    began = [Began(serial, "GET", "http://h/v1/threads/t/runs", ()) for serial in (1, 2, 3)]
    link.offer(began[0], 10)
    link.offer(began[1], MOST_QUEUED)
    link.offer(began[2], 10)
    assert [message for message, _ in link._queue] == [began[0], Gap(2), began[2]]


def test_what_follows_the_death_of_a_judge_begins_with_a_gap() -> None:
    """What the dead one was sent, the next one never hears of."""
    link = JudgeLink(AskedFor(), lambda _: None, lambda: None)
    link._pid, link._last_serial = os.getpid(), 7
    link._lose()
    assert [message for message, _ in link._queue] == [Gap(7)]


def test_nothing_runs_before_something_passes() -> None:
    """A watch that saw nothing verified nothing."""
    watch = LiveWatch("http://h/v1")
    events = watch.close()
    assert watch.judge_pid is None
    assert exit_code_of(events) == ExitCode.NOTHING_VERIFIED


@pytest.mark.parametrize("size", [33 * 1024 * 1024])
def test_a_body_beyond_the_bound_is_not_judged_and_not_held(size: int) -> None:
    """It is counted by that reason."""
    watch = LiveWatch("http://h/v1", is_within=True)
    passing = watch.tap.begin("GET", "http://h/v1/threads/t/runs/r", ())
    assert passing is not None
    passing.answers(200, [])
    for _ in range(size // 1_048_576):
        passing.comes(b" " * 1_048_576)
    assert watch.tap.held == 0
    passing.ends()
    watch.close()
    assert watch.numbers()["unjudged"] == {"a body of more than 32 MiB": 1}
