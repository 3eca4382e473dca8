"""What is kept of live traffic is bounded, whatever passes and for how long."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from run_contracts.recordings.judging.asked_for import AskedFor
from run_contracts.watching import found_once, held_back, live_session, live_sessions, passing
from run_contracts.watching.judge_messages import LiveFinding, Passed, ToJudge, Unjudged
from run_contracts.watching.live_sessions import TOO_MANY_OPEN
from run_contracts.watching.passing import TOO_MUCH, Tap
from tests.watching.test_live_sessions import GET, JSON, Traffic, run

V2 = AskedFor.named("v2", None, is_auto=False)


def broken_runs(number: int, **fixed: Any) -> tuple[list[LiveFinding], Counter[str]]:
    """Return what is found in so many answers that break the same, and how often it is counted."""
    traffic = Traffic(V2)
    for _ in range(number):
        traffic.add(GET, run(model=7, **fixed))
    found = [one for one in traffic.close() if isinstance(one, LiveFinding)]
    first = found[0].seen.requirement, found[0].fingerprint
    same = [one for one in found if (one.seen.requirement, one.fingerprint) == first]
    return same, traffic.sessions.numbers.broken


def test_a_long_body_is_kept_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    """A report of many large answers can be read."""
    monkeypatch.setattr(found_once, "LONGEST_SHOWN", 300)
    found, _ = broken_runs(1, instructions="x" * 5000)
    assert [len(one.exchange.response.body) for one in found if one.exchange is not None] == [300]


def test_few_exchanges_are_kept_of_what_comes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are named by their places."""
    monkeypatch.setattr(found_once, "SHOWN_OF_EACH", 2)
    found, _ = broken_runs(5)
    assert [one.exchange is not None for one in found] == [True, True, False, False, False]


def test_few_places_are_named_of_what_comes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them are counted."""
    monkeypatch.setattr(found_once, "PLACES_OF_EACH", 3)
    found, broken = broken_runs(5)
    assert len(found) == 3
    assert broken[found[0].seen.requirement] == 5


def test_requests_that_never_end_are_not_kept_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest is left out, and counted; the newest are judged when they end."""
    monkeypatch.setattr(live_sessions, "MOST_OPEN", 2)
    traffic = Traffic(V2)
    serials = [traffic.begin(GET) for _ in range(5)]
    assert traffic.sessions.numbers.unjudged == {TOO_MANY_OPEN: 3}
    for serial in serials[3:]:
        traffic.end(serial, run())
    assert traffic.sessions.numbers.judged == 2


class Kept:
    """Keeps what is said of traffic."""

    def __init__(self) -> None:
        self.messages: list[ToJudge] = []

    def offer(self, message: ToJudge, _size: int) -> None:
        """Take a message."""
        self.messages.append(message)


def test_bodies_under_way_are_held_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes beyond is not judged; there is room again when something has ended."""
    monkeypatch.setattr(passing, "MOST_HELD", 1000)
    sink = Kept()
    tap = Tap(sink)
    first, second, third = (
        tap.begin("GET", "http://h/v1/threads/thread_1/runs/run_1", JSON) for _ in range(3)
    )
    assert first is not None
    assert second is not None
    assert third is not None
    for one in (first, second):
        one.comes(b"x" * 600)
    assert (tap.held, tap.open) == (600, 2)
    assert [one.reason for one in sink.messages if isinstance(one, Unjudged)] == [TOO_MUCH]
    first.ends()
    third.comes(b"x" * 600)
    third.ends()
    assert [one.serial for one in sink.messages if isinstance(one, Passed)] == [1, 3]
    assert (tap.held, tap.open) == (0, 0)


def test_what_was_created_is_remembered_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest of it: a server that begins anew gives those ids again."""
    monkeypatch.setattr(live_session, "MOST_CREATED", 2)
    traffic = Traffic(V2)
    for number in range(5):
        traffic.add("POST /threads", {"id": f"thread_{number}", "object": "thread"})
    (session,) = traffic.sessions._sessions.values()
    assert list(session._created) == ["thread_3", "thread_4"]


@pytest.mark.parametrize(("bound", "most"), [("MOST_HELD_BACK", 2), ("MOST_HELD_BYTES", 3000)])
def test_answers_that_broke_off_are_held_back_up_to_a_bound(
    bound: str, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether their server was stopped is waited for no longer."""
    monkeypatch.setattr(held_back, bound, most)
    traffic, judged = Traffic(V2), list[bool]()
    stream = (("content-type", "text/event-stream"),)
    event = f": {'x' * 1000}\n\nevent: thread.run.created\ndata: {json.dumps(run())}\n\n".encode()
    for _ in range(3):
        serial = traffic.begin("POST /threads/thread_1/runs")
        cut = Passed(serial, b"{}", 200, stream, event, 1e9 + serial, 0.01, broken_off="reset")
        traffic.sessions.hear(cut)
        list(traffic.sessions.found())
        judged.append(traffic.sessions.numbers.exercised.total() > 0)
    assert judged == [False, False, True]
