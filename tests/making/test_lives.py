"""A life goes as it is told: what it is about appears wherever it can, and nowhere else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from run_contracts import UsageError, strategies, violations
from run_contracts.factories import factory
from tests.making import judged

OSLO, PARIS = ("weather", {"city": "Oslo"}), ("weather", {"city": "Paris"})
LAST_ERROR = {"code": "rate_limit_exceeded", "message": "Too many."}
SOME = settings(max_examples=25, deadline=None)
EDITIONS = pytest.mark.parametrize("edition", ["v1", "v2"])


def called(run: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return the calls that a run waits for, as they are written in a test."""
    action = run["required_action"]
    calls = action["submit_tool_outputs"]["tool_calls"] if action else []
    return [(call["function"]["name"], json.loads(call["function"]["arguments"])) for call in calls]


def pieces(events: Any) -> list[str]:
    """Return the pieces of text that a stream sends."""
    deltas = [event["data"] for event in events if event["event"] == "thread.message.delta"]
    return [part["text"]["value"] for delta in deltas for part in delta["delta"]["content"]]


@EDITIONS
@pytest.mark.parametrize(
    ("status", "name", "value"),
    [
        ("completed", "usage__total_tokens", 12),
        ("failed", "last_error__code", "rate_limit_exceeded"),
        ("failed", "last_error", LAST_ERROR),
        ("requires_action", "required_action__submit_tool_outputs__tool_calls__0__id", "call_7"),
        ("cancelled", "cancelled_at", 1_712_000_009),
    ],
)
def test_what_becomes_of_a_run_is_seen_where_it_can_be(
    edition: Any, status: Any, name: str, value: Any
) -> None:
    """Only the last snapshot has it; the ones before are as they would be without."""
    *before, last = factory(edition, seed=1).history(status, **{name: value})
    top, *inside = name.split("__")
    held: Any = last[top]  # type: ignore[literal-required] # a name of a field
    for step in inside:
        held = held[int(step) if step.isdecimal() else step]
    assert held == value
    assert all(run[top] is None for run in before)  # type: ignore[literal-required]
    assert not [broken for run in before for broken in violations(run, edition=edition)]


@EDITIONS
def test_a_history_makes_the_calls_that_are_fixed(edition: Any) -> None:
    """The run that waits has them, its tools offer the function, and the life goes on after it."""
    runs = factory(edition, seed=1).history("completed", calls=[OSLO, PARIS])
    waiting = [run for run in runs if run["status"] == "requires_action"]
    assert [called(run) for run in waiting] == [[OSLO, PARIS]]
    assert all("weather" in json.dumps(run["tools"]) for run in runs)
    assert runs[-1]["status"] == "completed"


def test_each_time_that_a_run_asks_may_be_of_other_calls() -> None:
    """A list of lists is of several rounds, which the path then has."""
    runs = factory(seed=1).history("completed", calls=[[OSLO], [("time", {}), "place"]])
    asked = [called(run) for run in runs if run["status"] == "requires_action"]
    assert [[name for name, _ in calls] for calls in asked] == [["weather"], ["time", "place"]]


@EDITIONS
def test_a_stream_asks_for_the_calls_that_are_fixed(edition: Any) -> None:
    """The pieces of its step and the run that waits say the same calls."""
    events: Any = factory(edition, seed=1).stream("requires_action", calls=[OSLO, PARIS])
    assert called(events[-2]["data"]) == [OSLO, PARIS]
    arguments = {0: "", 1: ""}
    for event in events:
        if event["event"] == "thread.run.step.delta":
            (call,) = event["data"]["delta"]["step_details"]["tool_calls"]
            arguments[call["index"]] += call["function"]["arguments"]
    assert [json.loads(text) for text in arguments.values()] == [OSLO[1], PARIS[1]]
    assert judged.broken([judged.made_stream(events, edition)], edition) == {}


def test_a_stream_writes_the_text_that_is_fixed() -> None:
    """Its pieces add up to it, and it is the whole of the message."""
    events: Any = factory(seed=1).stream("completed", text="It is sunny.")
    assert "".join(pieces(events)) == "It is sunny."
    (message,) = [e["data"] for e in events if e["event"] == "thread.message.completed"]
    assert [part["text"]["value"] for part in message["content"]] == ["It is sunny."]


def test_a_text_may_come_in_pieces_of_the_callers_own() -> None:
    """A list of texts is sent piece by piece."""
    events = factory(seed=1).stream("completed", text=["It is", "", " sunny."])
    assert pieces(events) == ["It is", "", " sunny."]


def test_outputs_answer_the_calls_in_their_order() -> None:
    """The stream after the submit closes the step with them, and goes on to the reply."""
    events: Any = factory(seed=1).stream(
        "completed", calls=[OSLO, PARIS], outputs=["rain", {"degrees": 21}], text="Well."
    )
    calls = events[0]["data"]["step_details"]["tool_calls"]
    assert events[0]["event"] == "thread.run.step.completed"
    assert [call["function"]["output"] for call in calls] == ["rain", '{"degrees": 21}']


@EDITIONS
def test_tools_of_the_callers_own_are_called_with_fitting_arguments(edition: Any) -> None:
    """What is called is offered, and its arguments fit the schema of its parameters."""
    parameters = {
        "type": "object",
        "properties": {
            "seats": {"type": "integer", "minimum": 1, "maximum": 4},
            "at": {"enum": ["noon", "night"]},
        },
        "required": ["seats", "at"],
    }
    tools = [{"type": "function", "function": {"name": "book", "parameters": parameters}}]
    made = factory(edition, seed=1)
    for run in (
        *made.runs(20, "requires_action", tools=tools),
        made.history("requires_action", tools=tools)[-1],
        made.stream("requires_action", tools=tools)[-2]["data"],
    ):
        assert run["tools"] == tools
        for name, arguments in called(run):
            assert name == "book"
            assert arguments["seats"] in range(1, 5)
            assert arguments["at"] in {"noon", "night"}


@pytest.mark.parametrize(
    "fixed",
    [
        {"created_at": 1_711_999_999, "started_at": 1_712_000_000},
        {"completed_at": 1_712_000_000},
        {"started_at": 1_712_000_000, "completed_at": 1_712_000_000},
        {"expires_at": 1_712_000_000, "created_at": 1_711_999_000},
    ],
    ids=str,
)
def test_fixed_moments_hold_in_every_snapshot_that_has_them(fixed: dict[str, int]) -> None:
    """What is not fixed lies in order around them."""
    runs: Any = factory(seed=1).history("completed", **fixed)
    for run in runs:
        assert all(run[name] in (None, moment) for name, moment in fixed.items())
        assert not violations(run)
    assert all(any(run[name] == moment for run in runs) for name, moment in fixed.items())


@EDITIONS
@given(data=st.data())
@SOME
def test_drawn_lives_are_about_what_is_fixed(edition: Any, data: st.DataObject) -> None:
    """Histories and streams take the same wishes as factories do, and stay legal."""
    runs = data.draw(strategies.histories(edition=edition, last_error__code="server_error"))
    assert runs[-1]["status"] == "failed"
    assert runs[-1]["last_error"]["code"] == "server_error"  # type: ignore[index] # it failed
    assert judged.broken(judged.polled(runs, edition), edition) == {}
    events: Any = data.draw(strategies.event_streams(edition=edition, calls=[OSLO]))
    shown = [called(e["data"]) for e in events if e["event"] == "thread.run.requires_action"]
    assert shown in ([], [[OSLO]])
    assert judged.broken([judged.made_stream(events, edition)], edition) == {}


@given(strategies.histories(drawn={"usage__total_tokens": st.integers(5, 9)}))
@SOME
def test_a_life_may_be_about_what_is_drawn(runs: Any) -> None:
    """It ends in a status that has the field, and the field is drawn from the strategy."""
    assert runs[-1]["usage"]["total_tokens"] in range(5, 10)


REFUSED: dict[str, tuple[Any, list[str]]] = {
    "an error of a run that completed": (
        lambda made: made.history("completed", last_error__code="server_error"),
        ["RUN-STATUS-014"],
    ),
    "null where the end is set": (
        lambda made: made.history("completed", usage=None),
        ["usage=null", "RUN-STATUS-018"],
    ),
    "moments out of order": (
        lambda made: made.history("completed", created_at=100, completed_at=50),
        ["completed_at=50", "RUN-TIME-002"],
    ),
    "calls twice": (
        lambda made: made.history("requires_action", calls=["a"], required_action=None),
        ["calls", "required_action"],
    ),
    "calls nobody makes": (
        lambda made: made.history("queued", path=["queued"], calls=["a"]),
        ["calls", "path"],
    ),
    "text of a run that waits": (
        lambda made: made.stream("requires_action", text="Hello."),
        ["requires_action", "leave text out"],
    ),
    "a resumed stream of calls that it asks for": (
        lambda made: made.stream("requires_action", calls=["a"], resumed=True),
        ["resumed=True", "calls"],
    ),
    "more outputs than calls": (
        lambda made: made.stream("completed", calls=["a"], outputs=["b", "c"]),
        ["outputs are 2", "calls 1"],
    ),
    "no call": (lambda made: made.stream("requires_action", calls=[7]), ["7 is no call"]),
    "a field that does not exist": (lambda made: made.history(txt="a"), ["'txt'"]),
    "calls that are not offered": (
        lambda made: made.history("requires_action", calls=["a"], tools=[]),
        ["tools=[]", "calls"],
    ),
    "text that is none": (lambda made: made.stream("completed", text=5), ["text is 5"]),
    "a new thread of a run that goes on": (
        lambda made: made.stream("completed", resumed=True, with_thread=True),
        ["with_thread", "submit"],
    ),
    "parameters that are no schema": (
        lambda made: made.history(
            "requires_action",
            tools=[{"type": "function", "function": {"name": "f", "parameters": {"type": "odd"}}}],
        ),
        ["'f'", "no JSON Schema"],
    ),
    "one run of two rounds": (lambda made: made.run(calls=[["a"], ["b"]]), ["2 rounds"]),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_no_life_can_be_about_is_refused(name: str) -> None:
    """One clear line names what contradicts what."""
    make, words = REFUSED[name]
    with pytest.raises(UsageError) as refusal:
        make(factory(seed=1))
    assert "\n" not in str(refusal.value)
    for word in words:
        assert word in str(refusal.value)


def test_strategies_refuse_it_when_they_are_asked_for() -> None:
    """Nothing is drawn first: the same line comes at once, as hypothesis' own error."""
    with pytest.raises(InvalidArgument, match="RUN-STATUS-014"):
        strategies.histories(status="completed", last_error__code="server_error")
    with pytest.raises(InvalidArgument, match=r"status='failed' and a path that ends 'queued'"):
        strategies.histories(status="failed", path=["queued"])
    with pytest.raises(InvalidArgument, match="leave text out"):
        strategies.event_streams(ending="requires_action", text="Hello.")
    with pytest.raises(InvalidArgument, match="RUN-STATUS-017"):
        strategies.runs(status="queued", drawn={"usage__total_tokens": st.integers(0, 9)})


def test_a_forced_function_is_what_a_life_calls() -> None:
    """A wish that means more than it says means it in a life, too."""
    runs = factory(seed=1).history("requires_action", tool_choice__function__name="book")
    assert {name for name, _ in called(runs[-1])} == {"book"}
    named = factory(seed=1).run(tool_choice__type="function", tool_choice__function__name="book")
    assert named["tool_choice"] == {"type": "function", "function": {"name": "book"}}
