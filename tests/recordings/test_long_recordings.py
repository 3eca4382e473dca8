"""Recordings that are longer than what is judged at once are read in parts that say so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from run_contracts.recordings import file_reading
from run_contracts.recordings.file_parts import Entries
from run_contracts.recordings.file_reading import file_parts
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
    monkeypatch.setattr(file_reading, "MOST_TOGETHER", 5)
    file = tmp_path / "long.jsonl"
    file.write_text("".join(_lines(number)), encoding="utf-8")
    parts = [one for one in file_parts(str(file)) if isinstance(one, Entries)]
    assert [len(one.entries) for one in parts] == sizes
    assert {one.is_cut for one in parts} == {len(sizes) > 1}
