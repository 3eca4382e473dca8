"""Steps, messages, errors and requests are what a second reader of the documents expects."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from run_contracts import strategies
from run_contracts.factories import factory
from run_contracts.making import edge_cases
from tests.making.prose_of_parts import (
    of_error,
    of_message,
    of_run_request,
    of_step,
    of_thread_request,
)

READERS: dict[Any, Any] = {
    "run_step": of_step,
    "message": of_message,
    "error": of_error,
    "create_run_request": of_run_request,
    "create_thread_and_run_request": of_thread_request,
}
EDITIONS = pytest.mark.parametrize("edition", ["v1", "v2"])
KINDS = pytest.mark.parametrize("kind", READERS)
MANY = 200
UNSENT = {"fields that no server sends"}
BESIDE_THE_PROSE = {
    ("run_step", r".*-full|metadata.*"): UNSENT,
    ("message", r"in_progress|completed|incomplete-.*"): UNSENT,
    ("message", r"metadata-null"): {"metadata null"},
}
"""What edge cases are about that the documents, or the traffic, do not have: by kind and name."""
OF_MOMENTS = {"years"}
"""Strategies draw the whole of time up to the end of the hosted service, to shrink to 0."""


@EDITIONS
@KINDS
def test_made_ones_agree_with_the_documents(edition: Any, kind: Any) -> None:
    """In many of each kind, in any status."""
    made = factory(edition, seed=9)
    values = [made.value(kind) for _ in range(MANY)]
    assert Counter(topic for value in values for topic in READERS[kind](value, edition)) == {}


@EDITIONS
@KINDS
@given(data=st.data())
@settings(max_examples=50, deadline=None)
def test_drawn_ones_agree_too(edition: Any, kind: Any, data: st.DataObject) -> None:
    """However odd their texts and numbers are."""
    value = data.draw(strategies.of_edition(edition, None).values(kind))
    assert READERS[kind](value, edition) - OF_MOMENTS == set()


@EDITIONS
@KINDS
def test_edge_cases_agree_but_for_what_they_are_about(edition: Any, kind: Any) -> None:
    """Nothing else is wrong with them."""
    for case in edge_cases(edition, kind=kind):
        about = [(of, name) for of, name in BESIDE_THE_PROSE if of == kind]
        expected = [BESIDE_THE_PROSE[one] for one in about if re.fullmatch(one[1], case.name)]
        assert READERS[kind](case.value, edition) == set().union(*expected), case


WRONG: list[tuple[Any, dict[str, Any], dict[str, Any], str]] = [
    ("run_step", {}, {"id": "run_1"}, "id"),
    ("run_step", {}, {"type": "other"}, "type"),
    ("run_step", {}, {"failed_at": 1}, "failed_at"),
    ("run_step", {}, {"created_at": 2**31}, "years"),
    ("run_step", {}, {"usage": None}, "usage"),
    ("run_step", {}, {"metadata": {}}, "fields that no server sends"),
    ("run_step", {}, {"last_error": {"code": "invalid_prompt", "message": ""}}, "code"),
    ("message", {"role": "user"}, {"run_id": f"run_{'0' * 24}"}, "author"),
    ("message", {}, {"content": [{"type": "text", "image_file": {}}]}, "part"),
    ("message", {}, {"file_ids": []}, "files"),
    ("message", {}, {"metadata": {"a": 1}}, "metadata"),
    ("error", {}, {"status": 400}, "envelope"),
    ("error", {}, {"error": {"message": None, "type": "a", "param": None, "code": None}}, "texts"),
    ("create_run_request", {}, {"thread": {}}, "a field of nothing"),
    ("create_run_request", {}, {"top_p": 1.5}, "top_p"),
    ("create_run_request", {}, {"max_prompt_tokens": 15}, "low limit"),
    ("create_run_request", {}, {"parallel_tool_calls": None}, "parallel_tool_calls"),
    ("create_run_request", {}, {"tool_choice": {"type": "function"}}, "tool_choice"),
    ("create_run_request", {}, {"tools": [], "tool_choice": "required"}, "forced tool"),
    ("create_run_request", {}, {"tools": [{"type": "retrieval"}]}, "tool of another edition"),
    ("create_run_request", {}, {"reasoning_effort": "low", "model": "gpt-4"}, "reasoning"),
    ("create_thread_and_run_request", {}, {"reasoning_effort": "low"}, "a field of nothing"),
    (
        "create_thread_and_run_request",
        {},
        {"thread": {"messages": [{"role": "user", "content": []}]}},
        "content",
    ),
]


@pytest.mark.parametrize(("kind", "fixed", "change", "topic"), WRONG)
def test_the_readers_see_what_is_wrong(kind: Any, fixed: Any, change: Any, topic: str) -> None:
    """One thing changed in a right value is one topic."""
    made = factory(seed=4)
    value = made.step("completed") if kind == "run_step" else made.value(kind, **fixed)
    assert topic in READERS[kind]({**value, **change}, "v2")
