"""Where somebody unseen may have changed things, what nobody could have done is judged still."""

from __future__ import annotations

from typing import Any

import pytest

from tests.checks.written_traffic import CREATE, RUN, STREAM, Traffic, stream
from tests.samples import NOW, message, page, refusal, run, step

RUNS = "/threads/thread_1/runs"
MESSAGES = "/threads/thread_1/messages"
SUBMIT = f"POST {RUN}/submit_tool_outputs"
FUNCTION = {"type": "function", "function": {"name": "f", "parameters": {}}}
ASSISTANT = {"id": "asst_1", "object": "assistant", "instructions": "Be brief.", "tools": []}


def _both(traffic: Traffic, requirement: str) -> tuple[list[str], list[str]]:
    """Return what is said where others may be at work, and where nobody else is."""
    return (
        traffic.results(requirement, is_whole=False),
        traffic.results(requirement, is_whole=False, is_alone=True),
    )


def test_what_is_whole_is_alone() -> None:
    """Of what is not here nothing was done, so nobody else did it."""
    traffic = _polled("in_progress", tools=[FUNCTION])
    for said in ({"is_whole": True}, {"is_whole": False, "is_alone": True}):
        assert traffic.results("RUN-LIFE-005", **said) == ["broken"]


def _polled(*statuses: str, **changes: Any) -> Traffic:
    """Return many polls of one run over two minutes, in these statuses in turn."""
    traffic = Traffic()
    for number in range(12):
        status = statuses[number % len(statuses)]
        traffic.add(f"GET {RUN}", run(status, **changes), at=1000.0 + number * 10.0)
    return traffic


def test_a_run_may_be_set_to_work_again_by_an_unseen_submit() -> None:
    """Each time that it rested; without a function it cannot have."""
    assert _both(_polled("in_progress", tools=[FUNCTION]), "RUN-LIFE-005") == ([], ["broken"])
    assert _both(_polled("in_progress", tools=[]), "RUN-LIFE-005") == (["broken"], ["broken"])
    cancelling = _polled("cancelling", tools=[FUNCTION])
    assert _both(cancelling, "RUN-LIFE-004") == (["broken"], ["broken"])


@pytest.mark.parametrize(
    ("given", "requirement", "expected"),
    [
        (["call_9"], "RUN-SUBMIT-004", []),
        (["call_1", "call_9"], "RUN-SUBMIT-004", ["broken"]),
        ([], "RUN-SUBMIT-003", ["broken"]),
    ],
)
def test_other_calls_may_be_asked_for_since(
    given: list[str], requirement: str, expected: list[str]
) -> None:
    """After an unseen submit; but then none of those before are, and never none at all."""
    outputs = [{"tool_call_id": id_, "output": "7"} for id_ in given]
    traffic = Traffic().add(f"GET {RUN}", run("requires_action"))
    traffic.add(SUBMIT, run("queued"), body={"tool_outputs": outputs})
    assert _both(traffic, requirement) == (expected, ["broken"])


@pytest.mark.parametrize(
    ("later", "command", "requirement"),
    [
        ({"metadata": {"by": "b"}}, f"POST {RUN}/cancel", "RUN-CANCEL-004"),
        ({"metadata": {"by": "b"}}, f"POST {RUN}", "RUN-MODIFY-004"),
        ({"metadata": {"by": "b"}}, SUBMIT, "RUN-SUBMIT-005"),
    ],
)
def test_of_an_ended_run_others_change_metadata_alone(
    later: Any, command: str, requirement: str
) -> None:
    """Whatever else has changed was changed by the server."""
    for changed, expected in (
        (later, []),
        (later | {"model": "other"}, ["broken"]),
        ({}, ["held"]),
    ):
        traffic = Traffic().add(f"GET {RUN}", run())
        traffic.add(command, refusal(), status=400, body={"metadata": {"by": 7}})
        traffic.add(f"GET {RUN}", run(**changed))
        assert _both(traffic, requirement) == (expected, expected or ["broken"])


def test_metadata_that_are_kept_are_seen_to_be() -> None:
    """Only other ones may be somebody else's."""
    asked = {"metadata": {"by": "a"}}
    traffic = Traffic().add(f"GET {RUN}", run()).add(f"POST {RUN}", run(**asked), body=asked)
    assert _both(traffic.add(f"GET {RUN}", run(**asked)), "RUN-MODIFY-002")[0] == ["held"]


@pytest.mark.parametrize(
    ("line", "status", "requirement"),
    [
        (f"POST {RUN}/cancel", "completed", "RUN-CANCEL-002"),
        (f"POST {RUN}/cancel", "failed", "RUN-CANCEL-007"),
        (SUBMIT, "completed", "RUN-SUBMIT-002"),
        (SUBMIT, "failed", "RUN-SUBMIT-006"),
        (f"GET {RUN}", "queued", "RUN-CREATE-003"),
    ],
)
def test_a_thread_that_is_used_afterwards_was_there(
    line: str, status: str, requirement: str
) -> None:
    """Any other may have been deleted by somebody unseen, and is rightly not found."""
    given = {"tool_outputs": [{"tool_call_id": "call_1", "output": "7"}]}
    for is_used, expected in ((False, []), (True, ["broken"])):
        traffic = Traffic().add(f"POST {RUNS}", run("queued"), body=CREATE)
        if status != "queued":
            traffic.add(f"GET {RUN}", run(status))
        body = given if line == SUBMIT else None
        traffic.add(line, refusal(), status=404, body=body)
        if is_used:
            traffic.add("GET /threads/thread_1", {"id": "thread_1", "object": "thread"})
        shown, alone = _both(traffic, requirement)
        assert [one for one in shown if one != "held"] == expected
        assert "broken" in alone


CREATED = ("thread.run.created", run("queued"))
AT_WORK = ("thread.run.in_progress", run("in_progress"))
COMPLETED = ("thread.run.completed", run())
DONE = ("done", "[DONE]")


@pytest.mark.parametrize(
    ("events", "requirement", "is_sure"),
    [
        ((CREATED, AT_WORK), "RUN-STREAM-003", False),
        ((CREATED, AT_WORK, COMPLETED), "RUN-STREAM-003", True),
        ((CREATED, AT_WORK, DONE), "RUN-STREAM-007", False),
    ],
)
def test_how_a_stream_ends_whose_thread_is_deleted_is_open(
    events: Any, requirement: str, is_sure: bool
) -> None:
    """Unless its run had come to rest, or the thread is used afterwards."""
    asked = CREATE | {"stream": True}
    traffic = Traffic().add(f"POST {RUNS}", stream(*events), body=asked, headers=STREAM)
    assert _both(traffic, requirement) == (["broken"] if is_sure else [], ["broken"])
    traffic.add(f"GET {RUN}", run("in_progress"))
    assert _both(traffic, requirement)[0] == ["broken"]


def _messages(*numbers: int, more: bool = False) -> Any:
    return page(*(message(id=f"msg_{one}", created_at=NOW + one) for one in numbers), has_more=more)


def test_a_list_may_begin_again_only_without_its_cursor() -> None:
    """Who shows the message that is the cursor has not lost it."""
    for repeated, expected in (((3, 1), []), ((3, 2), ["broken"])):
        traffic = Traffic().add(f"GET {MESSAGES}?limit=2", _messages(3, 2, more=True))
        traffic.add(f"GET {MESSAGES}?limit=2&after=msg_2", _messages(*repeated))
        assert _both(traffic, "RUN-LIST-008") == (expected, ["broken"])


def test_runs_are_deleted_with_their_thread_alone() -> None:
    """A list that shows one of them is of a thread that is there."""
    for listed, used, expected in (
        ((), False, []),
        ((), True, ["broken"]),
        ((run(id="run_2"),), False, ["broken"]),
    ):
        traffic = Traffic().add(f"POST {RUNS}", run("queued"), body=CREATE)
        traffic.add(f"GET {RUNS}", page(*listed))
        if used:
            traffic.add(f"GET {RUN}", run())
        assert _both(traffic, "RUN-LIST-009") == (expected, ["broken"])


def test_a_message_that_is_a_cursor_may_be_gone() -> None:
    """A run cannot be, so that a refused page after it is wrong."""
    for path, item, expected in (
        (MESSAGES, message(id="msg_1"), ["held"]),
        (RUNS, run(), ["held", "broken"]),
    ):
        traffic = Traffic().add("POST /threads", {"id": "thread_1", "object": "thread"}, body={})
        traffic.add(f"GET {path}", page(item)).add(f"GET {RUN}", run())
        traffic.add(f"GET {path}?after={item['id']}", refusal(), status=404)
        traffic.add(f"GET {RUN}", run())
        assert _both(traffic, "RUN-LIST-020") == (expected, ["held", "broken"])


@pytest.mark.parametrize(
    ("after", "instructions", "expected"),
    [
        (ASSISTANT, "Be brief.", ["held", "held"]),
        (ASSISTANT, "Be kind.", ["broken", "held"]),
        (ASSISTANT | {"instructions": "Be kind."}, "Be kind.", []),
        (None, "Be kind.", []),
    ],
)
def test_an_assistant_is_known_where_it_is_shown_before_and_afterwards(
    after: Any, instructions: str, expected: list[str]
) -> None:
    """The same both times; else it may have been changed in between."""
    traffic = Traffic().add("GET /assistants/asst_1", ASSISTANT)
    traffic.add(f"POST {RUNS}", run("queued", instructions=instructions, tools=[]), body=CREATE)
    if after is not None:
        traffic.add("GET /assistants/asst_1", after)
    assert traffic.results("RUN-ECHO-012", is_whole=False) == expected


def test_a_step_that_was_listed_is_there_where_nobody_deletes_its_thread() -> None:
    """Elsewhere it has to be listed again."""
    listed = page(step())
    traffic = Traffic().add(f"GET {RUN}/steps", listed)
    traffic.add(f"GET {RUN}/steps/step_0", refusal(), status=400)
    traffic.add(f"GET {RUN}/steps/{step()['id']}", step())
    traffic.add(f"GET {RUN}/steps/{step()['id']}", refusal(), status=404)
    assert _both(traffic, "RUN-STEP-024") == (["held"], ["held", "broken"])
    traffic.add(f"GET {RUN}/steps", listed)
    assert _both(traffic, "RUN-STEP-024")[0] == ["held", "broken"]
