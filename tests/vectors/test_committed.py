"""The committed vectors are those that would be made now, under ids that never move."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from vectors.documents import documents, identities
from vectors.identities import Identities
from vectors.repeated import shortened
from vectors.vector_files import LARGE

from run_contracts import load, violations
from run_contracts.contract.operations import operations
from run_contracts.making import edge_cases, near_misses
from run_contracts.making.edge_cases import edge_kinds
from tests.vectors.committed import EDITIONS, SCHEMAS, VECTORS, document, expanded, vectors

SETS = ("edge-cases", "near-misses", "histories", "streams", "requests")
MOST_BYTES = 1_100_000
COMMAND = "python -m vectors"


def _schemas(folder: Path) -> dict[str, Any]:
    """Return the JSON Schemas below a folder, by their path in it."""
    found = {
        path.relative_to(folder): json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(folder.rglob("*.json"))
    }
    return {str(path): one for path, one in found.items() if path.name != "openapi.json"}


def test_the_files_are_those_that_would_be_made_now() -> None:
    """To the byte, and no other file is there."""
    ids = identities()
    made = documents(ids)
    there = {
        str(path.relative_to(VECTORS)): path.read_text(encoding="utf-8")
        for path in VECTORS.rglob("*.json")
        if path.parent.name != "schema"
    }
    assert [name for name in made if there.get(name) != made[name]] == [], COMMAND
    assert there.keys() == made.keys(), COMMAND


def test_an_id_is_one_vector_and_every_vector_is_in_the_register() -> None:
    """What was given once is there, or withdrawn."""
    every = [one for edition in EDITIONS for set_ in SETS for _, one in vectors(set_, edition)]
    assert max(Counter(one["id"] for one in every).values()) == 1
    register = document("ids.json")
    gone = set(register["withdrawn"])
    assert {one["id"] for one in every} == register["ids"].keys() - gone
    assert gone <= register["ids"].keys()
    assert [one["id"] for one in every if register["ids"][one["id"]] != one["what"]] == []


def test_an_id_stays_where_others_come_before_it_or_go() -> None:
    """The number of a near miss is not its place."""
    ids = Identities(given={})
    assert [ids.numbered("v2/RUN-A-001", what) for what in ("One.", "Two.")][1] == "v2/RUN-A-001-2"
    later = Identities.read(json.dumps({"ids": ids.given}))
    found = [later.numbered("v2/RUN-A-001", what) for what in ("New.", "Two.")]
    assert found == ["v2/RUN-A-001-3", "v2/RUN-A-001-2"]
    assert later.withdrawn == ["v2/RUN-A-001-1"]


def test_a_text_is_kept_by_what_is_repeated_in_it() -> None:
    """With what stands around it; one in which nothing is has no short form."""
    for text in ("<" + "abc" * 9_000 + "ab>", "x" * 20_000):
        vector = {"id": "v2/run/a", "value": {"b/c": ["", text]}}
        short = shortened(vector)
        assert short["repeated"][0]["pointer"] == "/value/b~1c/1"
        assert len(json.dumps(short)) < 300
        assert expanded(dict(short)) == vector
    with pytest.raises(ValueError, match="a long text in which nothing is repeated"):
        shortened({"id": "v2/run/a", "value": "".join(map(chr, range(0x4E00, 0x4E00 + 15_000)))})


def test_two_vectors_of_one_name_are_refused() -> None:
    """Rather than that one hides the other."""
    ids = Identities(given={})
    ids.named("v2/run/a", "One.")
    with pytest.raises(ValueError, match="two vectors are called v2/run/a"):
        ids.named("v2/run/a", "Another.")


@pytest.mark.parametrize("edition", EDITIONS)
def test_all_that_is_made_is_there(edition: Any) -> None:
    """Every edge case of every kind, and every near miss."""
    count = {set_: len(vectors(set_, edition)) for set_ in SETS}
    right = sum("refused" not in one for _, one in vectors("requests", edition))
    streams = [one for _, one in vectors("streams", edition) if "-form/" not in one["id"]]
    legal = [*streams, *(one for _, one in vectors("histories", edition))]
    cases = sum(len(edge_cases(edition, kind=kind)) for kind in edge_kinds(load(edition)))
    assert cases == count["edge-cases"] + right + sum("broken" not in one for one in legal)
    misses = count["near-misses"] + sum("broken" in one for one in legal)
    assert misses == len(near_misses(edition=edition))


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_operation_with_a_body_has_right_and_wrong_ones(edition: str) -> None:
    """Under its id, method and path."""
    taking = {one.id: one for one in operations(edition).values() if one.request}
    for is_wrong in (False, True):
        of_kind = [one for one in vectors("requests", edition) if ("refused" in one[1]) is is_wrong]
        assert {file["operation"] for file, _ in of_kind} == taking.keys()
    for file, _ in vectors("requests", edition):
        operation = taking[file["operation"]]
        assert (file["method"], file["path"]) == (operation.method, operation.path)


def test_every_file_is_of_the_schema_that_it_names() -> None:
    """So is the index, and the register of ids."""
    known = _schemas(VECTORS / "schema")
    registry: Registry[Any] = Registry().with_resources(
        (one["$id"], Resource.from_contents(one)) for one in known.values()
    )
    for path in sorted(VECTORS.rglob("*.json")):
        if path.parent.name == "schema":
            continue
        file = json.loads(path.read_text(encoding="utf-8"))
        schema = (path.parent / file["$schema"]).resolve()
        assert schema.parent == VECTORS / "schema"
        validator = Draft202012Validator(
            known[schema.name], registry=registry, format_checker=FormatChecker()
        )
        assert [one.message[:200] for one in validator.iter_errors(file)] == [], path


@pytest.mark.parametrize("set_", SETS)
def test_the_schema_of_a_set_refuses_what_is_no_vector(set_: str) -> None:
    """A member that is missing, and one that nobody knows."""
    known = _schemas(VECTORS / "schema")
    registry: Registry[Any] = Registry().with_resources(
        (one["$id"], Resource.from_contents(one)) for one in known.values()
    )
    validator = Draft202012Validator(known[f"{set_}.json"], registry=registry)
    file = document(vectors(set_, "v2")[0][0]["file"])
    for wrong in (
        {name: value for name, value in file.items() if name != "contract"},
        file | {"vectors": [{**file["vectors"][0], "more": 1}]},
        file | {"vectors": [file["vectors"][0] | {"id": "no id"}]},
        file | {"version": 2},
    ):
        assert not validator.is_valid(wrong)


@pytest.mark.parametrize("folder", [SCHEMAS, VECTORS / "schema"], ids=lambda one: one.name)
def test_a_schema_is_named_by_where_it_lies(folder: Path) -> None:
    """Its `$id` is absolute, ends with its path, and is a name that is never fetched."""
    base = "https://run-contracts.invalid/1/" + ("" if folder == SCHEMAS else "vectors/")
    for name, schema in _schemas(folder).items():
        Draft202012Validator.check_schema(schema)
        assert schema["$id"] == base + name
        assert schema["title"]
        assert schema["description"].endswith(".")
    for edition in EDITIONS if folder == SCHEMAS else ():
        contract = load(edition)
        for kind in contract.documents:
            assert contract.uri(kind) == _schemas(folder)[f"{edition}/{kind}.json"]["$id"]


def test_a_schema_file_can_stand_inside_that_of_a_vendor() -> None:
    """Its name does not keep its references, and those to its parts, from being found."""
    ours = json.loads((SCHEMAS / "v2" / "run.json").read_text(encoding="utf-8"))
    vendor = load("v2").with_schema("run", {"oneOf": [ours, {"type": "null"}]})
    right = edge_cases("v2")[0].value
    assert violations(right, contract=vendor) == ()
    found = violations(right | {"tools": [{"type": "walrus"}]}, contract=vendor)
    assert {one.requirement for one in found} == {"RUN-SHAPE-017"}


def test_files_are_small_enough_to_be_read() -> None:
    """Long texts are kept short, and only in files that say so by their name."""
    for path in VECTORS.rglob("*.json"):
        assert path.stat().st_size < MOST_BYTES, path
        is_large = path.name.endswith(".large.json")
        for vector in json.loads(path.read_text(encoding="utf-8")).get("vectors", ()):
            assert is_large or "repeated" not in vector, vector["id"]
            assert (len(json.dumps(expanded(vector), indent=1)) + 1 >= LARGE) is is_large
