"""Which violation is told where a value is wrong in several places, or just not wrong yet."""

from __future__ import annotations

from typing import Any

import pytest

from run_contracts import ContractViolation, assert_valid_run, load, violations
from run_contracts.contract.lifecycle import lifecycle
from run_contracts.validation import judge
from tests import samples
from tests.samples import NOW, run, step

LAST_SECOND = 99_999_999_999
FIRST_MILLISECOND = 100_000_000_000
"""What counts as milliseconds from the epoch on: as seconds it would be the year 5138."""
MOMENTS = {
    "created_at": "queued",
    "started_at": "in_progress",
    "expires_at": "in_progress",
    "completed_at": "completed",
    "cancelled_at": "cancelled",
    "failed_at": "failed",
}
"""The timestamps of a run, each with a status that has it set."""


def _all_at(moment: int, status: str) -> dict[str, Any]:
    """Return a run whose timestamps are all the same."""
    legal = run(status)
    return legal | {name: moment for name in MOMENTS if legal[name] is not None}


@pytest.mark.parametrize(("name", "status"), MOMENTS.items())
def test_the_last_second_that_is_one(name: str, status: str) -> None:
    """A timestamp below the limit counts seconds, each of them."""
    value = _all_at(LAST_SECOND, status)
    assert value[name] == LAST_SECOND
    assert violations(value) == ()
    assert "RUN-TIME-004" in judge(value, "run", load("v2")).exercised
    assert_valid_run(value, strict=True)


@pytest.mark.parametrize(("name", "status"), MOMENTS.items())
def test_the_first_number_that_is_no_second(name: str, status: str) -> None:
    """The limit itself counts milliseconds, in each timestamp."""
    value = _all_at(LAST_SECOND, status) | {name: FIRST_MILLISECOND}
    told = {(one.requirement, one.pointer, one.found) for one in violations(value)}
    assert ("RUN-TIME-004", f"/{name}", FIRST_MILLISECOND) in told
    assert sum(requirement == "RUN-TIME-004" for requirement, _, _ in told) == 1
    with pytest.raises(ContractViolation, match="RUN-TIME-004"):
        assert_valid_run(value)


@pytest.mark.parametrize("name", ["started_at", "expires_at"])
def test_a_moment_may_be_the_one_it_follows(name: str) -> None:
    """Servers count whole seconds, so that much happens within one."""
    assert violations(run("in_progress", **{name: NOW})) == ()
    (violation,) = violations(run("in_progress", **{name: NOW - 1}))
    assert violation.pointer == f"/{name}"


def _tool(**function: Any) -> dict[str, Any]:
    return run(tools=[{"type": "code_interpreter"}, {"type": "function", "function": function}])


def _call(**call: Any) -> dict[str, Any]:
    details = {"type": "tool_calls", "tool_calls": [{"id": "call_1", "type": "function"} | call]}
    return step(type="tool_calls", step_details=details)


FUNCTION = {"name": 1, "arguments": 2, "output": 3}
IN_CALL = [
    f"/step_details/tool_calls/0/function/{name}" for name in ("arguments", "name", "output")
]
UNIONS = {
    "two wrong fields": (
        ("run", _tool(name=7, parameters=[])),
        ("RUN-SHAPE-017", "/tools/1/function/name", "/tools/1/function/parameters"),
    ),
    "the second of them alone": (
        ("run", _tool(name="f", parameters=[])),
        ("RUN-SHAPE-017", "/tools/1/function/parameters"),
    ),
    "a branch by its word, without its part": (
        ("run", run(tools=[{"type": "function"}])),
        ("RUN-SHAPE-017", "/tools/0/function"),
    ),
    "no branch has the word": (
        ("run", run(tools=[{"type": "hammer"}])),
        ("RUN-SHAPE-017", "/tools/0"),
    ),
    "an object where a word would do, too": (
        ("run", run(tool_choice={"type": "function", "function": {"name": 7}})),
        ("RUN-SHAPE-025", "/tool_choice/function/name"),
    ),
    "neither a word nor an object": (
        ("run", run(tool_choice=7)),
        ("RUN-SHAPE-025", "/tool_choice"),
    ),
    "a form without its schema": (
        ("run", run(response_format={"type": "json_schema"})),
        ("RUN-SHAPE-026", "/response_format/json_schema"),
    ),
    "a form by its word, with two wrong fields": (
        (
            "run",
            run(response_format={"type": "json_schema", "json_schema": {"name": 7, "schema": []}}),
        ),
        (
            "RUN-SHAPE-026",
            "/response_format/json_schema/name",
            "/response_format/json_schema/schema",
        ),
    ),
    "an object that may be null": (
        ("run", run("failed", last_error={"code": 7, "message": 8})),
        ("RUN-SHAPE-008", "/last_error/code", "/last_error/message"),
    ),
    "another type than null and object": (("run", run(usage="none")), ("RUN-SHAPE-020", "/usage")),
    "a step of one kind": (
        ("run_step", step(step_details={"type": "message_creation"})),
        ("RUN-STEP-013", "/step_details/message_creation"),
    ),
    "a call with several wrong fields": (
        ("run_step", _call(id=3, function=FUNCTION)),
        ("RUN-STEP-013", *IN_CALL, "/step_details/tool_calls/0/id"),
    ),
    "a call with wrong fields deeper down": (
        ("run_step", _call(function=FUNCTION)),
        ("RUN-STEP-013", *IN_CALL),
    ),
}


@pytest.mark.parametrize("name", UNIONS)
def test_of_a_union_every_wrong_place_of_the_meant_branch_is_told(name: str) -> None:
    """Once each, in order; where no branch is meant, the union itself."""
    (kind, value), (requirement, *pointers) = UNIONS[name]
    told = [(requirement, pointer) for pointer in pointers]
    assert [(one.requirement, one.pointer) for one in violations(value, kind=kind)] == told
    judged = judge(value, kind, load("v2")).violations
    assert [(one.requirement, one.pointer) for one in judged] == told


@pytest.mark.parametrize("status", ["done", 7, None, ["completed"], {"completed": 1}])
def test_a_status_that_is_none_decides_nothing_else(status: Any) -> None:
    """Which fields are set in it is not known."""
    told = {(one.requirement, one.pointer) for one in violations(run() | {"status": status})}
    assert told == {("RUN-SHAPE-006", "/status")}


@pytest.mark.parametrize(("edition", "status"), samples.STATUSES)
def test_what_is_set_in_a_status_must_be_there(edition: str, status: str) -> None:
    """A field that is missing is not set, whether or not the schema asks for it."""
    life, legal = lifecycle(edition), run(status, edition)
    needed = [name for name in samples.SET if life.fields[status].get(name) == "set"]
    assert needed or status == "expired"
    for name in needed:
        less = {other: value for other, value in legal.items() if other != name}
        assert {one.pointer for one in violations(less, edition=edition)} == {f"/{name}"}


@pytest.mark.parametrize("status", ["completed", "failed", "cancelled"])
def test_each_end_comes_after_the_start(status: str) -> None:
    """Whichever other ends are null."""
    name = f"{status}_at"
    right, wrong = (run(status, **{"started_at": NOW + 1, name: NOW + at}) for at in (1, 0))
    assert violations(right) == ()
    told = [(one.requirement, one.pointer) for one in violations(wrong)]
    assert told == [("RUN-TIME-002", f"/{name}")]


@pytest.mark.parametrize("status", [None, 7, ["completed"], {}])
def test_a_step_without_a_status_is_judged_by_its_other_fields(status: Any) -> None:
    """Which moments are set in it is not known."""
    told = violations(step(status=status, failed_at=NOW, usage=None), kind="run_step")
    assert {(one.requirement, one.pointer) for one in told} == {("RUN-STEP-008", "/status")}


@pytest.mark.parametrize(
    ("metadata", "is_shown"), [({"a": "b"}, True), ({"a": 7}, True), ({}, False), (None, False)]
)
def test_rules_on_pairs_need_a_pair(metadata: Any, is_shown: bool) -> None:
    """How many there are, how long they are and what they hold is not shown without."""
    shown = judge(run(metadata=metadata), "run", load("v2")).exercised
    pairs = {f"RUN-META-00{number}" for number in (1, 2, 3, 4)}
    assert pairs & shown == (pairs if is_shown else set())


@pytest.mark.parametrize("key", ["0", "007", "+1", "-1"])
def test_a_key_that_looks_like_a_number_is_a_key(key: str) -> None:
    """A departure below a key of digits is told at that key."""
    told = violations(run(metadata={"team": "red", key: 7}))
    assert [(one.requirement, one.pointer) for one in told] == [
        ("RUN-META-004", f"/metadata/{key}")
    ]
