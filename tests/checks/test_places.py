"""A broken rule that is checked alone is found, and its violation leads to what is wrong."""

from __future__ import annotations

import pytest

from run_contracts.contract.requirements import register
from run_contracts.server import FAULTS
from tests.checks.places import PLACED, misplaced

PARTS = 12
"""Pieces that the faults are tried in, so that several workers share them."""
KNOWN = [one.id for one in FAULTS.values() if one.requirement in register(PLACED).by_id]


@pytest.mark.parametrize("part", range(PARTS))
def test_what_is_checked_alone_is_found_where_the_pointer_leads(part: int) -> None:
    """In the answer, or on the line of the stream; what is missing is missing in what is there."""
    assert [said for fault in KNOWN[part::PARTS] for said in misplaced(fault)] == []
