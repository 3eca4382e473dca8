"""Asking about runs of each status: what was not asked before, and nothing twice."""

from __future__ import annotations

import pytest

from run_contracts import events
from run_contracts.coverage import COUNTED_PARTS
from run_contracts.probes import PROBES
from run_contracts.probes.each_status import ALIVE, MOST_MADE, commanding_each_status
from tests.engine.verdicts import checked_in_process
from tests.report.checks_made import seen


@pytest.mark.parametrize("edition", ["v1", "v2"])
def test_the_probes_see_whatever_can_be_seen(edition: str) -> None:
    """On a right server no search is needed for anything that the coverage counts."""
    coverage = next(one for one in seen(edition=edition) if isinstance(one, events.Covered))
    unseen = {part.name: part.unseen for part in coverage.parts}
    assert unseen == dict.fromkeys(unseen, ())
    assert len(unseen) == len(COUNTED_PARTS)


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
