"""Runs at the edge of what a rule speaks of: each just inside it, or just outside."""

from __future__ import annotations

from typing import Any

import pytest

from run_contracts.traffic.exchange import Intent
from tests import samples
from tests.checks.written_traffic import CREATE, RUN, Traffic
from tests.samples import NOW, refusal, run, step

RUNS = "/threads/thread_1/runs"
OUTPUTS = {"tool_outputs": [{"tool_call_id": "call_1", "output": "7"}]}
ASSISTANT = {"id": "asst_1", "object": "assistant", "model": "gpt-4o", "instructions": "Be kind."}


def _function(name: str, **more: Any) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name} | more}


def _asking(call_id: str) -> dict[str, Any]:
    """Return a run that asks for the output of a call."""
    call = {"id": call_id, "type": "function", "function": {"name": "f", "arguments": "{}"}}
    outputs = {"tool_calls": [call]}
    action = {"type": "submit_tool_outputs", "submit_tool_outputs": outputs}
    return run("requires_action", required_action=action)


@pytest.mark.parametrize("statuses", [["done", "completed"], ["queued", "done"], ["done", "gone"]])
def test_unknown_statuses_are_not_part_of_the_life_cycle(statuses: list[str]) -> None:
    """What they are is a rule of the field; what follows what is not known of them."""
    traffic = Traffic()
    for status in statuses:
        traffic.add(f"GET {RUN}", run(status=status))
    assert traffic.results("RUN-LIFE-001") == traffic.results("RUN-LIFE-002") == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("thread_id", "thread_2"),
        ("assistant_id", "asst_2"),
        ("model", "gpt-4"),
        ("instructions", "Else."),
        ("tools", []),
    ],
)
def test_what_a_run_is_made_of_stays(name: str, value: Any) -> None:
    """Each of five fields, and no other, is of its nature."""
    traffic = Traffic().add(f"GET {RUN}", run()).add(f"GET {RUN}", run(**{name: value}))
    assert sorted(traffic.results("RUN-LIFE-003")) == ["broken", *["held"] * 4]


def test_a_field_that_only_one_of_two_reads_shows_has_not_changed() -> None:
    """Lists and streams of some servers show less."""
    less = {name: value for name, value in run().items() if name not in ("model", "completed_at")}
    for first, second in ((run(), less), (less, run())):
        traffic = Traffic().add(f"GET {RUN}", first).add(f"GET {RUN}", second)
        assert traffic.results("RUN-LIFE-003") == ["held"] * 4
        assert traffic.results("RUN-TIME-006") == []


@pytest.mark.parametrize(
    ("polls", "gap", "expected"),
    [(5, 12.0, ["broken"]), (5, 11.9, []), (4, 16.0, []), (6, 9.6, ["broken"])],
)
def test_five_reads_over_most_of_the_patience_have_waited(
    polls: int, gap: float, expected: list[str]
) -> None:
    """Four fifths of a minute lie between the first and the last of them, at least."""
    traffic = Traffic()
    for number in range(polls):
        traffic.add(f"GET {RUN}", run("in_progress"), at=NOW + number * gap)
    assert traffic.results("RUN-LIFE-005") == expected


@pytest.mark.parametrize(
    ("before", "answer", "requirement", "expected"),
    [
        ("completed", 200, "RUN-CANCEL-001", []),
        ("cancelling", 200, "RUN-CANCEL-001", []),
        ("queued", 200, "RUN-CANCEL-001", ["held"]),
        (None, 200, "RUN-CANCEL-001", []),
        ("completed", 400, "RUN-CANCEL-002", ["held"]),
        ("cancelled", 409, "RUN-CANCEL-002", ["broken"]),
        ("completed", 500, "RUN-CANCEL-002", []),
        ("in_progress", 400, "RUN-CANCEL-002", []),
    ],
)
def test_a_cancel_is_judged_by_what_was_seen_before(
    before: str | None, answer: int, requirement: str, expected: list[str]
) -> None:
    """A run that is being cancelled is no longer alive to a cancel; an unseen one is unknown."""
    traffic = Traffic()
    if before is not None:
        traffic.add(f"GET {RUN}", run(before))
    body = run("cancelling") if answer == 200 else refusal()
    traffic.add(f"POST {RUN}/cancel", body, status=answer).add(f"GET {RUN}", run("cancelled"))
    assert traffic.results(requirement) == expected


@pytest.mark.parametrize(
    ("answered", "expected"),
    [
        ("cancelling", ["held"]),
        ("cancelled", ["held"]),
        ("expired", ["held"]),
        ("in_progress", ["broken"]),
        ("done", ["broken"]),
    ],
)
def test_an_accepted_cancel_answers_a_run_on_its_way_to_an_end(
    answered: str, expected: list[str]
) -> None:
    """It is cancelling, or has ended in any way."""
    traffic = Traffic().add(f"GET {RUN}", run("in_progress"))
    traffic.add(f"POST {RUN}/cancel", run("cancelling") | {"status": answered})
    assert traffic.results("RUN-CANCEL-005") == expected


@pytest.mark.parametrize(
    ("headers", "body", "requirement"),
    [
        ((), b"", "RUN-CANCEL-001"),
        ((("content-type", "application/json"),), b"", "RUN-CANCEL-003"),
        ((("Content-Type", "application/json"),), b"{}", "RUN-CANCEL-001"),
    ],
)
def test_a_cancel_may_name_the_type_of_a_body_that_it_does_not_send(
    headers: Any, body: bytes, requirement: str
) -> None:
    """So SDKs do."""
    traffic = Traffic().add(f"GET {RUN}", run("in_progress"))
    traffic.add(f"POST {RUN}/cancel", run("cancelling"), sent=body, sent_headers=headers)
    for one in ("RUN-CANCEL-001", "RUN-CANCEL-003"):
        assert traffic.results(one) == (["held"] if one == requirement else [])


@pytest.mark.parametrize(
    ("is_modified", "after", "expected"),
    [
        (False, run(), ["held"]),
        (False, run(metadata={}), ["broken"]),
        (True, run(metadata={}), []),  # which of the two did it is not known
    ],
)
def test_only_the_sole_request_is_blamed_for_a_change(
    is_modified: bool, after: Any, expected: list[str]
) -> None:
    """What else was asked of the run may have changed it."""
    traffic = Traffic().add(f"GET {RUN}", run())
    if is_modified:
        traffic.add(f"POST {RUN}", refusal(), status=400)
    traffic.add(f"POST {RUN}/cancel", refusal(), status=400).add(f"GET {RUN}", after)
    assert traffic.results("RUN-CANCEL-004") == expected


@pytest.mark.parametrize(
    ("command", "status", "expected"),
    [
        (None, 200, ["broken"]),
        ("cancel", 200, []),  # the cancel may have been accepted, and changed it
        (None, 400, []),
    ],
)
def test_a_modify_is_blamed_for_its_own_answer_alone(
    command: str | None, status: int, expected: list[str]
) -> None:
    """A run that somebody else commanded meanwhile may differ; a refusal shows no run of it."""
    traffic = Traffic().add(f"GET {RUN}", run())
    if command is not None:
        traffic.add(f"POST {RUN}/{command}", {"object": "nothing"})
    changed = run(instructions="Else.")
    traffic.add(f"POST {RUN}", changed, status=status, body={"metadata": {}})
    assert traffic.results("RUN-MODIFY-003") == expected


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (_asking("call_1"), ["held"]),
        (_asking("call_2"), ["broken"]),
        (run("queued"), ["broken"]),
        (run("completed"), ["broken"]),
        (run("failed"), []),
        (run("cancelling"), []),
    ],
)
def test_a_run_asks_for_the_same_after_a_refused_submit(after: Any, expected: list[str]) -> None:
    """It may fail, expire or be cancelled by itself; it does not ask for something else."""
    traffic = Traffic().add(f"GET {RUN}", _asking("call_1"))
    traffic.add(f"POST {RUN}/submit_tool_outputs", refusal(), status=400, body=OUTPUTS)
    assert traffic.add(f"GET {RUN}", after).results("RUN-SUBMIT-005") == expected


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        (f"GET {RUN}", run(id="run_2")),
        (f"POST {RUN}", run(id="run_2")),
        (f"POST {RUN}/cancel", run("cancelling", id="run_2")),
        (f"POST {RUN}/submit_tool_outputs", run("queued", id="run_2")),
    ],
)
def test_each_request_about_a_run_is_answered_with_that_run(line: str, answer: Any) -> None:
    """Reads, and all three commands; of another run's id or of another thread's."""
    traffic = Traffic().add(line, answer)
    assert traffic.results("RUN-ID-011") == ["broken"]
    assert traffic.results("RUN-ID-010") == ["held"]
    elsewhere = Traffic().add(line, answer | {"id": "run_1", "thread_id": "thread_2"})
    assert (elsewhere.results("RUN-ID-011"), elsewhere.results("RUN-ID-010")) == (
        ["held"],
        ["broken"],
    )


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/threads/thread_1/runs/run_9", ["broken"]),
        ("/threads/9/runs/run_9", []),
        ("/threads/thread_1/runs/9", []),
        ("/threads/thread_1/runs/run_1/steps/step_9", ["broken"]),
        ("/threads/thread_1/runs/run_1/steps/9", []),
    ],
)
def test_each_id_of_a_path_must_be_well_formed_to_be_asked_for_404(
    path: str, expected: list[str]
) -> None:
    """Newer servers answer 400 to an id without its prefix."""
    traffic = Traffic().add(f"GET {path}", refusal(), status=400, intent=Intent.ABSENT)
    assert traffic.results("RUN-ERR-007") == expected
    assert traffic.results("RUN-ERR-006") == ["held"]


@pytest.mark.parametrize(
    ("intent", "status", "expected"),
    [
        (Intent.WRONG_KEY, 401, ["held"]),
        (Intent.WRONG_KEY, 403, ["broken"]),
        (Intent.WRONG_KEY, 200, ["not offered"]),
        (Intent.WRONG_KEY, 500, []),
        (Intent.ORDINARY, 401, []),
    ],
)
def test_a_wrong_key(intent: Intent, status: int, expected: list[str]) -> None:
    """A server that takes any key does not offer the rule."""
    answer = run() if status == 200 else refusal()
    traffic = Traffic().add(f"GET {RUN}", answer, status=status, intent=intent)
    assert traffic.results("RUN-ERR-009") == expected


def test_a_router_does_not_look_at_the_key() -> None:
    """Where the operation is missing, a 404 says nothing of who asked."""
    answer = {"detail": "Not Found"}
    traffic = Traffic().add(f"GET {RUN}", answer, status=404, intent=Intent.WRONG_KEY)
    assert traffic.results("RUN-ERR-009") == []


@pytest.mark.parametrize(
    ("line", "status", "expected"),
    [
        (f"GET {RUN}", 200, []),
        (f"GET {RUN}", 400, ["held"]),
        (f"GET {RUN}", 499, ["held"]),
        (f"GET {RUN}", 500, ["broken"]),
        (f"GET {RUN}", 501, []),
        (f"GET {RUN}", 502, []),
        (f"GET {RUN}", 503, []),
        (f"GET {RUN}", 504, []),
        (f"GET {RUN}", 505, ["broken"]),
        ("GET /models", 500, []),
    ],
)
def test_which_answers_are_failures_of_the_server(
    line: str, status: int, expected: list[str]
) -> None:
    """Not those by which it says that it has no such thing, or a gateway speaks for it."""
    assert Traffic().add(line, refusal(), status=status).results("RUN-ERR-008") == expected


def test_options_are_every_servers_own_business() -> None:
    """Like HEAD; a method that the contract has is none of the unknown ones."""
    for line in (f"OPTIONS {RUN}", f"HEAD {RUN}", f"GET {RUN}"):
        assert Traffic().add(line, run()).results("RUN-HTTP-003") == []


@pytest.mark.parametrize(
    ("asked", "echoed", "requirement", "expected"),
    [
        ({"tools": [_function("a")]}, {"tools": [_function("b")]}, "RUN-ECHO-005", ["broken"]),
        ({"tools": [_function("a")]}, {"tools": [_function("a", x=1)]}, "RUN-ECHO-005", ["held"]),
        ({"tools": []}, {"tools": [_function("a")]}, "RUN-ECHO-005", ["broken"]),
        ({"tools": None}, {"tools": [_function("a")]}, "RUN-ECHO-005", []),
        ({"metadata": {"a": 1}}, {"metadata": {}}, "RUN-ECHO-003", []),
        ({"metadata": {"a": "1"}}, {"metadata": {}}, "RUN-ECHO-003", ["broken"]),
        ({"metadata": {}}, {"metadata": None}, "RUN-ECHO-003", ["held"]),
        ({"metadata": {}}, {"metadata": None}, "RUN-META-005", ["broken"]),
        ({"metadata": {}}, {"metadata": {"a": "1"}}, "RUN-ECHO-003", ["broken"]),
        ({"temperature": 0}, {"temperature": 1.0}, "RUN-ECHO-006", ["broken"]),
        ({"parallel_tool_calls": False}, {}, "RUN-ECHO-011", ["broken"]),
        ({"model": ""}, {"model": "gpt-4o"}, "RUN-ECHO-001", []),
        ({"max_prompt_tokens": 300}, {"max_prompt_tokens": 299}, "RUN-ECHO-004", ["broken"]),
        ({"max_completion_tokens": 300}, {}, "RUN-ECHO-004", ["broken"]),
        ({"max_completion_tokens": 16}, {}, "RUN-ECHO-004", ["held"]),
        ({"instructions": "  "}, {"instructions": None}, "RUN-ECHO-002", []),
        ({"instructions": " Hi. "}, {"instructions": "Hi."}, "RUN-ECHO-002", ["held"]),
        ({"tool_choice": "none"}, {"tool_choice": "none"}, "RUN-ECHO-008", ["held"]),
        (
            {"tool_choice": _function("a")},
            {"tool_choice": _function("b")},
            "RUN-ECHO-008",
            ["broken"],
        ),
        ({"tool_choice": _function("a")}, {"tool_choice": "auto"}, "RUN-ECHO-008", ["broken"]),
        (
            {"truncation_strategy": {"type": "last_messages", "last_messages": 3}},
            {"truncation_strategy": {"type": "last_messages", "last_messages": 4}},
            "RUN-ECHO-010",
            ["broken"],
        ),
    ],
)
def test_what_counts_as_repeated(
    asked: Any, echoed: Any, requirement: str, expected: list[str]
) -> None:
    """Kinds and names of tools, pairs of metadata as texts, limits as they were."""
    traffic = Traffic().add(f"POST {RUNS}", run("queued", **echoed), body=CREATE | asked)
    assert traffic.results(requirement) == expected


@pytest.mark.parametrize(
    ("answer", "status", "tools", "expected"),
    [
        (ASSISTANT | {"tools": [_function("a")]}, 200, [_function("a", x=1)], ["held", "held"]),
        (ASSISTANT | {"tools": [_function("a")]}, 200, [_function("b")], ["held", "broken"]),
        (ASSISTANT | {"tools": [_function("a")]}, 400, [_function("b")], []),
        ({"id": "asst_1", "instructions": "Be kind."}, 200, [_function("b")], ["held"]),
        (ASSISTANT | {"object": "thread"}, 200, [_function("b")], []),
        (ASSISTANT | {"id": "asst_2", "tools": []}, 200, [_function("b")], []),
    ],
)
def test_only_the_assistant_that_was_created_is_inherited_from(
    answer: Any, status: int, tools: Any, expected: list[str]
) -> None:
    """Its tools by their kinds and names."""
    traffic = Traffic().add("POST /assistants", answer, status=status, body={})
    made = run("queued", tools=tools, instructions="Be kind.")
    assert traffic.add(f"POST {RUNS}", made, body=CREATE).results("RUN-ECHO-012") == expected


@pytest.mark.parametrize(
    ("listed", "total", "expected"),
    [([5, 7], 12, ["held"]), ([5, 7], 11, ["broken"]), ([5, None], 5, []), ([], 0, [])],
)
def test_the_usage_of_steps_adds_up(
    listed: list[int | None], total: int, expected: list[str]
) -> None:
    """If all of them say theirs, and the run its own."""
    usage = {"prompt_tokens": 0, "completion_tokens": total, "total_tokens": total}
    steps = [
        step(id=f"step_{at}", usage=used and usage | {"total_tokens": used})
        for at, used in enumerate(listed)
    ]
    traffic = Traffic().add(f"GET {RUN}/steps", samples.page())  # a list that says nothing yet
    traffic.add(f"GET {RUN}", run(usage=usage)).add(f"GET {RUN}/steps", samples.page(*steps))
    assert traffic.results("RUN-STEP-025") == expected
    traffic.exchanges.pop()
    unknown = traffic.add(f"GET {RUN}", run(usage=None))
    assert unknown.add(f"GET {RUN}/steps", samples.page(*steps)).results("RUN-STEP-025") == []


def test_of_two_that_were_accepted_at_once_the_later_is_one_too_many() -> None:
    """It is what is told, of submits as of creates."""
    submits = Traffic().add(f"GET {RUN}", _asking("call_1"))
    creates = Traffic()
    for number in (1, 2):
        path = f"POST {RUN}/submit_tool_outputs"
        submits.add(path, run("queued"), body=OUTPUTS, together=1)
        creates.add(f"POST {RUNS}", run("queued", id=f"run_{number}"), body=CREATE, together=1)
    for number in (1, 2):
        creates.add(f"GET {RUNS}/run_{number}", run("requires_action", id=f"run_{number}"))
    assert [number for number, _ in submits.found("RUN-SUBMIT-007")] == [3]
    assert [number for number, _ in creates.found("RUN-THREAD-003")] == [2]


@pytest.mark.parametrize(
    ("sent", "status", "expected"),
    [
        (b'{"assistant_id": 7}', 400, ["held"]),
        (b'{"assistant_id": 7}', 200, ["broken"]),
        (b'{"assistant_id": 7}', 401, []),
        (b'{"assistant_id": "asst_1"}', 200, []),
        (b'{"assistant_id": "\\ud800"}', 200, []),  # whether that breaks it cannot be said
        (b"", 200, []),
    ],
)
def test_a_body_that_breaks_its_schema_is_refused(
    sent: bytes, status: int, expected: list[str]
) -> None:
    """What is no whole text, and what was not sent, breaks none."""
    answer = run("queued") if status == 200 else refusal()
    traffic = Traffic().add(f"POST {RUNS}", answer, sent=sent, status=status)
    assert traffic.results("RUN-ERR-011") == expected


@pytest.mark.parametrize(
    ("line", "sent", "requirement"),
    [
        (f"POST {RUNS}", b"{}", "RUN-ERR-010"),
        (f"POST {RUNS}", b"[]", "RUN-ERR-011"),
        ("POST /threads/runs", b"{}", "RUN-ERR-011"),
    ],
)
def test_a_create_that_names_no_assistant_has_a_rule_of_its_own(
    line: str, sent: bytes, requirement: str
) -> None:
    """Everything else that is wrong with a body is advice."""
    traffic = Traffic().add(line, refusal(), sent=sent, status=400)
    for one in ("RUN-ERR-010", "RUN-ERR-011"):
        assert traffic.results(one) == (["held"] if one == requirement else [])


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        ((("Content-Type", "text/plain"),), [(1, "text/plain")]),
        ((("Content-Type", "text/json"), ("X", "application/json")), [(1, "text/json")]),
        ((), [(1, "no Content-Type")]),
        ((("content-type", "Application/JSON; charset=utf-8"),), []),
    ],
)
def test_the_type_that_an_answer_says_is_told(headers: Any, found: list[tuple[int, str]]) -> None:
    """As it was said."""
    assert Traffic().add(f"GET {RUN}", run(), headers=headers).found("RUN-HTTP-002") == found


def test_only_what_was_seen_before_a_list_was_begun_was_before_it() -> None:
    """A run that is seen to wait while its steps are listed may have worked when that began."""
    call = {"id": "call_1", "type": "function", "function": {"name": "f", "output": "7"}}
    waiting = step(step_details={"type": "tool_calls", "tool_calls": [call]}, type="tool_calls")
    first, rest = samples.page(waiting, has_more=True), samples.page(step(id="step_2"))
    pages = ((f"{RUN}/steps?limit=1", first), (f"{RUN}/steps?limit=1&after=step_1", rest))
    for polls, expected in (((0, 2), ["broken"]), ((1, 2), []), ((0, 1), [])):
        traffic = Traffic()
        for number in range(3):
            if number in polls:
                traffic.add(f"GET {RUN}", run("requires_action"))
            if number < 2:
                path, page = pages[number]
                traffic.add(f"GET {path}", page)
        assert traffic.results("RUN-STEP-028") == expected


@pytest.mark.parametrize("answer", [[], "oops", None, 7, [{"id": "step_1", "run_id": "run_2"}]])
def test_an_answer_that_is_no_object_shows_nothing(answer: Any) -> None:
    """That it should have been one is said by the rules of its form."""
    traffic = Traffic().add(f"GET {RUN}/steps", answer).add(f"GET {RUN}", run("cancelled"))
    traffic.add(f"POST {RUN}/cancel", answer).add(f"POST {RUNS}", answer, body=CREATE)
    for requirement in ("RUN-STEP-023", "RUN-ID-015", "RUN-CANCEL-005", "RUN-CANCEL-008"):
        assert traffic.results(requirement) == []


@pytest.mark.parametrize("status", [200, 400])
def test_only_an_accepted_cancel_takes_effect(status: int) -> None:
    """One that is refused with the run is refused."""
    traffic = Traffic().add(f"POST {RUN}/cancel", run("cancelling"), status=status)
    traffic.add(f"GET {RUN}", run("cancelled"))
    assert traffic.results("RUN-CANCEL-008") == (["held"] if status == 200 else [])


@pytest.mark.parametrize(
    ("query", "intent", "status", "expected"),
    [
        ("?include[]=x", Intent.ORDINARY, 200, ["held"]),
        ("?include[]=x", Intent.ORDINARY, 400, ["broken"]),
        ("?include[]=x", Intent.NONE, 400, []),
        ("", Intent.ORDINARY, 400, []),
    ],
)
def test_what_can_be_included_is_judged_where_it_is_asked_for(
    query: str, intent: Intent, status: int, expected: list[str]
) -> None:
    """By one who knows that the run is there."""
    answer = samples.page(step()) if status == 200 else refusal()
    traffic = Traffic().add(f"GET {RUN}/steps{query}", answer, status=status, intent=intent)
    assert traffic.results("RUN-STEP-036") == expected


@pytest.mark.parametrize(
    ("intent", "status"), [(Intent.WRONG_KEY, 401), (Intent.NO_EDITION, 400), (Intent.NONE, 403)]
)
def test_a_read_that_is_refused_for_itself_does_not_say_that_a_run_is_not_there(
    intent: Intent, status: int
) -> None:
    """The first read with nothing against it does."""
    traffic = Traffic().add(f"POST {RUNS}", run("queued"), body=CREATE)
    traffic.add(f"GET {RUN}", refusal(), status=status, intent=intent)
    assert traffic.results("RUN-CREATE-003") == []
    assert traffic.add(f"GET {RUN}", run("queued")).results("RUN-CREATE-003") == ["held"]
