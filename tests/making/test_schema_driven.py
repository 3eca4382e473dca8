"""The schemas drive everything: what is in them is made, and what cannot be read is refused."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

import run_contracts
from run_contracts import ContractError, factories, load, strategies, violations
from run_contracts.making.forms import Fields
from run_contracts.making.keywords import KNOWN_KEYWORDS
from run_contracts.making.parsing import form_of
from run_contracts.types import Run, RunStep

PACKAGE = Path(run_contracts.__file__).parent
SCHEMAS = PACKAGE.parents[1] / "schemas"
COPY = """
import json
from hypothesis import given, settings
from run_contracts import factories, strategies, violations
from run_contracts.making import edge_cases

drawn = []

@settings(max_examples=200, database=None, deadline=None)
@given(strategies.runs())
def collect(run):
    drawn.append(run)

collect()
made = factories.make_run(seed=1)
print(json.dumps({
    "drawn": sorted({run.get("priority") for run in drawn}),
    "made": made["priority"],
    "edges": sorted({case.run["priority"] for case in edge_cases()}),
    "named": [str(case) for case in edge_cases() if "priority" in str(case)],
    "legal": [str(one) for run in [made, *drawn] for one in violations(run)],
    "missed": [one.pointer for one in violations({**made, "priority": "high"})],
}))
"""


def test_a_field_added_to_the_schema_appears_everywhere(tmp_path: Path) -> None:
    """Strategies, factories, edge cases and validation know it, with no line of Python changed."""
    shutil.copytree(PACKAGE, tmp_path / "src" / "run_contracts")
    shutil.copytree(SCHEMAS, tmp_path / "schemas")
    path = tmp_path / "schemas" / "v2" / "run.json"
    schema = json.loads(path.read_text())
    schema["properties"]["priority"] = {"type": "integer", "minimum": 1, "maximum": 3}
    schema["required"].append("priority")
    path.write_text(json.dumps(schema))
    done = subprocess.run(
        [sys.executable, "-c", COPY],
        env={**os.environ, "PYTHONPATH": str(tmp_path / "src")},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    printed = json.loads(done.stdout)
    assert printed["drawn"] == [1, 2, 3]
    assert printed["made"] in (1, 2, 3)
    assert printed["edges"] == [1, 2, 3]
    assert {"priority-2", "priority-3"} == set(printed["named"])
    assert printed["legal"] == []
    assert printed["missed"] == ["/priority"]


def _vendor(**properties: Any) -> run_contracts.Contract:
    return load("v2").with_fields("run", properties, required=properties)


def test_a_vendors_schema_goes_through_the_same_doors() -> None:
    """Our run with more fields is drawn, faked and judged by the vendor's contract."""
    region = {"type": "string", "enum": ["eu", "us"]}
    cost = {"type": "object", "properties": {"cents": {"type": "integer", "minimum": 0}}}
    vendor = _vendor(region=region, cost={**cost, "required": ["cents"]})

    @settings(max_examples=30, deadline=None)
    @given(strategies.from_contract(vendor).runs(status="failed", cost__cents=5))
    def drawn(run: Any) -> None:
        assert run["region"] in ("eu", "us")
        assert run["cost"]["cents"] == 5
        assert violations(run, contract=vendor) == ()

    drawn()
    made = factories.from_contract(vendor, seed=1).run(region="us")
    assert violations(made, contract=vendor) == ()
    assert "region" not in load("v2").schema("run")["properties"]


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "string", "pattern": r"^\p{Greek}"}, ["run/properties/extra", "pattern"]),
        ({"$dynamicRef": "#node"}, ["run/properties/extra", "'$dynamicRef'"]),
        ({"type": "array", "minItems": 1, "items": {"foo": {}}}, ["extra/items", "'foo'"]),
        ({"allOf": [{"type": "string"}, {"foo": 1}]}, ["'foo'"]),
        (False, ["requires 'extra'", "does not allow"]),
        ({"allOf": [{"minimum": 3, "type": "integer"}, {"maximum": 2}]}, ["allows nothing"]),
        ({"type": "integer", "minimum": 3, "maximum": 2}, ["exclude each other"]),
        ({"type": "string", "enum": [1]}, ["no value of its enum is of its type"]),
        ({"$ref": "https://vendor.example/cost.json"}, ["https://vendor.example", "fetched"]),
        ({"$ref": "nothing.json"}, ["nothing.json", "not in the contract"]),
        ({"$ref": "common.json#/$defs/nothing"}, ["#/$defs/nothing"]),
        ({"$ref": "run.json"}, ["run.json", "recursion"]),
    ],
)
def test_what_is_needed_and_cannot_be_read_is_refused(schema: Any, words: list[str]) -> None:
    """The error names the keyword and where it stands; nothing is made of half a schema."""
    vendor = _vendor(extra=schema)
    for make in (strategies.from_contract(vendor).runs, factories.from_contract(vendor).run):
        with pytest.raises(ContractError) as refusal:
            make()
        for word in words:
            assert word in str(refusal.value)


def test_a_refused_keyword_comes_with_those_that_are_understood() -> None:
    """The last words say what is allowed."""
    with pytest.raises(ContractError, match=f"Understood are .*{max(KNOWN_KEYWORDS)}"):
        factories.from_contract(_vendor(extra={"foo": "x", "type": "string"})).run()


def test_what_says_nothing_of_values_is_let_be() -> None:
    """Annotations and words that begin with x- change nothing."""
    noted = {"type": "boolean", "description": "d", "examples": [True], "x-order": 1}
    form = form_of(_vendor(extra=noted, other={"type": "string", "format": "uri"}), "run")
    assert isinstance(form, Fields)
    assert {"extra", "other"} <= form.fields.keys()


@pytest.mark.parametrize("edition", ["v1", "v2"])
def test_the_published_reading_has_no_legal_run_and_says_so(edition: Any) -> None:
    """Read literally, a field must be null and must not be: nothing can be made."""
    literal = load(edition, reading="published")
    with pytest.raises(ContractError, match="take reading='wire'"):
        strategies.from_contract(literal).runs(status="queued")


@pytest.mark.parametrize(("kind", "shape"), [("run", Run), ("run_step", RunStep)])
def test_the_types_have_the_fields_of_the_schemas(kind: str, shape: Any) -> None:
    """What type checkers see is what both editions declare."""
    declared = {name for e in ("v1", "v2") for name in load(e).schema(kind)["properties"]}
    everywhere = set.intersection(*(set(load(e).schema(kind)["required"]) for e in ("v1", "v2")))
    assert set(shape.__annotations__) == declared
    assert shape.__required_keys__ == everywhere
