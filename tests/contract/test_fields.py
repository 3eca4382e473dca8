"""The fields of a run: all of the founding table, each with a schema, a rule and a judge."""

from __future__ import annotations

import re
from typing import Any

import pytest

from run_contracts import load, violations
from run_contracts.contract.readings import errata
from tests import samples

FOUNDING = re.findall(
    r"\w+",
    """
    id object created_at thread_id assistant_id status required_action last_error expires_at
    started_at cancelled_at failed_at completed_at incomplete_details model instructions tools
    file_ids metadata usage temperature max_prompt_tokens max_completion_tokens
    truncation_strategy tool_choice response_format
    """,
)
V2 = [name for name in FOUNDING if name != "file_ids"] + ["top_p", "parallel_tool_calls"]
FIELDS = {"v1": set(FOUNDING), "v2": set(V2)}
OPTIONAL = {"v1": {"temperature"}, "v2": {"temperature", "top_p"}}
MOMENTS = ("expires_at", "started_at", "cancelled_at", "failed_at", "completed_at")
LIMITS = ("max_prompt_tokens", "max_completion_tokens")


def test_the_founding_table_has_26_fields_and_v2_has_27() -> None:
    """The two editions have exactly the numbers of fields that were published."""
    assert (len(FOUNDING), len(V2)) == (26, 27)


@pytest.mark.parametrize("edition", ["v1", "v2"])
def test_the_published_reading_has_exactly_the_published_fields(edition: str) -> None:
    """Undoing the errata leaves no field that was only seen on the wire."""
    schema = load(edition, reading="published").schema("run")
    wanted = FOUNDING if edition == "v1" else V2
    assert sorted(schema["properties"]) == sorted(wanted)
    assert set(wanted) - set(schema["required"]) == OPTIONAL[edition]


@pytest.mark.parametrize("edition", FIELDS)
def test_every_field_is_declared_described_and_has_its_own_requirement(edition: str) -> None:
    """No field of the table is missing from the schema or from the register."""
    contract = load(edition)
    assert FIELDS[edition] <= contract.schema("run")["properties"].keys()
    assert [name for name in FIELDS[edition] if not _own(edition, name)] == []


def _own(edition: str, name: str) -> set[str]:
    """Return the requirements on the shape of a field alone."""
    rules = load(edition).register.on("run")
    return {one.id for one in rules if one.fields == (name,) and one.id.startswith("RUN-SHAPE-")}


@pytest.mark.parametrize("edition", FIELDS)
def test_the_judge_notices_a_missing_field(edition: str) -> None:
    """A run without a required field breaks that field's requirement; an optional one may go."""
    unnoticed = set()
    for name in FIELDS[edition]:
        run = samples.run(edition=edition)
        run.pop(name, None)
        found = {one.pointer for one in violations(run, edition=edition)}
        unnoticed |= {name} - {one[1:] for one in found}
    assert unnoticed == OPTIONAL[edition]


@pytest.mark.parametrize("edition", FIELDS)
def test_the_judge_notices_a_wrong_type(edition: str) -> None:
    """A field that holds a boolean, or a number where a boolean belongs, breaks its requirement."""
    for name in FIELDS[edition]:
        wrong: Any = 7 if name == "parallel_tool_calls" else True
        run = samples.run(edition=edition) | {name: wrong}
        ids = {one.requirement for one in violations(run, edition=edition)}
        assert ids & _own(edition, name), name


@pytest.mark.parametrize("name", ["created_at", *MOMENTS])
def test_published_v1_timestamps_are_32_bit_and_not_null(name: str) -> None:
    """The founding document reads every timestamp as an i32 that is always there."""
    schema = load("v1", reading="published").schema("run")["properties"][name]
    bounds = (schema["type"], schema["minimum"], schema["maximum"])
    assert bounds == ("integer", -(2**31), 2**31 - 1)


@pytest.mark.parametrize("name", LIMITS)
def test_published_v1_token_limits_are_unsigned_32_bit(name: str) -> None:
    """The founding document reads the token limits as u32, not null."""
    schema = load("v1", reading="published").schema("run")["properties"][name]
    assert (schema["type"], schema["minimum"], schema["maximum"]) == ("integer", 0, 2**32 - 1)


@pytest.mark.parametrize("status", ["queued", "completed"])
@pytest.mark.parametrize("edition", ["v1", "v2"])
def test_the_published_reading_refuses_what_every_server_sends(edition: str, status: str) -> None:
    """Taken literally the published documents refuse a queued and a completed run."""
    run = samples.run(status, edition)
    assert violations(run, edition=edition, reading="published")
    assert not violations(run, edition=edition)


@pytest.mark.parametrize("edition", ["v1", "v2"])
def test_a_field_of_the_wire_only_is_there_because_of_an_erratum(edition: str) -> None:
    """Whatever the wire reading adds to a run is named in the errata."""
    wire = load(edition).schema("run")["properties"]
    published = load(edition, reading="published").schema("run")["properties"]
    added = {
        step["path"].rpartition("/")[2]
        for erratum in errata()
        for changed, kind, patch in erratum.changes
        for step in patch
        if (changed, kind, step["op"]) == (edition, "run", "add")
    }
    assert set(wire) - set(published) == added
