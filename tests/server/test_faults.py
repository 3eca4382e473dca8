"""Each fault does what its sentence says, and the right server does not."""

from __future__ import annotations

from functools import cache

import pytest

from run_contracts.contract.requirements import register
from run_contracts.server import FAULTS
from run_contracts.server.faults import ROWS
from run_contracts.server.faults.rows import Wrong
from tests.server.demonstrating import calling
from tests.server.scenery import Objects, everything, shows
from tests.server.shown_answers import ANSWERS
from tests.server.shown_later import LATER
from tests.server.shown_more import MORE
from tests.server.shown_runs import RUNS

DEMONSTRATIONS = RUNS | ANSWERS | MORE | LATER


@pytest.mark.parametrize("fault", DEMONSTRATIONS)
def test_a_fault_does_what_its_sentence_says(fault: str) -> None:
    """A client sees the defect on the faulty server and not on the right one."""
    has_fault = DEMONSTRATIONS[fault]
    with calling(fault) as call:
        assert has_fault(call)
    with calling() as call:
        assert not has_fault(call)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.fault)
def test_a_row_makes_its_field_wrong(row: Wrong) -> None:
    """Every object that the row speaks of has the wrong value, on the faulty server alone."""
    requirement = FAULTS[row.fault].requirement
    edition = "v2" if requirement in register("v2").by_id else "v1"
    with calling(row.fault, edition=edition) as call:
        assert shows(row, everything(call))
    assert not shows(row, _right(edition))


@cache
def _right(edition: str) -> Objects:
    """Return what the right server shows."""
    with calling(edition=edition) as call:
        return everything(call)


def test_every_fault_is_a_row_or_has_a_demonstration() -> None:
    """No fault is only a name."""
    assert {row.fault for row in ROWS} | set(DEMONSTRATIONS) == set(FAULTS)


def test_every_fault_is_named_for_a_requirement_and_says_what_it_does() -> None:
    """The catalogue of faults speaks in ids of the register and whole sentences."""
    known = set(register("v1")) | set(register("v2"))
    for fault in FAULTS.values():
        assert fault.requirement in known
        assert fault.sentence.endswith(".")
        assert "\n" not in fault.sentence


def test_faults_can_be_had_together() -> None:
    """Two faults in one server are both there."""
    faults = ("RUN-LIST-005", "RUN-TIME-004")
    with calling(*faults) as call:
        assert all(DEMONSTRATIONS[fault](call) for fault in faults)
