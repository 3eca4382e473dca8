"""Models of the SDK: judged as the JSON they were made of, and made of whatever is judged."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openai.types.beta.assistant_stream_event import ThreadRunCompleted

from run_contracts import UsageError, strategies, violations
from run_contracts.factories import as_model, factory
from run_contracts.making import NearMiss, near_misses
from run_contracts.validation.plain_json import plain

SOME = settings(max_examples=40, database=None, deadline=None)
MADE = factory(seed=1)
DRAWN = {
    "run": strategies.runs,
    "run_step": strategies.run_steps,
    "run_list": strategies.run_lists,
    "run_step_list": strategies.run_step_lists,
}
NAMED = ("thread.run", "thread.run.step", "list")


def _is_read_alike(miss: NearMiss) -> bool:
    """Say whether the SDK has a model for a miss and keeps it: it may read true as 1, 6.0 as 6."""
    value = miss.value
    if miss.requirement == "RUN-SHAPE-035":
        return False
    if miss.kind not in DRAWN or not isinstance(value, dict) or value.get("object") not in NAMED:
        return False
    return value.get(miss.pointer[1:]) is not True


@pytest.mark.parametrize("edition", ["v1", "v2"])
@pytest.mark.parametrize("kind", DRAWN)
@SOME
@given(data=st.data())
def test_a_model_of_something_right_is_right(kind: str, edition: Any, data: st.DataObject) -> None:
    """Runs, steps and pages of them, and what they have beside what the SDK knows."""
    value = data.draw(DRAWN[kind](edition=edition))
    assert violations(as_model(value), kind=kind, edition=edition) == ()


@pytest.mark.parametrize("edition", ["v1", "v2"])
def test_a_model_of_something_wrong_is_as_wrong(edition: Any) -> None:
    """The same rules are broken at the same places, and what was not sent is not there."""
    misses = list(filter(_is_read_alike, near_misses(edition=edition)))
    assert len(misses) > 300
    for miss in misses:
        found = violations(as_model(miss.value), kind=miss.kind, edition=edition)
        assert found == violations(miss.value, kind=miss.kind, edition=edition) != (), miss


@SOME
@given(strategies.event_streams())
def test_the_events_of_a_stream_become_those_of_the_sdk(events: Any) -> None:
    """All but the end marker, which it does not show."""
    models = as_model(events)
    assert [one.event for one in models] == [one["event"] for one in events[:-1]]
    assert plain(models) == events[:-1]


def test_a_model_stays_as_it_is() -> None:
    """Alone, in a history, and as an event."""
    models = [*as_model(MADE.history("failed")), as_model(MADE.stream("completed")[-2])]
    assert isinstance(models[-1], ThreadRunCompleted)
    assert all(one is other for one, other in zip(as_model(models), models, strict=True))


@pytest.mark.parametrize("value", [{"event": "thread.cat", "data": {}}, {"event": [], "data": 1}])
def test_an_event_that_the_sdk_does_not_know_is_refused(value: Any) -> None:
    """By its name."""
    with pytest.raises(UsageError, match="no model for an event"):
        as_model(value)
