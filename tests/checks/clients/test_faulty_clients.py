"""Each requirement on clients is broken by a client with the fault, and by that alone."""

from __future__ import annotations

import pytest

from run_contracts.checks.clients import CLIENT_CHECKS
from run_contracts.contract.requirements import EDITIONS, OUTCOME, client_register
from run_contracts.server import Lives, life
from tests.faulty_clients.client_faults import FAULTS
from tests.faulty_clients.recorded_server import RecordedServer, Trouble, recorded_server
from tests.faulty_clients.started import started

CALLS = {"weather": {"city": "Bonn"}, "clock": {}}
BROKEN_TOO = {
    "SubmitsTwice": {"CLIENT-CALL-005"},
    "SubmitsToWhatEnded": {"CLIENT-CALL-002"},
    "Insists": {"CLIENT-BODY-002"},
}
"""What some faults break beside their own requirement."""
TROUBLES = {
    "DoesNotWait": Trouble(status=429, times=3, headers=((b"retry-after", b"2"),)),
    "NeverGivesUp": Trouble(status=500),
    "BeginsAnew": Trouble(after=1500),
}
"""What goes wrong at the server before a fault shows."""
FOR_EVER = {"Insists": 2.0, "NeverGivesUp": 2.0}
"""Seconds after which a client that goes on for ever is stopped."""
RULES = client_register("v2")
SHOWN = [name for name, fault in FAULTS.items() if RULES[fault.requirement].on != OUTCOME]


def _seen(fault: str, *, streams: bool) -> RecordedServer:
    """Return what a server saw of a client with a fault, or of the right one."""
    lives = Lives()
    lives.add(life(["requires_action", "completed"], calls=CALLS))
    poll_after = 400 if fault == "PollsAsFastAsItCan" else None
    with recorded_server(lives=lives, trouble=TROUBLES.get(fault), poll_after=poll_after) as server:
        started(server.url, fault=fault, streams=streams, seconds=FOR_EVER.get(fault, 20.0))
    return server


@pytest.mark.parametrize("fault", SHOWN)
def test_a_faulty_client_breaks_what_its_fault_is_named_for(fault: str) -> None:
    """And nothing else, but what goes with it."""
    planted = FAULTS[fault]
    seen = _seen(fault, streams=planted.streams)
    assert seen.broken() == {planted.requirement} | BROKEN_TOO.get(fault, set())


@pytest.mark.parametrize("streams", [False, True], ids=["polls", "streams"])
def test_the_right_client_breaks_nothing_and_shows_most(streams: bool) -> None:
    """So its way to the end is what the requirements ask for."""
    seen = _seen("", streams=streams)
    held = {one.requirement for one in seen.outcomes()}
    assert seen.broken() == set()
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
