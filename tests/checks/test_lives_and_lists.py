"""Checks on evidence made by hand: what a right server may do is never called wrong."""

from __future__ import annotations

from typing import Any

import pytest

from run_contracts.traffic.exchange import Intent
from tests import samples
from tests.checks.written_traffic import CREATE, RUN, STREAM, Traffic, stream
from tests.samples import NOW, refusal, run


def test_an_endpoint_only_the_router_answers_for_is_not_offered() -> None:
    """405 or a bare 404 from a framework is no refusal of the protocol's."""
    traffic = Traffic().add(
        "POST /threads/runs",
        {"detail": "Method Not Allowed"},
        status=405,
        body=CREATE,
        intent=Intent.ORDINARY,
    )
    assert traffic.results("RUN-CREATE-001") == ["not offered"]
    assert traffic.results("RUN-ERR-001") == []


@pytest.mark.parametrize(
    ("answer", "status", "expected"),
    [
        ({"detail": "top_p"}, 422, '422 without a run: {"detail": "top_p"}'),
        (b'{"temperature": NaN}', 200, "200 without a run: NaN is not a JSON number"),
        ({"success": False}, 200, "200 without a run"),
    ],
)
def test_where_no_run_is_answered_what_is_says_why(answer: Any, status: int, expected: str) -> None:
    """The field that was refused, or what is no JSON."""
    sent: dict[str, Any] = {"body": CREATE, "intent": Intent.ORDINARY}
    traffic = Traffic().add("POST /threads/thread_1/runs", answer, status=status, **sent)
    assert traffic.found("RUN-CREATE-001") == [(1, expected)]


def test_a_refusal_with_an_envelope_is_the_servers_word() -> None:
    """A plain create that is refused breaks the contract."""
    traffic = Traffic().add(
        "POST /threads/thread_1/runs",
        refusal(),
        status=404,
        body=CREATE,
        intent=Intent.ORDINARY,
    )
    assert traffic.results("RUN-CREATE-001") == ["broken"]


@pytest.mark.parametrize(
    ("statuses", "requirement", "expected"),
    [
        (["queued", "completed"], "RUN-LIFE-001", ["held"]),
        (["queued", "requires_action", "queued"], "RUN-LIFE-001", ["held", "held"]),
        (["cancelling", "completed"], "RUN-LIFE-001", ["held"]),
        (["cancelling", "in_progress"], "RUN-LIFE-001", ["broken"]),
        (["completed", "completed"], "RUN-LIFE-002", ["held"]),
        (["completed", "cancelled"], "RUN-LIFE-002", ["broken"]),
        (["in_progress", "in_progress"], "RUN-LIFE-002", []),
    ],
)
def test_changes_of_status_are_judged_by_reachability(
    statuses: list[str], requirement: str, expected: list[str]
) -> None:
    """A reader misses statuses; only what no chain of edges explains is wrong."""
    traffic = Traffic()
    for status in statuses:
        traffic.add(f"GET {RUN}", run(status))
    assert traffic.results(requirement) == expected


@pytest.mark.parametrize(
    ("before", "answer", "after", "expected"),
    [
        ("in_progress", 200, "cancelling", ["held"]),
        ("in_progress", 400, "completed", []),  # it ended between the poll and the cancel
        ("in_progress", 400, "in_progress", ["broken"]),
        ("in_progress", 429, "in_progress", []),
        ("completed", 400, "completed", []),
    ],
)
def test_a_refused_cancel_is_wrong_only_if_the_run_lives_on(
    before: str, answer: int, after: str, expected: list[str]
) -> None:
    """The run may end between the poll and the cancel."""
    traffic = Traffic().add(f"GET {RUN}", run(before))
    body = run("cancelling") if answer == 200 else refusal()
    traffic.add(f"POST {RUN}/cancel", body, status=answer).add(f"GET {RUN}", run(after))
    assert traffic.results("RUN-CANCEL-001") == expected


@pytest.mark.parametrize(
    ("answer", "after", "expected"),
    [
        (400, "requires_action", ["held"]),
        (200, "requires_action", ["broken"]),
        (200, "expired", []),  # the lock was gone by then
        (401, "requires_action", []),
    ],
)
def test_a_second_run_is_wrong_only_while_the_first_lives(
    answer: int, after: str, expected: list[str]
) -> None:
    """A run that expired meanwhile no longer locks its thread."""
    second = run("queued", id="run_2") if answer == 200 else refusal()
    traffic = Traffic().add(f"GET {RUN}", run("requires_action"))
    traffic.add("POST /threads/thread_1/runs", second, status=answer, body=CREATE)
    traffic.add(f"GET {RUN}", run(after))
    assert traffic.results("RUN-THREAD-001") == expected


def test_a_malformed_request_says_nothing_about_the_lock() -> None:
    """It would have been refused anyway."""
    traffic = Traffic().add(f"GET {RUN}", run("requires_action"))
    traffic.add("POST /threads/thread_1/runs", refusal(), status=400, body={})
    assert traffic.results("RUN-THREAD-001") == []


@pytest.mark.parametrize(
    ("wanted", "echoed", "expected"),
    [
        ("Be brief.", "Be brief.", ["held"]),
        ("Be brief.", "Be brief.\nAlways.", ["held"]),
        ("Be brief.", None, ["broken"]),
        (None, "The assistant's own.", []),
    ],
)
def test_instructions_may_be_added_to_but_not_lost(
    wanted: str | None, echoed: str | None, expected: list[str]
) -> None:
    """What the request gave is there; what the server adds is its own business."""
    body = CREATE | ({"instructions": wanted} if wanted else {})
    traffic = Traffic().add(
        "POST /threads/thread_1/runs", run("queued", instructions=echoed), body=body
    )
    assert traffic.results("RUN-ECHO-002") == expected


def test_other_metadata_may_be_kept_or_dropped_by_a_modify() -> None:
    """Nothing states whether pairs that are not named survive."""
    changed = run(metadata={"a": "b", "team": "blue"})
    traffic = (
        Traffic()
        .add(f"GET {RUN}", run())
        .add(f"POST {RUN}", changed, body={"metadata": {"a": "b"}})
    )
    traffic.add(f"GET {RUN}", changed)
    assert traffic.results("RUN-MODIFY-002") == ["held"]


@pytest.mark.parametrize(
    ("asked", "shown", "expected"),
    [
        ({}, None, ["held"]),
        ({"a": "b"}, None, ["broken"]),
        ({f"pair_{number}": "" for number in range(17)}, {}, []),
    ],
)
def test_a_modify_is_judged_by_what_it_may_ask(
    asked: dict[str, str], shown: object, expected: list[str]
) -> None:
    """Null stands for no pair; what becomes of more pairs than there may be nobody can say."""
    changed = run(metadata=shown)
    traffic = (
        Traffic()
        .add(f"GET {RUN}", run())
        .add(f"POST {RUN}", changed, body={"metadata": asked})
        .add(f"GET {RUN}", changed)
    )
    assert traffic.results("RUN-MODIFY-002") == expected


def _pages(*pages: tuple[str, list[int], bool]) -> Traffic:
    traffic = Traffic()
    for number in (1, 2, 3):
        made = run("queued", id=f"run_{number}", created_at=NOW + number)
        traffic.add("POST /threads/thread_1/runs", made, body=CREATE)
    for query, numbers, has_more in pages:
        items = [
            run(id=f"run_{n}", created_at=NOW + n, started_at=NOW + n, completed_at=NOW + n)
            for n in numbers
        ]
        page = samples.page(*items, has_more=has_more)
        traffic.add(f"GET /threads/thread_1/runs{query}", page)
    return traffic


FIRST = ("?limit=2", [3, 2], True)


@pytest.mark.parametrize(
    ("pages", "requirement", "expected"),
    [
        ([FIRST, ("?limit=2&after=run_2", [1], False)], "RUN-LIST-009", ["held"]),
        ([FIRST, ("?limit=2&after=run_2", [1], False)], "RUN-LIST-005", ["held"]),
        ([FIRST, ("?limit=2&after=run_2", [3, 2], True)], "RUN-LIST-008", ["broken"]),
        ([FIRST, ("?limit=2&after=run_2", [3, 2], True)], "RUN-LIST-009", []),
        ([("?limit=2", [3, 2], False)], "RUN-LIST-005", ["broken"]),
        (
            [("?limit=2", [3, 1], True), ("?limit=2&after=run_1", [], False)],
            "RUN-LIST-005",
            ["broken"],
        ),
        ([("", [3, 1], False)], "RUN-LIST-009", ["broken"]),
        ([FIRST], "RUN-LIST-009", []),
        ([("", [1, 2, 3], False)], "RUN-LIST-006", ["broken"]),
        ([("?order=asc", [1, 2, 3], False)], "RUN-LIST-011", ["held"]),
        ([("?limit=1", [3, 2], True)], "RUN-LIST-007", ["broken"]),
    ],
)
def test_walks_over_pages(pages: Any, requirement: str, expected: list[str]) -> None:
    """A walk shows every run once, has_more is true to it, and an unfinished walk says nothing."""
    assert _pages(*pages).results(requirement) == expected


def test_equal_seconds_may_stand_in_any_order() -> None:
    """Runs made within one second have no order that the list shows."""
    items = [run(id=f"run_{n}") for n in (1, 2)]
    traffic = Traffic().add("GET /threads/thread_1/runs", samples.page(*items))
    assert traffic.results("RUN-LIST-006") == ["held"]


def _delta(value: str) -> tuple[str, Any]:
    part = {"index": 0, "type": "text", "text": {"value": value}}
    delta = {"id": "msg_1", "object": "thread.message.delta", "delta": {"content": [part]}}
    return "thread.message.delta", delta


MESSAGE = {
    "id": "msg_1",
    "object": "thread.message",
    "status": "completed",
    "content": [{"type": "text", "text": {"value": "Hello there", "annotations": []}}],
}
ENDING = (("thread.run.completed", run()), ("done", "[DONE]"))


@pytest.mark.parametrize(
    ("events", "requirement", "expected"),
    [
        ([_delta("Hello"), _delta(" there")], "RUN-STREAM-008", ["held"]),
        ([_delta("Hello")], "RUN-STREAM-008", ["broken"]),
        ([], "RUN-STREAM-008", []),  # nobody promised pieces
        ([("some.new.event", {"a": 1})], "RUN-STREAM-006", ["held", "held"]),
        ([("thread.run.queued", "oops")], "RUN-STREAM-006", ["broken", "held", "held"]),
        ([("thread.run.queued", run())], "RUN-STREAM-005", ["broken", "held", "held"]),
    ],
)
def test_streams(events: Any, requirement: str, expected: list[str]) -> None:
    """Pieces add up, known events keep their word, unknown ones may be added at any time."""
    data = stream(*events, ("thread.message.completed", MESSAGE), *ENDING)
    body = CREATE | {"stream": True}
    traffic = Traffic().add("POST /threads/thread_1/runs", data, body=body, headers=STREAM)
    assert traffic.results(requirement) == expected


@pytest.mark.parametrize(("late", "expected"), [(0, []), (300, []), (301, ["broken"])])
def test_a_server_has_five_minutes_to_notice_that_a_run_expired(
    late: int, expected: list[str]
) -> None:
    """By its own clock: something else that it created is younger than the run's expiry."""
    waiting = run("requires_action", expires_at=NOW + 600)
    younger = {"id": "thread_2", "object": "thread", "created_at": NOW + 600 + late}
    traffic = Traffic().add(f"GET {RUN}", waiting).add("POST /threads", younger)
    assert traffic.add(f"GET {RUN}", waiting).results("RUN-LIFE-008") == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["broken"]),
        ("?order=desc", ["broken"]),
        ("?order=up", []),
        ("?order=", []),
        ("?order=asc&order=desc", []),
    ],
)
def test_no_order_is_due_for_a_word_that_is_none(query: str, expected: list[str]) -> None:
    """Nor where two orders were asked for: which of them counts is nowhere said."""
    runs = [run(id="run_1", created_at=NOW), run(id="run_2", created_at=NOW + 9)]
    page = {"object": "list", "data": runs, "has_more": False}
    traffic = Traffic().add(f"GET /threads/thread_1/runs{query}", page)
    assert traffic.results("RUN-LIST-006") + traffic.results("RUN-LIST-011") == expected


@pytest.mark.parametrize("answer", [[], {"data": []}, {"object": "list", "data": []}])
def test_an_empty_list_is_no_leak(answer: Any) -> None:
    """Whatever its envelope, it shows nothing of another thread's run."""
    traffic = Traffic().add("POST /threads/thread_1/runs", run("queued"), body=CREATE)
    traffic.add("GET /threads/thread_2/runs/run_1/steps", answer)
    assert traffic.results("RUN-ID-016") == ["held"]


@pytest.mark.parametrize(("has_steps", "expected"), [(True, ["broken"]), (False, [])])
def test_a_bare_404_is_the_routers_until_its_operation_succeeds(
    has_steps: bool, expected: list[str]
) -> None:
    """A refusal of something before the router does not say that the operation is there."""
    traffic = Traffic().add(f"GET {RUN}/steps", b"", status=404)
    traffic.add(f"GET {RUN}/steps", refusal(), status=401)
    if has_steps:
        traffic.add(f"GET {RUN}/steps", {"object": "list", "data": [], "has_more": False})
    assert [one for one in traffic.results("RUN-ERR-001") if one == "broken"] == expected


def _polled(*statuses: str, seconds: float = 60.0) -> Traffic:
    """Return polls of one run, spread evenly over the time."""
    traffic = Traffic()
    for number, status in enumerate(statuses):
        traffic.add(f"GET {RUN}", run(status), at=number * seconds / (len(statuses) - 1))
    return traffic


@pytest.mark.parametrize(
    ("traffic", "expected"),
    [
        (_polled(*["queued"] * 6), ["broken"]),
        (_polled(*["queued"] * 6, "cancelling", "cancelled", seconds=90), []),
        (_polled(*["queued"] * 6, seconds=5), []),
        (_polled(*["in_progress"] * 6), ["held"]),
        (_polled(*["queued"] * 6, "in_progress"), ["held"]),
    ],
)
def test_runs_leave_queued(traffic: Traffic, expected: list[str]) -> None:
    """One that was waited for and never moved is broken, unless any other run was worked on."""
    assert traffic.results("RUN-LIFE-009") == expected


def test_a_slow_run_among_others_is_advice() -> None:
    """Where one run was worked on, another that stays queued is late and no more."""
    traffic = _polled(*["queued"] * 6)
    traffic.add("GET /threads/thread_2/runs/run_2", run("completed", id="run_2"))
    assert traffic.results("RUN-LIFE-009") == ["held"]
    assert traffic.results("RUN-LIFE-005").count("broken") == 1


def test_a_queue_that_nobody_works_on_is_told_once() -> None:
    """That its runs do not end is not told, too; of a part of traffic it is all that is."""
    traffic = _polled(*["queued"] * 6)
    assert traffic.results("RUN-LIFE-005") == []
    assert traffic.results("RUN-LIFE-005", is_whole=False) == ["broken"]


@pytest.mark.parametrize("status", [200, 201, 202])
def test_a_success_of_any_status_is_judged(status: int) -> None:
    """A run in a 201 is a run."""
    traffic = Traffic().add(f"GET {RUN}", run(model=None), status=status)
    assert traffic.results("RUN-SHAPE-015") == ["broken"]


def test_an_answer_without_content_is_no_value() -> None:
    """A 204 is not a plain 200, and says nothing else."""
    traffic = Traffic().add(f"POST {RUN}/cancel", b"", status=204, headers=())
    assert traffic.results("RUN-HTTP-001") == ["broken"]
    assert traffic.results("RUN-HTTP-002") == traffic.results("RUN-SHAPE-001") == []


@pytest.mark.parametrize(
    ("limit", "expected"), [("100", ["broken"]), ("0", []), ("many", []), ("0.5", []), ("", [])]
)
def test_no_page_is_due_for_a_limit_that_is_none(limit: str, expected: list[str]) -> None:
    """What a lenient server lists then shows neither a lost run nor a lost message."""
    traffic = Traffic().add("POST /threads/thread_1/runs", run("queued"), body=CREATE)
    page = {"object": "list", "data": [], "has_more": False}
    traffic.add(f"GET /threads/thread_1/runs?limit={limit}", page)
    assert traffic.results("RUN-LIST-009") == expected
