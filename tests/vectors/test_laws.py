"""What the vectors say of themselves holds, by our judge and by the schemas alone."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from run_contracts import load, violations
from run_contracts.checks import outcomes
from run_contracts.contract.operations import JSON_TYPE, STREAM_TYPE
from run_contracts.making import NearMiss
from run_contracts.traffic.evidence import ANY_TIME, CHECK_PATIENCE, Evidence
from run_contracts.traffic.sse import frames
from run_contracts.validation.violation import Violation
from tests.making import judged
from tests.vectors.committed import EDITIONS, SCHEMAS, VECTORS, vectors

OF_EXCHANGES = ("body", "history", "walk", "stream", "exchanges")


@cache
def _registry() -> Registry[Any]:
    """Return the schemas by their `$id`, as a reader has them who has nothing else of ours."""
    read = [json.loads(path.read_text(encoding="utf-8")) for path in SCHEMAS.rglob("*.json")]
    schemas = [one for one in read if "$id" in one]
    return Registry().with_resources((one["$id"], Resource.from_contents(one)) for one in schemas)


@cache
def _schema(edition: str, kind: str) -> Draft202012Validator:
    """Return plain jsonschema's validator of a kind."""
    schema = json.loads((SCHEMAS / edition / f"{kind}.json").read_text(encoding="utf-8"))
    return Draft202012Validator({"$ref": schema["$id"]}, registry=_registry())


def _shown(vector: dict[str, Any], kind: str, edition: str) -> NearMiss:
    """Return a vector, legal or broken, as what tests judge."""
    broken = vector.get("broken", {"requirement": "", "pointer": ""})
    value = vector["events"] if kind == "stream" else vector["value"]
    text = vector.get("text") or (value if kind == "body" else json.dumps(value))
    return NearMiss(
        requirement=broken["requirement"],
        name=vector["id"],
        kind=kind,
        edition=edition,
        pointer=broken["pointer"],
        sentence=vector["what"],
        value=value,
        text=text,
        content_type=vector.get("content_type", STREAM_TYPE if kind == "stream" else JSON_TYPE),
        operation=vector.get("operation", ""),
    )


def _broken(one: NearMiss, assumed: Collection[str] = ()) -> list[Violation]:
    """Return what a vector breaks: a value by the judge of values, all else by the checks.

    Nothing is known beside it but what is assumed.
    """
    if one.kind not in OF_EXCHANGES:
        return [*violations(json.loads(one.text), kind=one.kind, edition=one.edition)]
    if one.kind == "stream":
        one = replace(one, value=[e for e in one.value if isinstance(e["data"], dict)])
        one = replace(one, value=[{**e, "event": _name(e)} for e in one.value])
    evidence = Evidence(
        contract=load(one.edition),
        exchanges=tuple(judged.of_miss(one)),
        is_whole="whole" in assumed,
        is_alone="alone" in assumed,
        patience=CHECK_PATIENCE if "patience" in assumed else ANY_TIME,
    )
    return [found.violation for found in outcomes(evidence) if found.violation is not None]


def _name(event: dict[str, Any]) -> str:
    """Return the name of an event; of those without one, a name by what they are about."""
    return str(event["event"] or f"{event['data']['object']}.")


KINDS = {"histories": "history", "streams": "stream"}


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("set_", ["edge-cases", "near-misses", "histories", "streams"])
def test_a_legal_vector_is_legal_and_a_broken_one_breaks_its_rule_alone(
    set_: str, edition: str
) -> None:
    """By our judge, by the code and the level that it names."""
    seen = set()
    for file, vector in vectors(set_, edition):
        broken = vector.get("broken", {})
        shown = _shown(vector, KINDS.get(set_) or file["kind"], edition)
        found = _broken(shown, broken.get("assumes", ()))
        wanted = {broken["requirement"]} if broken else set()
        assert {one.requirement for one in found} == wanted, vector["id"]
        if broken:
            assert found[0].code == broken["code"], vector["id"]
            assert str(found[0].level) == broken["level"], vector["id"]
        seen.add(not broken)
    is_legal = {"edge-cases": {True}, "near-misses": {False}}
    assert seen == is_legal.get(set_, {True, False})


@pytest.mark.parametrize("edition", EDITIONS)
def test_what_a_vector_assumes_must_be_known(edition: str) -> None:
    """Who does not know it cannot call the rule broken, and those who do name it alone."""
    assumed = set()
    for set_ in ("near-misses", "histories", "streams"):
        for file, vector in vectors(set_, edition):
            broken = vector.get("broken", {})
            for one in broken.get("assumes", ()):
                known = [other for other in broken["assumes"] if other != one]
                shown = _shown(vector, KINDS.get(set_) or file["kind"], edition)
                found = {violation.requirement for violation in _broken(shown, known)}
                assert broken["requirement"] not in found, vector["id"]
                assumed.add(one)
    assert assumed == {"alone", "whole", "patience"}


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_value_is_broken_where_it_says(edition: str) -> None:
    """The pointer leads to the first thing that the judge names."""
    for file, vector in vectors("near-misses", edition):
        if file["kind"] not in OF_EXCHANGES:
            found = violations(vector["value"], kind=file["kind"], edition=edition)
            assert found[0].pointer == vector["broken"]["pointer"], vector["id"]


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_pointer_leads_into_its_history_stream_or_exchanges(edition: str) -> None:
    """Or to what is missing from what it leads to: the end of a stream, a member of an object."""
    several = [one for set_ in KINDS for _, one in vectors(set_, edition) if "broken" in one]
    several += [one for file, one in vectors("near-misses", edition) if file["kind"] == "exchanges"]
    for vector in several:
        value = vector.get("value", vector.get("events"))
        first, *inner = vector["broken"]["pointer"].split("/")[1:]
        assert 0 <= int(first) <= len(value), vector["id"]
        if inner and inner[0] not in ("status", "content_type", "events"):
            assert inner[0] in value[int(first)], vector["id"]


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_schemas_alone_say_of_values_what_is_said_beside_them(edition: str) -> None:
    """Legal ones hold; broken ones hold unless `breaks_schema` says otherwise."""
    for file, vector in vectors("edge-cases", edition):
        assert _schema(edition, file["kind"]).is_valid(vector["value"]), vector["id"]
    breaking = set()
    for file, vector in vectors("near-misses", edition):
        said = vector["broken"].get("breaks_schema")
        assert (said is None) is (file["kind"] in OF_EXCHANGES), vector["id"]
        if said is not None:
            holds = _schema(edition, file["kind"]).is_valid(vector["value"])
            assert holds is not said, vector["id"]
            breaking.add(said)
    assert breaking == {True, False}


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_schemas_alone_hold_for_legal_histories_and_streams(edition: str) -> None:
    """Each observation is a run, each event a stream event."""
    for _, vector in vectors("histories", edition):
        for run in () if "broken" in vector else vector["value"]:
            assert _schema(edition, "run").is_valid(run), vector["id"]
    for _, vector in vectors("streams", edition):
        for event in () if "broken" in vector else vector["events"]:
            if event["event"] != "done":
                assert _schema(edition, "stream_event").is_valid(event), vector["id"]


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_schema_of_a_request_takes_the_right_bodies_and_refuses_the_wrong(edition: str) -> None:
    """By the schemas alone."""
    for file, vector in vectors("requests", edition):
        holds = _schema(edition, file["kind"]).is_valid(vector["body"])
        assert holds is ("refused" not in vector), vector["id"]


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_events_of_a_stream_are_those_in_its_text(edition: str) -> None:
    """As the standard reads it, whatever form it is written in."""
    for _, vector in vectors("streams", edition):
        read = [(one.name, one.data) for one in frames(vector["text"].encode())]
        assert len(read) == len(vector["events"])
        for (name, data), event in zip(read, vector["events"], strict=True):
            written = data if isinstance(event["data"], str) else json.loads(data or "")
            assert (name, written) == (event["event"], event["data"]), vector["id"]


@pytest.mark.parametrize("edition", EDITIONS)
def test_what_is_only_in_the_text_is_lost_by_readers_that_know_no_fractions_of_zero(
    edition: str,
) -> None:
    """And only there."""
    by_id = {one["id"]: one for _, one in vectors("near-misses", edition)}
    lost = [name for name, one in by_id.items() if one["broken"].get("only_in_text")]
    assert lost
    for file, vector in vectors("near-misses", edition):
        if vector["id"] in lost:
            plain = json.loads(
                json.dumps(vector["value"]), parse_float=lambda text: int(float(text))
            )
            assert violations(plain, kind=file["kind"], edition=edition) == ()


def test_no_text_of_a_file_is_beyond_ascii() -> None:
    """Letters that turn the direction of text, or cannot be seen, hide from nobody."""
    assert [path for path in VECTORS.rglob("*.json") if not path.read_bytes().isascii()] == []
