"""Recorded answers: quick, in parts and in several processes, the verdicts are the same."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from run_contracts.checks import outcomes
from run_contracts.checks.values import DELTAS, kind_by_itself
from run_contracts.contract.loading import Contract, load
from run_contracts.contract.object_names import named_kind
from run_contracts.contract.requirements import Level
from run_contracts.recordings.file_parts import BareLines, bare
from run_contracts.recordings.file_reading import file_parts
from run_contracts.recordings.judging.asked_for import AskedFor
from run_contracts.recordings.judging.bare_answers import (
    is_broken_answer,
    is_plainly_right,
    value_of,
    verdict,
)
from run_contracts.recordings.judging.file_verdicts import verdicts
from run_contracts.recordings.judging.in_processes import BEFORE_PROCESSES, Processes
from run_contracts.recordings.judging.judges import Judges
from run_contracts.recordings.judging.part_verdict import PartVerdict, judged_part
from run_contracts.recordings.judging.standings import Standing
from run_contracts.recordings.kind_of_fields import kind_of_fields
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange
from tests.recordings.judging.mixed import lines
from tests.samples import run

ASKED = AskedFor("v2", "wire", None, is_auto=False)
ROOM = 1_000_000


def _by_every_check(exchange: Exchange, contract: Contract) -> tuple[Standing, list[str]]:
    """Return the verdict of all checks, each asked, and the findings as they are printed."""
    if exchange.unreadable:
        return Standing.NOT_JUDGED, []
    decided = list(outcomes(Evidence(contract=contract, exchanges=(exchange,))))
    broken = [one.violation for one in decided if one.violation is not None]
    texts = [f"{exchange.source}: {one}" for one in broken]
    if not (exchange.is_stream or exchange.body.is_json):
        is_ours = is_broken_answer(exchange.response.body) and "cut off" not in str(broken[0])
        return (Standing.BROKEN, texts) if is_ours else (Standing.NOT_READ, [])
    if any(one.level is Level.MUST for one in broken):
        return Standing.BROKEN, texts
    is_unknown = all(one.requirement.startswith("RUN-BODY-") for one in decided)
    return Standing.NOT_JUDGED if is_unknown else Standing.HOLDS, texts


def _is_named_otherwise(value: Any) -> bool:
    """Say whether no check knows a value by its name, which is wrong, or that of a delta."""
    is_known = bool(kind_of_fields(value)) or named_kind(value) in DELTAS
    return is_known and not kind_by_itself(value)


@pytest.mark.parametrize("edition", ["v1", "v2"])
def test_the_quick_verdict_is_that_of_every_check(edition: Any) -> None:
    """What is quick says the same of each answer, in the same words."""
    contract = load(edition)
    part = BareLines(name="x", data=b"\n".join(lines()), size=0, first=1)
    seen = Counter[Standing]()
    for number, body in part.answers():
        exchange = bare(body, f"line {number}").exchange(number, edition, "x")
        code, texts = _by_every_check(exchange, contract)
        quick, findings = verdict(exchange, contract)
        if _is_named_otherwise(exchange.answered):
            assert quick is Standing.BROKEN  # all of these lines are wrong; no check asks for them
            continue
        assert quick is code, exchange.source
        assert [str(one.what) for one in findings if one.requirement] == [
            text.removeprefix(f"{exchange.source}: ") for text in texts
        ]
        if is_plainly_right(value_of(body), contract):
            assert (code, texts) == (Standing.HOLDS, [])
        seen[code] += 1
    few = [seen[one] for one in (Standing.HOLDS, Standing.BROKEN, Standing.NOT_JUDGED)]
    assert min(*few, 2 * seen[Standing.NOT_READ]) > 10


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
    with closing(Processes()) as workers:
        judges = Judges(workers, ASKED, ROOM)
        together = [one for part in file_parts(file) for one in judges.add(part)]
        together += judges.rest()
    assert _summed([one for done in together for one in done.answer.verdicts]) == alone
    assert len(list(file_parts(file))) > 10


def _judged(part: BareLines) -> PartVerdict:
    return judged_part(part, ASKED, ROOM)


def test_a_small_file_starts_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Up to some size it would take longer to start one than to judge."""
    monkeypatch.setattr("concurrent.futures.ProcessPoolExecutor.submit", None)
    part = BareLines(name="x", data=lines()[0], size=BEFORE_PROCESSES - 1, first=1)
    assert len(list(verdicts([part], ASKED, ROOM))) == 1


def test_what_there_is_no_room_for_is_counted() -> None:
    """The first findings are said, the others counted by requirement."""
    wrong = b"".join(json.dumps(run(id=f"run_{at}", model=7)).encode() + b"\n" for at in range(5))
    part = BareLines(name="x", data=wrong + b"[1]", size=0, first=1)
    (said,) = verdicts([part], ASKED, 2)
    assert [one.text[:24] for one in said.said] == [
        "x, line 1: RUN-SHAPE-015",
        "x, line 2: RUN-SHAPE-015",
    ]
    assert said.unsaid == {"RUN-SHAPE-015": 3, "": 1}
    assert said.answers == {Standing.BROKEN: 5, Standing.NOT_JUDGED: 1}


class _Failing(Exchange):
    """An answer that cannot be looked at for a defect of ours."""

    @property
    def unreadable(self) -> str | None:
        raise KeyError("ours\n")


def test_an_error_of_ours_costs_one_answer() -> None:
    """Whatever is raised, the answer is named, in one line, and no more than it is lost."""
    given = bare(b"{}", "line 7").exchange(7, "v2", "x")
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
    parts = [one for one in file_parts(file, size=size) if isinstance(one, BareLines)]
    seen = [answer for part in parts for answer in part.answers()]
    assert seen == [(at, one) for at, one in enumerate(lines()[:50], start=1) if one.strip()]
