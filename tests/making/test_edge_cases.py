"""Edge cases are legal, at the boundaries, by name, and each is another."""

from __future__ import annotations

import json
import re
import time
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from run_contracts import UsageError, load, strategies, violations
from run_contracts.making import EdgeCase, edge_case, edge_cases
from run_contracts.making.edge_cases import edge_kinds
from run_contracts.making.edge_cases.described_cases import descriptions
from tests.making import judged
from tests.making.prose import contradictions

KINDS = [(edition, kind) for edition in ("v1", "v2") for kind in edge_kinds(load(edition))]
LEAST = {
    "run": 150,
    "run_step": 45,
    "create_run_request": 80,
    "error": 20,
    "history": 18,
    "stream": 45,
}
"""Cases of a kind at least, in any edition."""
BESIDE_THE_PROSE = {
    r"metadata-null": {"metadata null"},
    r"created-.*|ends-beyond-2038": {"years"},
    r"max_(prompt|completion)_tokens-(16|17|255)": {"low limit"},
    r"calls-none": {"no calls"},
    r"(completed|incomplete)-by-a-limit-it-does-not-have": {"low limit", "no such limit"},
    r"(completed|incomplete)-for-no-known-reason": {"no reason"},
}
"""The topics on which a case is out of the ordinary, by its name: what it is about."""


@cache
def _catalogue(edition: str, kind: str) -> tuple[EdgeCase, ...]:
    """Return the edge cases of a kind, which tests only read."""
    return tuple(edge_cases(edition, kind=kind))


def _broken(case: Any) -> object:
    """Return what a case breaks, judged as what it is."""
    if case.kind == "history":
        return judged.broken(judged.polled(case.value, case.edition), case.edition) or ()
    if case.kind == "stream":
        return judged.broken([judged.made_stream(case.value, case.edition)], case.edition) or ()
    return violations(case.value, kind=case.kind, edition=case.edition)


@pytest.mark.parametrize(("edition", "kind"), KINDS)
def test_every_edge_case_is_legal(edition: str, kind: str) -> None:
    """The judge finds nothing wrong, also after the value was sent as JSON."""
    for case in _catalogue(edition, kind):
        assert _broken(case) == (), case
        assert json.loads(json.dumps(case.value)) == case.value
        assert case.what.endswith("."), case


@pytest.mark.parametrize("kind", ["run", "run_list", "history", "stream"])
@pytest.mark.parametrize("edition", ["v1", "v2"])
def test_the_runs_of_edge_cases_are_legal_by_prose(edition: str, kind: str) -> None:
    """But for the one thing that a case is about, a second reader of the documents agrees."""
    for case in _catalogue(edition, kind):
        about = (BESIDE_THE_PROSE[p] for p in BESIDE_THE_PROSE if re.fullmatch(p, case.name))
        expected = next(about, set())
        for run in _runs(case):
            assert contradictions(run) == expected, case


def _runs(case: Any) -> list[Any]:
    """Return the runs in a case that is or has some."""
    match case.kind:
        case "run":
            return [case.value]
        case "run_list":
            return list(case.value["data"])
        case "stream":
            data = (one["data"] for one in case.value if one["event"].startswith("thread.run."))
            return [one for one in data if one["object"] == "thread.run"]
    return list(case.value)


@pytest.mark.parametrize(("edition", "kind"), KINDS)
def test_no_two_edge_cases_are_equal(edition: str, kind: str) -> None:
    """As JSON texts, for 1 is not 1.0 and true is neither."""
    cases = _catalogue(edition, kind)
    texts = {json.dumps(case.value, sort_keys=True) for case in cases}
    assert len(texts) == len(cases) >= LEAST.get(kind, 7)


@pytest.mark.parametrize(("edition", "kind"), KINDS)
def test_a_name_is_one_case_and_can_be_typed(edition: str, kind: str) -> None:
    """No quotes are needed for it in a shell, and none is there twice."""
    names = [case.name for case in _catalogue(edition, kind)]
    assert len(names) == len(set(names))
    assert [name for name in names if not re.fullmatch(r"[\w.+-]+", name)] == []


@pytest.mark.parametrize(("edition", "kind"), KINDS)
def test_no_description_is_lost(edition: str, kind: str) -> None:
    """All that are described are in the catalogue, in that order: none is impossible."""
    names = [case.name for case in _catalogue(edition, kind)]
    assert names == [description.name for description in descriptions(load(edition), kind)]


@pytest.mark.parametrize(("edition", "kind"), KINDS)
def test_a_case_is_the_same_alone_and_among_all(edition: str, kind: str) -> None:
    """It does not matter whether one case is asked for, or all of them."""
    for case in _catalogue(edition, kind)[:40]:
        assert edge_case(case.name, edition, kind=kind) == case


def test_a_named_case_costs_only_itself() -> None:
    """Twenty named cases cost less than all at once, for no other run is made."""
    edge_cases()
    started = time.process_time()
    edge_cases()
    among_all = time.process_time()
    for _ in range(20):
        edge_case("metadata-16-pairs")
    assert time.process_time() - among_all < among_all - started


PROMISED = {
    "run": [
        "tools-128-items",
        "tools-127-items",
        "metadata-16-pairs",
        "metadata-15-pairs",
        "metadata-empty",
        "metadata-null",
        "metadata-key-of-64-characters",
        "metadata.key-512-characters",
        "metadata.key-511-characters",
        "truncation_strategy.last_messages-1",
        "tool_choice-none",
        "tool_choice.type-function",
        "response_format.type-json_object",
        "created-beyond-i32",
        "created-at-u32",
        "created-after-2038",
        "max_completion_tokens-u32",
        "max_completion_tokens-16",
        "completed-without-a-token",
        "calls-parallel",
        "temperature-1",
        "temperature-2",
        "queued-again-after-a-submit",
        "instructions-null",
        "instructions-huge",
        "metadata-nul",
        "instructions-right-to-left",
    ],
    "run_step": [
        "call-awaiting-its-output",
        "step_details.tool_calls-empty",
    ],
    "run_list": [
        "empty",
        "most-items",
    ],
    "run_step_list": [
        "in-one-second",
    ],
    "message_list": [
        "1-item-of-more",
    ],
    "error": [
        "param-without-code",
    ],
    "message": [
        "content-empty",
    ],
    "create_run_request": [
        "max_prompt_tokens-16",
        "metadata-null",
        "temperature-2",
    ],
    "submit_tool_outputs_request": [
        "output-empty",
    ],
    "history": [
        "completed-within-a-second",
        "two-tool-rounds",
        "cancelled-while-queued",
        "expired-while-it-waited",
        "first-and-last-only",
        "same-snapshot-many-times",
        "started-anew",
    ],
    "stream": [
        "one-word",
        "no-text",
        "empty-pieces",
        "very-long",
        "pieces-within-a-sign",
        "two-tool-rounds",
        "calls-interleaved",
        "one-piece",
        "failed-with-an-error-event",
    ],
}
"""Boundaries people trip over, by kind."""


@pytest.mark.parametrize("edition", ["v1", "v2"])
def test_the_boundaries_people_trip_over_are_there(edition: str) -> None:
    """These names are promised."""
    for kind, names in PROMISED.items():
        for name in names:
            case = edge_case(name, edition, kind=kind)
            assert (case.kind, case.name) == (kind, name)


def test_each_call_gives_values_of_its_own() -> None:
    """What a test does to an edge case is not seen by the next."""
    edge_case("queued-plain").run["id"] = "gone"
    assert edge_case("queued-plain").run["id"] != "gone"
    edge_case("unknown-field").value["x_vendor"].clear()
    assert edge_case("unknown-field").value["x_vendor"] != {}
    for kind in ("run_list", "history", "stream"):
        name = edge_cases(kind=kind)[1].name
        edge_case(name, kind=kind).value.clear()
        assert edge_case(name, kind=kind).value


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


def test_a_vendors_constants_have_edge_cases_whatever_they_are() -> None:
    """An object, or one of several, is a constant like any other."""
    constants = {"region": {"enum": [{"eu": 1}, [2], "us"]}, "plan": {"const": {"name": "free"}}}
    vendor = load("v2").with_fields("run", constants, required=["plan"])
    cases = {case.name: case.run for case in edge_cases(contract=vendor)}
    assert cases["region-array"].get("region") == [2]
    assert all(run.get("plan") == {"name": "free"} for run in cases.values())


def test_what_a_vendor_forbids_is_in_no_edge_case() -> None:
    """A narrower field has what it allows, in plain cases, too."""
    vendor = load("v2").with_fields("run", {"temperature": {"type": "number", "maximum": 0.5}})
    cases = edge_cases(contract=vendor)
    assert len(cases) > LEAST["run"]
    assert all(violations(case.value, contract=vendor) == () for case in cases)


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    """A typo names what was probably meant, of a name or a kind."""
    with pytest.raises(UsageError, match="did you mean metadata-16-pairs"):
        edge_case("metadata-16-pair")
    with pytest.raises(UsageError, match=r"of a run step .*did you mean output-empty"):
        edge_case("output-emty", kind="run_step")
    with pytest.raises(UsageError, match="did you mean 'run_list'"):
        edge_cases(kind="run_lists")


def test_a_case_of_another_kind_is_no_run() -> None:
    """Its value is taken by that name."""
    with pytest.raises(UsageError, match="of kind 'error', no run"):
        _ = edge_cases(kind="error")[0].run


@settings(max_examples=20, database=None, deadline=None)
@given(st.data())
def test_edge_cases_of_any_kind_can_be_drawn(data: st.DataObject) -> None:
    """A strategy picks from the catalogue, and what a test does to a value harms no other."""
    history = data.draw(strategies.edge_values("history", edition="v1"))
    assert history in [case.value for case in _catalogue("v1", "history")]
    history.clear()
