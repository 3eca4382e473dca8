"""Edge cases are legal runs at the boundaries, by name."""

from __future__ import annotations

import json
import time

import pytest

from run_contracts import UsageError, load, violations
from run_contracts.making import edge_case, edge_cases
from run_contracts.making.edge_cases import descriptions

NAMES = [
    (edition, description.name)
    for edition in ("v1", "v2")
    for description in descriptions(load(edition))
]


@pytest.mark.parametrize(("edition", "name"), NAMES)
def test_an_edge_case_is_legal(edition: str, name: str) -> None:
    """The judge finds nothing wrong, also after the run was sent as JSON."""
    case = edge_case(name, edition)
    assert violations(case.run, edition=edition) == ()
    assert json.loads(json.dumps(case.run)) == case.run
    assert case.what.endswith(".")


@pytest.mark.parametrize("edition", ["v1", "v2"])
def test_there_are_at_least_60_and_their_names_are_unique(edition: str) -> None:
    """The catalogue is finite, and a name means one case."""
    names = [case.name for case in edge_cases(edition)]
    assert len(names) == len(set(names)) >= 60


@pytest.mark.parametrize("edition", ["v1", "v2"])
def test_no_description_is_lost(edition: str) -> None:
    """All that are described are in the catalogue, in that order: none is impossible."""
    names = [case.name for case in edge_cases(edition)]
    assert names == [description.name for description in descriptions(load(edition))]


@pytest.mark.parametrize("edition", ["v1", "v2"])
def test_a_case_is_the_same_alone_and_among_all(edition: str) -> None:
    """It does not matter whether one case is asked for, or all of them."""
    for case in edge_cases(edition):
        assert edge_case(case.name, edition) == case


def test_a_named_case_costs_only_itself() -> None:
    """Twenty named cases cost less than all at once, for no other run is made."""
    edge_cases()
    started = time.process_time()
    edge_cases()
    among_all = time.process_time()
    for _ in range(20):
        edge_case("metadata-16-pairs")
    assert time.process_time() - among_all < among_all - started


@pytest.mark.parametrize(
    "name",
    [
        "tools-20-items",
        "tools-19-items",
        "metadata-16-pairs",
        "metadata-15-pairs",
        "metadata-empty",
        "metadata-key-of-64-characters",
        "metadata.key-512-characters",
        "metadata.key-511-characters",
        "truncation_strategy.last_messages-1",
        "tool_choice-auto",
        "tool_choice.type-function",
        "response_format.type-json_object",
        "created-beyond-i32",
        "created-at-u32",
        "max_completion_tokens-u32",
        "completed-without-a-token",
        "calls-parallel",
        "temperature-1",
        "queued-again-after-a-submit",
        "instructions-huge",
        "metadata-nul",
        "instructions-right-to-left",
    ],
)
@pytest.mark.parametrize("edition", ["v1", "v2"])
def test_the_boundaries_people_trip_over_are_there(edition: str, name: str) -> None:
    """These names are promised."""
    assert edge_case(name, edition).run["object"] == "thread.run"


def test_each_call_gives_runs_of_its_own() -> None:
    """What a test does to an edge case is not seen by the next."""
    edge_case("queued-plain").run["id"] = "gone"
    assert edge_case("queued-plain").run["id"] != "gone"
    vendor = edge_case("unknown-field").run["x_vendor"]
    vendor.clear()
    assert edge_case("unknown-field").run["x_vendor"] != {}


def test_v1_completes_where_v2_is_incomplete() -> None:
    """The limit run of v1 is completed, with incomplete_details."""
    run = edge_case("completed-by-a-limit-it-does-not-have", "v1").run
    assert run["status"] == "completed"
    assert run["incomplete_details"] == {"reason": "max_prompt_tokens"}


def test_a_vendors_bounds_have_edge_cases() -> None:
    """The catalogue is read off the schema in use."""
    vendor = load("v2").with_fields("run", {"priority": {"type": "integer", "maximum": 9}})
    names = {case.name for case in edge_cases(contract=vendor)}
    assert {"priority-9", "priority-8"} <= names


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    """A typo names what was probably meant."""
    with pytest.raises(UsageError, match="did you mean metadata-16-pairs"):
        edge_case("metadata-16-pair")
