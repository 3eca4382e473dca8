"""What a server of a test says of those who asked it: requirements on clients, held and broken."""

from __future__ import annotations

from run_contracts.checks.clients import client_outcomes
from run_contracts.checks.registry import Outcome
from run_contracts.contract.loading import load
from run_contracts.testing import RunServer
from run_contracts.traffic.evidence import Evidence


def outcomes_of(server: RunServer) -> list[Outcome]:
    """Return what the requests of a server say of who sent them."""
    exchanges = tuple(request.exchange for request in server.requests)
    evidence = Evidence(contract=load("v2"), exchanges=exchanges, is_of_one_client=True)
    return list(client_outcomes(evidence))


def broken_at(server: RunServer) -> set[str]:
    """Return the requirements that whoever asked a server broke."""
    return {one.requirement for one in outcomes_of(server) if one.violation is not None}
