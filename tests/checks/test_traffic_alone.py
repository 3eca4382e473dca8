"""Traffic of which nothing is known but itself: what it proves is said, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from tests import samples
from tests.checks.written_traffic import CREATE, RUN, STREAM, Traffic, stream
from tests.samples import NOW, refusal, run, step

RUNS = "/threads/thread_1/runs"
STEPS = f"GET {RUN}/steps"
FOUND = "step_details.tool_calls[*].file_search.results[*].content"
MESSAGES = "/threads/thread_1/messages"
BETA = ("OpenAI-Beta", "assistants=v2")
PLAIN = (("Authorization", "Bearer k"), ("Accept", "*/*"))
CREATED = stream(("thread.run.created", run("queued")))


def _said(message: str, **fields: Any) -> Any:
    """Return a refusal with a text of its own."""
    refused = refusal()
    return {"error": {**refused["error"], "message": message, **fields}}


def _alone(traffic: Traffic, requirement: str) -> list[str]:
    return traffic.results(requirement, is_whole=False)


@pytest.mark.parametrize(
    ("answer", "status", "headers", "expected"),
    [
        (run("queued"), 200, None, ["held"]),
        (run("queued"), 201, None, ["held"]),  # RUN-HTTP-001
        ({"id": "run_1"}, 200, None, ["broken"]),
        (b"", 200, None, []),  # what a recorder left out
        (refusal(), 400, None, []),
        (CREATED[:20], 200, STREAM, []),
    ],
)
def test_a_create_that_is_accepted_answers_a_run(
    answer: Any, status: int, headers: Any, expected: list[str]
) -> None:
    """Whether one that is refused should have been accepted is not known."""
    more = {} if headers is None else {"headers": headers, "is_whole": False}
    traffic = Traffic().add(f"POST {RUNS}", answer, status=status, body=CREATE, **more)
    assert _alone(traffic, "RUN-CREATE-001") == expected


@pytest.mark.parametrize(
    ("limit", "answer", "status", "expected"),
    [
        (16, run("queued"), 200, ["held"]),
        (20, _said("max_completion_tokens must be at least 256."), 400, ["broken"]),
        (20, _said("Thread thread_1 already has an active run run_256."), 400, []),
        (20, _said("max_completion_tokens is not for this model."), 400, []),
        (15, _said("max_completion_tokens must be at least 256."), 400, []),
        (256, run("queued"), 200, []),
        (None, run("queued"), 200, []),
    ],
)
def test_a_refusal_may_say_that_a_limit_is_too_low(
    limit: Any, answer: Any, status: int, expected: list[str]
) -> None:
    """It names the limit and the published least; other refusals say nothing of it."""
    body = CREATE | {"max_completion_tokens": limit}
    traffic = Traffic().add(f"POST {RUNS}", run("queued"), body=CREATE)  # it is offered
    traffic.add(f"POST {RUNS}", answer, status=status, body=body)
    assert _alone(traffic, "RUN-CREATE-005") == expected


NEW = {"metadata": {"seen": "yes"}}


@pytest.mark.parametrize(
    ("body", "answer", "status", "expected"),
    [
        (NEW, run(metadata={"seen": "yes"}), 200, ["held"]),
        (NEW, run(metadata={"seen": "no"}), 200, ["broken"]),
        (NEW, _said("Cannot update run with status 'completed'."), 400, ["broken"]),
        (NEW, _said("Organization is over its quota."), 400, []),
        (NEW, _said("No completed run is found."), 404, []),
        ({"metadata": {"completed": "x"}}, _said("'completed' is a word of ours."), 400, []),
    ],
)
def test_a_modify_is_judged_by_its_answer(
    body: Any, answer: Any, status: int, expected: list[str]
) -> None:
    """A refusal only if it names the status as its reason, and the request did not."""
    traffic = Traffic().add(f"GET {RUN}", run())
    traffic.add(f"POST {RUN}", answer, status=status, body=body)
    assert _alone(traffic, "RUN-MODIFY-001") == expected


@pytest.mark.parametrize(
    ("query", "answer", "status", "expected"),
    [
        (f"?include[]={FOUND}", samples.page(), 200, ["held"]),
        (f"?include%5B%5D={FOUND}", _said("Unknown parameter: 'include[]'."), 400, ["broken"]),
        (f"?include={FOUND}", _said("No.", param="include"), 400, ["broken"]),
        (f"?include[]={FOUND}", _said("Invalid 'limit'."), 400, []),
        (f"?include[]={FOUND}", _said("No run under ?include[]=..."), 404, []),
        ("?include[]=all", _said("Unknown value for 'include[]'."), 400, []),
        ("", samples.page(), 200, []),
    ],
)
def test_a_refusal_may_be_for_what_was_to_be_included(
    query: str, answer: Any, status: int, expected: list[str]
) -> None:
    """It names the parameter, and what was asked for is the one thing there is."""
    traffic = Traffic().add(STEPS + query, answer, status=status)
    assert _alone(traffic, "RUN-STEP-036") == expected


@pytest.mark.parametrize(
    ("names", "status", "expected"),
    [
        (PLAIN, 400, ["held"]),
        (PLAIN, 401, ["held"]),
        (PLAIN, 200, ["broken"]),
        (PLAIN[:1], 200, []),  # another client, whose way may add the header
        ((), 200, []),  # a recorder that keeps no headers
        ((*PLAIN, BETA), 200, []),
    ],
)
def test_a_request_shows_itself_that_it_names_no_edition(
    names: Any, status: int, expected: list[str]
) -> None:
    """Beside another of the same client, which does name one."""
    answer = run() if status == 200 else refusal()
    traffic = Traffic().add(f"GET {RUN}", run(), sent_headers=(*PLAIN, BETA))
    traffic.add(f"GET {RUN}", answer, status=status, sent_headers=names)
    assert _alone(traffic, "RUN-ERR-013") == expected


def test_where_no_request_names_an_edition_none_is_due() -> None:
    """So are servers that speak of it otherwise, and recorders that leave the header out."""
    traffic = Traffic().add(f"GET {RUN}", run(), sent_headers=PLAIN)
    assert _alone(traffic, "RUN-ERR-013") == []


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        ((STEPS, samples.page(step())), ["broken"]),
        ((STEPS, samples.page(step(id="step_2"))), []),
        ((f"GET {RUN}", run()), []),
    ],
)
def test_a_step_that_is_listed_before_and_after_can_be_read(later: Any, expected: Any) -> None:
    """Between them somebody else may have deleted it, if it is never seen again."""
    traffic = Traffic().add(STEPS, samples.page(step()))
    traffic.add(f"GET {RUN}/steps/step_1", refusal(), status=404).add(*later)
    assert _alone(traffic, "RUN-STEP-024") == expected


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        ((f"GET {RUN}", run()), ["broken", "held"]),
        ((f"GET {RUNS}/run_2", run(id="run_2")), ["broken", "held"]),
        (("GET /threads/thread_2/runs/run_1", run()), []),
    ],
)
def test_a_thread_that_is_used_afterwards_was_there(later: Any, expected: Any) -> None:
    """Then its list is due, whoever else may delete threads."""
    traffic = Traffic().add(f"GET {RUN}", run()).add(f"GET {RUNS}", refusal(), status=404)
    traffic.add(f"GET {RUNS}", samples.page(run())).add(*later)
    assert _alone(traffic, "RUN-LIST-020") == expected


def test_a_list_that_is_refused_for_another_reason_was_there() -> None:
    """Another refusal than 404 may be for what the client left out, as a list of 400 is here."""
    traffic = Traffic().add(f"GET {RUN}", run()).add(f"GET {RUNS}", refusal(), status=400)
    traffic.add(f"GET {RUNS}", samples.page(run())).add(f"GET {RUN}", run())
    assert _alone(traffic, "RUN-LIST-020") == ["held"]


def test_a_thread_that_is_made_afterwards_was_not_there() -> None:
    """A fake may count its ids, and be asked for the next before it is made."""
    traffic = Traffic().add(f"GET {MESSAGES}", refusal(), status=404)
    traffic.add("POST /threads", samples.thread(), body={})
    traffic.add(f"GET {MESSAGES}", samples.page()).add("GET /threads/thread_1", samples.thread())
    assert _alone(traffic, "RUN-LIST-020") == ["held"]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("max_completion_tokens is at least 256.", ["broken"]),
        ("run run_256 is active; max_completion_tokens is ignored.", []),
    ],
)
def test_a_refusal_names_the_least_of_a_limit(said: str, expected: list[str]) -> None:
    """As a number of its own, not as a part of an id."""
    asked = CREATE | {"max_completion_tokens": 16}
    traffic = Traffic().add(f"POST {RUNS}", _said(said), status=400, body=asked)
    assert _alone(traffic, "RUN-CREATE-005") == expected


@pytest.mark.parametrize(
    ("answer", "status", "is_whole", "expected"),
    [
        (run(metadata={"a": "b"}), 201, True, ["held"]),  # RUN-HTTP-001
        (run(metadata={}), 200, True, ["broken"]),
        (b'{"id": "run_1", "metad', 200, False, []),
    ],
)
def test_a_change_of_metadata_is_judged_by_its_answer(
    answer: Any, status: int, is_whole: bool, expected: list[str]
) -> None:
    """One that broke off shows nothing of what was changed."""
    traffic = Traffic().add(f"GET {RUN}", run())
    body = {"metadata": {"a": "b"}}
    traffic.add(f"POST {RUN}", answer, status=status, body=body, is_whole=is_whole)
    assert _alone(traffic, "RUN-MODIFY-001") == expected


def test_a_list_that_lags_does_not_hide_a_read_that_is_overdue() -> None:
    """What a read showed before stays shown."""
    overdue = run("requires_action", expires_at=NOW + 10)
    traffic = Traffic().add("GET /threads/thread_2", samples.thread(created_at=NOW + 9000))
    traffic.add(f"GET {RUN}", overdue).add(f"GET {RUNS}", samples.page(overdue))
    assert _alone(traffic, "RUN-LIFE-008") == ["broken"]


@pytest.mark.parametrize(
    ("line", "answer", "expected"),
    [
        (f"GET {RUN}", run("requires_action"), ["broken"]),
        (f"GET {RUNS}", samples.page(run("requires_action")), []),  # a list may lag
    ],
)
def test_a_run_that_is_overdue_may_still_take_its_outputs(
    line: str, answer: Any, expected: list[str]
) -> None:
    """That it went on afterwards does not mend that it had not expired."""
    younger = {"id": "thread_2", "object": "thread", "created_at": NOW + 5000}
    traffic = Traffic().add(f"GET {RUN}", run("requires_action"))
    traffic.add("POST /threads", younger, body={}).add(line, answer)
    body = {"tool_outputs": [{"tool_call_id": "call_1", "output": "7"}]}
    traffic.add(f"POST {RUN}/submit_tool_outputs", run("queued"), body=body)
    assert _alone(traffic, "RUN-LIFE-008") == expected


@pytest.mark.parametrize(
    ("limits", "more", "expected"),
    [
        ((1,), (False,), []),
        ((2,), (False,), ["broken"]),
        ((1, 1), (True, False), ["broken"]),
        ((1, 1), (False, False), []),
    ],
)
def test_a_full_page_is_the_last_where_a_server_says_what_follows(
    limits: Any, more: Any, expected: list[str]
) -> None:
    """One that never says so shows no message to be missing."""
    message = {"id": "msg_8", "object": "thread.message", "thread_id": "thread_1"}
    traffic = Traffic().add(f"GET {RUN}", run("in_progress")).add(f"GET {RUN}", run())
    traffic.add(STEPS, samples.page(step()))
    cursor = ""
    for at, (limit, follows) in enumerate(zip(limits, more, strict=True)):
        page = samples.page({**message, "id": f"msg_{at}8"}, has_more=follows)
        traffic.add(f"GET {MESSAGES}?limit={limit}{cursor}", page)
        cursor = f"&after=msg_{at}8"
    assert traffic.results("RUN-STEP-032", is_whole=False, is_alone=True) == expected
