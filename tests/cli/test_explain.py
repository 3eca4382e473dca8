"""``run-contracts explain``: every requirement can be understood from it alone."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner

from run_contracts import UsageError
from run_contracts.cli.commands.explain import command
from run_contracts.contract.requirements import client_register, register
from run_contracts.engine.selftest.agreement import UNSHOWN
from run_contracts.server import FAULTS

AREAS = [
    (edition, area)
    for edition in ("v1", "v2")
    for area in dict.fromkeys(one.area for one in register(edition).values())
]


def _said(*arguments: str) -> str:
    return CliRunner().invoke(command, arguments, catch_exceptions=False).stdout


@pytest.mark.parametrize(("edition", "area"), AREAS)
def test_every_requirement_is_explained(edition: str, area: str) -> None:
    """Rule, reason, source, something right and something else that is wrong, and its faults."""
    rules = [one for one in register(edition).values() if one.area == area]
    explained: list[dict[str, Any]] = json.loads(
        _said(*(one.id for one in rules), "--edition", edition, "--format", "json")
    )
    assert [one["id"] for one in explained] == [one.id for one in rules]
    for rule, one in zip(rules, explained, strict=True):
        assert (one["sentence"], one["why"], one["source"]) == (
            rule.sentence,
            rule.why,
            rule.source,
        )
        faults = [fault.id for fault in FAULTS.values() if fault.requirement == rule.id]
        assert [fault["id"] for fault in one["faults"]] == faults
        if one["example"] is None:
            assert rule.id in UNSHOWN
        else:
            assert one["example"]["right"] != one["example"]["wrong"]
            assert all(one["example"].values())


@pytest.mark.parametrize("area", dict.fromkeys(area for _, area in AREAS))
def test_it_can_be_read_at_eighty_columns(area: str) -> None:
    """No line is longer, whatever the example is; it says what to type next."""
    ids = [one.id for one in register("v2").values() if one.area == area]
    lines = _said(*ids).splitlines()
    assert max(map(len, lines)) <= 80
    for one in ids:
        assert any(line.startswith(f"{one} ") for line in lines)
        assert any(line.endswith(f"--only {one}") for line in lines)


@pytest.mark.parametrize("edition", ["v1", "v2"])
def test_every_requirement_on_clients_is_explained(edition: str) -> None:
    """Rule, reason, source, and the requests that show it; a check of a server shows none."""
    rules = client_register(edition).values()
    said = _said(*(one.id for one in rules), "--edition", edition)
    for rule in rules:
        assert f"{rule.id} {rule.level}" in said
    assert max(map(len, said.splitlines())) <= 80
    assert "--only" not in said
    assert "shown by  a trial of the client" in _said("CLIENT-END-001")
    (one,) = json.loads(_said("CLIENT-CALL-001", "--format", "json"))
    assert one["shown_by"] == ["submitToolOutputs"]
    assert (one["example"], one["faults"]) == (None, [])


def test_without_an_edition_it_is_the_newest_that_has_the_rule() -> None:
    """A rule of v1 alone is explained as such, and the commands ask for v1."""
    said = _said("RUN-SHAPE-018")
    assert "  editions  v1\n" in said
    assert "run-contracts check URL --edition v1 --only RUN-SHAPE-018" in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("RUN-LIFE-07",), "no requirement 'RUN-LIFE-07' in edition v2; did you mean RUN-LIFE-007"),
        (("CLIENT-CALL-01",), "did you mean CLIENT-CALL-001"),
        (("RUN-SHAPE-018", "--edition", "v2"), "no requirement 'RUN-SHAPE-018' in edition v2"),
    ],
)
def test_an_unknown_id_is_told_with_the_nearest(arguments: tuple[str, ...], words: str) -> None:
    """Nothing is explained by halves."""
    with pytest.raises(UsageError, match=words):
        _said("RUN-LIFE-001", *arguments)
