"""What a server of a test says of those who asked it: requirements on clients, held and broken."""

from __future__ import annotations

from collections.abc import Callable

from run_contracts.checks.clients import client_outcomes
from run_contracts.checks.registry import Outcome
from run_contracts.contract.loading import load
from run_contracts.server import ServerOptions
from run_contracts.testing import RunServer
from run_contracts.traffic.evidence import Evidence
from tests.faulty_clients.started import SECONDS, started

CALLS = {"weather": {"city": "Bonn"}, "clock": {}}
TROUBLES: dict[str, Callable[[RunServer], None]] = {
    "DoesNotWait": lambda server: server.fail(429, retry_after=2, times=3, on="createRun"),
    "NeverGivesUp": lambda server: server.fail(500, times=None, on="createRun"),
    "BeginsAnew": lambda server: server.write_streams(cut_after=5, times=1, on="createRun"),
}
"""What goes wrong at the server before a fault shows."""
FOR_EVER = {"Insists": 2.0, "NeverGivesUp": 2.0}
"""Seconds after which a client that goes on for ever is stopped."""


def outcomes_of(server: RunServer) -> list[Outcome]:
    """Return what the requests of a server say of who sent them."""
    exchanges = tuple(request.exchange for request in server.requests)
    evidence = Evidence(contract=load("v2"), exchanges=exchanges, is_of_one_client=True)
    return list(client_outcomes(evidence))


def broken_at(server: RunServer) -> set[str]:
    """Return the requirements that whoever asked a server broke."""
    return {one.requirement for one in outcomes_of(server) if one.violation is not None}


def seen_by(fault: str, *, streams: bool, trouble_of: str = "", for_ever: float = 0.0) -> RunServer:
    """Return a server that was asked by a client with a fault, or by the right one.

    What goes wrong at it is what shows the fault, or another one's, `trouble_of`. A client that
    goes on for ever is stopped after `for_ever` seconds, or after those that its fault takes.
    """
    shown = trouble_of or fault
    polls = 400 if shown == "PollsAsFastAsItCan" else None
    server = RunServer(ServerOptions(speed=8.0, poll_after_ms=polls))
    server.next_run("requires_action", "completed", calls=CALLS)
    TROUBLES.get(shown, lambda _server: None)(server)
    started(server.url, fault=fault, streams=streams, seconds=_seconds(fault, for_ever))
    server.close()
    return server


def _seconds(fault: str, for_ever: float) -> float:
    """Return how long a client has."""
    return max(FOR_EVER[fault], for_ever) if fault in FOR_EVER else SECONDS
