"""Requests without an answer: when they speak against a server, and what they never do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from run_contracts.traffic.exchange import Intent
from tests.checks.written_traffic import CREATE, Traffic
from tests.samples import run

THREAD, RUNS, RUN = "/threads/thread_1", "/threads/thread_1/runs", "/threads/thread_1/runs/run_1"
LATE: dict[str, Any] = {"failure": "no answer within 30 seconds", "is_late": True}
SHORT = LATE | {"silences": 0}


def _found(traffic: Traffic) -> list[int]:
    return [number for number, _ in traffic.found("RUN-HTTP-004")]


def test_each_answer_shows_that_it_came() -> None:
    """A refusal and a failure are answers, too."""
    traffic = Traffic().add(f"GET {RUN}", run("queued")).add(f"GET {RUN}", {}, status=500)
    assert traffic.results("RUN-HTTP-004") == ["held", "held"]


@pytest.mark.parametrize(
    ("lost", "found"),
    [
        ([{"silences": 2}], [1]),
        ([{"silences": 1}], []),
        ([{"silences": 1}, {"silences": 1}], [1, 2]),
        ([{"silences": 0}] * 3, []),
        ([LATE], []),
        ([LATE, LATE], [1, 2]),
        ([LATE, SHORT, SHORT], [1, 2, 3]),
        ([SHORT, SHORT], []),
    ],
)
def test_it_takes_two_to_blame_the_server(lost: list[dict[str, Any]], found: list[int]) -> None:
    """Of one request sent again, or of one operation; one that waited less long helps."""
    traffic = Traffic()
    for response in lost:
        traffic.lose(f"GET {RUN}", **response)
    assert _found(traffic.add(f"GET {RUNS}", {"object": "list", "data": []})) == found


def test_an_operation_that_is_answered_must_be_late_twice_in_full() -> None:
    """A slow server is not blamed for what was waited for less long."""
    traffic = Traffic().lose(f"GET {RUN}", **LATE).lose(f"GET {RUN}", **SHORT)
    assert _found(traffic.add(f"GET {RUN}", run("queued"))) == []


def test_one_of_each_operation_is_by_chance() -> None:
    """They are not one failure."""
    traffic = Traffic().lose(f"POST {RUN}/cancel").lose(f"POST {RUNS}")
    assert _found(traffic.add(f"GET {RUN}", run("queued"))) == []


def test_a_server_that_answers_nothing_more_was_stopped() -> None:
    """That breaks nothing; what was asked before counts."""
    traffic = Traffic().add(f"GET {RUN}", run("queued"))
    assert _found(traffic.lose(f"GET {RUN}", silences=2)) == []


def test_what_is_not_of_the_contract_is_not_judged() -> None:
    """Its endpoints are the server's own business."""
    traffic = Traffic().lose("GET /health", silences=2).add(f"GET {RUN}", run("queued"))
    assert _found(traffic) == []


def test_a_run_is_not_refused_for_a_message_nobody_knows_of() -> None:
    """The thread may have one, though the request for it had no answer."""
    traffic = Traffic().add("POST /assistants", {"id": "asst_1", "object": "assistant"}, body={})
    traffic.add("POST /threads", {"id": "thread_1", "object": "thread"}, body={})
    traffic.lose(f"POST {THREAD}/messages")
    traffic.add(f"POST {RUNS}", run("queued"), body=CREATE, intent=Intent.ORDINARY)
    assert traffic.results("RUN-CREATE-006") == []


@pytest.mark.parametrize(("together", "results"), [(0, ["broken"]), (1, [])])
def test_a_message_that_was_lost_after_a_run_was_not_there_for_it(
    together: int, results: list[str]
) -> None:
    """Only what was sent before a run was made, or beside it, may have given it a word."""
    traffic = Traffic().add("POST /assistants", {"id": "asst_1", "object": "assistant"}, body={})
    traffic.add("POST /threads", {"id": "thread_1", "object": "thread"}, body={})
    traffic.add(f"POST {RUNS}", run("queued"), body=CREATE, together=together)
    traffic.lose(f"POST {THREAD}/messages")
    traffic.exchanges[-1] = replace(traffic.exchanges[-1], together=together)
    assert traffic.results("RUN-CREATE-006") == results


def test_a_run_shows_what_a_modify_without_an_answer_may_have_left() -> None:
    """It came between the modify that was answered and the read."""
    red, blue = {"metadata": {"team": "red"}}, {"metadata": {"team": "blue"}}
    traffic = Traffic().add(f"GET {RUN}", run("completed"))
    traffic.add(f"POST {RUN}", run("completed", **red), body=red).lose(f"POST {RUN}")
    traffic.add(f"GET {RUN}", run("completed", **blue))
    assert traffic.results("RUN-MODIFY-002") == []


def test_a_put_off_request_is_not_the_servers_failure() -> None:
    """Neither an answer 429 nor a 503 that says when to come again."""
    later = (("Content-Type", "application/json"), ("Retry-After", "1"))
    traffic = Traffic().add(f"GET {RUN}", run("in_progress"))
    traffic.add(f"POST {RUN}/cancel", {}, status=503, headers=later)
    traffic.add(f"GET {RUN}", run("in_progress"))
    for requirement in ("RUN-ERR-008", "RUN-CANCEL-001"):
        assert traffic.results(requirement) == []


CUT: dict[str, Any] = {"broken_off": "peer closed connection (incomplete chunked read)"}


def _cut(traffic: Traffic, **response: Any) -> Traffic:
    last = traffic.exchanges[-1]
    said = replace(last.response, **{**CUT, **response})
    traffic.exchanges[-1] = replace(last, response=said)
    return traffic


def test_an_answer_is_sent_to_its_end() -> None:
    """One that breaks off is broken, however much of it came; others are not."""
    traffic = _cut(Traffic().add(f"GET {RUN}", run("queued"))).add(f"GET {RUN}", run("queued"))
    assert traffic.results("RUN-HTTP-005") == ["broken", "held"]


def test_a_server_that_stops_broke_nothing() -> None:
    """The last answer of all may have ended with the server."""
    assert _cut(Traffic().add(f"GET {RUN}", run("queued"))).results("RUN-HTTP-005") == []


def test_a_server_that_stops_breaks_off_all_that_is_under_way() -> None:
    """However many answers that are; none of them shows that it went on."""
    traffic = Traffic().add(f"GET {RUN}", run("queued"))
    for _ in range(3):
        _cut(traffic.add(f"GET {RUN}", run("queued")))
    assert traffic.results("RUN-HTTP-005") == ["held"]
    assert _found(traffic.lose(f"GET {RUN}", silences=2)) == []


@pytest.mark.parametrize(("seconds", "results"), [(1.0, ["broken", "held"]), (3.0, ["held"])])
def test_what_was_asked_for_before_the_end_shows_nothing(
    seconds: float, results: list[str]
) -> None:
    """Its answer may have been on its way when the server was stopped."""
    traffic = _cut(Traffic().add(f"GET {RUN}", run("queued"), at=100.0))
    traffic.add(f"GET {RUN}", run("queued"), at=102.0)
    last = traffic.exchanges[-1]
    traffic.exchanges[-1] = replace(last, response=replace(last.response, seconds=seconds))
    assert traffic.results("RUN-HTTP-005") == results


def test_what_its_reader_left_was_not_cut() -> None:
    """Nothing is said of the end of an answer that was not read to its end."""
    traffic = _cut(Traffic().add(f"GET {RUN}", run("queued")), is_whole=False)
    assert traffic.add(f"GET {RUN}", run("queued")).results("RUN-HTTP-005") == ["held"]
