"""Steps, lists, echoes and streams by hand: what servers are free in is never called wrong."""

from __future__ import annotations

from typing import Any

import pytest

from tests import samples
from tests.checks.written_traffic import CREATE, RUN, STREAM, Traffic, stream
from tests.samples import NOW, refusal, run, step

RUNS = "/threads/thread_1/runs"
MESSAGES = "/threads/thread_1/messages"
SUBMIT = f"POST {RUN}/submit_tool_outputs"


def _call(**function: Any) -> dict[str, Any]:
    """Return a step that calls a function."""
    call = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    call["function"] |= function  # type: ignore[operator]
    details = {"type": "tool_calls", "tool_calls": [call]}
    return step(type="tool_calls", step_details=details)


@pytest.mark.parametrize(
    ("listed", "requirement", "expected"),
    [
        (_call(output=None), "RUN-STEP-028", ["held"]),
        (_call(), "RUN-STEP-028", []),  # the first servers had no such key
        (_call(output="7"), "RUN-STEP-028", ["broken"]),
        (_call(output=None), "RUN-STEP-030", ["held"]),
        (step(), "RUN-STEP-030", ["broken"]),
    ],
)
def test_calls_while_their_run_waits(listed: Any, requirement: str, expected: list[str]) -> None:
    """Outputs are null, or not there at all."""
    traffic = Traffic().add(f"GET {RUN}", run("requires_action"))
    traffic.add(f"GET {RUN}/steps", samples.page(listed)).add(f"GET {RUN}", run("requires_action"))
    assert traffic.results(requirement) == expected


def test_calls_of_a_run_that_may_have_gone_on_are_not_judged() -> None:
    """Without a poll after the list, somebody may have submitted before it."""
    traffic = Traffic().add(f"GET {RUN}", run("requires_action"))
    traffic.add(f"GET {RUN}/steps", samples.page(_call(output="7")))
    assert traffic.results("RUN-STEP-028") == []


@pytest.mark.parametrize(
    ("status", "shown", "expected"),
    [(200, "7", ["held"]), (200, "8", ["broken"]), (200, None, ["broken"]), (400, None, [])],
)
def test_outputs_stand_in_the_steps_afterwards(
    status: int, shown: Any, expected: list[str]
) -> None:
    """Only those that were accepted."""
    outputs = {"tool_outputs": [{"tool_call_id": "call_1", "output": "7"}]}
    traffic = Traffic().add(
        SUBMIT, run("queued") if status == 200 else refusal(), status=status, body=outputs
    )
    traffic.add(f"GET {RUN}", run()).add(f"GET {RUN}/steps", samples.page(_call(output=shown)))
    assert traffic.results("RUN-STEP-029") == expected


@pytest.mark.parametrize(
    ("query", "read", "expected"),
    [
        ("", step(), ["held"]),
        ("", step(completed_at=NOW + 6), ["broken"]),
        ("?include[]=more", step(step_details={"type": "message_creation"}), ["held"]),
    ],
)
def test_a_step_is_read_as_it_was_listed(query: str, read: Any, expected: list[str]) -> None:
    """What was asked for beyond the list may be there."""
    traffic = Traffic().add(f"GET {RUN}", run()).add(f"GET {RUN}/steps", samples.page(step()))
    assert traffic.add(f"GET {RUN}/steps/step_1{query}", read).results("RUN-STEP-031") == expected


@pytest.mark.parametrize(
    ("before", "listed", "requirement", "expected"),
    [
        ("completed", step(status="in_progress"), "RUN-STEP-033", ["broken"]),
        ("completed", step(), "RUN-STEP-033", ["held"]),
        ("in_progress", step(status="in_progress", expires_at=NOW), "RUN-STEP-033", []),
        ("in_progress", step(expires_at=NOW), "RUN-STEP-034", []),  # the run was still going
        ("completed", step(expires_at=NOW), "RUN-STEP-034", ["broken"]),
        ("completed", step(type="tool_calls"), "RUN-STEP-027", ["broken"]),
        ("completed", step(failed_at=NOW), "RUN-STEP-035", ["broken"]),
    ],
)
def test_steps_of_runs_that_ended(
    before: str, listed: Any, requirement: str, expected: list[str]
) -> None:
    """A run that was not yet seen to have ended may have open steps."""
    traffic = Traffic().add(f"GET {RUN}", run(before)).add(f"GET {RUN}/steps", samples.page(listed))
    assert traffic.results(requirement) == expected


def _message(**changes: Any) -> dict[str, Any]:
    content = [{"type": "text", "text": {"value": "Hello.", "annotations": []}}]
    made = {"id": "msg_1", "object": "thread.message", "created_at": NOW, "role": "assistant"}
    made |= {"thread_id": "thread_1", "run_id": "run_1", "assistant_id": "asst_1"}
    return made | {"content": content, "attachments": [], "metadata": {}} | changes


@pytest.mark.parametrize(
    ("page", "requirement", "expected"),
    [
        (samples.page(_message()), "RUN-STEP-032", ["held"]),
        (samples.page(_message(id="msg_2")), "RUN-STEP-032", ["broken"]),
        (samples.page(_message(id="msg_2"), has_more=True), "RUN-STEP-032", []),
        (samples.page(_message()), "RUN-OBJ-006", ["held"]),
        (samples.page(_message(run_id=None)), "RUN-OBJ-006", ["broken"]),
        (samples.page(_message()), "RUN-LIST-018", ["held"]),
        (samples.page(_message(thread_id="thread_2")), "RUN-LIST-018", ["broken"]),
        (samples.page(_message(), _message()), "RUN-ID-015", ["held", "broken", "broken"]),
    ],
)
def test_messages_that_steps_name(page: Any, requirement: str, expected: list[str]) -> None:
    """A message may stand on a page that was not read."""
    traffic = Traffic().add(f"GET {RUN}", run()).add(f"GET {RUN}/steps", samples.page(step()))
    assert traffic.add(f"GET {MESSAGES}", page).results(requirement) == expected


@pytest.mark.parametrize(
    ("asked", "echoed", "requirement", "expected"),
    [
        ({"tool_choice": "auto"}, {"tool_choice": "none"}, "RUN-ECHO-008", []),
        ({"tool_choice": "none"}, {"tool_choice": "auto"}, "RUN-ECHO-008", ["broken"]),
        (
            {"tool_choice": {"type": "function", "function": {"name": "f"}}},
            {"tool_choice": {"type": "function", "function": {"name": "f", "strict": None}}},
            "RUN-ECHO-008",
            ["held"],
        ),
        (
            {"response_format": {"type": "text"}},
            {"response_format": {"type": "text", "more": 1}},
            "RUN-ECHO-009",
            ["held"],
        ),
        ({"response_format": {"type": "text"}}, {}, "RUN-ECHO-009", ["broken"]),
        (
            {"truncation_strategy": {"type": "auto"}},
            {"truncation_strategy": {"type": "auto", "last_messages": None}},
            "RUN-ECHO-010",
            ["held"],
        ),
        (
            {"truncation_strategy": {"type": "last_messages", "last_messages": 3}},
            {},
            "RUN-ECHO-010",
            ["broken"],
        ),
        ({"top_p": None}, {"top_p": 1.0}, "RUN-ECHO-007", []),
        ({"top_p": 0.5}, {"top_p": 1.0}, "RUN-ECHO-007", ["broken"]),
        ({"parallel_tool_calls": False}, {}, "RUN-ECHO-011", ["broken"]),
        ({}, {"metadata": {}}, "RUN-META-005", ["held"]),
        ({"metadata": {"a": "b"}}, {"metadata": {"a": "b"}}, "RUN-META-005", []),
        ({}, {"metadata": None}, "RUN-META-005", ["broken"]),
    ],
)
def test_what_a_run_repeats_of_its_request(
    asked: Any, echoed: Any, requirement: str, expected: list[str]
) -> None:
    """Defaults may be filled in, and what is left to the server it may decide."""
    traffic = Traffic().add(f"POST {RUNS}", run("queued", **echoed), body=CREATE | asked)
    assert traffic.results(requirement) == expected


@pytest.mark.parametrize(
    ("asked", "echoed", "requirement", "expected"),
    [
        ({}, {"instructions": "Be kind.\nAlways."}, "RUN-ECHO-012", ["held", "held"]),
        ({}, {"instructions": None}, "RUN-ECHO-012", ["broken", "held"]),
        ({"instructions": "No."}, {"instructions": "No."}, "RUN-ECHO-012", ["held"]),
        ({}, {"model": "gpt-4o-2024-08-06"}, "RUN-ECHO-013", ["broken"]),
        ({"model": "other"}, {"model": "other"}, "RUN-ECHO-013", []),
    ],
)
def test_what_a_run_takes_from_its_assistant(
    asked: Any, echoed: Any, requirement: str, expected: list[str]
) -> None:
    """Only what its request does not name."""
    assistant = {"id": "asst_1", "object": "assistant", "model": "gpt-4o", "tools": []}
    made = run("queued", tools=[], **echoed)
    traffic = Traffic().add("POST /assistants", assistant | {"instructions": "Be kind."}, body={})
    assert traffic.add(f"POST {RUNS}", made, body=CREATE | asked).results(requirement) == expected


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (samples.page(_message(role="user")), ["held"]),
        (samples.page(_message(id="msg_3")), ["broken"]),
        (samples.page(_message(id="msg_3"), has_more=True), []),
    ],
)
def test_messages_given_with_a_create(page: Any, expected: list[str]) -> None:
    """They are looked for in a list that was read whole."""
    asked = CREATE | {"additional_messages": [{"role": "user", "content": "Hello."}]}
    traffic = Traffic().add(f"POST {RUNS}", run("queued"), body=asked)
    assert traffic.add(f"GET {MESSAGES}", page).results("RUN-CREATE-004") == expected


@pytest.mark.parametrize(
    ("query", "count", "more", "expected"),
    [
        ("", 20, True, ["held"]),
        ("", 21, False, ["broken"]),
        ("", 5, False, []),
        ("?limit=50", 21, True, []),
    ],
)
def test_a_page_is_short_by_default(
    query: str, count: int, more: bool, expected: list[str]
) -> None:
    """Only a list that is longer than a page shows it."""
    page = samples.page(*(_message(id=f"msg_{n}") for n in range(count)), has_more=more)
    assert Traffic().add(f"GET {MESSAGES}{query}", page).results("RUN-LIST-015") == expected


@pytest.mark.parametrize(
    ("query", "status", "expected"),
    [
        ("?limit=101", 400, ["held"]),
        ("?limit=0", 200, ["broken"]),
        ("?limit=100", 200, []),
        ("?limit=101", 429, []),
    ],
)
def test_limits_out_of_range(query: str, status: int, expected: list[str]) -> None:
    """A limit in range, and an answer about the caller, say nothing."""
    body = samples.page() if status == 200 else refusal()
    traffic = Traffic().add(f"GET {RUNS}{query}", body, status=status)
    assert traffic.results("RUN-LIST-017") == expected


@pytest.mark.parametrize(("second", "expected"), [(["step_1"], ["held"]), ([], ["broken"])])
def test_walks_over_steps(second: list[str], expected: list[str]) -> None:
    """What was listed before is in the pages of a later walk."""
    traffic = Traffic().add(f"GET {RUN}/steps", samples.page(step()))
    first = samples.page(step(id="step_2"), has_more=True)
    traffic.add(f"GET {RUN}/steps?limit=1", first)
    traffic.add(
        f"GET {RUN}/steps?limit=1&after=step_2", samples.page(*(step(id=i) for i in second))
    )
    assert traffic.results("RUN-LIST-016")[-1:] == expected


def test_a_run_added_to_an_ascending_list_is_no_broken_promise() -> None:
    """That nothing followed was true when the page was answered."""
    traffic = Traffic().add(f"GET {RUNS}?order=asc", samples.page(run(), has_more=False))
    traffic.add(f"POST {RUNS}", run("queued", id="run_2", created_at=NOW + 9), body=CREATE)
    later = run(id="run_2", created_at=NOW + 9, started_at=NOW + 9, completed_at=NOW + 9)
    traffic.add(f"GET {RUNS}?order=asc&after=run_1", samples.page(later))
    for requirement in ("RUN-LIST-005", "RUN-LIST-008", "RUN-LIST-009"):
        assert "broken" not in traffic.results(requirement)


def _step_event(status: str) -> tuple[str, Any]:
    return f"thread.run.step.{'created' if status == 'in_progress' else status}", step(
        status=status, completed_at=None if status == "in_progress" else NOW + 5
    )


def _piece(**call: Any) -> tuple[str, Any]:
    details = {"type": "tool_calls", "tool_calls": [{"index": 0, "type": "function", **call}]}
    data = {"id": "step_1", "object": "thread.run.step.delta", "delta": {"step_details": details}}
    return "thread.run.step.delta", data


CREATED = ("thread.run.created", run("queued"))
QUEUED = ("thread.run.queued", run("queued"))
DONE = (("thread.run.completed", run()), ("done", "[DONE]"))
NAMED = {"id": "call_1", "function": {"name": "f", "arguments": ""}}
OPENED, CLOSED = _step_event("in_progress"), _step_event("completed")
MESSAGE = ("thread.message.created", _message(status="in_progress"))
THREAD = ("thread.created", {"id": "thread_1", "object": "thread", "created_at": NOW})


@pytest.mark.parametrize(
    ("line", "events", "requirement", "expected"),
    [
        (RUNS, [CREATED, OPENED, _piece(**NAMED), *DONE], "RUN-STREAM-010", ["held"]),
        (RUNS, [CREATED, _piece(**NAMED), OPENED, *DONE], "RUN-STREAM-010", ["broken"]),
        (f"{RUN}/submit_tool_outputs", [_piece(**NAMED), *DONE], "RUN-STREAM-010", []),
        (RUNS, [CREATED, OPENED, CLOSED, *DONE], "RUN-STREAM-011", ["held"]),
        (RUNS, [CREATED, OPENED, *DONE], "RUN-STREAM-011", ["broken"]),
        (
            RUNS,
            [CREATED, OPENED, ("thread.run.requires_action", run("requires_action"))],
            "RUN-STREAM-011",
            [],  # the step waits for its outputs
        ),
        (RUNS, [CREATED, MESSAGE, *DONE], "RUN-STREAM-019", ["broken"]),
        (RUNS, [CREATED, MESSAGE, *DONE], "RUN-STREAM-011", []),
        (RUNS, [CREATED, *DONE], "RUN-STREAM-012", ["held"]),
        (RUNS, [CREATED, DONE[1], *DONE], "RUN-STREAM-012", ["broken"]),
        (RUNS, [CREATED], "RUN-STREAM-012", []),  # that it ends so is RUN-STREAM-003
        (RUNS, [CREATED, ("error", {"message": "No."})], "RUN-STREAM-003", []),
        (RUNS, [_piece(**NAMED), _piece(function={"arguments": "{"})], "RUN-STREAM-015", ["held"]),
        (RUNS, [_piece(function={"arguments": "{"})], "RUN-STREAM-015", ["broken"]),
        (RUNS, [CREATED, *DONE], "RUN-STREAM-016", ["held"]),
        (RUNS, [THREAD, CREATED, *DONE], "RUN-STREAM-016", ["broken"]),
        ("/threads/runs", [THREAD, CREATED, *DONE], "RUN-STREAM-016", ["held"]),
        (f"{RUN}/submit_tool_outputs", [CREATED, *DONE], "RUN-STREAM-016", ["broken"]),
        (f"{RUN}/submit_tool_outputs", [CLOSED, CLOSED, QUEUED], "RUN-STREAM-017", ["held"]),
        (f"{RUN}/submit_tool_outputs", [QUEUED, CLOSED], "RUN-STREAM-017", ["broken"]),
        ("/threads/runs", [CREATED, *DONE], "RUN-STREAM-018", ["broken"]),
        (RUNS, [CREATED, *DONE], "RUN-STREAM-018", []),
    ],
)
def test_the_order_of_streams(
    line: str, events: Any, requirement: str, expected: list[str]
) -> None:
    """What began in an earlier stream is not announced again; what waits is not closed."""
    body = CREATE | {"stream": True}
    traffic = Traffic().add(f"POST {line}", stream(*events), body=body, headers=STREAM)
    assert traffic.results(requirement) == expected


@pytest.mark.parametrize(
    ("events", "is_whole", "status", "gap", "expected"),
    [
        ([CREATED], False, "cancelled", 0.1, ["broken"]),
        ([CREATED], True, "cancelled", 0.1, ["held"]),  # that it has no end is RUN-STREAM-003
        ([CREATED, DONE[1]], False, "cancelled", 0.1, ["held"]),
        ([CREATED], False, "cancelling", 0.1, []),
        ([CREATED], False, "cancelled", 5.0, []),  # it may have ended meanwhile
        ([], False, "cancelled", 0.1, []),
    ],
)
def test_a_stream_that_stays_open(
    events: Any, is_whole: bool, status: str, gap: float, expected: list[str]
) -> None:
    """Only who reads the run at once knows that nothing more was to come."""
    body = CREATE | {"stream": True}
    traffic = Traffic().add(
        f"POST {RUNS}", stream(*events), body=body, headers=STREAM, is_whole=is_whole
    )
    traffic.add(f"GET {RUN}", run(status), at=gap)
    assert traffic.results("RUN-STREAM-020") == expected


@pytest.mark.parametrize(
    ("read", "expected"),
    [
        (run(), ["held"]),
        (run(usage={"prompt_tokens": 9, "completion_tokens": 1, "total_tokens": 10}), ["broken"]),
        (run(metadata={"a": "b"}), ["held"]),
    ],
)
def test_a_run_is_read_as_its_stream_told_it(read: Any, expected: list[str]) -> None:
    """Its outcome is; its metadata may have been changed."""
    body = CREATE | {"stream": True}
    traffic = Traffic().add(f"POST {RUNS}", stream(CREATED, *DONE), body=body, headers=STREAM)
    assert traffic.add(f"GET {RUN}", read).results("RUN-STREAM-013") == expected


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (samples.page(step()), ["held"]),
        (samples.page(step(id="step_2")), ["broken"]),
        (samples.page(step(id="step_2"), has_more=True), []),
    ],
)
def test_what_a_stream_announced_is_listed(page: Any, expected: list[str]) -> None:
    """Lists that were not read to their end say nothing."""
    body = CREATE | {"stream": True}
    events = stream(CREATED, OPENED, CLOSED, *DONE)
    traffic = Traffic().add(f"POST {RUNS}", events, body=body, headers=STREAM)
    assert traffic.add(f"GET {RUN}/steps", page).results("RUN-STREAM-014") == expected


@pytest.mark.parametrize(
    ("texts", "instructions", "status", "expected"),
    [
        ([], None, 400, ["held"]),
        ([], None, 200, ["broken"]),
        (["Hello."], None, 200, []),
        ([], "Be kind.", 200, []),
    ],
)
def test_a_run_needs_something_to_answer(
    texts: list[str], instructions: str | None, status: int, expected: list[str]
) -> None:
    """A message in the thread or instructions of the assistant are enough."""
    assistant = {"id": "asst_1", "object": "assistant", "instructions": instructions}
    traffic = Traffic().add("POST /assistants", assistant, body={"instructions": instructions})
    messages = [{"role": "user", "content": text} for text in texts]
    traffic.add("POST /threads", THREAD[1], body={"messages": messages})
    body = run("queued") if status == 200 else refusal()
    traffic.add(f"POST {RUNS}", body, status=status, body=CREATE)
    assert traffic.results("RUN-CREATE-006") == expected
