"""Judged as they come, exchanges show what they show together."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from benchmarks.both_verdicts import NARROW, as_they_come, together
from benchmarks.passive import ALL, Server, faulty, recorded

from run_contracts.contract.loading import load
from run_contracts.contract.requirements import EDITIONS
from run_contracts.incremental.kept_at_most import KeptAtMost
from run_contracts.server.degradations import DEGRADATIONS
from run_contracts.traffic.exchange import Exchange
from tests.traffic.test_recorded import histories

PROGRAM = ("plain",)
SOME = 8
"""Each so manieth fault and degradation is tried here; `benchmarks same_verdict` tries all."""
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
    narrow = as_they_come(exchanges, contract, limits=NARROW, every=7)
    assert narrow.broken <= whole.broken
    assert narrow.exercised <= whole.exercised


@pytest.mark.parametrize("limits", [None, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("server", [SERVERS[1], *faulty(40)], ids=_name)
def test_what_was_under_way_at_once_is_judged_when_all_of_it_has_ended(
    server: Server, limits: KeptAtMost | None
) -> None:
    """Asked after each exchange, though every few on a thread overlap, it finds nothing more."""
    recording, contract = recorded(server, PROGRAM)[0][ALL], load(server.edition)
    exchanges = list(_overlapping(recording))
    whole = together(exchanges, contract)
    live = as_they_come(exchanges, contract, limits=limits, every=1)
    assert live.broken <= whole.broken
    assert limits is not None or live == whole


def _overlapping(exchanges: Sequence[Exchange]) -> Iterator[Exchange]:
    """Yield exchanges of which each third to fifth on a thread were under way at once."""
    seen = Counter[str]()
    for exchange in exchanges:
        thread = exchange.ids.get("thread_id", "")
        seen[thread] += 1
        group, place = divmod(seen[thread], 5)
        shared = 1 + zlib.crc32(f"{thread} {group}".encode())
        yield replace(exchange, together=shared if thread and place > 1 else 0)


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
