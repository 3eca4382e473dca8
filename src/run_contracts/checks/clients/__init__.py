"""Checks of clients: what those who ask servers send and do, as pure functions from evidence.

Their exchanges are as a server or a recorder sees them, of one client or of several that nobody can
tell apart. They say nothing where a right client could be meant.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from run_contracts.checks.clients import (  # noqa: F401 - importing a module registers its checks
    answered_calls,
    asked_addresses,
    asked_bodies,
    busy_threads,
    page_walks,
    polls,
    read_streams,
    repeats,
)
from run_contracts.checks.clients.client_table import CLIENT_CHECKS
from run_contracts.checks.registry import OnError, Outcome, raised
from run_contracts.contract.requirements import client_register
from run_contracts.traffic.evidence import Evidence

__all__ = ["CLIENT_CHECKS", "client_outcomes"]


def client_outcomes(
    evidence: Evidence, only: Collection[str] | None = None, *, on_error: OnError = raised
) -> Iterator[Outcome]:
    """Yield what the evidence says of each requirement on clients, or of those named.

    What a client says in the end no exchange shows; requirements on its outcome have no check here.
    A check that raises yields no more; unless `on_error` raises, the others go on.

    >>> from run_contracts import load
    >>> list(client_outcomes(Evidence(contract=load("v2"), exchanges=())))
    []
    """
    known = set(client_register(evidence.contract.edition))
    yield from CLIENT_CHECKS.outcomes(
        evidence, known if only is None else known & set(only), on_error
    )
