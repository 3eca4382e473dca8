"""Minimal failing examples are what a person would write."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import Phase, find, settings

from run_contracts import strategies

ZEROS = "0" * 24
QUICK = settings(
    max_examples=2000, database=None, phases=[Phase.generate, Phase.shrink], derandomize=True
)
SMALLEST = {
    "id": f"run_{ZEROS}",
    "object": "thread.run",
    "created_at": 0,
    "thread_id": f"thread_{ZEROS}",
    "assistant_id": f"asst_{ZEROS}",
    "status": "queued",
    "required_action": None,
    "last_error": None,
    "expires_at": 1,
    "started_at": None,
    "cancelled_at": None,
    "failed_at": None,
    "completed_at": None,
    "incomplete_details": None,
    "model": "0",
    "instructions": None,
    "tools": [],
    "metadata": {},
    "usage": None,
    "max_prompt_tokens": None,
    "max_completion_tokens": None,
    "truncation_strategy": None,
    "tool_choice": None,
    "parallel_tool_calls": False,
    "response_format": None,
}


def test_any_run_at_all_is_the_smallest() -> None:
    """Queued, no optional field, null where servers answer it, zeros elsewhere."""
    assert find(strategies.runs(), lambda _: True, settings=QUICK) == SMALLEST


def test_one_wish_costs_one_field() -> None:
    """A run whose metadata has a pair is the smallest run, with one empty pair of letters."""

    def has_metadata(run: Any) -> bool:
        return bool(run["metadata"])

    found: Any = find(strategies.runs(), has_metadata, settings=QUICK)
    (pair,) = found["metadata"].items()
    assert pair == ("0", "")
    assert {**found, "metadata": {}} == SMALLEST


def test_a_run_that_calls_is_the_smallest_that_calls() -> None:
    """One call, of the shortest name, without arguments."""

    def calls(run: Any) -> bool:
        action = run["required_action"]
        return bool(action and action["submit_tool_outputs"]["tool_calls"])

    found: Any = find(strategies.runs(), calls, settings=QUICK)
    assert found["required_action"]["submit_tool_outputs"]["tool_calls"] == [
        {"id": f"call_{ZEROS}", "type": "function", "function": {"name": "0", "arguments": ""}}
    ]


@pytest.mark.parametrize("wanted", [3, 5, 15])
def test_a_number_of_pairs_shrinks_to_exactly_that(wanted: int) -> None:
    """Every size between the bounds is drawn, with other names for the pairs."""
    found: Any = find(
        strategies.runs(), lambda run: len(run["metadata"] or {}) >= wanted, settings=QUICK
    )
    assert found["metadata"] == dict.fromkeys(map(str, range(wanted)), "")


def test_a_number_of_tools_shrinks_to_exactly_that() -> None:
    """The least of three tools or more are three."""
    found: Any = find(strategies.runs(), lambda run: len(run["tools"]) >= 3, settings=QUICK)
    assert len(found["tools"]) == 3


def test_a_number_of_calls_shrinks_to_exactly_that() -> None:
    """No two of three calls have one id."""
    found: Any = find(
        strategies.runs(status="requires_action"),
        lambda run: len(run["required_action"]["submit_tool_outputs"]["tool_calls"]) >= 3,
        settings=QUICK,
    )
    calls = found["required_action"]["submit_tool_outputs"]["tool_calls"]
    assert len({call["id"] for call in calls}) == len(calls) == 3
    assert {call["function"]["arguments"] for call in calls} == {""}


def test_a_number_shrinks_to_the_bound_that_matters() -> None:
    """The smallest run of more than 100 tokens has 101."""
    found: Any = find(
        strategies.runs(status="completed"),
        lambda run: run["usage"]["total_tokens"] > 100,
        settings=QUICK,
    )
    assert found["usage"]["total_tokens"] == 101


def test_a_history_shrinks_to_a_short_life() -> None:
    """A life that is completed in the fewest steps, whichever of the two paths it took."""
    found = find(
        strategies.histories(), lambda seen: seen[-1]["status"] == "completed", settings=QUICK
    )
    assert len(found) <= 3
    assert found[0] == SMALLEST


def test_a_stream_shrinks_to_the_plainest() -> None:
    """The smallest stream is of a new run that completes, and writes nothing."""
    found = find(strategies.event_streams(), lambda _: True, settings=QUICK)
    names = [one["event"].removeprefix("thread.") for one in found]
    assert names == [
        "run.created",
        "run.queued",
        "run.in_progress",
        "run.step.created",
        "run.step.in_progress",
        "message.created",
        "message.in_progress",
        "message.completed",
        "run.step.completed",
        "run.completed",
        "done",
    ]
