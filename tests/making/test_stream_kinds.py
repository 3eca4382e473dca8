"""Streams are as wide as traffic: what was recorded, and what the documents name, is made."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import cycle
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from run_contracts import load, strategies
from run_contracts.factories import factory
from tests.making import judged

EDITIONS = pytest.mark.parametrize("edition", ["v1", "v2"])
ENDINGS = {
    "v1": ("completed", "failed", "cancelled", "requires_action", "expired"),
    "v2": ("completed", "failed", "cancelled", "requires_action", "expired", "incomplete"),
}
EVERYWHERE = {
    "an empty delta",
    "an error event",
    "an image",
    "code",
    "file_citation",
    "file_path",
    "image output",
    "logs output",
    "one step",
    "several parts",
    "three steps",
    "two steps",
}
WANTED = {
    "v1": EVERYWHERE | {"retrieval", "a limit of a completed run"},
    "v2": EVERYWHERE | {"file_search", "a refusal"},
}
DRAWS = 50
SOME = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
OF_STEPS = {1: "one step", 2: "two steps", 3: "three steps"}


def kinds(events: Sequence[Any]) -> Iterator[str]:
    """Yield what is in a stream, by the words of this module."""
    steps = {e["data"]["id"] for e in events if e["event"].startswith("thread.run.step")}
    yield OF_STEPS.get(len(steps), "more steps")
    last = events[-2]["data"]
    if last["status"] == "completed" and last.get("incomplete_details"):
        yield "a limit of a completed run"
    for event in events:
        if event["event"] == "error":
            yield "an error event"
        elif event["event"] == "thread.run.step.delta":
            for call in event["data"]["delta"]["step_details"]["tool_calls"]:
                yield from _of_call(call)
        elif event["event"] == "thread.message.delta":
            for part in event["data"]["delta"]["content"]:
                yield from _of_part(part)


def _of_call(call: Any) -> Iterator[str]:
    yield {"code_interpreter": "code"}.get(call["type"], call["type"])
    for output in call.get("code_interpreter", {}).get("outputs", ()):
        yield f"{output['type']} output"


def _of_part(part: Any) -> Iterator[str]:
    if part["index"]:
        yield "several parts"
    yield {"image_file": "an image", "refusal": "a refusal"}.get(part["type"], part["type"])
    text = part.get("text", {})
    if text.get("value") == "":
        yield "an empty delta"
    yield from (one["type"] for one in text.get("annotations", ()))


@EDITIONS
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_each_kind_comes_among_the_first_streams_of_a_seed(edition: Any, seed: int) -> None:
    """Fifty streams of any ending, new and resumed, have met all of them."""
    made, endings, met = factory(edition, seed=seed), cycle(ENDINGS[edition]), set[str]()
    for number in range(DRAWS):
        met |= set(kinds(made.stream(next(endings), resumed=number % 2 == 0)))  # type: ignore[arg-type]
    assert WANTED[edition] - met == set()


@EDITIONS
def test_each_kind_comes_among_the_first_draws_of_nearly_every_seed(edition: Any) -> None:
    """Of 500 seeds one missed a kind in fifty streams, for hypothesis repeats itself."""
    missed = [WANTED[edition] - _drawn_kinds(edition, number) for number in (1, 2, 3)]
    assert sum(map(bool, missed)) <= 1, missed


def _drawn_kinds(edition: Any, number: int) -> set[str]:
    met = set[str]()

    @seed(number)
    @settings(max_examples=DRAWS, database=None, deadline=None, phases=[Phase.generate])
    @given(strategies.event_streams(edition=edition))
    def draw(events: Any) -> None:
        met.update(kinds(events))

    draw()
    return met


@EDITIONS
def test_made_streams_of_every_kind_are_legal(edition: Any) -> None:
    """Pieces add up to what they are pieces of, steps are closed, names agree."""
    made, endings = factory(edition, seed=7), cycle(ENDINGS[edition])
    for number in range(60):
        events = made.stream(next(endings), resumed=number % 2 == 0)  # type: ignore[arg-type]
        assert judged.broken([judged.made_stream(events, edition)], edition) == {}, number


@EDITIONS
@given(data=st.data())
@SOME
def test_the_steps_of_a_run_used_what_it_used(edition: str, data: st.DataObject) -> None:
    """Whatever it did and however it ended, their usages add up to its own (RUN-STEP-025)."""
    events: Any = data.draw(strategies.event_streams(edition=edition))  # type: ignore[arg-type]
    run = events[-2]["data"]
    ended = {
        event["data"]["id"]: event["data"]
        for event in events
        if event["event"].startswith("thread.run.step.") and not event["event"].endswith("delta")
    }
    used = [step["usage"] for step in ended.values() if step["usage"] is not None]
    if run["status"] in load(edition).lifecycle.terminal:
        for name in ("prompt_tokens", "completion_tokens", "total_tokens"):
            assert sum(usage[name] for usage in used) == run["usage"][name]


@EDITIONS
def test_a_run_uses_only_tools_that_it_offers(edition: Any) -> None:
    """Code runs and files are searched where the tools say so; fixed tools stay as they are."""
    made = factory(edition, seed=8)
    for _ in range(60):
        events = made.stream("completed")
        offered = {tool["type"] for tool in events[-2]["data"]["tools"]}
        used = {kind for event in events for kind in _used(event)}
        assert used <= offered
    plain = made.stream("completed", tools=[])
    assert not {kind for event in plain for kind in _used(event)}


def _used(event: Any) -> Iterator[str]:
    if event["event"] == "thread.run.step.completed":
        for call in event["data"]["step_details"].get("tool_calls", ()):
            yield call["type"]


def test_an_annotation_marks_the_text_it_names() -> None:
    """The indexes of a citation cut its mark out of the text."""
    made = factory(seed=9)
    marks = []
    for _ in range(60):
        for event in made.stream("completed"):
            if event["event"] == "thread.message.completed":
                for part in event["data"]["content"]:
                    text = part.get("text", {"annotations": []})
                    marks += [
                        text["value"][one["start_index"] : one["end_index"]] == one["text"]
                        for one in text["annotations"]
                    ]
    assert marks
    assert all(marks)


def test_streams_hold_plain_json() -> None:
    """Sent and read again, every event is what it was."""
    made = factory(seed=10)
    for _ in range(20):
        events = made.stream()
        assert json.loads(json.dumps(events)) == events


@EDITIONS
@given(data=st.data())
@SOME
def test_no_two_things_of_a_life_have_one_id(edition: str, data: st.DataObject) -> None:
    """Steps and calls are told apart, however small the example."""
    events: Any = data.draw(strategies.event_streams(edition=edition))  # type: ignore[arg-type]
    announced = [e["data"]["id"] for e in events if e["event"] == "thread.run.step.created"]
    assert len(set(announced)) == len(announced)
    calls = {
        (event["data"]["id"], call["id"])
        for event in events
        if event["event"] == "thread.run.step.completed"
        for call in event["data"]["step_details"].get("tool_calls", ())
    }
    assert len({call for _, call in calls}) == len(calls)
