"""What requests show of their client, at the edge between right and wrong."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests import samples
from tests.checks.clients.asked_traffic import (
    BUSY,
    MESSAGES,
    RUNS,
    SAID,
    SUBMIT,
    AskedTraffic,
)
from tests.checks.written_traffic import RUN
from tests.samples import refusal, run

NOON = 1_800_000_000.25
DATE = ("Date", "Sun, 06 Nov 1994 08:49:37 GMT")
UNTIL = ("Retry-After", "Sun, 06 Nov 1994 08:49:47 GMT")
RETRIED = (("x-stainless-retry-count", "1"),)
KEY = ("Authorization", "Bearer sk-1")
INCLUDED = "step_details.tool_calls[*].file_search.results[*].content"


@pytest.mark.parametrize(
    ("path", "status", "expected"),
    [
        (f"{RUNS}?limit=100&order=asc", 200, ["held"]),
        (f"{RUNS}?limit=101", 400, ["broken"]),
        (f"{RUNS}?limit=ten", 400, ["broken"]),
        (f"{RUNS}?order=down", 400, ["broken"]),
        (f"{RUN}/steps?include[]={INCLUDED}", 200, ["held"]),
        (f"{RUN}/steps?include%5B%5D=everything", 400, ["broken"]),
        (f"{RUNS}?api-version=2024-05-01-preview", 200, ["held"]),
        (RUNS, 200, []),
    ],
)
def test_queries_of_lists_are_legal(path: str, status: int, expected: list[str]) -> None:
    """Only what was refused counts; parameters that no list has are somebody else's."""
    answer = samples.page() if status == 200 else refusal()
    traffic = AskedTraffic().add(f"GET {path}", answer, status=status)
    assert traffic.results("CLIENT-LIST-001") == expected


@pytest.mark.parametrize(
    ("body", "status", "expected"),
    [
        ({"assistant_id": "a", "temperature": 1}, 200, ["held"]),
        ({"assistant_id": "a", "temperature": "1"}, 200, ["broken"]),
        ({"assistant_id": 7}, 200, ["broken"]),
        ({}, 200, ["broken"]),
        ({"assistant_id": "a", "temperature": 3}, 200, []),
        ({"assistant_id": "a", "temperature": 3}, 400, ["broken"]),
        ({"assistant_id": "a", "temperature": 3}, 401, []),
        ({"assistant_id": "a", "metadata": {"n": 1}}, 200, []),
        ({"assistant_id": "a", "metadata": {"n": 1}}, 400, ["broken"]),
        ([], 400, ["broken"]),
    ],
)
def test_bodies_are_as_their_operation_asks(body: Any, status: int, expected: list[str]) -> None:
    """A server may accept more than is published, but nobody goes without what is required."""
    answer = run("queued") if status == 200 else refusal()
    traffic = AskedTraffic().add(f"POST {RUNS}", answer, status=status, body=body)
    assert traffic.results("CLIENT-BODY-002") == expected


@pytest.mark.parametrize(
    ("url", "headers", "expected"),
    [
        (RUNS, (KEY,), ["held"]),
        (f"{RUNS}?api_key=abc", (), ["broken"]),
        (f"{RUNS}?token=sk-1", (), ["broken"]),
        (f"{RUNS}?k=sk-1", (KEY,), ["broken"]),
        (f"{RUNS}?after=run_1", (), []),
    ],
)
def test_the_key_is_not_in_the_url(url: str, headers: Any, expected: list[str]) -> None:
    """Whatever the parameter is called that holds it; and no violation repeats it."""
    traffic = AskedTraffic().add(f"GET {url}", samples.page(), sent_headers=headers)
    assert traffic.results("CLIENT-HEAD-003") == expected
    assert all(
        "abc" not in found and "sk-1" not in found for _, found in traffic.found("CLIENT-HEAD-003")
    )


@pytest.mark.parametrize("word", ["undefined", "None", "null", "%5Bobject%20Object%5D", "NaN"])
def test_words_for_nothing_are_no_ids(word: str) -> None:
    """In the path or as a cursor."""
    for path in (f"{RUNS}/{word}", f"{RUNS}?after={word}"):
        traffic = AskedTraffic().add(f"GET {path}", refusal(), status=404)
        assert traffic.broken == {"CLIENT-PATH-001"}


@pytest.mark.parametrize(
    ("between", "waited", "headers", "expected"),
    [
        ((("Retry-After", "2"),), 0.02, (), ["broken"]),
        ((("Retry-After", "2"),), 0.05, (), []),
        ((("Retry-After", "2"),), 0.9, (), []),
        ((("Retry-After", "2"),), 0.9, RETRIED, ["broken"]),
        ((("Retry-After", "2"),), 1.95, (), ["held"]),
        ((DATE, UNTIL), 0.02, (), ["broken"]),
        ((DATE, UNTIL), 9.9, (), ["held"]),
        ((UNTIL,), 0.02, (), []),
        ((("Retry-After", "soon"),), 0.02, (), []),
    ],
)
def test_who_is_put_off_waits(
    between: Any, waited: float, headers: Any, expected: list[str]
) -> None:
    """As long as the server says, by its own clock; sooner it is only wrong if it is no human."""
    traffic = AskedTraffic().begin(429, refusal(), headers=between, at=NOON)
    traffic.begin(at=NOON + waited, sent_headers=headers)
    assert traffic.results("CLIENT-RETRY-001") == expected


@pytest.mark.parametrize(
    ("times", "apart", "status", "message", "expected"),
    [
        (4, 0.1, 400, "No.", ["held"]),
        (5, 0.1, 400, "No.", ["broken"]),
        (5, 1.0, 400, "No.", []),
        (20, 1.0, 400, "No.", []),
        (21, 1.0, 400, "No.", ["broken"]),
        (21, 90.0, 400, "No.", []),
        (5, 0.1, 409, "No.", []),
        (5, 0.1, 400, "Runs in status queued do not accept tool outputs.", []),
    ],
)
def test_what_is_refused_is_not_repeated(
    times: int, apart: float, status: int, message: str, expected: list[str]
) -> None:
    """By a program: a human may try again; and if it may pass, as the refusal says, so may both."""
    answer = {"error": refusal()["error"] | {"message": message}}
    traffic = AskedTraffic()
    for number in range(times):
        traffic.begin(status, answer, at=NOON + number * apart)
    assert traffic.results("CLIENT-RETRY-002") == expected


@pytest.mark.parametrize(
    ("message", "headers", "expected"),
    [
        ("We could not parse the JSON body of your request.", (), ["broken"]),
        ("Thread thread_1 already has an active run run_1.", (), []),
        ("We could not parse the JSON body.", (("Content-Encoding", "gzip"),), []),
    ],
)
def test_a_body_that_is_no_json_was_refused_for_that(
    message: str, headers: Any, expected: list[str]
) -> None:
    """Else a recorder may have hidden, or cut, what was sent."""
    answer = {"error": refusal()["error"] | {"message": message}}
    traffic = AskedTraffic().add(
        f"POST {RUNS}", answer, status=400, sent=b"<hidden>", sent_headers=headers
    )
    assert traffic.results("CLIENT-BODY-001") == expected


@pytest.mark.parametrize(
    ("message", "headers", "expected"),
    [
        ("Set the header 'OpenAI-Beta: assistants=v2'.", (KEY,), ["broken"]),
        ("v1 is deprecated. Set the header 'OpenAI-Beta: assistants=v2'.", (KEY,), []),
        ("Set the header 'OpenAI-Beta: assistants=v2'.", (), []),
        ("No.", (KEY,), []),
        ("No.", (KEY, ("OpenAI-Beta", "assistants=v2")), ["held"]),
    ],
)
def test_an_edition_is_named_where_it_is_asked_for(
    message: str, headers: Any, expected: list[str]
) -> None:
    """A recorder may keep no headers, and some servers need none."""
    answer = {"error": refusal()["error"] | {"message": message}}
    traffic = AskedTraffic().add(f"GET {RUN}", answer, status=400, sent_headers=headers)
    assert traffic.results("CLIENT-HEAD-002") == expected


@pytest.mark.parametrize(
    ("times", "apart", "expected"), [(10, 0.1, ["held"]), (11, 0.1, ["broken"]), (11, 2.0, [])]
)
def test_what_fails_is_given_up(times: int, apart: float, expected: list[str]) -> None:
    """Who pauses between may go on."""
    traffic = AskedTraffic()
    for number in range(times):
        traffic.begin(500, refusal(), at=NOON + number * apart)
    assert traffic.results("CLIENT-RETRY-003") == expected


@pytest.mark.parametrize(
    ("seen", "after", "expected"),
    [
        ("requires_action", 300.0, ["broken"]),
        ("in_progress", 0.3, ["broken"]),
        ("in_progress", 3.0, []),
        ("completed", 0.3, []),
    ],
)
def test_a_busy_thread_is_left_alone(seen: str, after: float, expected: list[str]) -> None:
    """A run that waits does so until somebody answers it; one at work may be done by now."""
    traffic = AskedTraffic().read(seen, at=NOON)
    traffic.add(f"POST {MESSAGES}", BUSY, status=400, body=SAID, at=NOON + after)
    assert traffic.results("CLIENT-THREAD-001") == expected


@pytest.mark.parametrize(
    ("times", "apart", "expected"),
    [(10, 1.0, ["held"]), (11, 1.0, ["broken"]), (11, 90.0, [])],
)
def test_polling_stops_at_the_end(times: int, apart: float, expected: list[str]) -> None:
    """A few more reads are other readers; who comes back a minute later polls no longer."""
    traffic = AskedTraffic().read("completed", times=times, at=NOON, apart=apart)
    assert traffic.results("CLIENT-POLL-001") == expected


@pytest.mark.parametrize(
    ("times", "apart", "expected"), [(30, 0.1, ["held"]), (31, 0.1, ["broken"]), (31, 0.5, [])]
)
def test_polling_stops_where_it_is_asked(times: int, apart: float, expected: list[str]) -> None:
    """Nobody waits for a human that fast."""
    traffic = AskedTraffic().read("requires_action", times=times, at=NOON, apart=apart)
    assert traffic.results("CLIENT-POLL-002") == expected


@pytest.mark.parametrize(
    ("given", "status", "expected"),
    [(["call_1"], 200, ["held"]), (["call_1", "call_1"], 400, ["broken"]), ([], 400, [])],
)
def test_each_call_is_answered_once(given: list[str], status: int, expected: list[str]) -> None:
    """Twice in one body is twice."""
    outputs = [{"tool_call_id": one, "output": "7"} for one in given]
    answer = run("queued") if status == 200 else refusal()
    traffic = AskedTraffic().read("requires_action")
    traffic.add(SUBMIT, answer, status=status, body={"tool_outputs": outputs})
    assert traffic.results("CLIENT-CALL-002") == expected


def test_outputs_for_a_run_that_was_seen_to_end_are_wrong() -> None:
    """Nobody who saw it ask is left who has not answered."""
    traffic = AskedTraffic().read("requires_action").submit().read("completed").submit(400)
    assert traffic.results("CLIENT-CALL-005") == ["held", "broken"]


def test_a_stream_that_is_left_alone_is_wrong() -> None:
    """Its run goes on unseen."""
    traffic = AskedTraffic().stream("queued", "in_progress", is_left=True, is_whole=False)
    assert traffic.results("CLIENT-STREAM-001") == ["broken"]
    traffic.add("GET /threads/thread_2/runs", samples.page())
    assert traffic.results("CLIENT-STREAM-001") == ["broken"]


@pytest.mark.parametrize(
    ("following", "expected"),
    [
        ((f"GET {RUN}", run("completed"), 200), ["held"]),
        ((f"POST {RUNS}", BUSY, 400), ["broken"]),
        ((f"GET {MESSAGES}", samples.page(), 200), ["held"]),
        (("POST /threads", samples.thread(), 200), []),
    ],
)
def test_after_a_broken_stream_the_run_is_read(following: Any, expected: list[str]) -> None:
    """Before anything new is begun on its thread."""
    line, answer, status = following
    traffic = AskedTraffic().stream("queued", "in_progress", broken_off="reset")
    traffic.add(line, answer, status=status, body={"assistant_id": "a"} if "POST" in line else None)
    assert traffic.results("CLIENT-STREAM-002") == expected


def test_clients_are_told_apart_by_what_they_say_of_themselves() -> None:
    """One has seen the run end; the other cancels it, and has not."""
    one, other = ((("User-Agent", name),) for name in ("first/1", "second/1"))
    traffic = AskedTraffic().add(f"GET {RUN}", run("completed"), sent_headers=one)
    traffic.is_of_one_client = True
    traffic.add(f"POST {RUN}/cancel", refusal(), status=400, sent_headers=other)
    assert traffic.results("CLIENT-CANCEL-001") == []
    traffic.add(f"POST {RUN}/cancel", refusal(), status=400, sent_headers=one)
    assert traffic.results("CLIENT-CANCEL-001") == ["broken"]


def test_programs_that_share_a_key_and_an_sdk_are_not_taken_for_one() -> None:
    """A worker sees the run end, a janitor gives up what is old: nobody can tell them apart."""
    traffic = AskedTraffic().begin().read("completed")
    traffic.add(f"POST {RUN}/cancel", refusal(), status=400)
    assert traffic.results("CLIENT-CANCEL-001") == []
    traffic.is_of_one_client = True
    assert traffic.results("CLIENT-CANCEL-001") == ["broken"]


def test_outputs_for_a_run_that_never_asked_are_wrong() -> None:
    """It was seen since it was created, and the server says so, too."""
    traffic = AskedTraffic().begin().read("in_progress").submit(400)
    assert traffic.results("CLIENT-CALL-005") == ["broken"]


def test_many_submits_of_one_run_are_judged_in_time() -> None:
    """A fake that has one run for everything is asked of it all day."""
    traffic = AskedTraffic()
    for _ in range(1500):
        traffic.begin().read("requires_action").submit().read("completed")
    began = time.process_time()
    assert traffic.broken == set()
    assert time.process_time() - began < 5.0
