"""Judged as they come, exchanges show what they show together."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.both_verdicts import NARROW, as_they_come, together
from benchmarks.passive import ALL, Server, faulty, recorded

from run_contracts.contract.loading import load
from run_contracts.contract.requirements import EDITIONS
from run_contracts.server.degradations import DEGRADATIONS
from tests.traffic.test_recorded import histories

PROGRAM = ("plain",)
SOME = 8
"""Each so manieth fault and degradation is tried here; `benchmarks judging --same` tries all."""
SERVERS = [
    *(Server(edition=one, seed=3) for one in EDITIONS),
    *faulty(SOME),
    *(Server(degradations=(one,)) for one in list(DEGRADATIONS)[::SOME]),
]


def _name(server: Server) -> str:
    return "+".join((server.edition, *server.faults, *server.degradations))


@pytest.mark.parametrize("server", SERVERS, ids=_name)
def test_the_verdict_is_that_of_all_together(server: Server) -> None:
    """Whether it is asked for all the time, or at the end; with narrow limits less is found."""
    exchanges, contract = recorded(server, PROGRAM)[0][ALL], load(server.edition)
    whole = together(exchanges, contract)
    assert as_they_come(exchanges, contract) == whole
    assert as_they_come(exchanges, contract, every=7) == whole
    assert as_they_come(exchanges, contract, limits=NARROW, every=7).broken <= whole.broken


@pytest.mark.parametrize("server", [SERVERS[1], *faulty(40)], ids=_name)
def test_the_verdict_is_that_of_all_together_where_nobody_else_is(server: Server) -> None:
    """What asks for that is found as well, and no more than that."""
    exchanges, contract = recorded(server, PROGRAM)[0][ALL], load(server.edition)
    whole = together(exchanges, contract, is_alone=True)
    assert as_they_come(exchanges, contract, every=7, is_alone=True) == whole
    narrow = as_they_come(exchanges, contract, limits=NARROW, every=7, is_alone=True)
    assert narrow.broken <= whole.broken


def test_recorded_sessions_have_the_same_verdict(recorded: Path) -> None:
    """What hosted services were recorded saying, of each source, edition and dialect."""
    judged = 0
    for (source, edition, dialect), exchanges in histories(recorded).items():
        contract = load(edition, dialect=dialect)
        whole = together(exchanges, contract)
        assert as_they_come(exchanges, contract, every=3) == whole, source
        assert as_they_come(exchanges, contract, limits=NARROW).broken <= whole.broken, source
        judged += len(exchanges)
    assert judged
