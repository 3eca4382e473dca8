"""Runs do not contradict themselves: a second reader of the prose finds nothing in what is made."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from run_contracts import UsageError, strategies
from run_contracts.factories import factory, make_run
from tests.making.prose import contradictions

EDITIONS = pytest.mark.parametrize("edition", ["v1", "v2"])
MANY = 1500
OF_MOMENTS = {"years"}
"""Strategies draw the whole of time up to the end of the hosted service, to shrink to 0."""
LAST_DAY = 1_787_702_400
SOME = settings(max_examples=150, deadline=None)


@EDITIONS
def test_made_runs_agree_with_the_prose_and_with_themselves(edition: Any) -> None:
    """In many runs of every status: tools, calls, limits, usage, efforts, names, years."""
    found = Counter(
        topic for run in factory(edition, seed=5).runs(MANY) for topic in contradictions(dict(run))
    )
    assert found == {}


@EDITIONS
@given(data=st.data())
@SOME
def test_drawn_runs_agree_too(edition: Any, data: st.DataObject) -> None:
    """However odd its texts and numbers, no drawn run contradicts itself."""
    run = data.draw(strategies.runs(edition=edition))
    assert contradictions(dict(run)) - OF_MOMENTS == set()
    assert run["created_at"] < LAST_DAY


@EDITIONS
def test_lives_and_lists_hold_runs_that_agree(edition: Any) -> None:
    """Each snapshot, each run of a stream and of a list."""
    made = factory(edition, seed=5)
    runs: list[Any] = []
    for status in ("completed", "failed", "expired", "cancelled", "requires_action"):
        for _ in range(20):
            runs += made.history(status)
            runs += [
                event["data"]
                for event in made.stream(status, resumed=True)
                if event["event"].startswith("thread.run.")
                and event["data"]["object"] == "thread.run"
            ]
            runs += made.run_list(3)["data"]
    assert Counter(topic for run in runs for topic in contradictions(run)) == {}


@EDITIONS
def test_calls_have_arguments_that_their_parameters_allow(edition: Any) -> None:
    """Also where the function is one that this project knows nothing of."""
    for run in factory(edition, seed=2).runs(200, "requires_action"):
        offered = {
            tool["function"]["name"]: tool["function"].get("parameters", {})
            for tool in run["tools"]
            if tool["type"] == "function"
        }
        action: Any = run["required_action"]
        for call in action["submit_tool_outputs"]["tool_calls"]:
            arguments = json.loads(call["function"]["arguments"])
            Draft202012Validator(offered[call["function"]["name"]]).validate(arguments)


@EDITIONS
def test_ends_are_as_recorded_ends_are(edition: Any) -> None:
    """Expired runs have no error, cancelled ones used nothing, metadata is never null."""
    made = factory(edition, seed=3)
    assert {run["last_error"] is None for run in made.runs(100, "expired")} == {True}
    used: list[Any] = [run["usage"] for run in made.runs(100, "cancelled")]
    assert {usage["total_tokens"] for usage in used} == {0}
    assert None not in [run["metadata"] for run in made.runs(100)]


def test_what_is_left_out_can_be_asked_for() -> None:
    """A wish reaches what no recorded run shows, as long as it is legal."""
    assert make_run("cancelled", seed=1, usage__total_tokens=7)["usage"]["total_tokens"] == 7  # type: ignore[index]
    assert make_run("expired", seed=1, last_error__code="server_error")["last_error"] is not None
    assert make_run(seed=1, metadata=None)["metadata"] is None
    assert make_run(seed=1, max_completion_tokens=16)["max_completion_tokens"] == 16
    assert make_run("queued", seed=1, created_at=2_000_000_000)["created_at"] == 2_000_000_000


@EDITIONS
def test_models_are_of_the_years_of_their_edition(edition: Any) -> None:
    """No v1 run has a model that came out after it, and efforts are of models that reason."""
    runs = factory(edition, seed=4).runs(300)
    models = {run["model"] for run in runs}
    assert ("gpt-4o" in models) == (edition == "v2")
    efforts = {run["model"] for run in runs if run.get("reasoning_effort")}
    assert efforts <= {"o1", "o3-mini"}


CONTRADICTIONS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "no tools to call": ({"status": "requires_action", "tools": []}, ["tools=[]", "offer"]),
    "no tool may be used": (
        {"status": "requires_action", "tool_choice": "none"},
        ['tool_choice="none"', "calls functions"],
    ),
    "nothing to be required": (
        {"tool_choice": "required", "tools": []},
        ['tool_choice="required" and tools=[]'],
    ),
    "a forced tool that is absent": (
        {"tool_choice": {"type": "code_interpreter"}, "tools": []},
        ["tool_choice=", "tools=[]"],
    ),
    "several calls where one is allowed": (
        {"calls": ["a", "b"], "parallel_tool_calls": False},
        ["calls", "parallel_tool_calls=false"],
    ),
    "more than the limit": (
        {"status": "completed", "usage__completion_tokens": 500, "max_completion_tokens": 300},
        ["usage__completion_tokens=500", "max_completion_tokens=300"],
    ),
    "a total beside another": (
        {
            "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
            "usage__total_tokens": 12,
        },
        ["usage=", "usage__total_tokens=12"],
    ),
    "a pair beside no metadata": (
        {"metadata": None, "metadata__a": "1"},
        ["metadata=null", 'metadata__a="1"'],
    ),
    "beyond what a request may ask": ({"temperature": 3}, ["temperature=3", "at most 2"]),
    "a limit of nothing": ({"max_completion_tokens": 0}, ["max_completion_tokens=0", "16"]),
    "before the epoch": ({"created_at": -1}, ["created_at=-1", "1970"]),
    "half of a letter": ({"instructions": "a\ud800"}, ["instructions", "half of a letter"]),
    "a tuple": ({"tools": ()}, ["tools is a tuple"]),
    "a key that is no text": ({"metadata": {1: "x"}}, ["metadata", "key 1", "int"]),
    "infinity inside": (
        {"response_format__json_schema__schema": {"a": [float("inf")]}},
        ["schema__a__0", "inf"],
    ),
    "an item without a number": ({"tools__-1__type": "function"}, ["numbered", "tools__0"]),
    "a field of a text": ({"metadata__a__b": "x"}, ["metadata__a", "'b'"]),
}


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_wishes_that_contradict_each_other_are_named(name: str) -> None:
    """Nothing that was fixed is lost or bent in silence."""
    wish, words = CONTRADICTIONS[name]
    with pytest.raises(UsageError) as refusal:
        make_run(**wish)
    assert "\n" not in str(refusal.value)
    for word in words:
        assert word in str(refusal.value)


def test_a_whole_and_what_is_inside_are_put_together() -> None:
    """Whatever their order, both pairs are there; the caller's own dict stays as it was."""
    pairs = {"b": "2"}
    for wish in (
        {"metadata": pairs, "metadata__a": "1"},
        {"metadata__a": "1", "metadata": pairs},
    ):
        assert make_run(seed=1, **wish)["metadata"] == {"a": "1", "b": "2"}  # type: ignore[arg-type]
    assert pairs == {"b": "2"}


def test_a_wish_takes_with_it_what_it_means() -> None:
    """A forced function is forced as a function and offered; newest messages are counted."""
    run: Any = make_run(seed=1, tool_choice__function__name="book")
    assert run["tool_choice"] == {"type": "function", "function": {"name": "book"}}
    assert "book" in [tool.get("function", {}).get("name") for tool in run["tools"]]
    cut: Any = make_run(seed=1, truncation_strategy__last_messages=3)
    assert cut["truncation_strategy"] == {"type": "last_messages", "last_messages": 3}
    thinks = make_run(seed=1, reasoning_effort="high")
    assert thinks["model"] in {"o1", "o3-mini"}


def test_nothing_is_invented_beside_what_is_fixed_in_a_free_object() -> None:
    """A schema of an answer has the properties that were fixed, and no others."""
    run: Any = make_run(
        seed=1, response_format__json_schema__schema__properties__x__type="string"
    )
    schema = run["response_format"]["json_schema"]["schema"]
    assert schema["properties"] == {"x": {"type": "string"}}
