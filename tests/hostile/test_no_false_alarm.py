"""Servers that are odd and right: nothing about them is broken."""

from __future__ import annotations

import pytest

from run_contracts.client.checked_target import Target
from run_contracts.engine.runner import check
from run_contracts.events import Decided
from run_contracts.events.results import Result
from run_contracts.probes import planned
from tests.hostile.behaviours import BEHAVIOURS
from tests.hostile.double import KEY, serving

ODD_IDS = ("id-html", "id-encoded", "id-slash", "id-newline")
ODD_TALK = ("informs-first", "chunks-of-a-byte", "header-folded", "cookie-foreign")


@pytest.mark.parametrize("name", [*ODD_IDS, *ODD_TALK])
def test_what_is_odd_and_right_is_not_blamed(name: str) -> None:
    """Ids may hold any letter, and HTTP may be spoken in more ways than one."""
    with serving(BEHAVIOURS[name]) as double:
        target = Target(url=double.url, key=KEY, patience=10.0)
        decided = [
            event for event in check(target, probes=planned("smoke")) if isinstance(event, Decided)
        ]
    assert {one.requirement for one in decided if one.result == Result.FAIL} == set()
    assert sum(one.result == Result.PASS for one in decided) > 150
