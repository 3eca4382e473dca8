"""Recorded answers: quick, in parts and in several processes, the verdicts are the same."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from run_contracts.checks import outcomes
from run_contracts.contract.loading import Contract, load
from run_contracts.contract.requirements import Level
from run_contracts.recordings.file_parts import BareLines
from run_contracts.recordings.file_reading import file_parts
from run_contracts.recordings.judging.asked_for import AskedFor
from run_contracts.recordings.judging.bare_answers import is_plainly_right, verdict
from run_contracts.recordings.judging.in_processes import BEFORE_PROCESSES, Judges, verdicts
from run_contracts.recordings.judging.part_verdict import PartVerdict
from run_contracts.recordings.judging.standings import Standing
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange
from tests.recordings.judging.mixed import lines

ASKED = AskedFor("v2", "wire", None, is_auto=False)
ROOM = 1_000_000


def _by_every_check(exchange: Exchange, contract: Contract) -> tuple[Standing, list[str]]:
    """Return the verdict of all checks, each asked, and the findings as they are printed."""
    if exchange.unreadable:
        return Standing.NOT_JUDGED, []
    decided = list(outcomes(Evidence(contract=contract, exchanges=(exchange,))))
    broken = [one.violation for one in decided if one.violation is not None]
    texts = [f"{exchange.source}: {one}" for one in broken]
    if any(one.level is Level.MUST for one in broken):
        return Standing.BROKEN, texts
    is_unknown = all(one.requirement.startswith("RUN-BODY-") for one in decided)
    return Standing.NOT_JUDGED if is_unknown else Standing.HOLDS, texts


@pytest.mark.parametrize("edition", ["v1", "v2"])
def test_the_quick_verdict_is_that_of_every_check(edition: Any) -> None:
    """What is quick says the same of each answer, in the same words."""
    contract = load(edition)
    part = BareLines(name="x", data=b"\n".join(lines()), size=0, first=1)
    seen = Counter[Standing]()
    for number, body in part.answers():
        exchange = part.exchange(number, body, edition)
        code, texts = _by_every_check(exchange, contract)
        quick, findings = verdict(part.exchange(number, body, edition), contract)
        assert quick is code, exchange.source
        assert [str(one.what) for one in findings if one.requirement] == [
            text.removeprefix(f"{exchange.source}: ") for text in texts
        ]
        if is_plainly_right(body, contract):
            assert (code, texts) == (Standing.HOLDS, [])
        seen[code] += 1
    assert min(seen[code] for code in (0, 1, 3)) > 10


def _summed(every: list[PartVerdict]) -> tuple[Counter[Standing], list[tuple[str, str]]]:
    answers = Counter[Standing]()
    for one in every:
        answers += one.answers
    return answers, [tuple(said) for one in every for said in one.said]


def test_processes_say_what_one_process_says(tmp_path: Path) -> None:
    """In any number of processes the findings are the same, in the order of the lines."""
    file = tmp_path / "mixed.jsonl"
    file.write_bytes(b"\n".join(lines() * 2))
    alone = _summed(list(map(_judged, file_parts(file))))
    with Judges(ASKED, lambda: ROOM) as judges:
        together = [one for part in file_parts(file) for _, one in judges.add(part)]
        together += [one for _, one in judges.rest()]
    assert _summed(together) == alone
    assert len(list(file_parts(file))) > 10


def _judged(part: BareLines) -> PartVerdict:
    (only,) = verdicts([part], ASKED, lambda: ROOM)
    return only


def test_a_small_file_starts_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Up to some size it would take longer to start one than to judge."""
    monkeypatch.setattr("concurrent.futures.ProcessPoolExecutor.submit", None)
    part = BareLines(name="x", data=lines()[0], size=BEFORE_PROCESSES - 1, first=1)
    assert len(list(verdicts([part], ASKED, lambda: ROOM))) == 1


def test_what_there_is_no_room_for_is_counted() -> None:
    """The first findings are said, the others counted by requirement."""
    part = BareLines(name="x", data=b"oops\n" * 5 + b"[1]", size=0, first=1)
    (said,) = verdicts([part], ASKED, lambda: 2)
    assert [one.text[:24] for one in said.said] == [
        "x, line 1: RUN-BODY-001 ",
        "x, line 2: RUN-BODY-001 ",
    ]
    assert said.unsaid == {"RUN-BODY-001": 3, "": 1}
    assert said.answers == {Standing.BROKEN: 5, Standing.NOT_JUDGED: 1}


class _Failing(Exchange):
    """An answer that cannot be looked at for a defect of ours."""

    @property
    def unreadable(self) -> str | None:
        raise KeyError("ours\n")


def test_an_error_of_ours_costs_one_answer() -> None:
    """Whatever is raised, the answer is named, in one line, and no more than it is lost."""
    given = BareLines(name="x", data=b"{}", size=0).exchange(7, b"{}", "v2")
    failing = _Failing(
        number=1, edition="v2", request=given.request, response=given.response, source="x, line 7"
    )
    code, (finding,) = verdict(failing, load("v2"))
    assert code is Standing.OUR_ERROR
    assert str(finding).startswith("x, line 7: not judged: KeyError: 'ours")
    assert "\n" not in str(finding)


@pytest.mark.parametrize("size", [1, 10, 1000, 10**6])
def test_lines_are_cut_at_any_place(tmp_path: Path, size: int) -> None:
    """However much is read at a time, each line comes once, whole, with its number."""
    file = tmp_path / "x.jsonl"
    file.write_bytes(b"\n".join(lines()[:50]))
    seen = [answer for part in file_parts(file, size=size) for answer in part.answers()]
    assert seen == [(at, one) for at, one in enumerate(lines()[:50], start=1) if one.strip()]
