"""Bodies of requests that are to be refused are wrong in one place, each in another way."""

from __future__ import annotations

import pytest

from run_contracts.contract.loading import load
from run_contracts.contract.operations import operations
from run_contracts.making.near_misses.refused_bodies import wrong_bodies
from run_contracts.validation.departures import departures

OPERATIONS = [
    (edition, operation.id)
    for edition in ("v1", "v2")
    for operation in operations(edition).values()
    if operation.request is not None
]


@pytest.mark.parametrize(("edition", "operation_id"), OPERATIONS)
def test_a_body_departs_from_its_schema_in_one_place(edition: str, operation_id: str) -> None:
    """The one that it names, under a name that no other body of the operation has."""
    contract = load(edition)  # type: ignore[arg-type]
    operation = operations(edition)[operation_id]
    bodies = [*wrong_bodies(contract, operation)]
    assert len({one.name for one in bodies}) == len(bodies) > 2
    for one in bodies:
        (departure,) = departures(one.body, operation.request or "", contract)
        steps = [*map(str, departure.path), *([departure.missing] if departure.missing else [])]
        assert one.pointer.split("/")[1:] == steps, one.name
        assert one.sentence.endswith(".")


@pytest.mark.parametrize("edition", ["v1", "v2"])
def test_only_a_run_for_no_assistant_breaks_the_rule_on_that(edition: str) -> None:
    """All else breaks the one on requests of a wrong form."""
    ruled = {
        (operation.id, one.requirement, one.name)
        for operation in operations(edition).values()
        for one in wrong_bodies(load(edition), operation)  # type: ignore[arg-type]
        if one.requirement != "RUN-ERR-011"
    }
    assert ruled == {
        (operation, "RUN-ERR-010", "assistant_id-missing")
        for operation in ("createRun", "createThreadAndRun")
    }


def test_an_operation_without_a_body_has_none() -> None:
    """Nothing can be wrong with what is not sent."""
    assert [*wrong_bodies(load("v2"), operations("v2")["cancelRun"])] == []
