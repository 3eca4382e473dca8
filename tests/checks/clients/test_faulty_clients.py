"""Each requirement on clients is broken by a client with the fault, and by that alone."""

from __future__ import annotations

import pytest

from run_contracts.checks.clients import CLIENT_CHECKS
from run_contracts.contract.requirements import EDITIONS, OUTCOME, client_register
from tests.faulty_clients.client_faults import FAULTS
from tests.faulty_clients.recorded_server import broken_at, outcomes_of, seen_by

BROKEN_TOO = {
    "SubmitsTwice": {"CLIENT-CALL-005"},
    "SubmitsToWhatEnded": {"CLIENT-CALL-002"},
    "Insists": {"CLIENT-BODY-002"},
}
"""What some faults break beside their own requirement."""
RULES = client_register("v2")
SHOWN = [name for name, fault in FAULTS.items() if RULES[fault.requirement].on != OUTCOME]


@pytest.mark.parametrize("fault", SHOWN)
def test_a_faulty_client_breaks_what_its_fault_is_named_for(fault: str) -> None:
    """And nothing else, but what goes with it."""
    planted = FAULTS[fault]
    server = seen_by(fault, streams=planted.streams)
    assert broken_at(server) == {planted.requirement} | BROKEN_TOO.get(fault, set())


@pytest.mark.parametrize("streams", [False, True], ids=["polls", "streams"])
def test_the_right_client_breaks_nothing_and_shows_most(streams: bool) -> None:
    """So its way to the end is what the requirements ask for."""
    server = seen_by("", streams=streams)
    held = {one.requirement for one in outcomes_of(server)}
    assert broken_at(server) == set()
    assert len(held) >= (15 if streams else 18)


@pytest.mark.parametrize("edition", EDITIONS)
def test_what_exchanges_decide_has_a_check_and_a_fault(edition: str) -> None:
    """And what only a trial decides has no check here."""
    rules = client_register(edition).values()
    assert set(CLIENT_CHECKS) == {one.id for one in rules if one.on != OUTCOME}
    assert {FAULTS[name].requirement for name in SHOWN} == set(CLIENT_CHECKS)


def test_every_fault_says_what_is_wrong() -> None:
    """In a sentence of its own."""
    sentences = [fault.sentence for fault in FAULTS.values()]
    assert len(set(sentences)) == len(FAULTS)
    assert all(one.endswith(".") for one in sentences)
