"""What a rating says of tiny checkers, each started as a person's command is."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import Any

import pytest

from run_contracts.errors import UsageError
from run_contracts.events import ExitCode
from run_contracts.rating.checker import checker_of
from run_contracts.rating.checker_runs import CheckerVerdict, Conditions
from run_contracts.rating.counted_server import SERVER_SPEED
from run_contracts.rating.fault_samples import faults_asked
from run_contracts.rating.rated_checker import Catch, Rating
from run_contracts.rating.rating_of import RatingPlan, rating_of
from run_contracts.rating.rating_words import lines_of, words_of
from tests.rating import checkers

SEEN, UNSEEN = "RUN-LIST-013", "RUN-ID-001"
"""Lists are bare arrays, which the checkers look for; ids have no prefix, which none does."""


def rated(
    command: str, *, right: int = 2, limit: float = 20.0, at_least: int = 0, **options: Any
) -> Rating:
    """Return the rating of a checker by two faults."""
    plan = RatingPlan(
        checker=checker_of(command, **options),
        conditions=Conditions(edition="v2", speed=SERVER_SPEED, time_limit=limit),
        faults=faults_asked([f"{SEEN},{UNSEEN}"], "v2", 0),
        right_runs=right,
        jobs=2,
        at_least=at_least,
    )
    return rating_of(plan, lambda _: None)


def catches(rating: Rating) -> dict[str, Catch]:
    """Return what was made of each fault."""
    return {one.fault.id: one.catch for one in rating.tried}


def test_a_checker_that_sees_one_fault_has_caught_it(tmp_path: Path) -> None:
    """The other is missed; requests are those that the server counted."""
    rating = rated(checkers.checker(tmp_path, checkers.SEES_BARE_LISTS))
    assert catches(rating) == {SEEN: Catch.CAUGHT, UNSEEN: Catch.MISSED}
    assert rating.exit_code is ExitCode.HOLDS
    assert (rating.false_alarms, rating.lucky) == (0, 0)
    assert rating.requests == (1, 1, 1)
    assert all(one.run.requests == 1 for one in rating.tried)


def test_a_checker_that_is_always_green_misses_all(tmp_path: Path) -> None:
    """Too few are caught if one was asked for."""
    command = checkers.checker(tmp_path, checkers.ALWAYS_GREEN)
    assert set(catches(rated(command)).values()) == {Catch.MISSED}
    assert rated(command, right=1).exit_code is ExitCode.HOLDS
    assert rated(command, right=1, at_least=1).exit_code is ExitCode.BROKEN


def test_a_checker_that_is_red_on_the_right_server_tells_nothing(tmp_path: Path) -> None:
    """By its exit code; no fault is tried, and the last words of the checker are shown."""
    rating = rated(checkers.checker(tmp_path, checkers.ALWAYS_RED))
    assert rating.tried == ()
    assert rating.exit_code is ExitCode.NOTHING_VERIFIED
    (last,) = [text for text in lines_of(rating) if text.startswith("nothing can be said")]
    assert "it is red on the right server (2 of 2 runs)" in last
    assert "it said: never right" in last


def test_a_flaky_checker_tells_nothing_by_its_exit_code(tmp_path: Path) -> None:
    """Red on one of two right servers: it would be red on some faults by chance."""
    flaky = "flag = sys.argv[2]; first = os.path.exists(flag); open(flag, 'w'); sys.exit(first)"
    body = f"{checkers.ALWAYS_GREEN}; {flaky}"
    rating = rated(checkers.checker(tmp_path, body, str(tmp_path / "flag")))
    assert rating.false_alarms == 1
    assert rating.exit_code is ExitCode.NOTHING_VERIFIED


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (checkers.HANGS, r"it was stopped after \d s"),
        (checkers.SIGNALS, "it was ended by signal 9"),
        ("sys.exit(1)", "it asked the server nothing"),
        (f"{checkers.ALWAYS_GREEN}; sys.exit(2)", "it ended with 2"),
    ],
    ids=["hangs", "signal", "silent", "usage"],
)
def test_what_gave_no_verdict_has_caught_nothing(tmp_path: Path, body: str, reason: str) -> None:
    """Where it does so on the right server, no fault is tried, and it is said why."""
    rating = rated(checkers.checker(tmp_path, body), right=1, limit=1.5)
    assert rating.tried == ()
    assert re.fullmatch(reason, rating.right[0].reason)
    assert rating.exit_code is ExitCode.NOTHING_VERIFIED


def test_a_fault_at_which_a_checker_crashes_is_not_caught(tmp_path: Path) -> None:
    """By another exit code than that of red; it counts among those without a verdict."""
    body = 'sys.exit(7 if "data" not in ask("GET", "/assistants") else 0)'
    rating = rated(checkers.checker(tmp_path, body), right=1)
    assert catches(rating) == {SEEN: Catch.UNDECIDED, UNSEEN: Catch.MISSED}
    named = rated(checkers.checker(tmp_path, body), right=1, red_exits=(7,))
    assert catches(named)[SEEN] is Catch.CAUGHT


def test_what_is_caught_by_raising_is_said(tmp_path: Path) -> None:
    """It may be an assertion, or an error of the checker's own: nobody else can know."""
    rating = rated(checkers.checker(tmp_path, 'ask("GET", "/assistants")["data"]'), right=1)
    assert catches(rating)[SEEN] is Catch.CAUGHT
    assert rating.crashes == 1
    assert any(text.startswith("crashes   1 of those") for text in lines_of(rating))


def test_megabytes_of_output_are_bounded(tmp_path: Path) -> None:
    """What is kept of them is the end of a line."""
    rating = rated(checkers.checker(tmp_path, checkers.LOUD), right=1)
    assert rating.right[0].verdict is CheckerVerdict.RED
    assert len(rating.right[0].reason) < 300


@pytest.mark.parametrize(
    ("body", "options"),
    [
        (checkers.JUNIT, {"junit": "{dir}/r.xml"}),
        (checkers.SARIF, {"sarif": "{dir}/r.sarif"}),
    ],
    ids=["junit", "sarif"],
)
def test_by_a_report_only_what_is_new_beside_right_servers_counts(
    tmp_path: Path, body: str, options: dict[str, str]
) -> None:
    """A checker with a false alarm still catches what it names besides."""
    rating = rated(checkers.checker(tmp_path, body, "{dir}"), **options)
    assert catches(rating) == {SEEN: Catch.CAUGHT, UNSEEN: Catch.MISSED}
    assert rating.tried[0].new_failures in (("lists",), ("a lists",))
    assert rating.false_alarms == 2
    assert rating.exit_code is ExitCode.BROKEN
    assert any("false alarms in 2 of 2 runs" in text for text in lines_of(rating))


def test_a_report_that_differs_by_chance_is_said_to(tmp_path: Path) -> None:
    """A name that fails once is red beside no right server, and would be caught anywhere."""
    name = "str(time.time())"
    report = f"json.dump({{'runs': [{{'results': [{{'ruleId': {name}}}]}}]}}, open(F, 'w'))"
    body = f"F = sys.argv[2] + '/r'; {checkers.ALWAYS_GREEN}; {report}"
    rating = rated(checkers.checker(tmp_path, body, "{dir}"), sarif="{dir}/r")
    assert rating.lucky == 2
    assert any(text.startswith("unsure    2 of 2 right servers") for text in lines_of(rating))
    assert rated(checkers.checker(tmp_path, body, "{dir}"), sarif="{dir}/r", right=1).lucky == 0


@pytest.mark.parametrize(
    ("leaves", "reason"),
    [
        ("pass", "it wrote no report"),
        ("os.mkfifo(F)", "it wrote no report"),
        ("os.symlink('/dev/zero', F)", "it wrote no report"),
        ("os.truncate(os.open(F, os.O_CREAT | os.O_RDWR), 10**10)", "larger than the 32 MiB"),
        ("open(F, 'w').write('\\x1b[2J')", "its report is no XML"),
    ],
    ids=["nothing", "pipe", "device", "endless", "text"],
)
def test_a_report_that_is_none_is_no_verdict(tmp_path: Path, leaves: str, reason: str) -> None:
    """Whatever the checker leaves in its place."""
    body = f"F = sys.argv[2] + '/r.xml'; {checkers.ALWAYS_GREEN}; {leaves}"
    rating = rated(checkers.checker(tmp_path, body, "{dir}"), right=1, junit="{dir}/r.xml")
    assert reason in rating.right[0].reason
    assert rating.exit_code is ExitCode.NOTHING_VERIFIED


def test_each_run_has_a_fresh_server_and_a_fresh_folder(tmp_path: Path) -> None:
    """What one run left, another does not find; the document names the server of the run."""
    body = """
document = json.load(open(sys.argv[3]))
assert document["servers"][0]["url"] == URL and os.listdir(sys.argv[2]) == []
assert ask("GET", "/assistants")["data"] == []
ask("POST", "/assistants", {"model": "gpt-4o"})
open(sys.argv[2] + "/left", "w")
"""
    rating = rated(checkers.checker(tmp_path, body, "{dir}", "{openapi}"))
    assert [run.reason for run in rating.right] == ["", ""]


def test_what_a_checker_prints_cannot_steer_a_terminal(tmp_path: Path) -> None:
    """Its last words and the names of what failed are shown with escapes."""
    report = "{'runs': [{'results': [{'ruleId': 'a\\x1b[2J\\nb'}]}]}"
    body = f"{checkers.ALWAYS_GREEN}; json.dump({report}, open(sys.argv[2] + '/r', 'w'))"
    rating = rated(checkers.checker(tmp_path, body, "{dir}"), right=1, sarif="{dir}/r")
    shown = [words_of(rating.right[0]), *lines_of(rating)]
    assert any("a\\x1b[2J\\nb" in text for text in shown)
    assert all(text.isprintable() for text in shown)


@pytest.mark.parametrize(
    ("command", "options", "reason"),
    [
        ("", {}, "names no program"),
        ("check 'it", {}, "no closing quotation"),
        ("x " * 2000, {}, "more than 1000 words"),
        ("x", {"junit": "{dir}/a", "sarif": "{dir}/b"}, "both name the verdict"),
        ("x", {"junit": "a.xml"}, "is one file for all servers"),
        ("x", {"by_message": True}, "give --junit or --sarif"),
        ("x", {"red_exits": (0,)}, "the code of a checker that found nothing"),
    ],
)
def test_what_cannot_be_a_checker_is_refused(
    command: str, options: dict[str, Any], reason: str
) -> None:
    """Before anything is started."""
    with pytest.raises(UsageError, match=reason):
        checker_of(command, **options)


def test_a_command_that_cannot_start_is_wrong_usage() -> None:
    """It is no verdict on any server, and nothing is left running."""
    before = threading.active_count()
    with pytest.raises(UsageError, match="cannot run '/no/such/checker'"):
        rated("/no/such/checker {url}")
    assert threading.active_count() == before
