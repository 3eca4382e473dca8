"""Edge cases are legal runs at the boundaries, by name."""

from __future__ import annotations

import json

import pytest

from run_contracts import UsageError, load, violations
from run_contracts.making import EdgeCase, edge_case, edge_cases
from run_contracts.making.edge_case_data import handwritten_cases

ALL = [case for edition in ("v1", "v2") for case in edge_cases(edition)]


@pytest.mark.parametrize("case", ALL, ids=lambda case: f"{case.edition}-{case}")
def test_an_edge_case_is_legal(case: EdgeCase) -> None:
    """The judge finds nothing wrong, also after the run was sent as JSON."""
    assert violations(case.run, edition=case.edition) == ()
    assert json.loads(json.dumps(case.run)) == case.run
    assert case.what.endswith(".")


@pytest.mark.parametrize("edition", ["v1", "v2"])
def test_there_are_at_least_60_and_their_names_are_unique(edition: str) -> None:
    """The catalogue is finite, and a name means one case."""
    names = [case.name for case in edge_cases(edition)]
    assert len(names) == len(set(names)) >= 60


@pytest.mark.parametrize("edition", ["v1", "v2"])
def test_no_oddity_is_lost(edition: str) -> None:
    """What was written out by hand is in the catalogue: none was refused as impossible."""
    names = {case.name for case in edge_cases(edition)}
    assert {odd.name for odd in handwritten_cases(edition)} <= names


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


def test_an_unknown_name_is_told_with_the_nearest() -> None:
    """A typo names what was probably meant."""
    with pytest.raises(UsageError, match="did you mean metadata-16-pairs"):
        edge_case("metadata-16-pair")
