"""The pytest plugin: a suite without a test file, one item a requirement, and no cost unused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from run_contracts.register import register
from run_contracts.server import ServerOptions, running

ALONE = ("-p", "no:randomly", "-p", "no:cacheprovider", "-W", "default")
CREATING, MODIFYING = (
    sum(one.startswith(f"RUN-{area}-") for one in register("v2")) for area in ("CREATE", "MODIFY")
)
"""How many requirements of these areas there are."""


@pytest.fixture(scope="module")
def right() -> Iterator[str]:
    """Return the base URL of a right server."""
    with running(ServerOptions.for_checking()) as url:
        yield url


@pytest.fixture(scope="module")
def broken() -> Iterator[str]:
    """Return the base URL of a server whose has_more is always false."""
    with running(ServerOptions.for_checking(faults=("RUN-LIST-005",))) as url:
        yield url


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-reference")


def test_an_empty_folder_has_one_item_for_each_requirement(
    pytester: pytest.Pytester, right: str
) -> None:
    """No test file is needed; the ids are the requirement ids, in the register's order."""
    told = pytester.runpytest_subprocess(*ALONE, "--run-target", right, "--collect-only", "-q")
    ids = [line for line in told.outlines if line.startswith("run_contracts::")]
    assert ids == [f"run_contracts::{one}" for one in register("v2")]


@pytest.mark.parametrize("edition", ["v1", "v2"])
def test_a_right_server_is_green(pytester: pytest.Pytester, right: str, edition: str) -> None:
    """The smoke profile passes; what it cannot see is skipped with its reason."""
    told = pytester.runpytest_subprocess(
        *ALONE, "--run-target", right, "--run-edition", edition, "--run-profile", "smoke"
    )
    counts = told.parseoutcomes()
    assert told.ret == 0
    assert counts["passed"] >= 150
    assert "failed" not in counts
    assert any("run-contracts: http" in line for line in told.outlines)


def test_a_broken_server_is_red_and_says_why(pytester: pytest.Pytester, broken: str) -> None:
    """The failing item shows the same lines as the command line, and no traceback."""
    told = pytester.runpytest_subprocess(
        *ALONE, "--run-target", broken, "--run-only", "RUN-LIST-005", "--run-only", "RUN-LIST-001"
    )
    told.assert_outcomes(passed=1, failed=1)
    told.stdout.fnmatch_lines(
        [
            "RUN-LIST-005 MUST broken *",
            "  where     GET http*/runs?limit=2 (exchange *) at /has_more",
            "  expected  true, run_* follows",
            "  found     false",
        ]
    )
    told.stdout.no_fnmatch_line("*Traceback*")


def test_a_printed_id_can_be_run_again(pytester: pytest.Pytester, broken: str) -> None:
    """What pytest prints for a failure selects it, beside no other test."""
    pytester.makepyfile("def test_mine(): pass")
    told = pytester.runpytest_subprocess(
        *ALONE, "--run-target", broken, "run_contracts::RUN-LIST-005"
    )
    told.assert_outcomes(failed=1)


def test_items_can_be_selected_and_run_beside_other_tests(
    pytester: pytest.Pytester, right: str
) -> None:
    """-k works on the ids, and the project's own tests run as ever."""
    pytester.makepyfile("def test_mine(): pass")
    told = pytester.runpytest_subprocess(*ALONE, "--run-target", right, "-k", "RUN-CREATE or mine")
    told.assert_outcomes(passed=CREATING + 1, deselected=len(register("v2")) - CREATING)


def test_workers_come_to_the_same_verdict(pytester: pytest.Pytester, right: str) -> None:
    """Under xdist each worker checks what it needs."""
    told = pytester.runpytest_subprocess(
        *ALONE, "--run-target", right, "-n", "2", "-k", "RUN-CREATE or RUN-MODIFY"
    )
    told.assert_outcomes(passed=CREATING + MODIFYING)


def test_an_unreachable_server_fails_one_item(pytester: pytest.Pytester) -> None:
    """The first item says in one line what could not be reached; the others are skipped."""
    told = pytester.runpytest_subprocess(
        *ALONE, "--run-target", "http://127.0.0.1:9/v1", "-k", "RUN-CREATE"
    )
    told.assert_outcomes(failed=1, skipped=CREATING - 1, deselected=len(register("v2")) - CREATING)
    told.stdout.fnmatch_lines(
        ["nothing could be checked: GET http://127.0.0.1:9/v1/*Connection refused"]
    )
    told.stdout.no_fnmatch_line("*Traceback*")


def test_nothing_verified_is_red(pytester: pytest.Pytester, right: str) -> None:
    """A session in which every item was skipped does not end green."""
    told = pytester.runpytest_subprocess(
        *ALONE, "--run-target", right, "--run-only", "RUN-SHAPE-031"
    )
    assert told.ret == 3
    told.stdout.fnmatch_lines(["nothing was verified"])


@pytest.mark.parametrize(
    ("option", "reason"),
    [
        (("--run-target", "nonsense"), "'nonsense' is not a base URL*"),
        (("--run-edition", "v9"), "no edition 'v9'; choose one of v1, v2"),
        (("--run-profile", "some"), "no profile 'some'; choose one of smoke, full"),
        (("--run-only", "RUN-LIFE-02"), "*did you mean RUN-LIFE-002*"),
        (("--run-header", "oops"), "header 'oops' is not of the form*"),
        (("--run-report", "no/r.jsonl"), "no/r.jsonl: the report cannot be written there"),
    ],
)
def test_wrong_options_end_pytest_with_one_line(
    pytester: pytest.Pytester, option: tuple[str, str], reason: str
) -> None:
    """Pytest's own usage error, with our words."""
    told = pytester.runpytest_subprocess(*ALONE, "--run-target", "http://127.0.0.1:9/v1", *option)
    assert told.ret == pytest.ExitCode.USAGE_ERROR
    told.stderr.fnmatch_lines([f"ERROR: {reason}"])


def test_reports_are_written(pytester: pytest.Pytester, right: str) -> None:
    """The options of the reports work from pytest too."""
    pytester.runpytest_subprocess(
        *ALONE,
        *("--run-target", right, "--run-only", "RUN-ERR-009"),
        *("--run-report", "r.jsonl", "--run-junit", "r.xml"),
    )
    assert '"event": "finished"' in (pytester.path / "r.jsonl").read_text()
    assert "RUN-ERR-009" in (pytester.path / "r.xml").read_text()


def test_without_a_target_nothing_changes(pytester: pytest.Pytester) -> None:
    """Installed and unused, the plugin adds no item, no line and no heavy module."""
    pytester.makepyfile(
        """
        import sys

        def test_weight():
            ours = {name for name in sys.modules if name.startswith("run_contracts")}
            light = {"", ".pytest_plugin", ".testing", ".testing.fixtures", ".testing.options"}
            assert ours == {f"run_contracts{one}" for one in light}
        """
    )
    told = pytester.runpytest_subprocess(*ALONE, "-p", "no:schemathesis")
    told.assert_outcomes(passed=1)
    told.stdout.no_fnmatch_line("*run-contracts: *")


def test_the_plugin_can_be_switched_off(pytester: pytest.Pytester) -> None:
    """-p no:... leaves pytest as it is without us."""
    told = pytester.runpytest_subprocess("-p", "no:run_contracts.pytest_plugin", "--help")
    told.stdout.no_fnmatch_line("*--run-target*")
