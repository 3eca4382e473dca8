"""Errors of ours: each costs the part it is in, is named with its place, and the rest is judged."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from run_contracts import events
from run_contracts.checks import CHECKS, Outcome
from run_contracts.engine import policy, recording, runner, verdicts
from run_contracts.engine.own_errors import MOST_ERRORS, OwnErrors
from run_contracts.engine.unseen import Unseen
from run_contracts.events import ExitCode
from run_contracts.probes import PROBES, Probe, ProbeContext
from run_contracts.report import badge, html, http_archive, jsonlines, junit, sarif
from run_contracts.report.summary import Summary
from run_contracts.report.text import TextReport
from run_contracts.server import ServerOptions, running
from tests.cli.door import run
from tests.engine.verdicts import checked_in_process, finished
from tests.engine.verdicts import verdicts as by_requirement

FEW = tuple(one for one in PROBES if one.name in ("thread", "tools"))


def _raises(*_: object, **__: object) -> Any:
    raise ZeroDivisionError("a defect\nof ours")


def _checked(**options: Any) -> list[events.Event]:
    return checked_in_process(probes=FEW, **options)


def test_a_probe_that_raises_costs_itself_alone() -> None:
    """The others are carried out and judged; the report names the error, with file and line."""

    def scenario(_: ProbeContext) -> None:
        raise ZeroDivisionError("a defect\nof ours")

    broken = Probe(
        name="broken",
        what="divide",
        creates="nothing",
        exercises=("RUN-ECHO-*",),
        scenario=scenario,
    )
    seen = checked_in_process(probes=(broken, *FEW))
    ended = {one.probe: one for one in seen if isinstance(one, events.ProbeEnded)}
    assert ended["broken"].ending == "error"
    assert "the probe broken failed by an error of run-contracts" in ended["broken"].reason
    assert {one.ending for name, one in ended.items() if name != "broken"} == {"done"}
    assert any(one.result == "pass" for one in by_requirement(seen).values())
    (text,) = finished(seen).own_errors
    reason, *frames = text.splitlines()
    assert reason.endswith("ZeroDivisionError: a defect of ours")
    assert Path(__file__).name in "".join(frames)
    assert finished(seen).exit_code == ExitCode.OUR_ERROR


@pytest.mark.parametrize("yields_first", [False, True])
def test_a_check_that_raises_costs_what_it_decides(
    monkeypatch: pytest.MonkeyPatch, yields_first: bool
) -> None:
    """Its requirement comes to an error, whatever held before it raised; others to what they do."""
    plain = by_requirement(_checked())
    right = CHECKS["RUN-HTTP-001"]

    def raising(evidence: Any) -> Iterator[Outcome]:
        if yields_first:
            yield next(right(evidence))
        raise ZeroDivisionError("a defect of ours")

    monkeypatch.setitem(CHECKS, "RUN-HTTP-001", raising)
    seen = _checked()
    found = by_requirement(seen)
    assert found.pop("RUN-HTTP-001").result == "error"
    del plain["RUN-HTTP-001"]
    assert {name: one.result for name, one in found.items()} == {
        name: one.result for name, one in plain.items()
    }
    assert finished(seen).exit_code == ExitCode.OUR_ERROR
    assert "the check of RUN-HTTP-001 failed" in finished(seen).own_errors[0]


def test_what_is_broken_weighs_more_than_an_error_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever mends the server need not wait for us."""
    monkeypatch.setitem(CHECKS, "RUN-HTTP-001", _raises)
    seen = _checked(faults=("RUN-SHAPE-003",))
    assert by_requirement(seen)["RUN-SHAPE-003"].result == "fail"
    assert finished(seen).exit_code == ExitCode.BROKEN
    assert finished(seen).own_errors


@pytest.mark.parametrize(
    ("room", "name", "cost"),
    [
        (runner, "surveyed", "the survey"),
        (runner, "covered", "the coverage"),
        (runner, "shortest", "the search for few requests that show RUN-SHAPE-003 broken"),
        (runner, "Slicer", "reading which requests depend on which"),
        (runner, "unverified", "the account of what was not seen"),
        (runner, "BrokenSoFar", "saying early what is broken"),
        (policy, "causes", "the search for causes"),
        (Unseen, "reason", "the verdict on"),
        (verdicts, "_judgement", "the verdict on"),
        (recording, "hidden", "hiding secrets in an event"),
    ],
)
def test_what_raises_beside_the_checks_costs_itself(
    monkeypatch: pytest.MonkeyPatch, room: Any, name: str, cost: str
) -> None:
    """What is broken is told whatever else fails, and the check comes to its end."""
    whole = getattr(room, name)
    calls: list[object] = []

    def raising_once(*given: Any, **named: Any) -> Any:
        calls.append(given)
        if len(calls) == 1:
            raise ZeroDivisionError("a defect of ours")
        return whole(*given, **named)

    if name == "BrokenSoFar":
        monkeypatch.setattr(whole, "of", _raises)
    else:
        again = raising_once if name in ("_judgement", "reason", "hidden") else _raises
        monkeypatch.setattr(room, name, again)
    seen = _checked(faults=("RUN-SHAPE-003",))
    assert any(text.startswith(cost) for text in finished(seen).own_errors)
    assert by_requirement(seen)["RUN-SHAPE-003"].result == "fail"
    assert finished(seen).exit_code == ExitCode.BROKEN


def test_every_report_names_an_error_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the terminal with its traceback; a page, JUnit and the badge can be made."""
    monkeypatch.setitem(CHECKS, "RUN-HTTP-001", _raises)
    seen = _checked()
    report = TextReport()
    lines = [line for event in seen for line in report.lines(event)]
    assert any(
        "the check of RUN-HTTP-001 failed by an error of run-contracts" in one for one in lines
    )
    assert any("line" in one and Path(__file__).name in one for one in lines)
    assert "Error of run-contracts" in html.page(seen)
    document = junit.document(seen).decode()
    assert '<error message="the check of RUN-HTTP-001 failed' in document
    assert badge.picture(Summary.of(seen))
    assert "the check of RUN-HTTP-001 failed" in sarif.document(Summary.of(seen))


def test_the_errors_of_a_check_are_bounded() -> None:
    """An error that comes again is told once, and of very many some."""
    ours = OwnErrors()
    for number in range(2 * MOST_ERRORS):
        for _ in range(2):
            with ours.costing("a part"):
                raise ValueError(f"{number} {'x' * 100_000}")
    assert len(ours.texts) == MOST_ERRORS + 1
    assert ours.texts[-1] == f"{MOST_ERRORS} more errors of run-contracts"
    assert max(map(len, ours.texts)) < 5_000


class _Unspeakable(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no")


def test_an_error_that_cannot_be_written_is_told() -> None:
    """By its name."""
    ours = OwnErrors()
    with ours.costing("a part"):
        raise _Unspeakable
    assert "_Unspeakable: it cannot be written" in ours.texts[0]


def test_a_report_that_raises_costs_itself_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The other files are written, the check is printed, and the exit code says 4."""
    monkeypatch.setattr(html, "page", _raises)
    monkeypatch.setattr(http_archive, "archive", _raises)
    options = ServerOptions.for_checking()
    with running(options) as url:
        done = run(
            *("check", url, "--only", "RUN-LIST-001", "--report", "c.jsonl"),
            *("--html", "c.html", "--junit", "c.xml", "--badge", "c.svg"),
            *("--har", "c.har", "--sarif", "c.sarif"),
            folder=tmp_path,
            OPENAI_API_KEY=options.api_key,
        )
    assert done.returncode == ExitCode.OUR_ERROR, done.stdout + done.stderr
    assert "writing --html failed by an error of run-contracts: ZeroDivisionError" in done.stderr
    assert done.stdout.splitlines()[-1] == "the contract holds"
    assert "</testsuites>" in (tmp_path / "c.xml").read_text()
    assert "</svg>" in (tmp_path / "c.svg").read_text()
    assert "writing --har failed by an error of run-contracts: ZeroDivisionError" in done.stderr
    assert '"runs"' in (tmp_path / "c.sarif").read_text()
    assert isinstance(jsonlines.read(tmp_path / "c.jsonl")[-1], events.Finished)
    again = run("report", "c.jsonl", "--html", "d.html", "--junit", "d.xml", folder=tmp_path)
    assert again.returncode == ExitCode.OUR_ERROR
    assert (tmp_path / "d.xml").read_text() == (tmp_path / "c.xml").read_text()


@pytest.mark.parametrize("room", [jsonlines, TextReport])
def test_a_line_that_cannot_be_written_costs_itself_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, room: Any
) -> None:
    """What is broken is told by the other of the two, and by the exit code."""
    name = "write" if room is jsonlines else "lines"
    monkeypatch.setattr(room, name, _raises)
    options = ServerOptions.for_checking(faults=("RUN-LIST-001",))
    with running(options) as url:
        done = run(
            *("check", url, "--only", "RUN-LIST-001", "--report", "c.jsonl", "--junit", "c.xml"),
            folder=tmp_path,
            OPENAI_API_KEY=options.api_key,
        )
    assert done.returncode == ExitCode.BROKEN, done.stdout + done.stderr
    assert "failed by an error of run-contracts: ZeroDivisionError" in done.stderr
    assert "RUN-LIST-001" in (tmp_path / "c.xml").read_text()
    assert ("RUN-LIST-001" in done.stdout) == (room is jsonlines)
