"""Commands and polls by hand: what may happen between two requests is never called wrong."""

from __future__ import annotations

from typing import Any

import pytest

from run_contracts.contract.lifecycle import OUTCOME_KEY
from run_contracts.traffic.exchange import Intent
from tests import samples
from tests.checks.written_traffic import CREATE, RUN, STREAM, Traffic, stream
from tests.samples import NOW, refusal, run

CALL = {"tool_call_id": "call_1", "output": "7"}
OUTPUTS = {"tool_outputs": [CALL]}
RUNS = "/threads/thread_1/runs"


def _polled(*runs: Any, gap: float = 1.0) -> Traffic:
    traffic = Traffic()
    for number, seen in enumerate(runs):
        traffic.add(f"GET {RUN}", seen, at=NOW + number * gap)
    return traffic


@pytest.mark.parametrize(
    ("runs", "requirement", "expected"),
    [
        ([run(), run()], "RUN-TIME-006", ["held"]),
        ([run(), run(completed_at=NOW + 9)], "RUN-TIME-006", ["broken"]),
        ([run(), run("cancelled")], "RUN-TIME-006", []),  # that is RUN-LIFE-002
        ([run("queued"), run("queued", created_at=NOW + 1)], "RUN-TIME-005", ["broken"]),
        ([run("queued", started_at=NOW + 1), run("in_progress")], "RUN-TIME-005", ["held"]),
        ([run(), run(usage=None)], "RUN-LIFE-006", ["broken", "held", "held"]),
        ([run(), run(metadata={"new": "pair"})], "RUN-LIFE-006", ["held", "held", "held"]),
    ],
)
def test_what_is_written_once(runs: Any, requirement: str, expected: list[str]) -> None:
    """The birth and the end of a run stay; its start, its expiry and its metadata may change."""
    assert _polled(*runs).results(requirement) == expected


def test_a_run_that_goes_on_after_a_submit_starts_anew() -> None:
    """Neither started_at nor expires_at is written once."""
    traffic = _polled(
        run("requires_action"), run("in_progress", started_at=NOW + 90, expires_at=NOW)
    )
    for requirement in ("RUN-TIME-005", "RUN-TIME-006", "RUN-LIFE-003", "RUN-LIFE-006"):
        assert "broken" not in traffic.results(requirement)


def test_a_run_that_was_asked_to_expire_works_until_then() -> None:
    """Nobody can say that it ends too late."""
    works = run("in_progress", metadata={OUTCOME_KEY: "expired"})
    assert _polled(*[works] * 6, gap=15.0).results("RUN-LIFE-005") == []


def test_a_stream_that_was_left_before_its_run_came_is_not_called_wrong() -> None:
    """It was accepted; that nothing else came in time is another matter."""
    traffic = _polled(run("requires_action"))
    comments: dict[str, Any] = {"headers": STREAM, "is_whole": False, "intent": Intent.ORDINARY}
    traffic.add(f"POST {RUN}/submit_tool_outputs", b": wait\n\n", body=OUTPUTS, **comments)
    traffic.add(f"POST {RUNS}", b": wait\n\n", body=CREATE | {"stream": True}, **comments)
    assert traffic.results("RUN-SUBMIT-001") == traffic.results("RUN-CREATE-001") == []


@pytest.mark.parametrize(
    ("statuses", "gap", "requirement", "expected"),
    [
        (["cancelling"] * 6, 15.0, "RUN-LIFE-004", ["broken"]),
        (["cancelling"] * 6, 0.1, "RUN-LIFE-004", []),  # nobody waited yet
        (["cancelling"] * 2, 60.0, "RUN-LIFE-004", []),
        (["cancelling", "cancelled"], 0.1, "RUN-LIFE-004", ["held"]),
        (["requires_action", "cancelling"], 60.0, "RUN-LIFE-004", []),
        (["in_progress"] * 6, 15.0, "RUN-LIFE-005", ["broken"]),
        (["in_progress"] * 6, 1.0, "RUN-LIFE-005", []),
        (["in_progress", "requires_action"], 1.0, "RUN-LIFE-005", ["held"]),
    ],
)
def test_only_who_waited_knows_that_a_run_does_not_end(
    statuses: list[str], gap: float, requirement: str, expected: list[str]
) -> None:
    """Many polls within a moment, or few over a long time, say nothing."""
    assert _polled(*map(run, statuses), gap=gap).results(requirement) == expected


@pytest.mark.parametrize(
    ("polled", "listed", "expected"),
    [
        (["completed"], "in_progress", ["held"]),
        (["in_progress"] * 6, "in_progress", ["broken"]),
        (["in_progress"] * 6, "completed", ["held"]),
        ([], "in_progress", []),
    ],
)
def test_a_list_that_lags_does_not_undo_an_end(
    polled: list[str], listed: str, expected: list[str]
) -> None:
    """Of the items of lists only those count that show an end."""
    traffic = _polled(*map(run, polled), gap=15.0)
    traffic.add(f"GET {RUNS}", samples.page(run(listed)), at=NOW + 90)
    assert traffic.results("RUN-LIFE-005") == expected


@pytest.mark.parametrize(
    ("after", "is_whole", "expected"),
    [
        ("requires_action", True, ["held"]),
        ("expired", True, ["held"]),
        ("failed", True, ["held"]),
        ("completed", True, ["broken"]),
        ("completed", False, []),  # somebody else may have submitted
    ],
)
def test_a_waiting_run_does_not_go_on_by_itself(
    after: str, is_whole: bool, expected: list[str]
) -> None:
    """It waits, fails or expires; that nobody answered is known only of a whole conversation."""
    traffic = _polled(run("requires_action"), run(after))
    assert traffic.results("RUN-LIFE-007", is_whole=is_whole) == expected


def test_a_submit_lets_a_waiting_run_go_on() -> None:
    """Between the two observations its outputs were accepted."""
    traffic = Traffic().add(f"GET {RUN}", run("requires_action"))
    traffic.add(f"POST {RUN}/submit_tool_outputs", run("queued"), body=OUTPUTS)
    assert traffic.add(f"GET {RUN}", run()).results("RUN-LIFE-007") == []


@pytest.mark.parametrize(
    ("later", "final", "expected"),
    [
        (NOW + 5000, "requires_action", ["broken"]),
        (NOW + 650, "requires_action", []),  # a server may take its time to notice
        (NOW + 5000, "expired", ["held"]),
        (NOW + 5000, "in_progress", []),
    ],
)
def test_the_servers_own_clock_says_that_a_run_is_overdue(
    later: int, final: str, expected: list[str]
) -> None:
    """Something the server created long after the expiry, seen before the last poll, shows it."""
    traffic = Traffic().add(f"GET {RUN}", run("requires_action"))
    traffic.add(
        "POST /threads", {"id": "thread_2", "object": "thread", "created_at": later}, body={}
    )
    assert traffic.add(f"GET {RUN}", run(final)).results("RUN-LIFE-008") == expected


@pytest.mark.parametrize(
    ("before", "answer", "after", "requirement", "expected"),
    [
        ("requires_action", 200, "cancelling", "RUN-CANCEL-006", ["held"]),
        ("requires_action", 400, "expired", "RUN-CANCEL-006", []),
        ("requires_action", 400, "requires_action", "RUN-CANCEL-006", ["broken"]),
        ("requires_action", 400, "requires_action", "RUN-CANCEL-001", []),
        ("failed", 400, "failed", "RUN-CANCEL-007", ["held"]),
        ("expired", 200, "expired", "RUN-CANCEL-007", ["broken"]),
        ("expired", 200, "expired", "RUN-CANCEL-002", []),
        ("failed", 429, "failed", "RUN-CANCEL-007", []),
    ],
)
def test_cancels_in_statuses_of_which_nothing_is_recorded(
    before: str, answer: int, after: str, requirement: str, expected: list[str]
) -> None:
    """They are advice, and say nothing where the run may have ended meanwhile."""
    body = run("cancelling") if answer == 200 else refusal()
    traffic = (
        Traffic().add(f"GET {RUN}", run(before)).add(f"POST {RUN}/cancel", body, status=answer)
    )
    assert traffic.add(f"GET {RUN}", run(after)).results(requirement) == expected


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        (["completed"] * 3, ["broken"]),
        (["completed"] * 2, []),  # each may have been faster than its cancel
        (["completed", "completed", "failed"], []),
        (["completed", "completed", "completed", "cancelled"], ["held"]),
        (["cancelled"], ["held"]),
        (["cancelling"] * 3, []),
    ],
)
def test_cancels_that_change_nothing(ends: list[str], expected: list[str]) -> None:
    """One run that completes in spite of its cancel was faster; several have no other reason."""
    traffic = Traffic()
    for number, end in enumerate(ends):
        path = f"{RUNS}/run_{number}"
        traffic.add(f"POST {path}/cancel", run("cancelling", id=f"run_{number}"))
        traffic.add(f"GET {path}", run(end, id=f"run_{number}"))
    assert traffic.results("RUN-CANCEL-008") == expected


def test_a_modify_after_a_refused_cancel_explains_new_metadata() -> None:
    """What the modify answers is the next observation; what it changed is not the cancel's work."""
    traffic = Traffic().add(f"GET {RUN}", run()).add(f"POST {RUN}/cancel", refusal(), status=400)
    traffic.add(f"POST {RUN}", run(metadata={"a": "b"}), body={"metadata": {"a": "b"}})
    assert traffic.results("RUN-CANCEL-004") == []


@pytest.mark.parametrize(
    ("tools", "before", "answer", "requirement", "expected"),
    [
        ([], "in_progress", 400, "RUN-SUBMIT-002", ["held"]),
        ([], "in_progress", 200, "RUN-SUBMIT-002", ["broken"]),
        (["function"], "in_progress", 200, "RUN-SUBMIT-002", []),  # it may ask any moment
        ([], "completed", 200, "RUN-SUBMIT-002", ["broken"]),
        ([], "cancelled", 200, "RUN-SUBMIT-002", []),
        ([], "cancelled", 200, "RUN-SUBMIT-006", ["broken"]),
        ([], "failed", 400, "RUN-SUBMIT-006", ["held"]),
    ],
)
def test_outputs_that_nobody_asked_for(
    tools: list[str], before: str, answer: int, requirement: str, expected: list[str]
) -> None:
    """A run that works may ask for outputs at any moment, if it has functions."""
    traffic = Traffic().add(f"GET {RUN}", run(before, tools=[{"type": one} for one in tools]))
    body = run("queued") if answer == 200 else refusal()
    traffic.add(f"POST {RUN}/submit_tool_outputs", body, status=answer, body=OUTPUTS)
    assert traffic.results(requirement) == expected


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ("requires_action", ["held"]),
        ("expired", []),  # its time was over by then
        ("cancelled", []),
        ("in_progress", ["broken"]),
    ],
)
def test_a_refused_submit_moves_nothing(after: str, expected: list[str]) -> None:
    """The run may end by itself meanwhile; it does not go on."""
    traffic = Traffic().add(f"GET {RUN}", run("requires_action"))
    traffic.add(f"POST {RUN}/submit_tool_outputs", refusal(), status=400, body={"tool_outputs": []})
    assert traffic.add(f"GET {RUN}", run(after)).results("RUN-SUBMIT-005") == expected


@pytest.mark.parametrize(
    ("after", "expected"), [("requires_action", ["broken"]), ("expired", []), (None, [])]
)
def test_right_outputs_may_come_too_late(after: str | None, expected: list[str]) -> None:
    """A refusal is wrong only if the run still asks for the same calls."""
    traffic = Traffic().add(f"GET {RUN}", run("requires_action"))
    traffic.add(f"POST {RUN}/submit_tool_outputs", refusal(), status=400, body=OUTPUTS)
    if after is not None:
        traffic.add(f"GET {RUN}", run(after))
    assert traffic.results("RUN-SUBMIT-001") == expected


@pytest.mark.parametrize(
    ("answers", "expected"),
    [((200, 400), ["held"]), ((200, 200), ["broken"]), ((400, 400), []), ((200, 429), [])],
)
def test_the_loser_of_a_race_is_no_failure(answers: tuple[int, int], expected: list[str]) -> None:
    """Of two submits at once one is refused, and that refusal breaks nothing else."""
    traffic = Traffic().add(f"GET {RUN}", run("requires_action"))
    for answer in answers:
        body = run("queued") if answer == 200 else refusal()
        traffic.add(
            f"POST {RUN}/submit_tool_outputs", body, status=answer, body=OUTPUTS, together=1
        )
    traffic.add(f"GET {RUN}", run("requires_action"))
    assert traffic.results("RUN-SUBMIT-007") == expected
    assert traffic.results("RUN-SUBMIT-001") == []


@pytest.mark.parametrize(
    ("answers", "status", "expected"),
    [
        ((200, 400), "requires_action", ["held"]),
        ((200, 200), "requires_action", ["broken"]),
        ((200, 200), "completed", []),  # one may have ended before the other began
    ],
)
def test_two_runs_at_once_are_wrong_only_if_both_live(
    answers: tuple[int, int], status: str, expected: list[str]
) -> None:
    """A fast server may end the first before it takes the second."""
    traffic = Traffic()
    for number, answer in enumerate(answers):
        body = run("queued", id=f"run_{number}") if answer == 200 else refusal()
        traffic.add(f"POST {RUNS}", body, status=answer, body=CREATE, together=1)
    for number, answer in enumerate(answers):
        if answer == 200:
            traffic.add(f"GET {RUNS}/run_{number}", run(status, id=f"run_{number}"))
    assert traffic.results("RUN-THREAD-003") == expected


def test_what_a_stream_and_a_cancel_beside_it_show_has_no_order() -> None:
    """The stream tells the end, the cancel's answer the moment before; both are right."""
    events = (("thread.run.created", run("queued")), ("thread.run.cancelled", run("cancelled")))
    data = stream(*events, ("done", "[DONE]"))
    traffic = Traffic().add(
        f"POST {RUNS}", data, body={**CREATE, "stream": True}, headers=STREAM, together=1
    )
    traffic.add(f"POST {RUN}/cancel", run("cancelling"), together=1)
    traffic.add(f"GET {RUN}", run("cancelled"))
    for requirement in ("RUN-LIFE-001", "RUN-LIFE-002", "RUN-CANCEL-002", "RUN-STREAM-013"):
        assert "broken" not in traffic.results(requirement)


@pytest.mark.parametrize(
    ("status", "expected"), [(400, ["held"]), (409, ["broken"]), (429, []), (404, [])]
)
def test_a_busy_thread_is_told_by_400(status: int, expected: list[str]) -> None:
    """Another refusal is advice; one for the rate, or for an unknown assistant, says nothing."""
    traffic = Traffic().add(f"GET {RUN}", run("requires_action"))
    traffic.add(f"POST {RUNS}", refusal(), status=status, body=CREATE)
    assert traffic.add(f"GET {RUN}", run("requires_action")).results("RUN-THREAD-004") == expected


@pytest.mark.parametrize(
    ("status", "headers"), [(429, ()), (503, (("Retry-After", "1"),))], ids=["rate", "overload"]
)
def test_who_puts_a_caller_off_does_not_offer_what_was_asked(status: int, headers: Any) -> None:
    """A gateway does so for paths that the server behind it does not know, too."""
    said = {"status": status, "headers": (("Content-Type", "application/json"), *headers)}
    traffic = Traffic().add(f"POST {RUNS}", refusal(), body=CREATE, **said)
    ordinary = {"status": 404, "body": CREATE, "intent": Intent.ORDINARY}
    assert traffic.add(f"POST {RUNS}", {"detail": "Not Found"}, **ordinary).results(
        "RUN-CREATE-001"
    ) == ["not offered"]


@pytest.mark.parametrize(
    ("answer", "requirement", "expected"),
    [
        (run(metadata={"a": "b"}), "RUN-MODIFY-003", ["held"]),
        (run(metadata={"a": "b"}, instructions="Else."), "RUN-MODIFY-003", ["broken"]),
    ],
)
def test_a_modify_changes_metadata_only(answer: Any, requirement: str, expected: list[str]) -> None:
    """Everything else of an ended run stays as it was."""
    traffic = Traffic().add(f"GET {RUN}", run())
    assert (
        traffic.add(f"POST {RUN}", answer, body={"metadata": {"a": "b"}}).results(requirement)
        == expected
    )


@pytest.mark.parametrize(("after", "expected"), [(run(), ["held"]), (run(metadata={}), ["broken"])])
def test_a_refused_modify_changes_nothing(after: Any, expected: list[str]) -> None:
    """The run that is read next is the one from before."""
    traffic = Traffic().add(f"GET {RUN}", run())
    traffic.add(f"POST {RUN}", refusal(), status=400, body={"metadata": "none"})
    assert traffic.add(f"GET {RUN}", after).results("RUN-MODIFY-004") == expected


@pytest.mark.parametrize(
    ("line", "status", "answer", "expected"),
    [
        ("POST /threads/thread_2/runs/run_1/cancel", 404, refusal(), ["held"]),
        ("POST /threads/thread_2/runs/run_1/cancel", 200, run("cancelling"), ["broken"]),
        ("GET /threads/thread_2/runs/run_1/steps", 200, samples.page(), ["held"]),
        ("GET /threads/thread_2/runs/run_1/steps", 200, samples.page(samples.step()), ["broken"]),
        ("POST /threads/thread_2/runs/run_1/cancel", 401, refusal(), []),
        ("POST /threads/thread_1/runs/run_1/cancel", 200, run("cancelling"), []),
    ],
)
def test_another_threads_run_is_out_of_reach(
    line: str, status: int, answer: Any, expected: list[str]
) -> None:
    """A list without items shows nothing; everything else that succeeds does."""
    traffic = Traffic().add(f"POST {RUNS}", run("queued"), body=CREATE)
    assert traffic.add(line, answer, status=status).results("RUN-ID-016") == expected


@pytest.mark.parametrize(
    ("status", "answer", "expected"),
    [
        (404, refusal(), ["held"]),
        (200, run(), ["broken"]),
        (200, run(id="run_2"), []),
        (401, refusal(), []),
        (500, refusal(), []),
    ],
)
def test_a_run_is_not_read_through_another_thread(
    status: int, answer: Any, expected: list[str]
) -> None:
    """An answer with another run is wrong as well, and does not show this one."""
    traffic = Traffic().add(f"POST {RUNS}", run("queued"), body=CREATE)
    traffic.add("GET /threads/thread_2/runs/run_1", answer, status=status)
    assert traffic.results("RUN-ID-014") == expected


@pytest.mark.parametrize(
    ("intent", "status", "requirement", "expected"),
    [
        (Intent.NO_ASSISTANT, 404, "RUN-ERR-012", ["held"]),
        (Intent.NO_ASSISTANT, 200, "RUN-ERR-012", ["broken"]),
        (Intent.NO_EDITION, 401, "RUN-ERR-013", ["held"]),
        (Intent.NO_EDITION, 429, "RUN-ERR-013", []),
        (Intent.NO_EDITION, 200, "RUN-ERR-013", ["broken"]),
        (Intent.LOW_LIMIT, 200, "RUN-CREATE-005", ["held"]),
        (Intent.LOW_LIMIT, 400, "RUN-CREATE-005", ["broken"]),
        (Intent.LOW_LIMIT, 400, "RUN-CREATE-001", []),  # the published documents refuse it, too
    ],
)
def test_what_the_sender_knew(
    intent: Intent, status: int, requirement: str, expected: list[str]
) -> None:
    """Each intent is judged by its own requirement only."""
    body = run("queued") if status == 200 else refusal()
    traffic = Traffic().add(f"POST {RUNS}", body, status=status, body=CREATE, intent=intent)
    assert traffic.results(requirement) == expected


@pytest.mark.parametrize(
    ("line", "status", "expected"),
    [
        (f"PUT {RUN}", 405, ["held"]),
        (f"PUT {RUN}", 501, ["held"]),
        (f"PUT {RUN}", 200, ["broken"]),
        (f"DELETE {RUN}", 500, ["broken"]),
        (f"HEAD {RUN}", 200, []),
        ("PUT /models", 200, []),
        ("DELETE /threads/thread_1", 200, []),
        (f"PUT {RUN}", 401, []),
    ],
)
def test_methods_that_the_contract_does_not_have(
    line: str, status: int, expected: list[str]
) -> None:
    """HEAD and other paths are not the contract's business."""
    assert Traffic().add(line, {}, status=status).results("RUN-HTTP-003") == expected


@pytest.mark.parametrize(("thread", "expected"), [("thread_9", ["broken"]), ("9", [])])
def test_only_well_formed_unknown_ids_are_asked_to_be_404(thread: str, expected: list[str]) -> None:
    """Newer servers answer 400 to an id without its prefix."""
    traffic = Traffic().add(
        f"GET /threads/{thread}/runs", refusal(), status=400, intent=Intent.ABSENT
    )
    assert traffic.results("RUN-ERR-007") == expected
