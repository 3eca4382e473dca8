"""Which faults a checker is tried on."""

from __future__ import annotations

from collections import Counter

import pytest

from run_contracts.contract.requirements import EDITIONS, register
from run_contracts.errors import UsageError
from run_contracts.rating.fault_kinds import KIND_SENTENCES, FaultKind, kind_of
from run_contracts.rating.fault_samples import DEFAULT_SAMPLE, faults_asked, faults_of, sampled
from run_contracts.server.faults import CONCURRENT_FAULTS, Fault
from run_contracts.types import Edition


@pytest.mark.parametrize("edition", EDITIONS)
def test_all_are_those_that_break_something_in_the_edition(edition: Edition) -> None:
    """And none that only a race shows."""
    every = faults_asked(["all"], edition, 0)
    assert every == faults_of(edition)
    assert {fault.requirement for fault in every} <= set(register(edition))
    assert not {fault.id for fault in every} & set(CONCURRENT_FAULTS)


@pytest.mark.parametrize("seed", range(5))
def test_a_sample_is_spread_over_all_kinds(seed: int) -> None:
    """Each kind has its share of it, to a fault or two."""
    known = register("v2")

    def shares(faults: tuple[Fault, ...]) -> Counter[FaultKind]:
        return Counter(kind_of(known[fault.requirement]) for fault in faults)

    every, drawn = shares(faults_of("v2")), shares(sampled("v2", int(DEFAULT_SAMPLE), seed))
    for kind in FaultKind:
        fair = every[kind] * int(DEFAULT_SAMPLE) / every.total()
        assert abs(drawn[kind] - fair) <= 3
        assert drawn[kind] > 0 or fair < 2


def test_a_sample_is_that_of_its_seed() -> None:
    """Another seed draws others; more than there are is all."""
    assert sampled("v2", 12, 1) == sampled("v2", 12, 1) != sampled("v2", 12, 2)
    assert len(set(sampled("v2", 12, 1))) == 12
    assert sampled("v2", 10_000, 1) == faults_of("v2")
    assert faults_asked(["9" * 5000], "v2", 1) == faults_of("v2")


def test_ids_are_taken_in_their_order_and_once() -> None:
    """Apart or with commas."""
    asked = faults_asked(["RUN-LIST-005,RUN-ID-001", "RUN-LIST-005"], "v2", 0)
    assert [fault.id for fault in asked] == ["RUN-LIST-005", "RUN-ID-001"]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["0"], "--faults 0 tries nothing"),
        (["all", "RUN-LIST-005"], "--faults all stands alone"),
        (["RUN-LIST-005", "12"], "--faults 12 stands alone"),
        (["RUN-LIST-05"], "no fault 'RUN-LIST-05'; did you mean RUN-LIST-005"),
        (["RUN-THREAD-003-race"], "shows only while two requests race"),
        (["RUN-SHAPE-018"], "breaks nothing in edition v2"),
        ([" , "], "no faults are named"),
    ],
)
def test_what_is_no_choice_is_refused(words: list[str], reason: str) -> None:
    """In a line that says what to give."""
    with pytest.raises(UsageError, match=reason):
        faults_asked(words, "v2", 0)


def test_every_kind_has_faults_and_words() -> None:
    """In both editions."""
    for edition in EDITIONS:
        known = register(edition)
        assert {kind_of(known[fault.requirement]) for fault in faults_of(edition)} == set(FaultKind)
    assert set(KIND_SENTENCES) == set(FaultKind)
