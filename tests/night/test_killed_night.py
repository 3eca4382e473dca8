"""A night that is killed, interrupted, or loses a worker goes on, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from run_contracts.events import Finished, NightEnded
from run_contracts.report import jsonlines
from tests.cli.killing import KillingServer, serving
from tests.night.nights import FINDING_IN_SEARCH, Night, application, begun

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="kills process groups, and reads /proc"),
]
NEVER = 10**9


def test_a_killed_night_goes_on_and_deletes_what_it_left(tmp_path: Path) -> None:
    """Rounds done and time spent are known, and what the killed round created is gone."""
    with serving(KillingServer(NEVER, is_handled=True)) as server:
        night = begun(tmp_path, server.url, seconds=300)
        night.wait_for(lambda: night.rounds("ended") >= 3)
        ledgers = tmp_path / "state"
        night.wait_for(lambda: any(ledgers.glob("*.jsonl")))
        night.kill()
        ended, begun_before = night.rounds("ended"), night.rounds("began")
        spent = max(entry.get("spent", 0.0) for entry in night.log())
        again = begun(tmp_path, server.url, seconds=int(spent) + 8)
        code, printed = again.ended()
        left = server.there().keys() - server.foreign.keys()
        assert server.foreign.items() <= server.there().items()
    assert code == 0, printed
    assert left == set()
    report = jsonlines.read(tmp_path / "report.jsonl")
    summary = next(one for one in report if isinstance(one, NightEnded))
    assert summary.rounds > ended
    assert summary.seconds >= spent
    numbers = [one["round"] for one in again.log() if one["what"] == "began"]
    assert min(numbers) > begun_before


def test_a_cut_line_of_the_log_costs_itself_alone(tmp_path: Path) -> None:
    """What was found before a kill is in the report of the night that goes on."""
    target = application(tmp_path, FINDING_IN_SEARCH)
    night = begun(tmp_path, target, "--jobs", "1", seconds=300)
    night.wait_for(lambda: any(one.get("found") for one in night.log()))
    night.wait_for(lambda: any((night.corpus / "findings").glob("*.jsonl")))
    night.wait_for(lambda: night.rounds("ended") >= 8)
    night.kill()
    found = {key for one in night.log() for key in one.get("found", {})}
    spent = max(entry.get("spent", 0.0) for entry in night.log())
    with (night.corpus / "night.jsonl").open("ab") as log:
        log.write(b'{"what": "ended", "round": ')
    code, printed = begun(tmp_path, target, "--jobs", "1", seconds=int(spent) + 2).ended()
    assert code == 1, printed
    report = jsonlines.read(tmp_path / "report.jsonl")
    summary = next(one for one in report if isinstance(one, NightEnded))
    told = {f"{one.requirement} {one.fingerprint}" for one in summary.findings}
    assert found <= told
    assert "Traceback" not in printed


def test_a_killed_worker_costs_its_rounds_and_is_started_again(tmp_path: Path) -> None:
    """It is told, and the night goes on to its end."""
    with serving(KillingServer(NEVER, is_handled=True)) as server:
        night = begun(tmp_path, server.url, "--jobs", "1", seconds=30)
        night.wait_for(lambda: night.rounds("ended") >= 2)
        killed = stopped_within_a_round(night, server)
        ended = night.rounds("ended")
        os.kill(killed, signal.SIGKILL)
        code, printed = night.ended()
        left = server.there().keys() - server.foreign.keys()
    assert code == 0, printed
    assert printed.count("was killed by signal 9; lost: round") == 1, printed
    assert left == set()
    report = jsonlines.read(tmp_path / "report.jsonl")
    summary = next(one for one in report if isinstance(one, NightEnded))
    assert summary.lost == 1
    assert summary.rounds > ended


def stopped_within_a_round(night: Night, server: KillingServer) -> int:
    """Stop the only worker where something of its round is on the server; return its id."""
    (worker,) = night.workers()

    def is_within() -> bool:
        os.kill(worker, signal.SIGSTOP)
        if server.there().keys() - server.foreign.keys():
            return True
        os.kill(worker, signal.SIGCONT)
        return False

    night.wait_for(is_within)
    return worker


def test_ctrl_c_ends_the_rounds_and_reports_what_is_there(tmp_path: Path) -> None:
    """The report is whole, nothing is left on the server, and the exit code says 130."""
    with serving(KillingServer(NEVER, is_handled=True)) as server:
        night = begun(tmp_path, server.url, seconds=300)
        night.wait_for(lambda: night.rounds("ended") >= 2)
        os.killpg(night.process.pid, signal.SIGINT)
        code, printed = night.ended()
        left = server.there().keys() - server.foreign.keys()
    assert code == 130, printed
    assert left == set()
    report = jsonlines.read(tmp_path / "report.jsonl")
    assert isinstance(report[-1], Finished)
    summary = next(one for one in report if isinstance(one, NightEnded))
    assert summary.requests > 0
    assert summary.reason == "somebody interrupted it"


def test_two_nights_do_not_share_a_corpus(tmp_path: Path) -> None:
    """The second is refused with one line, and sends nothing."""
    target = application(tmp_path)
    night = begun(tmp_path, target, "--jobs", "1", seconds=300)
    night.wait_for(lambda: night.rounds("began") >= 1)
    other = begun(tmp_path, target, "--jobs", "1")
    code, printed = other.ended()
    night.kill()
    assert code == 2
    assert printed.count("\n") == 1
    assert "another night works with it" in printed
