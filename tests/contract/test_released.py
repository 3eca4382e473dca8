"""Verdicts are an API: what can turn a green server red is named in the changelog."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from run_contracts.contract.files import read_toml
from tests.contract.released import (
    COMMAND,
    RELEASED,
    ROOT,
    current,
    named_verdicts,
    read_released,
    unnamed,
    verdict_data,
    written,
)

ROWS = read_toml("requirements.toml")["requirement"]
CHANGELOG = "# Changelog\n\n## {top}\n\n### Verdicts\n\n- {text}\n\n## 0.0.9 (2026-01-01)\n"
Change = Callable[[dict[str, dict[str, Any]]], None]


def test_what_can_turn_a_green_server_red_is_named_in_the_changelog() -> None:
    """By the id of the requirement, since the last release."""
    version, released = read_released()
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    complaints = list(unnamed(released, current(), named_verdicts(changelog, version)))
    assert complaints == [], f"after a release: {COMMAND}"


def _set(id_: str, **keys: Any) -> Change:
    return lambda rows: rows[id_].update(keys)


def _new(rows: dict[str, dict[str, Any]]) -> None:
    rows["RUN-LIFE-099"] = {**rows["RUN-LIFE-007"], "id": "RUN-LIFE-099"}


RED: dict[str, tuple[Change, str]] = {
    "a new MUST": (_new, "RUN-LIFE-099: it is new"),
    "a SHOULD that is a MUST": (_set("RUN-LIFE-005", level="MUST"), "RUN-LIFE-005: it is asked"),
    "one more edition": (_set("RUN-SHAPE-027", editions=["v1", "v2"]), "by editions"),
    "another kind": (_set("RUN-LIFE-001", on="stream"), "by on"),
    "another field": (_set("RUN-TIME-001", fields=["created_at", "failed_at"]), "by fields"),
    "another keyword": (_set("RUN-META-001", keyword="minProperties"), "by keyword"),
    "set instead of null": (_set("RUN-STATUS-008", expect="set"), "by expect, tables"),
    "another status": (_set("RUN-STATUS-004", statuses=["failed"]), "by statuses"),
    "another sentence": (_set("RUN-LIFE-002", sentence="No."), "by sentence"),
}


@pytest.mark.parametrize("name", RED)
def test_what_turns_servers_red_is_missed_until_it_is_named(name: str) -> None:
    """The sentence names the requirement, what differs, and what to do."""
    change, expected = RED[name]
    rows = {row["id"]: copy.deepcopy(row) for row in ROWS}
    change(rows)
    before, after = verdict_data(ROWS), verdict_data(list(rows.values()))
    (complaint,) = unnamed(before, after, set())
    assert expected in complaint
    assert "name it under '### Verdicts'" in complaint
    assert list(unnamed(before, after, {complaint.partition(":")[0]})) == []


GREEN: dict[str, Change] = {
    "one is withdrawn": lambda rows: rows.pop("RUN-LIFE-008"),  # type: ignore[dict-item]
    "a MUST that is advice": _set("RUN-LIFE-008", level="SHOULD"),
    "other advice": _set("RUN-LIFE-005", sentence="Otherwise."),
    "another source": _set("RUN-LIFE-008", source="A guide.", why="So it is."),
    "a key that nobody knows yet": _set("RUN-LIFE-008", reviewed="today"),
}


@pytest.mark.parametrize("name", GREEN)
def test_what_turns_nothing_red_needs_no_name(name: str) -> None:
    """Less is asked for, or the same."""
    rows = {row["id"]: copy.deepcopy(row) for row in ROWS}
    GREEN[name](rows)
    assert list(unnamed(verdict_data(ROWS), verdict_data(list(rows.values())), set())) == []


@pytest.mark.parametrize(
    ("id_", "said"),
    [
        ("RUN-STATUS-004", ["tables", "v2"]),
        ("RUN-LIFE-001", ["tables", "v2", "queued"]),
        ("RUN-STREAM-007", ["tables", "v1"]),
        ("RUN-STREAM-005", ["tables", "v2", "thread.run.queued"]),
        ("RUN-SHAPE-006", ["forms", "v2 run"]),
        ("RUN-SHAPE-032", ["forms", "v1 run"]),
        ("RUN-LIST-001", ["forms", "v2 run_step_list"]),
        ("RUN-ERR-002", ["forms", "v2 error"]),
        ("RUN-STEP-013", ["forms", "v1 run_step"]),
    ],
)
def test_tables_and_schemas_are_part_of_what_decides(id_: str, said: list[str]) -> None:
    """Cells, edges, pauses, events, the form of each field: another value, another verdict."""
    released = json.loads(json.dumps(current()))
    part = released[id_]
    *steps, last = said
    for step in steps:
        part = part[step]
    assert part[last]
    part[last] = "otherwise"
    (complaint,) = unnamed(released, current(), set())
    assert complaint.startswith(f"{id_}: it is asked for otherwise, by {said[0]}, ")


@pytest.mark.parametrize(
    ("top", "text", "named"),
    [
        ("0.2.0 (unreleased)", "RUN-LIFE-001 and\n  RUN-ID-001 are new.", True),
        ("0.1.0 (unreleased)", "RUN-LIFE-001 and RUN-ID-001.", True),
        ("0.1.0 (2026-12-01)", "RUN-LIFE-001 and RUN-ID-001.", False),
        ("0.2.0 (unreleased)", "Nothing.\n\n### Fixed\n\n- RUN-LIFE-001, RUN-ID-001.", False),
    ],
)
def test_what_is_named_stands_under_verdicts_of_the_version_to_come(
    top: str, text: str, named: bool
) -> None:
    """What stands in a version that is out, or under another heading, tells nobody in time."""
    expected = {"RUN-LIFE-001", "RUN-ID-001"} if named else set()
    assert named_verdicts(CHANGELOG.format(top=top, text=text), "0.1.0") == expected


def test_the_list_is_in_its_written_form() -> None:
    """A list edited by hand would not be what a release said."""
    assert RELEASED.read_text(encoding="utf-8") == written(*read_released())
