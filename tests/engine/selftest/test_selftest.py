"""The self-test, by the command a user runs; and what it would say if something were not so."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from run_contracts.cli.commands.selftest import command
from run_contracts.contract.requirements import EDITIONS, register
from run_contracts.engine.selftest import (
    Matrix,
    Trial,
    TrialResult,
    compared,
    matrix,
    read_matrix,
    tried,
)
from run_contracts.engine.selftest.agreement import UNSHOWN, trials, unproven
from run_contracts.engine.selftest.matrix import Declared, write_matrix
from run_contracts.engine.selftest.trial import results
from run_contracts.errors import ContractError, UsageError
from run_contracts.server import FAULTS
from run_contracts.server.degradations import DEGRADATIONS

FAULT = "RUN-LIST-005"
PARTS = 12
"""Pieces that the faults are tried in, so that several workers share them."""
ROWS = {("v2", FAULT): Declared(broken=frozenset({FAULT}), blocked=frozenset({"RUN-LIFE-001"}))}
RIGHT = Trial(edition="v2")
FAULTY = Trial(edition="v2", faults=(FAULT,))
SEEN = TrialResult(
    trial=FAULTY, broken=frozenset({FAULT}), blocked=frozenset({"RUN-LIFE-001"}), requests=1
)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_every_fault_breaks_exactly_what_is_declared_and_the_right_server_nothing(
    part: int,
) -> None:
    """The whole matrix, both editions: every fault caught, no false alarm, no deviation."""
    faults = list(FAULTS)[part::PARTS]
    tries = [one for one in trials(EDITIONS, faults) if one.fault is not None or part == 0]
    agreement = compared(list(results(tries, jobs=1)), read_matrix())
    assert agreement.deviations == ()
    assert (agreement.caught, agreement.false_alarms) == (len(faults), 0)


def test_every_degradation_breaks_exactly_what_is_declared() -> None:
    """What a server lacks as a whole is not told as broken, and every check comes to its end."""
    tries = [one for one in trials(EDITIONS, None) if one.degradations]
    agreement = compared(list(results(tries, jobs=1)), read_matrix())
    assert agreement.deviations == ()
    assert len(tries) == len(DEGRADATIONS) * len(EDITIONS)


def test_every_requirement_is_proven_by_a_fault_or_excused_for_a_reason() -> None:
    """A check that no fault turns red is not known to work."""
    assert list(unproven(FAULTS.values())) == []
    assert all(len(reason) > 40 for reason in UNSHOWN.values())


def test_a_requirement_without_a_fault_is_named() -> None:
    """Take the faults of one requirement away, and it is missed; excuses must be needed, too."""
    left = [fault for fault in FAULTS.values() if fault.requirement != FAULT]
    assert list(unproven(left)) == [f"{FAULT}: no fault of the reference server breaks it"]
    excused = replace(FAULTS[FAULT], id="RUN-STEP-016")
    assert [one.split(":")[0] for one in unproven([*FAULTS.values(), excused])] == ["RUN-STEP-016"]


def test_a_trial_shows_the_same_each_time() -> None:
    """Nothing depends on how fast the machine is."""
    assert tried(FAULTY) == tried(FAULTY)
    assert tried(RIGHT).requests > 100


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_probes_does_not_matter_to_a_right_server(seed: int) -> None:
    """Whatever was done before, nothing is broken or blocked."""
    result = tried(Trial(edition="v1", seed=seed, is_shuffled=True))
    assert result.broken | result.blocked == frozenset()
    assert result.failure is None


DEVIATIONS = {
    "RUN-LIFE-002 is broken, undeclared": replace(SEEN, broken=SEEN.broken | {"RUN-LIFE-002"}),
    "RUN-LIFE-001 is declared blocked, but not": replace(SEEN, blocked=frozenset()),
    "not caught, the requirement it is named for is not broken": replace(SEEN, broken=frozenset()),
    "the check did not come to its end: it broke": replace(SEEN, failure="it broke"),
}


@pytest.mark.parametrize("sentence", DEVIATIONS)
def test_a_deviation_from_the_matrix_is_a_sentence(sentence: str) -> None:
    """It names the fault, the edition and the requirement."""
    found = compared([DEVIATIONS[sentence]], Matrix(rows=ROWS))
    assert f"{FAULT} v2: {sentence}" in found.deviations


def test_what_is_as_declared_is_no_deviation() -> None:
    """A fault that blocks others is caught if it breaks its own."""
    found = compared([SEEN], Matrix(rows=ROWS))
    assert found.deviations == ()
    assert found.summary == "1 of 1 fault caught, 0 false alarms on the right server"


def test_a_false_alarm_on_the_right_server_is_counted() -> None:
    """Each requirement that a right server seems to break is one."""
    wrong = TrialResult(
        trial=RIGHT, broken=frozenset({FAULT}), undecided=frozenset({"RUN-LIFE-001"})
    )
    found = compared([wrong], Matrix())
    assert found.false_alarms == 1
    assert found.deviations == (
        "right server v2: RUN-LIST-005 is broken, undeclared",
        "right server v2: nothing was seen that decides RUN-LIFE-001",
    )


def test_a_fault_is_tried_where_its_requirement_is_known() -> None:
    """A rule of v2 alone says nothing about v1."""
    tried_in = {one.edition for one in trials(("v1", "v2"), ["RUN-META-004"]) if one.fault}
    assert tried_in == {"v2"}
    assert "RUN-META-004" not in register("v1").by_id


def test_a_matrix_is_read_as_it_was_written(tmp_path: Path) -> None:
    """What is seen can be declared; faults that are no more are left out."""
    place = tmp_path / "matrix.toml"
    seen = Matrix(rows={("v1", "RUN-GONE-001"): Declared()}).with_results([SEEN], FAULTS)
    write_matrix(seen, place)
    assert dict(read_matrix(place).rows) == ROWS


def test_the_committed_matrix_is_in_its_written_form(tmp_path: Path) -> None:
    """A matrix edited by hand would change at the next writing."""
    place = tmp_path / "matrix.toml"
    write_matrix(read_matrix(), place)
    assert place.read_text() == matrix.MATRIX_FILE.read_text()


def test_a_matrix_that_cannot_be_read_says_where(tmp_path: Path) -> None:
    """The error names the file."""
    place = tmp_path / "matrix.toml"
    place.write_text("[v1")
    with pytest.raises(ContractError, match=re.escape(str(place))):
        read_matrix(place)


def test_one_fault_can_be_tried_alone() -> None:
    """Quick, while a check is being written; with the right server beside it."""
    told = CliRunner().invoke(command, ["--fault", FAULT, "--edition", "v2", "--jobs", "1"])
    assert told.exit_code == 0, told.output
    assert told.output.startswith("1 of 1 fault caught, 0 false alarms on the right server, ")


def test_the_smoke_profile_tells_what_it_misses_and_which_share_it_catches() -> None:
    """Missing a fault is no error there, for the full profile catches it."""
    faults = ["--fault", FAULT, "--fault", "RUN-SUBMIT-007"]
    options = ["--edition", "v2", "--jobs", "1", "--profile", "smoke"]
    told = CliRunner().invoke(command, [*faults, *options])
    assert told.exit_code == 0, told.output
    summary = "1 of 2 faults caught, 0 false alarms on the right server, 50.0 % by smoke, "
    assert told.output.startswith(f"RUN-SUBMIT-007: not caught\n{summary}")


def test_the_smoke_profile_catches_nearly_every_fault() -> None:
    """Of all of them 97 in 100, as the command tells; of every fifth, tried here, 90 at least."""
    faults = [part for fault in list(FAULTS)[::5] for part in ("--fault", fault)]
    options = ["--edition", "v2", "--jobs", "1", "--profile", "smoke"]
    told = CliRunner().invoke(command, [*faults, *options])
    assert told.exit_code == 0, told.output
    share = re.search(r"([\d.]+) % by smoke", told.output)
    assert share is not None
    assert float(share[1]) >= 90


def test_the_matrix_is_not_written_from_the_smoke_profile() -> None:
    """It would declare too little."""
    told = CliRunner().invoke(command, ["--profile", "smoke", "--write"])
    assert isinstance(told.exception, UsageError)


def test_an_unknown_fault_is_refused() -> None:
    """The error says how to find the known ones."""
    told = CliRunner().invoke(command, ["--fault", "RUN-LIST-999"])
    assert isinstance(told.exception, UsageError)
    assert "list --faults" in str(told.exception)
