"""Recordings that are longer than what is judged at once are read in parts that say so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from run_contracts.recordings import entries_at_once
from run_contracts.recordings.file_parts import Entries
from run_contracts.recordings.file_reading import file_parts
from run_contracts.recordings.judging.standings import Standing
from tests.recordings.calls import STARTED, Call
from tests.recordings.documents_of_calls import har
from tests.recordings.verdicts_of import verdicts_of
from tests.samples import run


def _lines(number: int) -> Iterator[str]:
    for at in range(number):
        url = f"http://a.example/v1/threads/thread_{at}/runs/run_{at}"
        response = {"status": 200, "body": json.dumps(run(id=f"run_{at}"))}
        yield json.dumps({"request": {"method": "GET", "url": url}, "response": response}) + "\n"


@pytest.mark.parametrize(("number", "sizes"), [(4, [4]), (5, [5]), (6, [5, 1]), (11, [5, 5, 1])])
def test_parts_say_that_they_are_parts(
    number: int, sizes: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of them, the last as well; what is judged at once is none."""
    monkeypatch.setattr(entries_at_once, "MOST_TOGETHER", 5)
    file = tmp_path / "long.jsonl"
    file.write_text("".join(_lines(number)), encoding="utf-8")
    parts = [one for one in file_parts(str(file)) if isinstance(one, Entries)]
    assert [len(one.entries) for one in parts] == sizes
    assert {one.is_cut for one in parts} == {len(sizes) > 1}


def _lives(number: int) -> tuple[list[Call], list[Call]]:
    """Return what was created and read of runs, and the modifications that were in between."""
    seen: list[Call] = []
    modified: list[Call] = []
    for at in range(number):
        ids = {"id": f"run_{at}", "thread_id": f"thread_{at}"}
        first, then = (run("queued", **ids, metadata={"k": value}) for value in "ab")
        path, moment = f"/v1/threads/thread_{at}/runs", STARTED + 6 * at
        one = f"{path}/run_{at}"
        asked = {"assistant_id": first["assistant_id"], "metadata": {"k": "a"}}
        change = {"metadata": {"k": "b"}}
        seen.append(Call(method="POST", path=path, answer=first, sent=asked, at=moment))
        modified.append(Call(method="POST", path=one, answer=then, sent=change, at=moment + 2))
        seen.append(Call(method="GET", path=one, answer=then, at=moment + 4))
    return seen, modified


def _lines_of(calls: list[Call]) -> str:
    return "\n".join(map(json.dumps, har(calls)["log"]["entries"]))


OUT_OF_ORDER = "do not stand in the order of time"


@pytest.mark.parametrize("is_reversed", [False, True])
def test_a_document_is_cut_by_its_moments(
    is_reversed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What changed a run stands in its part, wherever in the file it stands."""
    seen, modified = _lives(12)
    calls = seen + modified
    (tmp_path / "x.har").write_text(json.dumps(har(calls[::-1] if is_reversed else calls)))
    monkeypatch.setattr(entries_at_once, "MOST_TOGETHER", 9)
    found = verdicts_of(tmp_path / "x.har", is_alone=True)
    assert (found.answers, found.said) == ({Standing.HOLDS: 36}, [])


def test_lines_out_of_order_are_judged_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is missing in between may be in another part; that is said once, and breaks nothing."""
    seen, modified = _lives(12)
    (tmp_path / "x.jsonl").write_text(_lines_of(seen + modified))
    monkeypatch.setattr(entries_at_once, "MOST_TOGETHER", 26)
    found = verdicts_of(tmp_path / "x.jsonl")
    assert found.answers == {Standing.HOLDS: 36}
    (said,) = found.said
    assert OUT_OF_ORDER in said
    monkeypatch.setattr(entries_at_once, "MOST_TOGETHER", 36)
    assert verdicts_of(tmp_path / "x.jsonl").said == []


@pytest.mark.parametrize("is_reversed", [False, True])
def test_a_little_disorder_costs_little(
    is_reversed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Far from where a file was cut nothing is missing, and what is wrong there is found."""
    seen, modified = _lives(12)
    ended = run("completed", id="run_5", thread_id="thread_5", metadata={"k": "b"})
    modified[5] = replace(modified[5], answer=ended)
    ordered = sorted(seen + modified, key=lambda one: one.at)
    swapped = [*ordered[:2], ordered[3], ordered[2], *ordered[4:]]
    (tmp_path / "x.jsonl").write_text(_lines_of(swapped[::-1] if is_reversed else swapped))
    monkeypatch.setattr(entries_at_once, "MOST_TOGETHER", 30)
    found = verdicts_of(tmp_path / "x.jsonl")
    assert found.broken == {"RUN-LIFE-002"}
    assert found.answers[Standing.BROKEN] == 1
