"""Combinations of faults and degradations: which are tried, and what is said of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fnmatch import fnmatchcase

import pytest
from click.testing import CliRunner

from run_contracts.cli.commands.selftest import command
from run_contracts.contract.operations import operations
from run_contracts.contract.requirements import EDITIONS, register
from run_contracts.engine.selftest import (
    Matrix,
    Trial,
    TrialResult,
    combinations,
    combined,
    combining,
)
from run_contracts.engine.selftest.hidden import HIDDEN, is_hidden
from run_contracts.engine.selftest.matrix import Declared
from run_contracts.errors import UsageError
from run_contracts.server import FAULTS
from run_contracts.server.degradations import DEGRADATIONS

TRIED = combinations(180)
RIGHT = TrialResult(
    trial=Trial(edition="v2"), held=frozenset({"RUN-LIST-001", "RUN-LIST-005", "RUN-CANCEL-004"})
)
BAD = TrialResult(
    trial=Trial(
        edition="v2", faults=("RUN-LIST-005", "RUN-CANCEL-004"), degradations=("no-cancelRun",)
    ),
    broken=frozenset({"RUN-LIST-005"}),
    held=frozenset({"RUN-LIST-001"}),
    requests=7,
)


@pytest.mark.slow
def test_where_much_is_wrong_at_once_most_is_still_seen() -> None:
    """Both medians are 90 % or more, and every check comes to its end."""
    done = CliRunner().invoke(command, ["--combined", "24", "--jobs", "1"])
    assert done.exit_code == 0, done.output


def test_combinations_are_the_same_for_the_same_seed_and_others_for_another() -> None:
    """What was found once can be tried again."""
    assert combinations(9) == TRIED[:9]
    assert combinations(9, seed=1) != TRIED[:9]


def test_a_new_fault_changes_few_combinations(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures of before and after stay comparable."""
    less = {name: fault for name, fault in FAULTS.items() if name != "RUN-LIST-005"}
    monkeypatch.setattr(combining, "FAULTS", less)
    without = [one for one in TRIED if "RUN-LIST-005" not in one.faults]
    assert len(without) > 160
    assert [one for one in combinations(180) if one in without] == without


def test_every_size_number_of_degradations_and_edition_comes_as_often() -> None:
    """None of them decides the medians alone."""
    seen = Counter((len(one.faults), len(one.degradations), one.edition) for one in TRIED)
    assert len(seen) == 3 * 3 * len(EDITIONS)
    assert set(seen.values()) == {10}


def test_a_combination_holds_each_fault_once_and_only_those_of_its_edition() -> None:
    """A fault of a rule that an edition does not know cannot be seen in it."""
    for trial in TRIED:
        known = register(trial.edition).by_id
        assert len(set(trial.faults)) == len(trial.faults)
        assert all(FAULTS[one].requirement in known for one in trial.faults)


def test_no_two_degradations_of_a_combination_are_about_one_operation() -> None:
    """An operation is missing in one way at a time."""
    for trial in TRIED:
        spoiled = [one for each in trial.degradations for one in DEGRADATIONS[each].spoiled]
        assert len(set(spoiled)) == len(spoiled)


def test_every_combination_has_a_way_to_create_a_run() -> None:
    """Where there is none, nothing is to be reached."""
    for trial in TRIED:
        lacks = frozenset[str]().union(*(DEGRADATIONS[each].lacks for each in trial.degradations))
        assert len(lacks & combining.CREATING) <= 1


def test_what_a_degradation_hides_does_not_count() -> None:
    """The fault of a cancel that does not exist is neither named nor missed."""
    (reach,) = combined([BAD], [RIGHT], Matrix()).reaches
    assert (reach.visible, reach.missed, reach.named) == (("RUN-LIST-005",), (), 1.0)


def test_what_was_exercised_is_a_share_of_what_a_right_server_shows() -> None:
    """Broken or held, both are seen."""
    (reach,) = combined([BAD], [RIGHT], Matrix()).reaches
    assert reach.exercised == pytest.approx(2 / 3)


def test_a_visible_fault_that_is_not_named_is_missed() -> None:
    """The summary of the combination says which."""
    unseen = replace(BAD, broken=frozenset())
    (reach,) = combined([unseen], [RIGHT], Matrix()).reaches
    assert (reach.missed, reach.named) == (("RUN-LIST-005",), 0.0)
    assert "named 0 %, not RUN-LIST-005: RUN-LIST-005 RUN-CANCEL-004 no-cancelRun" in reach.summary


def test_what_nothing_planted_is_declared_to_break_is_beyond() -> None:
    """It may be a false alarm."""
    more = replace(BAD, broken=BAD.broken | {"RUN-LIST-001", "RUN-ID-001"})
    rows = {
        ("v2", "RUN-LIST-005"): Declared(broken=frozenset({"RUN-LIST-005"})),
        ("v2", "no-cancelRun"): Declared(broken=frozenset({"RUN-ID-001"})),
    }
    tried = combined([more], [RIGHT], Matrix(rows=rows))
    assert tried.reaches[0].beyond == {"RUN-LIST-001"}
    assert "planted: 1 requirements in 1 of 1 combinations" in tried.summary[-1]


SEEN = replace(BAD, held=RIGHT.held)


@pytest.mark.parametrize(
    ("result", "is_enough"),
    [
        (SEEN, True),
        (BAD, False),
        (replace(SEEN, broken=frozenset()), False),
        (replace(SEEN, failure="it broke"), False),
    ],
    ids=["seen", "little exercised", "nothing named", "not ended"],
)
def test_it_is_enough_where_both_shares_are(result: TrialResult, *, is_enough: bool) -> None:
    """Two shares decide, and that the check came to its end."""
    assert combined([result], [RIGHT], Matrix()).is_enough is is_enough


def test_the_worst_come_first() -> None:
    """That is where to look."""
    unseen = replace(BAD, broken=frozenset())
    assert [one.result for one in combined([SEEN, unseen, BAD], [RIGHT], Matrix()).worst] == [
        unseen,
        BAD,
        SEEN,
    ]


def test_what_is_said_to_hide_faults_exists_and_so_do_they() -> None:
    """A pattern of nothing, or a cause that is no degradation, would be an excuse for nothing."""
    causes = DEGRADATIONS.keys() | operations("v2").keys()
    for needed, patterns in HIDDEN:
        assert causes >= set(needed)
        for pattern in patterns:
            assert any(fnmatchcase(fault, pattern) for fault in FAULTS), pattern


def test_what_hides_only_together_hides_nothing_alone() -> None:
    """Steps are seen in streams where they cannot be listed."""
    assert not is_hidden("RUN-STEP-002", ["no-listRunSteps"])
    assert not is_hidden("RUN-STEP-002", ["no-streams"])
    assert is_hidden("RUN-STEP-002", ["no-listRunSteps", "no-streams"])


@pytest.mark.parametrize("option", ["--write", "--edition=v1", "--fault=RUN-LIST-005"])
def test_options_for_one_fault_at_a_time_do_not_fit_combinations(option: str) -> None:
    """They would be left out without a word."""
    done = CliRunner().invoke(command, ["--combined", "1", option])
    assert isinstance(done.exception, UsageError)
