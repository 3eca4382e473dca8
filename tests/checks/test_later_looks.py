"""What later looks show of a request by hand: what servers are free in is never called wrong."""

from __future__ import annotations

from typing import Any

import pytest

from tests import samples
from tests.checks.written_traffic import CREATE, RUN, STREAM, Traffic, stream
from tests.samples import NOW, refusal, run, step

RUNS = "/threads/thread_1/runs"
MESSAGES = "/threads/thread_1/messages"
STEPS = f"GET {RUN}/steps"
SUBMIT = f"POST {RUN}/submit_tool_outputs"
MARKED = {"role": "user", "content": "Hello.", "metadata": {"n": "1"}}
DONE = ("done", "[DONE]")


def _created(asked: Any, **shown: Any) -> Traffic:
    """Return a create that is answered with what was asked for, unless it is said."""
    known = {name: value for name, value in asked.items() if name in run()}
    return Traffic().add(f"POST {RUNS}", run("queued", **known | shown), body=CREATE | asked)


@pytest.mark.parametrize(
    ("asked", "later", "requirement", "expected"),
    [
        ({"temperature": 0.5}, {"temperature": 0.5}, "RUN-ECHO-006", ["held"]),
        ({"temperature": 0.5}, {"temperature": 1.0}, "RUN-ECHO-006", ["held", "broken"]),
        ({"metadata": {"a": "b"}}, {"metadata": {}}, "RUN-ECHO-003", ["held", "broken"]),
        (
            {"max_prompt_tokens": 500},
            {"max_prompt_tokens": None},
            "RUN-ECHO-004",
            ["held", "broken"],
        ),
        (
            {"tools": []},
            {"tools": [{"type": "code_interpreter"}]},
            "RUN-ECHO-005",
            ["held", "broken"],
        ),
        ({"tool_choice": "none"}, {"tool_choice": "auto"}, "RUN-ECHO-008", ["held", "broken"]),
        ({"instructions": "Hi."}, {"instructions": "No."}, "RUN-ECHO-002", ["held", "broken"]),
        ({"instructions": "Hi."}, {"instructions": "Hi. Ok."}, "RUN-ECHO-002", ["held", "held"]),
        ({}, {"temperature": 0.3}, "RUN-ECHO-006", []),
    ],
)
def test_what_was_asked_for_is_there_when_the_run_is_read(
    asked: Any, later: Any, requirement: str, expected: list[str]
) -> None:
    """A look that shows what the create showed says nothing more."""
    known = {"metadata": {}, **{name: asked[name] for name in asked if name in run()}}
    traffic = _created(asked, metadata=known["metadata"])
    traffic.add(f"GET {RUN}", run("in_progress", **known | later))
    assert traffic.results(requirement) == expected


def test_a_list_that_lacks_a_field_has_not_forgotten_it() -> None:
    """Some servers show less of a run in lists."""
    brief = {name: value for name, value in run().items() if name != "temperature"}
    traffic = _created({"temperature": 0.5}).add(f"GET {RUNS}", samples.page(brief))
    assert traffic.results("RUN-ECHO-006") == ["held"]


def test_null_in_an_event_is_not_held_against_a_run() -> None:
    """Tools that write events down fill in null for what was absent."""
    events = stream(("thread.run.queued", run("queued", max_prompt_tokens=None)), DONE)
    traffic = _created({"max_prompt_tokens": 500}).add(SUBMIT, events, headers=STREAM, body={})
    assert traffic.results("RUN-ECHO-004") == ["held"]


@pytest.mark.parametrize(
    ("path", "status", "expected"),
    [
        (RUN, 200, ["held"]),
        (RUN, 400, ["held"]),
        ("/threads/thread_2/runs/run_1", 404, ["held", "broken"]),
        ("/threads/thread_1/runs/run_2", 200, ["held", "broken"]),
    ],
)
def test_metadata_count_until_somebody_asks_to_change_them(
    path: str, status: int, expected: list[str]
) -> None:
    """What is refused through another thread changes nothing."""
    answer = run(id=path.rpartition("/")[2]) if status == 200 else refusal()
    traffic = _created({"metadata": {"a": "b"}})
    traffic.add(f"POST {path}", answer, status=status, body={"metadata": {}})
    traffic.add(f"GET {RUN}", run("in_progress", metadata={}))
    assert traffic.results("RUN-ECHO-003") == expected


def test_a_run_whose_id_was_given_twice_is_not_compared_with_its_request() -> None:
    """Which of the two a later look shows is not known."""
    traffic = _created({"temperature": 0.5})
    traffic.add(f"POST {RUNS}", run("queued"), body=CREATE)
    traffic.add(f"GET {RUN}", run("in_progress", temperature=1.0))
    assert traffic.results("RUN-ECHO-006") == ["held"]


@pytest.mark.parametrize(
    ("added", "shown", "expected"),
    [
        ("Be brief.", "Be kind.\n\nBe brief.", ["held"]),
        (" Be brief. ", "Be kind. Be brief.", ["held"]),
        ("Be brief.", "Be kind.", ["broken"]),
        ("Be brief.", None, ["broken"]),
        ("", "Be kind.", []),
        (None, None, []),
    ],
)
def test_additional_instructions_are_among_the_instructions(
    added: Any, shown: Any, expected: list[str]
) -> None:
    """Wherever they stand in them."""
    traffic = _created({"additional_instructions": added}, instructions=shown)
    assert traffic.results("RUN-ECHO-014") == expected


@pytest.mark.parametrize(
    ("status", "started_at", "expected"),
    [
        ("queued", None, ["held"]),
        ("queued", NOW, ["broken"]),
        ("in_progress", NOW, []),  # its status is RUN-CREATE-002
    ],
)
def test_a_run_that_waits_has_not_started(
    status: str, started_at: Any, expected: list[str]
) -> None:
    """After a submit it is queued anew, and has."""
    traffic = _created({}).results("RUN-CREATE-007")
    made = Traffic().add(f"POST {RUNS}", run(status, started_at=started_at), body=CREATE)
    made.add(SUBMIT, run("queued", started_at=NOW), body={"tool_outputs": []})
    assert traffic == ["held"]
    assert made.results("RUN-CREATE-007") == expected


def _message(**changes: Any) -> dict[str, Any]:
    text = {"type": "text", "text": {"value": "Hello.", "annotations": []}}
    made = {"id": "msg_1", "object": "thread.message", "thread_id": "thread_1", "role": "user"}
    return made | {"content": [text], "run_id": None, "metadata": {"n": "1"}} | changes


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        ([_message()], ["held"]),
        ([_message(metadata={"n": "1", "more": ""})], ["held"]),
        ([_message(metadata={})], ["broken"]),
        ([_message(), _message(id="msg_2")], ["broken"]),
        ([_message(), _message(id="msg_2", run_id="run_1")], ["held"]),
        ([_message(), _message(id="msg_2", role="assistant")], ["held"]),
        ([], ["held"]),  # that it is not there is RUN-CREATE-004
    ],
)
def test_messages_are_in_the_thread_as_they_were_given(listed: Any, expected: list[str]) -> None:
    """As often, and with their metadata; what a run wrote may be the same text."""
    made = samples.thread()
    traffic = Traffic().add("POST /threads", made, body={})
    traffic.add(f"POST {RUNS}", run("queued"), body=CREATE | {"additional_messages": [MARKED]})
    traffic.add(f"GET {MESSAGES}", samples.page(*listed))
    assert traffic.results("RUN-CREATE-008") == expected


@pytest.mark.parametrize(
    ("line", "expected"), [("msg_1", []), ("msg_1?x=1", []), ("msg_1/other", ["broken"])]
)
def test_metadata_of_a_message_may_be_modified(line: str, expected: list[str]) -> None:
    """Servers have an operation for that, though the contract has none."""
    traffic = Traffic().add("POST /threads", samples.thread(), body={})
    traffic.add(f"POST {RUNS}", run("queued"), body=CREATE | {"additional_messages": [MARKED]})
    traffic.add(f"POST {MESSAGES}/{line}", _message(metadata={}), body={"metadata": {}})
    traffic.add(f"GET {MESSAGES}", samples.page(_message(metadata={})))
    assert traffic.results("RUN-CREATE-008") == expected


@pytest.mark.parametrize("line", ["POST /threads", f"POST {MESSAGES}"])
def test_a_message_may_have_been_given_before(line: str) -> None:
    """With the thread, or by itself; then it is there twice."""
    body = {"messages": [MARKED]} if line == "POST /threads" else MARKED
    made = samples.thread()
    traffic = Traffic().add("POST /threads", made, body=body if "messages" in body else {})
    if "role" in body:
        traffic.add(line, _message(), body=body)
    traffic.add(f"POST {RUNS}", run("queued"), body=CREATE | {"additional_messages": [MARKED]})
    traffic.add(f"GET {MESSAGES}", samples.page(_message(), _message(id="msg_2")))
    assert traffic.results("RUN-CREATE-008") == ["held"]


def test_how_often_a_message_is_in_a_thread_of_somebody_elses_is_not_known() -> None:
    """It may have been there before."""
    asked = CREATE | {"additional_messages": [MARKED]}
    traffic = Traffic().add(f"POST {RUNS}", run("queued"), body=asked)
    traffic.add(f"GET {MESSAGES}", samples.page(_message(), _message(id="msg_2")))
    assert traffic.results("RUN-CREATE-008") == ["held"]


@pytest.mark.parametrize(
    ("query", "status", "expected"),
    [
        ("", 200, ["held"]),
        ("", 404, ["broken"]),
        ("?limit=2&order=asc", 400, ["broken"]),
        ("?after=run_1", 404, []),  # no page showed it before
        ("?limit=many", 400, []),
        ("?color=red", 400, []),
        ("", 401, []),
        ("", 500, []),  # RUN-ERR-008
    ],
)
def test_lists_of_what_is_there_are_answered(query: str, status: int, expected: list[str]) -> None:
    """Asked for in a plain way, and by somebody who may."""
    answer = samples.page() if status == 200 else refusal()
    traffic = Traffic().add(f"GET {RUN}", run())
    traffic.add(f"GET {RUNS}{query}", answer, status=status)
    assert traffic.results("RUN-LIST-020") == (expected if status == 200 else [])  # not offered
    traffic.add("GET /threads/thread_2/runs", samples.page())
    assert traffic.results("RUN-LIST-020") == expected
    assert traffic.results("RUN-LIST-020", is_whole=False) == []


def test_the_page_after_the_last_item_is_empty() -> None:
    """The cursor was shown by a page of the same list."""
    traffic = Traffic().add(f"GET {RUNS}", samples.page(run()))
    traffic.add(f"GET {RUNS}?after=run_1", refusal(), status=404)
    assert traffic.results("RUN-LIST-020") == ["held", "broken"]


@pytest.mark.parametrize(
    ("limit", "status", "expected"),
    [
        ("many", 200, ["broken"]),
        ("many", 400, ["held"]),
        ("101", 200, ["broken"]),
        ("1.0", 200, []),
        ("", 200, []),
    ],
)
def test_a_limit_is_a_number_in_range(limit: str, status: int, expected: list[str]) -> None:
    """What may be read as a number is let pass."""
    answer = samples.page() if status == 200 else refusal()
    traffic = Traffic().add(f"GET {RUNS}?limit={limit}", answer, status=status)
    assert traffic.results("RUN-LIST-017") == expected


@pytest.mark.parametrize(
    ("listed", "status", "expected"),
    [
        (step(), 200, ["held"]),
        (step(), 404, ["broken"]),
        (step(), 400, []),
        (step(id="step_2"), 404, []),
    ],
)
def test_a_step_that_was_listed_can_be_read(listed: Any, status: int, expected: list[str]) -> None:
    """Another one need not be there."""
    traffic = Traffic().add(STEPS, samples.page(listed))
    answer = step() if status == 200 else refusal()
    traffic.add(f"GET {RUN}/steps/step_1", answer, status=status)
    assert traffic.results("RUN-STEP-024") == expected


@pytest.mark.parametrize(
    ("seen", "listed", "expected"),
    [
        ("completed", [step()], ["held"]),
        ("completed", [], ["broken"]),
        ("in_progress", [], []),
        ("failed", [], []),
    ],
)
def test_a_run_that_completed_has_steps(seen: str, listed: Any, expected: list[str]) -> None:
    """Any other need not."""
    traffic = Traffic().add(f"GET {RUN}", run(seen)).add(STEPS, samples.page(*listed))
    assert traffic.results("RUN-STEP-038") == expected


@pytest.mark.parametrize(
    ("query", "has_more", "expected"),
    [("", False, ["broken"]), ("", True, []), ("?limit=1", False, [])],
)
def test_calls_that_were_answered_are_in_the_steps(
    query: str, has_more: bool, expected: list[str]
) -> None:
    """Where the list surely holds all steps."""
    outputs = {"tool_outputs": [{"tool_call_id": "call_1", "output": "7"}]}
    traffic = Traffic().add(SUBMIT, run("queued"), body=outputs).add(f"GET {RUN}", run())
    traffic.add(f"{STEPS}{query}", samples.page(step(), has_more=has_more))
    assert traffic.results("RUN-STEP-029") == expected


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, ["broken"]),
        ({"stream": False}, ["broken"]),
        ({"stream": None}, ["broken"]),
        ({"stream": True}, []),
        ({"stream": "yes"}, []),  # a wrong request
    ],
)
def test_a_stream_comes_to_those_who_asked(asked: Any, expected: list[str]) -> None:
    """To all others it is something that they cannot read."""
    events = stream(("thread.run.created", run("queued")), DONE)
    traffic = Traffic().add(f"POST {RUNS}", events, headers=STREAM, body=CREATE | asked)
    assert traffic.results("RUN-STREAM-021") == expected


def _events(*left_out: str) -> list[tuple[str | None, Any]]:
    """Return the events of a run that writes a message, without some."""
    message = _message() | {"status": "in_progress"}
    begun = step(status="in_progress")
    events: list[tuple[str | None, Any]] = [
        ("thread.run.created", run("queued")),
        ("thread.run.queued", run("queued")),
        ("thread.run.in_progress", run("in_progress")),
        ("thread.run.step.created", begun),
        ("thread.run.step.in_progress", begun),
        ("thread.message.created", message),
        ("thread.message.in_progress", message),
        ("thread.message.completed", message | {"status": "completed"}),
        ("thread.run.step.completed", step()),
        ("thread.run.completed", run()),
        DONE,
    ]
    return [event for event in events if event[0] not in left_out]


@pytest.mark.parametrize(
    ("left_out", "broken"),
    [
        ((), 0),
        (("thread.run.queued",), 1),
        (("thread.run.in_progress",), 1),
        (("thread.run.step.created",), 1),
        (("thread.message.in_progress",), 1),
        (("thread.message.created", "thread.message.in_progress"), 0),  # RUN-STREAM-010
        (("thread.run.completed",), 0),
    ],
)
def test_what_a_stream_ends_it_has_begun(left_out: tuple[str, ...], broken: int) -> None:
    """A stream shows how its run, its step and its message came about."""
    data = stream(*_events(*left_out))
    traffic = Traffic().add(f"POST {RUNS}", data, headers=STREAM, body=CREATE | {"stream": True})
    assert traffic.results("RUN-STREAM-022").count("broken") == broken


def test_a_stream_that_goes_on_begins_where_the_one_before_ended() -> None:
    """What an earlier stream showed is not shown again after a submit."""
    data = stream(*_events("thread.run.created", "thread.run.step.created"))
    traffic = Traffic().add(SUBMIT, data, headers=STREAM, body={"tool_outputs": [], "stream": True})
    assert traffic.results("RUN-STREAM-022") == []
