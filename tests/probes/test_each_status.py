"""Asking about runs of each status: what was not asked before, and nothing twice."""

from __future__ import annotations

import pytest

from run_contracts import events
from run_contracts.probes import PROBES
from run_contracts.probes.each_status import ALIVE, MOST_MADE, commanding_each_status
from tests.engine.verdicts import checked_in_process
from tests.report.checks_made import seen


@pytest.mark.parametrize("edition", ["v1", "v2"])
def test_the_probes_see_whatever_can_be_seen_of_lives(edition: str) -> None:
    """No search is needed for an edge, a status, a field, an event or an echo."""
    coverage = next(one for one in seen(edition=edition) if isinstance(one, events.Covered))
    unseen = {part.name: part.unseen for part in coverage.parts}
    names = ("edges", "statuses", "fields", "events", "echoes")
    assert {name: unseen[name] for name in names} == dict.fromkeys(names, ())


def test_what_was_asked_before_is_not_asked_again() -> None:
    """A second time the probe has nothing to send."""
    twice = [*PROBES[:-1], commanding_each_status]
    ended = [
        one.requests
        for one in checked_in_process(profile="full", probes=twice)
        if isinstance(one, events.ProbeEnded) and one.probe == commanding_each_status.name
    ]
    assert ended[0] > 50
    assert ended[1:] == [0]


@pytest.mark.parametrize("degradation", ["stays-queued", "stays-in-progress", "no-forced-calls"])
def test_what_a_server_never_reaches_costs_a_few_runs(degradation: str) -> None:
    """It is tried so often and then left."""
    sent = checked_in_process(
        profile="full", probes=[commanding_each_status], degradations=(degradation,)
    )
    exchanges = [one for one in events.exchanges(sent) if one.source == commanding_each_status.name]
    created = [one for one in exchanges if one.operation_id == "createRun" and one.is_success]
    assert len(created) <= MOST_MADE * len(ALIVE) + 2
