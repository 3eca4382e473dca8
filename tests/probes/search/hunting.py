"""Hunts on reference servers in this process, whose time passes only for their clients."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from run_contracts.client.checked_target import Target
from run_contracts.client.session import Session
from run_contracts.contract.loading import load
from run_contracts.engine.own_errors import OwnErrors
from run_contracts.engine.reproduction import shortest
from run_contracts.engine.selftest.trial import reference
from run_contracts.engine.survey import surveyed
from run_contracts.engine.unseen import Unseen
from run_contracts.engine.verdicts import broken_by, evidence_of, judged
from run_contracts.probes import ProbeContext
from run_contracts.probes.search.hunt import Hunt
from run_contracts.server import ServerOptions
from run_contracts.traffic.exchange import Exchange
from run_contracts.traffic.slicing import Slicer


@dataclass(frozen=True, kw_only=True)
class Hunted:
    """A hunt, and the context of its probes."""

    context: ProbeContext
    hunt: Hunt

    def slice_to(self, requirement: str) -> list[str]:
        """Return the operations of the shortest slice that breaks a requirement."""
        session, contract = self.context.session, self.context.contract
        seen = evidence_of(session.target, contract, session.exchanges)
        unseen = Unseen(evidence=seen, survey=surveyed(seen), missing_evidence={})
        ((_, broken),) = judged(seen, [requirement], unseen, OwnErrors())
        return list(map(_name, shortest(seen, Slicer(seen.exchanges), broken)))


def _name(exchange: Exchange) -> str:
    return exchange.operation.id if exchange.operation else exchange.request.method


@contextmanager
def hunting(*faults: str, edition: str = "v2", seed: int = 0, cases: int = 10) -> Iterator[Hunted]:
    """Start a server with faults and a hunt on it."""
    options = ServerOptions.for_checking(seed=seed, faults=faults)
    target = Target(
        url="http://reference.invalid/v1",
        key=options.api_key,
        edition=edition,
        patience=10.0,
        timeout=2.0,
        seed=seed,
        cases=cases,
    )
    with reference(options) as connection, Session(target, connection) as session:
        contract = load(edition)
        yield Hunted(
            context=ProbeContext(session, contract), hunt=Hunt(session, broken_by(target, contract))
        )
