"""A program that does a day's work shows most of the contract; `benchmarks passive` tries more."""

from __future__ import annotations

import pytest
from benchmarks.passive import ALL, Server, judged

from run_contracts.contract.requirements import EDITIONS
from run_contracts.server import FAULTS
from run_contracts.types import Edition

PROGRAM = ("plain",)
SHOWN = {"v1": 170, "v2": 175}
"""Requirements that a day of the program at least decides."""
CAUGHT = (
    "RUN-CREATE-005",
    "RUN-ERR-013",
    "RUN-HTTP-003",
    "RUN-ID-016",
    "RUN-LIST-014-b",
    "RUN-LIST-020",
    "RUN-MODIFY-001",
    "RUN-SHAPE-015",
    "RUN-STATUS-004",
    "RUN-STEP-024-b",
    "RUN-SUBMIT-007",
    "RUN-THREAD-003",
)


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_right_server_breaks_nothing_in_a_day(edition: Edition) -> None:
    """Though nobody knows what its client meant."""
    seen = judged(Server(edition=edition, seed=7), PROGRAM)
    assert seen.broken[ALL] == frozenset()
    assert not seen.given_up
    assert len(seen.exercised[ALL]) >= SHOWN[edition]


@pytest.mark.parametrize("fault", CAUGHT)
def test_a_day_of_traffic_shows_what_is_wrong(fault: str) -> None:
    """Of each of these faults, the requirement that it is named for."""
    assert FAULTS[fault].requirement in judged(Server(faults=(fault,)), PROGRAM).broken[ALL]
