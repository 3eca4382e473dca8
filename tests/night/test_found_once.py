"""What a night finds is in the report once, with the few requests that show it."""

from __future__ import annotations

import re
import signal
from collections import Counter
from pathlib import Path

import pytest

from run_contracts.events import Decided, Exchanged, FirstSeen, NightEnded
from run_contracts.report import jsonlines
from tests.night.nights import FINDING_IN_SEARCH, application, begun

pytestmark = pytest.mark.slow
LONGEST, ENOUGH = 100, ("--max-requests", "2500")
"""Seconds that a night has on a machine that is busy, and the requests after which it is over."""


def test_a_fault_that_only_the_night_shows_is_told_once(tmp_path: Path) -> None:
    """However often it is seen: one first sight, one line at the end, one report of its own."""
    target = application(tmp_path, FINDING_IN_SEARCH)
    code, printed = begun(tmp_path, target, *ENOUGH, "--jobs", "2", seconds=LONGEST).ended()
    assert code == 1, printed
    report = jsonlines.read(tmp_path / "report.jsonl")
    first = [one for one in report if isinstance(one, FirstSeen) and "night" in one.probe]
    summary = next(one for one in report if isinstance(one, NightEnded))
    seen = Counter(f"{one.requirement} {one.fingerprint}" for one in summary.findings)
    assert set(seen.values()) == {1}
    new = [one for one in summary.findings if one.first_round]
    assert len(first) == len(new) >= 1
    assert all(Path(tmp_path / one.file).is_file() for one in new)
    by_number = {one.exchange.number: one.exchange for one in report if isinstance(one, Exchanged)}
    verdict = next(
        one for one in report if isinstance(one, Decided) and one.requirement == FINDING_IN_SEARCH
    )
    assert verdict.is_red
    assert {one.exchange for one in verdict.broken} <= by_number.keys()
    assert len(by_number) == len(set(by_number))
    assert len(re.findall(r"first in round \d+", printed)) == len(new)


def test_hypothesis_leaves_nothing_in_the_folder_of_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it computes once lies in the cache of the user."""
    home = tmp_path / "home"
    for name, folder in (("HOME", home), ("XDG_CACHE_HOME", home), ("LOCALAPPDATA", home)):
        monkeypatch.setenv(name, str(folder))
    monkeypatch.delenv("HYPOTHESIS_STORAGE_DIRECTORY", raising=False)
    night = begun(tmp_path, application(tmp_path), "--jobs", "1", seconds=30)
    night.wait_for(lambda: any(home.rglob("*.json.gz")))
    night.process.send_signal(signal.SIGINT)
    code, printed = night.ended()
    assert code == 130, printed
    assert not (tmp_path / ".hypothesis").exists()


def test_a_right_application_holds_and_a_second_night_starts_from_the_first(
    tmp_path: Path,
) -> None:
    """Nothing is found, and the walks that showed something new are there for the next night."""
    target = application(tmp_path)
    code, printed = begun(tmp_path, target, *ENOUGH, "--jobs", "1", seconds=LONGEST).ended()
    assert code == 0, printed
    walks = sorted((tmp_path / "corpus" / "walks").glob("*.json"))
    assert walks
    code, printed = begun(tmp_path, target, *ENOUGH, "--jobs", "1", seconds=LONGEST).ended()
    assert code == 0, printed
    log = jsonlines.read(tmp_path / "report.jsonl")
    summary = next(one for one in log if isinstance(one, NightEnded))
    assert summary.entries >= len(walks)
    assert summary.findings == ()
