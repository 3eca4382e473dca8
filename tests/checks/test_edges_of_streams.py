"""Streams and lists at the edge of what a rule speaks of: each just inside it, or just outside."""

from __future__ import annotations

from typing import Any

import pytest

from tests import samples
from tests.checks.written_traffic import CREATE, RUN, STREAM, Traffic, stream
from tests.samples import NOW, refusal, run, step

RUNS = "/threads/thread_1/runs"
THREAD_AND_RUN = "/threads/runs"
SUBMIT = f"{RUN}/submit_tool_outputs"
CREATED = ("thread.run.created", run("queued"))
THREAD = ("thread.created", {"id": "thread_1", "object": "thread", "created_at": NOW})
COMPLETED = ("thread.run.completed", run())
DONE = ("done", "[DONE]")
CLOSED = ("thread.run.step.completed", step())
QUEUED = ("thread.run.queued", run("queued"))
PING = ("ping", {})


def _piece(text: str, **call: Any) -> tuple[str, Any]:
    made = {"index": 0, "type": "function", "function": {"arguments": text}} | call
    details = {"type": "tool_calls", "tool_calls": [made]}
    delta = {"id": "step_1", "object": "thread.run.step.delta", "delta": {"step_details": details}}
    return "thread.run.step.delta", delta


def _streamed(path: str, *events: tuple[str | None, Any], **answer: Any) -> Traffic:
    data = stream(*events)
    return Traffic().add(f"POST {path}", data, body=CREATE | {"stream": True}, **answer)


@pytest.mark.parametrize(
    ("path", "events", "requirement", "expected"),
    [
        (RUNS, [CREATED], "RUN-STREAM-004", ["held"]),
        (RUNS, [QUEUED], "RUN-STREAM-004", ["broken"]),
        (RUNS, [], "RUN-STREAM-004", ["broken"]),
        (RUNS, [THREAD, CREATED], "RUN-STREAM-004", ["broken"]),
        (RUNS, [CREATED, (None, "{}")], "RUN-STREAM-004", []),
        (RUNS, [PING, CREATED], "RUN-STREAM-004", ["held"]),
        (RUNS, [PING, QUEUED], "RUN-STREAM-004", ["broken"]),
        (RUNS, [PING], "RUN-STREAM-004", ["broken"]),
        (THREAD_AND_RUN, [PING, THREAD, PING, CREATED], "RUN-STREAM-004", ["held"]),
        (THREAD_AND_RUN, [THREAD, CREATED], "RUN-STREAM-004", ["held"]),
        (THREAD_AND_RUN, [CREATED], "RUN-STREAM-004", ["held"]),
        (THREAD_AND_RUN, [THREAD, THREAD, CREATED], "RUN-STREAM-004", ["broken"]),
        (SUBMIT, [CREATED], "RUN-STREAM-004", []),
        (SUBMIT, [CLOSED, QUEUED], "RUN-STREAM-017", ["held"]),
        (SUBMIT, [CLOSED], "RUN-STREAM-017", ["broken"]),
        (SUBMIT, [QUEUED], "RUN-STREAM-017", ["broken"]),
        (SUBMIT, [CLOSED, COMPLETED, QUEUED], "RUN-STREAM-017", ["broken"]),
        (SUBMIT, [PING, CLOSED, PING, QUEUED], "RUN-STREAM-017", ["held"]),
        (SUBMIT, [PING, QUEUED], "RUN-STREAM-017", ["broken"]),
        (SUBMIT, [(None, "{}"), QUEUED], "RUN-STREAM-017", []),
        (SUBMIT, [], "RUN-STREAM-017", []),
        (THREAD_AND_RUN, [THREAD, CREATED], "RUN-STREAM-018", ["held"]),
        (THREAD_AND_RUN, [PING, THREAD, CREATED], "RUN-STREAM-018", ["held"]),
        (THREAD_AND_RUN, [PING, CREATED], "RUN-STREAM-018", ["broken"]),
        (THREAD_AND_RUN, [(None, "{}")], "RUN-STREAM-018", []),
        (RUNS, [CREATED, CREATED], "RUN-STREAM-016", ["broken"]),
        (THREAD_AND_RUN, [THREAD, THREAD, CREATED], "RUN-STREAM-016", ["broken"]),
        (SUBMIT, [QUEUED], "RUN-STREAM-016", ["held"]),
        (SUBMIT, [_piece("{")], "RUN-STREAM-015", []),
        (RUNS, [_piece("{")], "RUN-STREAM-015", ["broken"]),
    ],
)
def test_how_streams_begin(path: str, events: Any, requirement: str, expected: list[str]) -> None:
    """Frames without names, and streams without frames, are the business of other rules."""
    assert _streamed(path, *events, headers=STREAM).results(requirement) == expected


def test_a_stream_that_nobody_asked_for_announces_nothing_wrong() -> None:
    """What a read may announce is not said."""
    traffic = Traffic().add(f"GET {RUN}", stream(CREATED, COMPLETED, DONE), headers=STREAM)
    assert traffic.results("RUN-STREAM-016") == traffic.results("RUN-STREAM-004") == []


@pytest.mark.parametrize(
    ("events", "requirement", "expected"),
    [
        ([CREATED, COMPLETED, DONE], "RUN-STREAM-003", ["held"]),
        ([CREATED, (None, "[DONE]")], "RUN-STREAM-003", ["held"]),
        ([CREATED, ("end", "[DONE]")], "RUN-STREAM-003", ["broken"]),
        ([CREATED, ("done", "[done]")], "RUN-STREAM-003", ["broken"]),
        ([CREATED, COMPLETED], "RUN-STREAM-003", ["broken"]),
        ([], "RUN-STREAM-003", ["broken"]),
        ([CREATED, DONE], "RUN-STREAM-007", ["broken"]),
        ([CREATED, COMPLETED, DONE], "RUN-STREAM-007", ["held"]),
        ([COMPLETED, CREATED, DONE], "RUN-STREAM-007", ["broken"]),
        (
            [CREATED, ("thread.run.requires_action", run("requires_action")), DONE],
            "RUN-STREAM-007",
            ["held"],
        ),
        ([CREATED], "RUN-STREAM-007", []),
        ([DONE], "RUN-STREAM-007", []),
        ([CREATED, ("done", "x"), DONE], "RUN-STREAM-012", ["broken"]),
        ([CREATED, ("end", "[DONE]"), DONE], "RUN-STREAM-012", ["broken"]),
        ([CREATED, ("end", "[DONE]")], "RUN-STREAM-012", ["held"]),
        ([CREATED, ("done", "x")], "RUN-STREAM-012", ["held"]),
        ([CREATED, DONE], "RUN-STREAM-002", ["held"]),
        ([CREATED, (None, "[DONE]")], "RUN-STREAM-002", ["broken"]),
        ([], "RUN-STREAM-002", []),
    ],
)
def test_how_streams_end(events: Any, requirement: str, expected: list[str]) -> None:
    """By a last frame that says so, by its name and by its data, once."""
    assert _streamed(RUNS, *events, headers=STREAM).results(requirement) == expected


@pytest.mark.parametrize(
    ("headers", "asked", "status", "expected"),
    [
        (STREAM, True, 200, ["held"]),
        ((("Content-Type", "text/event-stream; charset=utf-8"),), True, 200, ["held"]),
        ((("Content-Type", "text/plain"),), True, 200, ["broken"]),
        ((), True, 200, ["broken"]),
        ((), False, 200, []),
        ((), True, 400, []),
    ],
)
def test_a_stream_that_was_asked_for_says_that_it_is_one(
    headers: Any, asked: bool, status: int, expected: list[str]
) -> None:
    """A refusal is none, and nobody else must be answered with one."""
    body = CREATE | {"stream": asked}
    traffic = Traffic().add(f"POST {RUNS}", b"", body=body, headers=headers, status=status)
    assert traffic.results("RUN-STREAM-001") == expected


def _asks(arguments: str, call_id: str = "call_1") -> tuple[str, Any]:
    call = {"id": call_id, "type": "function", "function": {"name": "f", "arguments": arguments}}
    action = {"type": "submit_tool_outputs", "submit_tool_outputs": {"tool_calls": [call]}}
    return "thread.run.requires_action", run("requires_action", required_action=action)


FIRST = _piece('{"a"', id="call_1")


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([FIRST, _piece(": 1}"), _asks('{"a": 1}')], ["held"]),
        ([FIRST, _asks('{"a": 1}')], ["broken"]),
        ([_piece(": 1}"), FIRST, _asks('{"a": 1}')], ["broken"]),
        ([FIRST, _piece(": 1}", index=1), _asks('{"a"')], ["held"]),
        ([_piece("", id="call_1"), _asks("")], ["held"]),
        ([FIRST, _asks('{"a": 1}', "call_2")], []),  # nobody promised pieces of it
        ([FIRST, COMPLETED], []),
    ],
)
def test_pieces_of_arguments_make_what_the_run_asks_for(events: Any, expected: list[str]) -> None:
    """Each call's own, in their order."""
    traffic = _streamed(RUNS, CREATED, *events, DONE, headers=STREAM)
    assert traffic.results("RUN-STREAM-009") == expected


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("thread.run.queued", run("queued"), ["held"]),
        ("thread.run.queued", run("completed"), ["broken"]),
        ("thread.run.queued", {"id": "run_1", "object": "thread.run"}, []),
        ("thread.message.delta", {"id": "m", "object": "x", "status": "no"}, []),
        ("thread.run.napping", run("queued"), []),
        ("error", {"status": "no"}, []),
    ],
)
def test_a_name_that_speaks_of_a_status_agrees_with_it(
    name: str, data: Any, expected: list[str]
) -> None:
    """Pieces and errors have none."""
    traffic = _streamed(RUNS, (name, data), headers=STREAM)
    assert traffic.results("RUN-STREAM-005") == expected


def _item(number: int, created_at: Any = NOW) -> dict[str, Any]:
    return run(id=f"run_{number}", created_at=created_at)


@pytest.mark.parametrize(
    ("query", "times", "requirement", "expected"),
    [
        ("", [NOW, NOW], "RUN-LIST-006", ["held"]),
        ("", [NOW, NOW + 1], "RUN-LIST-006", ["broken"]),
        ("", [NOW + 1, NOW], "RUN-LIST-011", []),
        ("", [NOW], "RUN-LIST-006", []),
        ("", [NOW, None, NOW + 1], "RUN-LIST-006", []),
        ("?order=asc", [NOW, NOW], "RUN-LIST-011", ["held"]),
        ("?order=asc", [NOW, NOW + 1], "RUN-LIST-011", ["held"]),
        ("?order=asc", [NOW + 1, NOW], "RUN-LIST-011", ["broken"]),
        ("?order=asc", [NOW, NOW + 1], "RUN-LIST-006", []),
        ("?limit=2", [NOW, NOW], "RUN-LIST-007", ["held"]),
        ("?limit=1", [NOW, NOW], "RUN-LIST-007", ["broken"]),
        ("?limit=2&limit=1", [NOW, NOW], "RUN-LIST-007", []),
        ("?limit=two", [NOW, NOW], "RUN-LIST-007", []),
        ("?limit=0", [NOW, NOW], "RUN-LIST-007", []),
        ("?limit=101", [NOW, NOW], "RUN-LIST-007", []),
        ("?limit=100", [NOW, NOW], "RUN-LIST-007", ["held"]),
    ],
)
def test_pages(query: str, times: list[Any], requirement: str, expected: list[str]) -> None:
    """Two items with a time have an order; a limit in range is one."""
    page = samples.page(*(_item(number, time) for number, time in enumerate(times)))
    assert Traffic().add(f"GET {RUNS}{query}", page).results(requirement) == expected


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (refusal(), 400),
        (samples.page(_item(1, NOW), _item(2, NOW + 1)), 400),
        (samples.page(_item(1, NOW), _item(2, NOW + 1)) | {"data": {"0": 1}}, 200),
        (samples.page() | {"data": [_item(1, NOW), "run_2", _item(3, NOW + 1)]}, 200),
    ],
)
def test_what_is_no_list_of_objects_is_no_page(answer: Any, status: int) -> None:
    """That it should have been one is said by the rules of its form."""
    traffic = Traffic().add(f"GET {RUNS}?limit=1", answer, status=status)
    assert traffic.results("RUN-LIST-006") == traffic.results("RUN-LIST-007") == []


@pytest.mark.parametrize("name", ["page", None])
def test_a_page_is_one_whatever_it_calls_itself(name: str | None) -> None:
    """Its name is one rule, its order another."""
    page = samples.page(_item(1, NOW), _item(2, NOW + 1), object=name)
    traffic = Traffic().add(f"GET {RUNS}", page)
    assert traffic.results("RUN-LIST-006") == traffic.results("RUN-LIST-001") == ["broken"]


@pytest.mark.parametrize(
    ("pages", "requirement", "expected"),
    [
        (
            [("?limit=1", [2], True), ("?limit=1&after=run_2", [], False)],
            "RUN-LIST-005",
            ["broken"],
        ),
        ([("?limit=1", [2], True), ("?limit=1&after=run_2", [1], False)], "RUN-LIST-005", ["held"]),
        ([("?limit=1", [2], None), ("?limit=1&after=run_2", [1], False)], "RUN-LIST-005", []),
        ([("?limit=1", [2], True), ("?limit=1&after=run_9", [1], False)], "RUN-LIST-005", []),
        ([("?limit=1", [2], True), ("?order=asc&after=run_2", [1], False)], "RUN-LIST-005", []),
        ([("", [2, 1], False), ("?before=run_1", [2], False)], "RUN-LIST-014", ["held"]),
        ([("", [2, 1], False), ("?before=run_2", [1], False)], "RUN-LIST-014", ["broken"]),
        ([("", [2, 1], False), ("?before=run_2", [2], False)], "RUN-LIST-014", ["broken"]),
        ([("", [2, 1], False), ("?before=run_9", [2], False)], "RUN-LIST-014", []),
        ([("", [2, 1], False), ("?order=asc&before=run_2", [1], False)], "RUN-LIST-014", []),
        ([("", [2], False), ("?limit=1", [1], False)], "RUN-LIST-009", []),
        ([("", [2, 1], False), ("?before=run_1", [2], False)], "RUN-LIST-009", []),
        ([("", [2], False), ("", [1], False)], "RUN-LIST-009", ["broken"]),
        ([("", [2], False), ("?limit=1", [1], False)], "RUN-LIST-005", ["broken"]),
    ],
)
def test_pages_that_belong_together(pages: Any, requirement: str, expected: list[str]) -> None:
    """A walk goes on in the same list and order, from the last item that was shown."""
    traffic = Traffic()
    for query, numbers, has_more in pages:
        page = samples.page(*map(_item, numbers), has_more=has_more)
        traffic.add(f"GET {RUNS}{query}", page)
    assert traffic.results(requirement) == expected


def test_each_step_that_was_begun_is_closed_by_itself() -> None:
    """One that is closed closes no other."""
    opened = [
        ("thread.run.step.created", step(id=id_, status="in_progress", completed_at=None))
        for id_ in ("step_1", "step_2")
    ]
    for closed, expected in ((["step_2"], ["broken"]), (["step_2", "step_1"], ["held"])):
        events = [("thread.run.step.completed", step(id=id_)) for id_ in closed]
        traffic = _streamed(RUNS, CREATED, *opened, *events, COMPLETED, DONE, headers=STREAM)
        assert traffic.results("RUN-STREAM-011") == expected


@pytest.mark.parametrize(
    ("data", "found"),
    [({"object": "thread"}, "thread"), ({"id": "run_1"}, None), ("oops", "oops"), ([], "[]")],
)
def test_what_an_event_holds_instead_is_told(data: Any, found: Any) -> None:
    """By the name that it has, or as it stands there."""
    traffic = _streamed(RUNS, ("thread.run.queued", data), headers=STREAM)
    assert traffic.found("RUN-STREAM-006") == [(1, found)]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("thread.run.queued", run("queued")),
        ("thread.run.step.completed", step()),
        ("thread.message.completed", {"id": "msg_1", "object": "thread.message"}),
    ],
)
def test_what_an_event_is_about_calls_itself_so(name: str, data: Any) -> None:
    """Runs, steps and messages by their names; of everything else it is enough to be an object."""
    right = _streamed(RUNS, (name, data), headers=STREAM)
    assert right.results("RUN-STREAM-006") == ["held"]
    wrong = _streamed(RUNS, (name, data | {"object": "thread"}), headers=STREAM)
    assert wrong.found("RUN-STREAM-006") == [(1, "thread")]
    delta = _streamed(RUNS, ("thread.message.delta", {"object": "x"}), headers=STREAM)
    assert delta.results("RUN-STREAM-006") == ["held"]
