"""One set of tables: who edits the data finds that makers, fast verdict and slow judge agree."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import run_contracts
from run_contracts.contract.files import root

JUDGED = """
import json, sys
from run_contracts import load
from run_contracts.factories import factory
from run_contracts.validation.fast import holds
from run_contracts.validation.judging import explained

kind, status, change = json.loads(sys.argv[1])
contract, makers = load("v2"), factory("v2", seed=7)

def made():
    value = makers.step(status) if kind == "run_step" else makers.run(status)
    return json.loads(json.dumps(value))

def judged(value):
    slow = [one.requirement for one in explained(value, kind, contract)]
    return holds(value, kind, contract), slow

right = [made() for _ in range(20)]
wrong = [{**value, **eval(change, {"value": value})} for value in right]
print(json.dumps([[judged(value) for value in values] for values in (right, wrong)]))
"""


class Edit(NamedTuple):
    """An edit of the data, and what is wrong by it with a value that was made by it."""

    file: str
    before: str
    after: str
    kind: str
    status: str
    change: str
    breaks: str


STEPS = '[v2.steps.failed]\nexpires_at = "null"\ncompleted_at = '
FIELDS = '[v2.fields.expired]\nstarted_at = "either"\nexpires_at = "null"\ncompleted_at = '
PARTS = 'total = "total_tokens"\nparts = ["prompt_tokens"'
EDITS = {
    "prefix": Edit(
        "requirements.toml",
        'prefix = "run_"',
        'prefix = "run-"',
        "run",
        "completed",
        '{"id": "run_" + "x" * 24}',
        "RUN-ID-001",
    ),
    "prefix with what patterns read": Edit(
        "requirements.toml",
        'prefix = "thread_"',
        'prefix = "thread.(["',
        "run",
        "completed",
        '{"thread_id": "threadx([1"}',
        "RUN-ID-002",
    ),
    "cell of steps": Edit(
        "lifecycle.toml",
        f'{STEPS}"null"',
        f'{STEPS}"set"',
        "run_step",
        "failed",
        '{"completed_at": None}',
        "RUN-STEP-021",
    ),
    "cell of runs": Edit(
        "lifecycle.toml",
        f'{FIELDS}"either"',
        f'{FIELDS}"null"',
        "run",
        "expired",
        '{"completed_at": value["created_at"] + 9}',
        "RUN-STATUS-006",
    ),
    "order of moments": Edit(
        "requirements.toml",
        'fields = ["created_at", "started_at"]',
        'fields = ["started_at", "created_at"]',
        "run",
        "in_progress",
        '{"started_at": value["created_at"] + 1}',
        "RUN-TIME-001",
    ),
    "bound of seconds": Edit(
        "requirements.toml",
        "below = 100_000_000_000",
        "below = 2_000_000_000",
        "run",
        "queued",
        '{"expires_at": 2_000_000_000}',
        "RUN-TIME-004",
    ),
    "arithmetic": Edit(
        "requirements.toml",
        f'{PARTS}, "completion_tokens"]',
        f"{PARTS}]",
        "run",
        "completed",
        '{"usage": {**value["usage"], "prompt_tokens": value["usage"]["total_tokens"] + 1}}',
        "RUN-USAGE-001",
    ),
    "most tools": Edit(
        "v2/run.json",
        '"maxItems": 128',
        '"maxItems": 2',
        "run",
        "requires_action",
        '{"tools": [{"type": "code_interpreter"}] * 3}',
        "RUN-SHAPE-017",
    ),
}


def _edited(edit: Edit, place: Path) -> Path:
    """Return a copy of the package, with the data edited in one place."""
    shutil.copytree(Path(run_contracts.__file__).parent, place / "src" / "run_contracts")
    shutil.copytree(root(), place / "schemas")
    file = place / "schemas" / edit.file
    text = file.read_text(encoding="utf-8")
    assert edit.before in text
    file.write_text(text.replace(edit.before, edit.after, 1), encoding="utf-8")
    return place / "src"


def _judged(source: Path, edit: Edit) -> list[list[Any]]:
    """Return the verdicts, fast and slow, on what is made and on what is then made wrong."""
    wish = json.dumps([edit.kind, edit.status, edit.change])
    done = subprocess.run(
        [sys.executable, "-c", JUDGED, wish],
        env={**os.environ, "PYTHONPATH": str(source)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    verdicts: list[list[Any]] = json.loads(done.stdout)
    return verdicts


@pytest.mark.parametrize("name", EDITS)
def test_makers_and_both_judges_follow_the_data(name: str, tmp_path: Path) -> None:
    """What is made by edited data holds by it, fast and slow; what departs from it breaks it."""
    edit = EDITS[name]
    right, wrong = _judged(_edited(edit, tmp_path), edit)
    assert right == [[True, []]] * len(right)
    assert wrong == [[False, [edit.breaks]]] * len(wrong)
