"""Snapshots of one run, in order, are its history: in a part of a file, and over several."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from run_contracts.recordings.file_reading import file_parts
from run_contracts.recordings.judging.asked_for import AskedFor
from run_contracts.recordings.judging.bare_histories import key_of, plainly_follows
from run_contracts.recordings.judging.file_verdicts import verdicts
from run_contracts.recordings.judging.standings import Standing
from tests.samples import run

LIVES: dict[str, tuple[list[dict[str, Any]], str]] = {
    "right": ([run("queued"), run("in_progress"), run("completed"), run("completed")], ""),
    "back from its end": ([run("completed"), run("in_progress")], "RUN-LIFE-002"),
    "of another model": ([run("queued"), run("in_progress", model="other")], "RUN-LIFE-003"),
    "born anew": ([run("queued"), run("in_progress", created_at=1_799_999_999)], "RUN-TIME-005"),
    "ended anew": ([run(), run(completed_at=run()["completed_at"] + 9)], "RUN-TIME-006"),
}

RED = {"RUN-LIFE-002", "RUN-TIME-005", "RUN-TIME-006"}
"""Those that are a MUST."""


@pytest.mark.parametrize("size", [1, 10**6])
@pytest.mark.parametrize("name", LIVES)
def test_snapshots_in_order_are_a_history(tmp_path: Path, name: str, size: int) -> None:
    """However a file is cut into parts, and whatever stands between, a wrong change is named."""
    snapshots, wanted = LIVES[name]
    lines = [line for one in snapshots for line in (one, run(id="run_2"))]
    file = tmp_path / "log.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    judged = list(verdicts(file_parts(file, size=size), AskedFor(), 99))
    found = {one.requirement for verdict in judged for one in verdict.said}
    assert found == ({wanted} if wanted else set())
    broken = sum(verdict.answers[Standing.BROKEN] for verdict in judged)
    assert broken == (wanted in RED)


@pytest.mark.parametrize("name", LIVES)
def test_what_plainly_follows_breaks_nothing(name: str) -> None:
    """The quick look says yes only where the long one does."""
    snapshots, wanted = LIVES[name]
    keys = list(map(key_of, snapshots))
    plain = all(plainly_follows(*pair) for pair in pairwise(keys))
    assert plain is not bool(wanted)


def test_an_array_of_snapshots_is_a_history(tmp_path: Path) -> None:
    """So are values one after another, and the documents of a pretty printer."""
    wrong = [run("completed"), run("in_progress")]
    (tmp_path / "array.json").write_text(json.dumps(wrong), encoding="utf-8")
    (tmp_path / "printed.json").write_text(
        "\n".join(json.dumps(one, indent=1) for one in wrong), encoding="utf-8"
    )
    for file in tmp_path.iterdir():
        judged = list(verdicts(file_parts(file), AskedFor(), 99))
        assert [one.requirement for verdict in judged for one in verdict.said] == ["RUN-LIFE-002"]
