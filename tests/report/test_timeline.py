"""The lives of runs, as the answers of a check show them."""

from __future__ import annotations

from itertools import pairwise

import pytest

from run_contracts.contract.lifecycle import lifecycle
from run_contracts.events import Event
from run_contracts.report.bodies import shown
from run_contracts.report.charts import chart
from run_contracts.report.summary import Summary
from run_contracts.report.timeline import Timeline, timelines
from run_contracts.traffic.payload import Payload
from tests.report.checks_made import seen


def _timelines(events: tuple[Event, ...]) -> tuple[Timeline, ...]:
    summary = Summary.of(events)
    return timelines(summary.exchanges.values(), summary.verdicts)


@pytest.mark.parametrize("edition", ["v1", "v2"])
def test_lives_on_a_right_server_are_legal(edition: str) -> None:
    """What is drawn never goes back: looks whose order is not known are not put in one."""
    may_follow = lifecycle(edition).may_follow
    found = _timelines(seen(edition=edition))
    assert len(found) > 10
    assert not any(timeline.is_broken for timeline in found)
    for timeline in found:
        assert all(may_follow(one.status, two.status) for one, two in pairwise(timeline.points)), (
            timeline
        )


def test_every_status_of_the_edition_is_seen() -> None:
    """Answers, lists and streams are all looked into."""
    points = [point for timeline in _timelines(seen()) for point in timeline.points]
    assert {point.status for point in points} == lifecycle("v2").statuses
    assert {point.place.partition("/")[0].partition(" ")[0] for point in points} == {"", "line"}
    assert any(point.place.startswith("/data/") for point in points)


def test_a_run_that_changes_after_its_end_is_drawn_so_and_marked() -> None:
    """The chart shows the step back, with a mark where the rule is broken."""
    (timeline,) = [one for one in _timelines(seen("RUN-LIFE-002")) if one.source == "lifecycle"]
    assert timeline.transitions == "queued, then in_progress, then completed, then cancelled"
    drawn = chart(timeline)
    broken = [dot for dot in drawn.dots if dot.is_broken]
    assert [level.name for level in drawn.levels] == list(timeline.statuses)
    assert any("cancelled, breaks RUN-LIFE-002" in dot.says for dot in broken)


def test_a_mark_is_at_the_run_it_belongs_to() -> None:
    """In a list only the item that breaks the rule is marked."""
    broken = [
        point
        for timeline in _timelines(seen("RUN-STATUS-017"))
        for point in timeline.points
        if point.broken
    ]
    assert broken
    assert {point.status for point in broken} == {"in_progress"}


MARKED = {
    "field": ('{"a": 1, "b": 2}', "/b", ['  "b": 2']),
    "inside": ('{"a": {"b": [1]}}', "/a/b", ['    "b": [', "      1", "    ]"]),
    "escaped": ('{"a/b": 1}', "/a~1b", ['  "a/b": 1']),
    "missing": ('{"a": {"b": 1}}', "/a/c", ['  "a": {']),
    "whole": ('{"a": 1}', "", []),
    "frame": ("event: x\ndata: 1\n\nevent: y\n\n", "line 1: /id", ["event: x", "data: 1"]),
    "no JSON": ("{oops", "/a", []),
    "same key twice": ('{"a": 1, "a": 2}', "/a", []),
}


@pytest.mark.parametrize("name", MARKED)
def test_the_place_of_a_violation_is_marked_in_the_body(name: str) -> None:
    """The value a pointer leads to, or the frame of a stream; nothing where it leads nowhere."""
    text, pointer, marked = MARKED[name]
    assert [
        line.text for line in shown(Payload(text.encode()), pointer).lines if line.is_marked
    ] == marked
