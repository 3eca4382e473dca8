"""The pytest plugin: a suite without a test file, one item a requirement, and no cost unused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from xml.etree import ElementTree as ET

import pytest

from run_contracts.contract.requirements import register
from run_contracts.engine.baseline import FILE_NAME
from run_contracts.server import ServerOptions, running
from tests.cli.door import run
from tests.testing.plugging import APP, OTHERS_OFF, QUICK, Plugged

CREATING = sum(one.startswith("RUN-CREATE-") for one in register("v2"))
"""How many requirements of this area there are."""
NOWHERE = "http://127.0.0.1:9/v1"
AGAIN = "pytest --run-target app:wrong --run-profile smoke run_contracts::RUN-ERR-002"


@pytest.fixture(scope="module")
def broken() -> Iterator[str]:
    """Return the base URL of a server whose has_more is always false."""
    with running(ServerOptions.for_checking(faults=("RUN-LIST-005",))) as url:
        yield url


@pytest.fixture(autouse=True)
def _app(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(app=APP)


def test_an_empty_folder_has_one_item_for_each_requirement(plugged: Plugged) -> None:
    """No test file is needed; the ids are the requirement ids, in the register's order."""
    result = plugged("--run-target", NOWHERE, "--collect-only", "-q")
    ids = [line for line in result.outlines if line.startswith("run_contracts::")]
    assert ids == [f"run_contracts::{one}" for one in register("v2")]
    assert result.ret == 0


@pytest.mark.parametrize("edition", ["v1", "v2"])
def test_a_right_server_is_green(plugged: Plugged, edition: str) -> None:
    """The smoke profile passes; what it cannot see is skipped with its reason."""
    options = ("--run-target", "app:right", "--run-edition", edition, "--run-profile", "smoke")
    result = plugged(*options, "-rs")
    counts = result.parseoutcomes()
    assert result.ret == 0
    assert counts["passed"] >= 150
    assert "failed" not in counts
    result.stdout.fnmatch_lines([f"run-contracts: app:right (edition {edition}, profile smoke)"])
    result.stdout.fnmatch_lines(["SKIPPED * run_contracts: inconclusive: *"])


def test_a_failure_says_why_and_how_to_see_it_again(plugged: Plugged) -> None:
    """The lines of the command line, the requests as a script, the id to run; no traceback."""
    result = plugged("--run-target", "app:wrong", *QUICK)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "RUN-ERR-002 MUST broken *",
            "  where     * (exchange *) at /error/message",
            "  expected  *",
            "  found     *",
            f"  next      {AGAIN}",
            "*the requests that show it, as a script*",
            "url=*serve the application*",
            "send * GET *",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")


def test_the_summary_counts_by_area_and_says_what_to_fix_first(plugged: Plugged) -> None:
    """Areas in which everything holds share a line."""
    result = plugged("--run-target", "app:wrong", *QUICK, "--tb=no")
    result.stdout.fnmatch_lines(
        [
            "app:wrong (edition v2, profile smoke): * requests in * s",
            "  error    1 broken (RUN-ERR-002)",
            "  1 hold in http",
            "fix first: RUN-ERR-002 *",
            f"           {AGAIN}",
        ]
    )


def test_a_server_on_the_network_is_checked(
    pytester: pytest.Pytester, plugged: Plugged, broken: str
) -> None:
    """A printed id selects its item, beside no other test; fields of its answers are shown."""
    pytester.makepyfile("def test_mine(): pass")
    result = plugged(
        "--run-target", broken, "--run-profile", "smoke", "run_contracts::RUN-LIST-005"
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["  where     GET http*/runs?limit=2 (exchange *) at /has_more", "  found     false"]
    )


def test_an_id_printed_in_a_folder_below_can_be_run_there(
    pytester: pytest.Pytester, plugged: Plugged, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pytest prints the way to the project's folder before it."""
    pytester.makeini("[pytest]\nrun_target = app:right")
    pytester.mkdir("below")
    monkeypatch.syspath_prepend(pytester.path)
    monkeypatch.chdir("below")
    result = plugged("../run_contracts::RUN-ERR-003", "--run-profile", "smoke")
    result.assert_outcomes(passed=1)


def test_an_id_that_does_not_exist_is_wrong_usage(plugged: Plugged) -> None:
    """The nearest ids are named."""
    result = plugged("--run-target", NOWHERE, "run_contracts::RUN-HTP-001")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: no requirement 'RUN-HTP-001'*did you mean RUN-HTTP-001*"])


def test_items_can_be_selected_beside_other_tests(
    pytester: pytest.Pytester, plugged: Plugged
) -> None:
    """-k and -m work on ids, areas and levels, with strict markers and warnings as errors."""
    pytester.makepyfile("def test_mine(): pass")
    options = ("--run-target", "app:right", "--run-profile", "smoke", "--strict-markers")
    result = plugged(*options, "-k", "RUN-HTTP-003 or mine")
    result.assert_outcomes(passed=2, deselected=len(register("v2")) - 1)
    marked = plugged(*options, "-m", "run_must and run_area_http", "--collect-only", "-q")
    ids = {one for one in marked.outlines if "::" in one}
    wanted = [one for one in register("v2").values() if (one.area, one.level) == ("http", "MUST")]
    assert ids == {f"run_contracts::{one.id}" for one in wanted}


def test_deselected_items_are_not_checked(plugged: Plugged) -> None:
    """--deselect takes the id as it is printed."""
    result = plugged(
        "--run-target", "app:wrong", *QUICK, "--deselect", "run_contracts::RUN-ERR-002"
    )
    result.assert_outcomes(passed=1, deselected=1)


def test_an_unreachable_server_fails_one_item(plugged: Plugged) -> None:
    """The first item says in one line what could not be reached; the others are skipped."""
    result = plugged("--run-target", NOWHERE, "-k", "RUN-CREATE", "-rs")
    result.assert_outcomes(
        failed=1, skipped=CREATING - 1, deselected=len(register("v2")) - CREATING
    )
    result.stdout.fnmatch_lines(
        [
            f"nothing could be checked: GET {NOWHERE}/*Connection refused",
            f"nothing was verified: GET {NOWHERE}/*Connection refused",
            "SKIPPED * run_contracts: not checked, see run_contracts::RUN-CREATE-001",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")


def test_a_server_that_stops_half_way_is_red(pytester: pytest.Pytester, plugged: Plugged) -> None:
    """Though every requirement was decided by what was seen before."""
    pytester.makepyfile(
        half="""
        from app import right

        count = 0

        async def application(scope, receive, send):
            global count
            count += 1
            if count > 5:
                raise RuntimeError("enough")
            await right(scope, receive, send)
        """
    )
    result = plugged("--run-target", "half:application", "--run-only", "RUN-HTTP-001")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["the check was not carried through: *RuntimeError('enough')*"])


def test_what_is_known_to_fail_is_expected_to(pytester: pytest.Pytester, plugged: Plugged) -> None:
    """The item is xfailed with the reason; without the list it fails."""
    options = ("--run-target", "app:wrong", "--run-profile", "smoke", "--run-only", "RUN-ERR-002")
    plugged(*options, "--run-report", "check.jsonl").assert_outcomes(failed=1)
    run("baseline", "write", "check.jsonl", folder=pytester.path)
    known = pytester.path / FILE_NAME
    text = known.read_text("utf-8").replace("TODO: say why this is accepted", "our gateway")
    known.write_text(text, encoding="utf-8")
    result = plugged(*options, "-rx")
    result.assert_outcomes(xfailed=1)
    result.stdout.fnmatch_lines(["XFAIL * - our gateway, until *"])
    assert result.ret == 0


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("--run-only", "RUN-SHAPE-031"), "nothing was verified"),
        (("-k", "mine"), "nothing was verified: no requirement was selected"),
    ],
)
def test_nothing_verified_is_red(
    pytester: pytest.Pytester, plugged: Plugged, arguments: tuple[str, ...], line: str
) -> None:
    """Neither a session in which every item was skipped nor one that selects none ends green."""
    pytester.makepyfile("def test_mine(): pass")
    result = plugged("--run-target", "app:right", "--run-profile", "smoke", *arguments)
    assert result.ret == 3
    result.stdout.fnmatch_lines([line])


def test_junit_has_the_requirement_as_properties(
    pytester: pytest.Pytester, plugged: Plugged
) -> None:
    """Pytest's own JUnit tells id, level, area and source of each item."""
    plugged("--run-target", "app:right", *QUICK, "--junit-xml", "j.xml")
    cases = ET.parse(pytester.path / "j.xml").findall(".//testcase")
    (case,) = (one for one in cases if one.get("name") == "RUN-HTTP-003")
    found = {one.get("name"): one.get("value") for one in case.iter("property")}
    rule = register("v2")["RUN-HTTP-003"]
    assert case.get("classname") == "run_contracts"
    assert found == {
        "id": rule.id,
        "level": "SHOULD",
        "area": "http",
        "sentence": rule.sentence,
        "source": rule.source,
    }


def test_reports_are_written(pytester: pytest.Pytester, plugged: Plugged) -> None:
    """The options of the reports are those of the command line."""
    plugged(
        *("--run-target", "app:right", *QUICK, "--run-report", "r.jsonl"),
        *("--run-junit", "r.xml", "--run-html", "r.html", "--run-badge", "r.svg"),
        *("--run-har", "r.har", "--run-sarif", "r.sarif"),
    )
    assert '"event": "finished"' in (pytester.path / "r.jsonl").read_text()
    assert '"_runContracts"' in (pytester.path / "r.har").read_text()
    for name in ("r.xml", "r.html", "r.sarif"):
        assert "RUN-HTTP-003" in (pytester.path / name).read_text()
    assert "<svg" in (pytester.path / "r.svg").read_text()


def test_without_a_target_nothing_changes(pytester: pytest.Pytester) -> None:
    """Installed and unused, the plugin adds no item, no line and no heavy module."""
    pytester.makepyfile(
        """
        import sys

        def test_weight():
            ours = {name for name in sys.modules if name.startswith("run_contracts")}
            parts = ("fixtures", "plugin_options", "dialect_option")
            rooms = {"testing", *(f"testing.{part}" for part in parts)}
            light = {"lazy_imports", "pytest_plugin", *rooms}
            assert ours == {"run_contracts", *(f"run_contracts.{name}" for name in light)}
        """
    )
    result = pytester.runpytest_subprocess(*OTHERS_OFF, "-p", "no:cacheprovider")
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*run-contracts: *")


def test_the_plugin_can_be_switched_off(pytester: pytest.Pytester) -> None:
    """-p no:... leaves pytest as it is without us."""
    result = pytester.runpytest_subprocess(
        *OTHERS_OFF, "-p", "no:run_contracts.pytest_plugin", "--help"
    )
    assert result.ret == 0
    result.stdout.no_fnmatch_line("*--run-target*")


BROKEN_TWICE = (
    *("--run-target", "app:several", "--run-profile", "smoke"),
    *(word for number in (2, 3) for word in ("--run-only", f"RUN-ERR-00{number}")),
)
"""Options of a check in which one broken requirement follows from another."""


def test_what_is_broken_is_told_while_the_first_item_is_checked(plugged: Plugged) -> None:
    """A line stands alone, whatever was printed of the item before."""
    result = plugged(*BROKEN_TWICE, "--tb=no")
    first, second = (
        next(at for at, line in enumerate(result.outlines) if line.startswith(f"{rule} broken: "))
        for rule in ("RUN-ERR-002", "RUN-ERR-003")
    )
    items = result.outlines.index("F")
    assert first < items
    assert second < items
    assert "/error/message: found " in result.outlines[first]


@pytest.mark.parametrize("capture", ["fd", "sys", "no"])
def test_what_is_broken_is_told_however_output_is_captured(plugged: Plugged, capture: str) -> None:
    """Once, and not as the output of an item."""
    result = plugged(*BROKEN_TWICE, f"--capture={capture}", "-v")
    lines = [line for line in result.outlines if "RUN-ERR-002 broken: " in line]
    assert len(lines) == 1
    assert lines[0].startswith("RUN-ERR-002 broken: ")


def test_who_wants_quiet_is_not_told_before_the_end(plugged: Plugged) -> None:
    """-q."""
    result = plugged(*BROKEN_TWICE, "-q")
    result.stdout.no_fnmatch_line("RUN-ERR-00? broken: *")
    result.stdout.fnmatch_lines(["fix first: RUN-ERR-002 *"])


@pytest.mark.parametrize("where", ["", "true"], ids=["at home", "in CI"])
def test_what_follows_from_another_item_is_short(
    plugged: Plugged, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """It fails in one line and without a script; the summary has one cause, also where CI is set.

    There pytest's short summary prints all lines of a failure again.
    """
    monkeypatch.setenv("CI", where)
    result = plugged(*BROKEN_TWICE)
    result.assert_outcomes(failed=2)
    text = result.stdout.str()
    assert text.count("the requests that show it, as a script") == 1
    assert text.count("  expected  ") == 1
    result.stdout.fnmatch_lines(
        [
            "follows from RUN-ERR-002: see there",
            "fix first: RUN-ERR-002 * (1 more from this)",
            "           pytest * run_contracts::RUN-ERR-002",
            "the contract is broken",
        ]
    )
    result.stdout.no_fnmatch_line("2. RUN-*")


def test_the_first_failure_ends_the_check_if_pytest_stops_there(
    pytester: pytest.Pytester, plugged: Plugged
) -> None:
    """-x saves the requests that would come; the item that fails says all, for no other will."""
    requests = []
    for words in ((), ("-x",)):
        result = plugged(
            *("--run-target", "app:several", "--run-profile", "smoke"),
            *("-k", "RUN-ERR", "--run-report", "check.jsonl", *words),
        )
        events = map(json.loads, (pytester.path / "check.jsonl").read_text().splitlines())
        requests.append(next(one for one in events if one["event"] == "finished")["requests"])
    assert requests[1] < requests[0]
    assert result.parseoutcomes()["failed"] == 1
    result.stdout.fnmatch_lines(["RUN-ERR-00[23] MUST broken *", "  expected  *"])


def test_what_could_not_be_exercised_is_skipped_and_fails_one_item(plugged: Plugged) -> None:
    """With the reason; that it had to be seen concerns all."""
    options = ("--run-target", "app:uncancelled", "--run-profile", "smoke", "-rs")
    result = plugged(
        *options,
        *(word for number in (1, 2, 6) for word in ("--run-only", f"RUN-CANCEL-00{number}")),
    )
    result.assert_outcomes(failed=1, skipped=2)
    result.stdout.fnmatch_lines(
        ["not verified: RUN-CANCEL-001 could not be exercised: *", "SKIPPED *: blocked: *cancel*"]
    )


def test_advice_fails_if_strictness_is_asked_for(plugged: Plugged) -> None:
    """And the command that runs the item again asks for it, too."""
    options = ("--run-target", "app:advised", "--run-profile", "smoke", "--run-only", "RUN-ID-001")
    plugged(*options).assert_outcomes(passed=1)
    result = plugged(*options, "--run-strict")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["  next      pytest * --run-strict run_contracts::RUN-ID-001"])


def test_a_budget_bounds_a_check(plugged: Plugged) -> None:
    """What it kept from being seen is told by one item."""
    result = plugged("--run-target", "app:right", "--run-max-requests", "3", "-k", "RUN-STREAM")
    assert result.parseoutcomes()["failed"] == 1
    result.stdout.fnmatch_lines(
        ["the check was not carried through: *the budget is spent (--max-requests 3)*"]
    )


def test_a_budget_of_nothing_is_wrong_usage(plugged: Plugged) -> None:
    """It is refused before anything is sent."""
    result = plugged("--run-target", "app:right", "--run-max-runs", "0")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: max_runs 0 is not a number above 0"])


def test_what_is_required_and_not_offered_fails_one_item(plugged: Plugged) -> None:
    """Beside the verdicts: nothing of it need be broken."""
    options = ("--run-target", "app:uncancelled", "--run-profile", "smoke")
    result = plugged(
        *options, "--run-only", "RUN-CREATE-001", "--run-only", "RUN-CANCEL-001",
        "--run-require", "cancelRun",
    )  # fmt: skip
    assert result.parseoutcomes()["failed"] == 1
    result.stdout.fnmatch_lines(["required: POST */cancel is required and broken: *"])


def test_less_of_the_contract_than_is_asked_for_fails_one_item(plugged: Plugged) -> None:
    """Beside the verdicts; the summary says how much was seen."""
    options = ("--run-target", "app:right", "--run-profile", "smoke", "--run-fail-under", "99.5")
    result = plugged(*options)
    assert result.parseoutcomes()["failed"] == 1
    result.stdout.fnmatch_lines(["not verified: *% of the contract was seen, 99.5 % are asked"])
    result.stdout.fnmatch_lines(["coverage: *% of what a check can see: edges * of *"])


def test_what_cannot_be_required_is_wrong(plugged: Plugged) -> None:
    """The operations that there are are named."""
    result = plugged("--run-target", "app:right", *QUICK, "--run-require", "listTeas")
    assert result.parseoutcomes()["failed"] == 1
    result.stdout.fnmatch_lines(["nothing could be checked: no operation 'listTeas' *listRuns*"])
