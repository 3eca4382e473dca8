"""Live traffic is put into sessions, and each is judged by what is spoken in it."""

from __future__ import annotations

import json
from typing import Any

from run_contracts.making.factory import factory
from run_contracts.recordings.judging.asked_for import AskedFor
from run_contracts.watching.judge_messages import (
    Began,
    Gap,
    LiveFinding,
    Passed,
    Unjudged,
    Withdrawn,
)
from run_contracts.watching.live_sessions import MOST_SESSIONS, LiveSessions

JSON = (("content-type", "application/json"),)


class Traffic:
    """Says to a judge what passes."""

    def __init__(self, asked: AskedFor | None = None) -> None:
        self.sessions = LiveSessions(asked or AskedFor())
        self.serial = 0

    def begin(self, line: str, key: str = "k", host: str = "h") -> int:
        method, _, path = line.partition(" ")
        self.serial += 1
        headers = (("authorization", f"Bearer {key}"), ("openai-beta", "assistants=v2"))
        self.sessions.hear(Began(self.serial, method, f"http://{host}/v1{path}", headers))
        return self.serial

    def end(self, serial: int, answer: Any, status: int = 200) -> None:
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.sessions.hear(Passed(serial, b"", status, JSON, body, 1e9 + serial, 0.01))

    def add(self, line: str, answer: Any, key: str = "k", host: str = "h") -> None:
        self.end(self.begin(line, key, host), answer)

    def close(self) -> list[LiveFinding | Withdrawn]:
        return [*self.sessions.found(), *self.sessions.close()]

    def broken(self) -> set[str]:
        self.close()
        return set(self.sessions.numbers.broken)


def run(status: str = "queued", **fixed: Any) -> dict[str, Any]:
    """Return a legal run of one thread, with what is wrong with it."""
    made = factory("v2", seed=1).run(status, id="run_1", thread_id="thread_1")  # type: ignore[arg-type]
    return {**made, **fixed}


GET = "GET /threads/thread_1/runs/run_1"


def test_what_goes_back_in_its_life_is_found() -> None:
    """A run that ended does not begin again."""
    traffic = Traffic()
    for status in ("queued", "completed", "in_progress"):
        traffic.add(GET, run(status))
    assert any(id_.startswith("RUN-LIFE-") for id_ in traffic.broken())


def test_what_belongs_to_two_servers_is_not_put_together() -> None:
    """Two servers may give the same id."""
    traffic = Traffic()
    traffic.add(GET, run("completed"), host="one")
    traffic.add(GET, run("in_progress"), host="two")
    assert not any(id_.startswith("RUN-LIFE-") for id_ in traffic.broken())
    assert traffic.sessions.numbers.sessions == 2


def test_what_was_asked_with_two_keys_is_not_put_together() -> None:
    """Two keys may be of two projects."""
    traffic = Traffic()
    traffic.add(GET, run("completed"), key="one")
    traffic.add(GET, run("in_progress"), key="two")
    assert not any(id_.startswith("RUN-LIFE-") for id_ in traffic.broken())


def test_answers_that_overlapped_have_no_order() -> None:
    """The older answer may come last, on another connection."""
    traffic = Traffic()
    older, newer = traffic.begin(GET), traffic.begin(GET)
    traffic.end(newer, run("completed"))
    traffic.end(older, run("in_progress"))
    assert not any(id_.startswith("RUN-LIFE-") for id_ in traffic.broken())


def test_an_overlap_on_another_thread_hides_nothing() -> None:
    """However much goes on at once."""
    traffic = Traffic()
    other = traffic.begin("GET /threads/thread_2/runs")
    for status in ("completed", "in_progress"):
        traffic.add(GET, run(status))
    traffic.end(other, {"object": "list", "data": [], "has_more": False})
    assert any(id_.startswith("RUN-LIFE-") for id_ in traffic.broken())


def test_what_is_spoken_may_change_as_more_is_seen_and_what_was_found_is_withdrawn() -> None:
    """A run without a field of v2 may be of v1, which the next one shows."""
    plain = run(tools=[])
    for name in ("tool_resources", "parallel_tool_calls"):
        plain.pop(name, None)
    traffic = Traffic()
    traffic.add(GET, plain)
    assert [one for one in traffic.sessions.found() if isinstance(one, LiveFinding)] != []
    traffic.add("GET /threads/thread_3/runs/run_3", {**plain, "id": "run_3", "file_ids": []})
    assert Withdrawn(1) in traffic.close()
    assert [spoken[0] for spoken in traffic.sessions.numbers.spoken] == ["v1"]


def test_what_is_named_is_not_found_out() -> None:
    """Then nothing is withdrawn."""
    traffic = Traffic(AskedFor.named("v2", None, is_auto=False))
    traffic.add(GET, {**run(), "file_ids": []})
    traffic.close()
    assert [spoken[:2] for spoken in traffic.sessions.numbers.spoken] == [("v2", "")]


def test_sessions_are_bounded_and_what_a_closed_one_showed_stays() -> None:
    """The session that was asked longest ago ends; its violations count."""
    traffic = Traffic()
    traffic.add(GET, run(object="thread.runs"), key="first")
    for number in range(MOST_SESSIONS + 5):
        traffic.add(GET, run(), key=f"key-{number}")
    assert len(traffic.sessions._sessions) == MOST_SESSIONS
    assert traffic.sessions.numbers.judged == MOST_SESSIONS + 6
    assert traffic.broken() != set()


def test_after_a_gap_what_was_open_is_not_judged() -> None:
    """Nobody knows what ended meanwhile."""
    traffic = Traffic()
    opened = traffic.begin(GET)
    traffic.sessions.hear(Gap(opened))
    traffic.end(opened, run())
    assert traffic.sessions.numbers.judged == 0
    assert traffic.sessions.numbers.unjudged.total() == 1


def test_what_is_not_to_be_judged_is_counted_by_its_reason() -> None:
    """A body may be too large."""
    traffic = Traffic()
    serial = traffic.begin(GET)
    traffic.sessions.hear(Unjudged(serial, "a body of more than 32 MiB"))
    assert traffic.sessions.numbers.unjudged == {"a body of more than 32 MiB": 1}


def test_an_error_of_ours_costs_one_exchange_and_is_counted() -> None:
    """What cannot even be read as a message is named, with where it was raised."""
    traffic = Traffic()
    traffic.sessions.hear(Began(1, "GET", "http://[", ()))
    traffic.add(GET, run())
    traffic.close()
    numbers = traffic.sessions.numbers
    assert (numbers.judged, numbers.own_errors.total()) == (1, 1)
    assert "live_sessions.py" in numbers.raised_at[0][1]


def test_secrets_are_hidden_in_what_is_found() -> None:
    """A key that a server repeats is shown by its name."""
    traffic = Traffic()
    traffic.add(GET, {**run(), "model": 7, "instructions": "sk-secret-1"}, key="sk-secret-1")
    findings = [one for one in traffic.close() if isinstance(one, LiveFinding)]
    assert findings != []
    assert "sk-secret-1" not in repr(findings)
    kept = [one.exchange for one in findings if one.exchange is not None]
    assert all(b"sk-secret-1" not in one.response.body for one in kept)
    assert all("sk-secret-1" not in str(one.request.headers) for one in kept)


def test_the_newest_statuses_of_open_runs_are_shown() -> None:
    """A page can draw what is under way."""
    traffic = Traffic()
    for status in ("queued", "in_progress"):
        traffic.add(GET, run(status))
    list(traffic.sessions.found())
    assert dict(traffic.sessions.numbers.open_histories)["run_1"] == ("queued", "in_progress")


def test_both_sides_are_judged_if_that_is_asked() -> None:
    """A client that submits nothing where outputs are due is one thing, what it asks another."""
    traffic = Traffic(AskedFor(judges="both"))
    serial = traffic.begin("POST /threads/thread_1/runs")
    body = json.dumps({"assistant_id": 7}).encode()
    answer = json.dumps(run()).encode()
    traffic.sessions.hear(Passed(serial, body, 200, JSON, answer, 1e9, 0.01))
    assert any(id_.startswith("CLIENT-") for id_ in traffic.broken())
