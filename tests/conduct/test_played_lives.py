"""The lives that are played: each legal, each survived by a right client, each of use."""

from __future__ import annotations

import pytest

from run_contracts.checks import outcomes
from run_contracts.checks.registry import raised
from run_contracts.conduct.life_verdicts import outcomes_of
from run_contracts.conduct.played_life import NEEDS_STREAMS
from run_contracts.conduct.played_lives import PLAYED_LIVES
from run_contracts.contract.loading import load
from run_contracts.contract.requirements import Level
from run_contracts.traffic.evidence import Evidence
from tests.conduct.playing import SHOWN_IN, broken_in, played, played_to, small_client
from tests.faulty_clients.client_faults import FAULTS

ILLEGAL = {"lists-always-more": {"RUN-LIST-005"}, "lists-shrink": {"RUN-LIST-005"}}
"""What servers do all the same, or what nobody sees the reason of: that an item was deleted."""
TROUBLE = {"RUN-ERR-008"}
"""What a server breaks that answers 500."""


@pytest.mark.parametrize("streams", [False, True], ids=["polls", "streams"])
@pytest.mark.parametrize("life", PLAYED_LIVES)
def test_a_right_client_lives_through_it_on_a_right_server(life: str, *, streams: bool) -> None:
    """Neither breaks anything but what the life is about; the run comes to what it says."""
    trial = played(life, streams=streams)
    assert broken_in(trial) == set()
    evidence = Evidence(contract=load("v2"), exchanges=trial.exchanges, is_whole=False)
    broken = {
        one.requirement
        for one in outcomes(evidence)
        if one.violation is not None and one.violation.level is Level.MUST
    }
    allowed = TROUBLE if trial.played.troubles else set[str]()
    assert broken <= allowed | ILLEGAL.get(life, set())
    assert trial.runs[:1] == (() if trial.played.no_run else (trial.played.status,))
    if streams or trial.played.needs != NEEDS_STREAMS:
        decided = {one.requirement for one in outcomes_of(trial, raised)}
        assert trial.played.requirement in decided or trial.played.may_give_up


@pytest.mark.parametrize(("fault", "life"), SHOWN_IN.items())
def test_a_faulty_client_is_found_by_a_life(fault: str, life: str) -> None:
    """By the requirement that its fault breaks, as a program, in the life that is meant for it."""
    streams = ["--stream"] if FAULTS[fault].streams else []
    trial = played_to(small_client(*streams, "--fault", fault), life)
    assert FAULTS[fault].requirement in broken_in(trial)
