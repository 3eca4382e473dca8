"""Values: what is legal breaks nothing, and each broken rule is the one that was broken."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from run_contracts import ContractViolation, UsageError, assert_valid_run, load, violations
from run_contracts.validation.fast import holds
from run_contracts.validation.judging import explained, judge
from tests import samples
from tests.samples import NOW, SET, message, page, refusal, run, step, thread

LONG = {f"key{at}": "x" for at in range(17)}
V1_ONLY = {"RUN-SHAPE-018"}
Example = tuple[str, str, Any, str]


def _status(requirement: str, status: str, name: str, value: Any) -> Example:
    return requirement, "run", run(status, **{name: value}), f"/{name}"


def _shape(number: int, name: str, value: Any, pointer: str | None = None) -> Example:
    return f"RUN-SHAPE-{number:03}", "run", run(**{name: value}), pointer or f"/{name}"


THREAD = thread()
MESSAGE = message()
USAGE_OFF = {"prompt_tokens": 2, "completion_tokens": 3, "total_tokens": 6}
BROKEN: list[Example] = [
    _shape(1, "id", 7),
    _shape(2, "object", "thread"),
    _shape(3, "created_at", "yesterday"),
    _shape(4, "thread_id", None),
    _shape(5, "assistant_id", None),
    _shape(6, "status", "done"),
    ("RUN-SHAPE-007", "run", run("requires_action", required_action=[]), "/required_action"),
    (
        "RUN-SHAPE-008",
        "run",
        run("failed", last_error={"code": 7, "message": "y"}),
        "/last_error/code",
    ),
    ("RUN-SHAPE-009", "run", run("queued", expires_at="soon"), "/expires_at"),
    _shape(10, "started_at", 1.5),
    ("RUN-SHAPE-011", "run", run("cancelled", cancelled_at="now"), "/cancelled_at"),
    ("RUN-SHAPE-012", "run", run("failed", failed_at="now"), "/failed_at"),
    _shape(13, "completed_at", "now"),
    (
        "RUN-SHAPE-014",
        "run",
        run("incomplete", incomplete_details={"reason": None}),
        "/incomplete_details/reason",
    ),
    _shape(15, "model", None),
    _shape(16, "instructions", 7),
    _shape(17, "tools", [{"type": "hammer"}], "/tools/0"),
    _shape(19, "metadata", []),
    _shape(20, "usage", {"prompt_tokens": 1, "completion_tokens": 1}, "/usage/total_tokens"),
    _shape(21, "temperature", "hot"),
    _shape(22, "max_prompt_tokens", -1),
    _shape(23, "max_completion_tokens", 1.5),
    _shape(24, "truncation_strategy", {"type": "shorter"}, "/truncation_strategy/type"),
    _shape(25, "tool_choice", "maybe"),
    _shape(26, "response_format", "xml"),
    _shape(27, "parallel_tool_calls", "yes"),
    _shape(28, "top_p", "most"),
    _shape(29, "tool_resources", []),
    _shape(30, "reasoning_effort", 3),
    ("RUN-SHAPE-032", "run", [], ""),
    (
        "RUN-SHAPE-033",
        "run",
        run("failed", last_error={"code": "invalid_image_url", "message": "y"}),
        "/last_error/code",
    ),
    (
        "RUN-SHAPE-034",
        "run",
        run("incomplete", incomplete_details={"reason": "content_filter"}),
        "/incomplete_details/reason",
    ),
    ("RUN-META-001", "run", run(metadata=LONG), "/metadata"),
    ("RUN-META-002", "run", run(metadata={"k" * 65: "v"}), "/metadata"),
    ("RUN-META-003", "run", run(metadata={"k": "v" * 513}), "/metadata/k"),
    ("RUN-META-004", "run", run(metadata={"k": 7}), "/metadata/k"),
    _status("RUN-STATUS-001", "in_progress", "started_at", None),
    _status("RUN-STATUS-002", "queued", "expires_at", None),
    _status("RUN-STATUS-003", "completed", "expires_at", NOW + 600),
    _status("RUN-STATUS-004", "completed", "completed_at", None),
    _status("RUN-STATUS-005", "incomplete", "completed_at", None),
    _status("RUN-STATUS-006", "in_progress", "completed_at", NOW + 5),
    _status("RUN-STATUS-007", "cancelled", "cancelled_at", None),
    _status("RUN-STATUS-008", "completed", "cancelled_at", NOW + 5),
    _status("RUN-STATUS-009", "failed", "failed_at", None),
    _status("RUN-STATUS-010", "completed", "failed_at", NOW + 5),
    _status("RUN-STATUS-011", "requires_action", "required_action", None),
    _status("RUN-STATUS-012", "queued", "required_action", SET["required_action"]),
    _status("RUN-STATUS-013", "failed", "last_error", None),
    _status("RUN-STATUS-014", "completed", "last_error", SET["last_error"]),
    _status("RUN-STATUS-015", "incomplete", "incomplete_details", None),
    _status("RUN-STATUS-016", "queued", "incomplete_details", SET["incomplete_details"]),
    _status("RUN-STATUS-017", "in_progress", "usage", SET["usage"]),
    _status("RUN-STATUS-018", "completed", "usage", None),
    _status("RUN-STATUS-019", "cancelled", "usage", None),
    ("RUN-TIME-001", "run", run("in_progress", started_at=NOW - 1), "/started_at"),
    ("RUN-TIME-002", "run", run(completed_at=NOW), "/completed_at"),
    ("RUN-TIME-003", "run", run("queued", expires_at=NOW - 1), "/expires_at"),
    ("RUN-TIME-004", "run", run("failed", failed_at=NOW * 1000), "/failed_at"),
    ("RUN-SHAPE-035", "run", run(created_at=float(NOW)), "/created_at"),
    ("RUN-TIME-004", "run", run("queued", created_at=-1), "/created_at"),
    ("RUN-USAGE-001", "run", run(usage=USAGE_OFF), "/usage/total_tokens"),
    ("RUN-ID-001", "run", run(id="7f1c"), "/id"),
    ("RUN-ID-002", "run", run(thread_id="7f1c"), "/thread_id"),
    ("RUN-ID-003", "run", run(assistant_id="7f1c"), "/assistant_id"),
    ("RUN-ID-004", "run_step", step(id="7f1c"), "/id"),
    ("RUN-LIST-001", "run_list", page(object="page"), "/object"),
    ("RUN-LIST-002", "run_list", page(data={}), "/data"),
    ("RUN-LIST-002", "run_list", page(last_id="run_1") | {"data": ["run_1"]}, "/data/0"),
    ("RUN-LIST-003", "run_list", page(run(), first_id="run_2"), "/first_id"),
    ("RUN-LIST-004", "run_list", page(run(), last_id=None), "/last_id"),
    ("RUN-LIST-010", "run_list", page(has_more="no"), "/has_more"),
    ("RUN-LIST-013", "run_list", [run()], ""),
    ("RUN-STEP-001", "run_step", step(id=1), "/id"),
    ("RUN-STEP-002", "run_step", step(object="step"), "/object"),
    ("RUN-STEP-003", "run_step", step(created_at=None), "/created_at"),
    ("RUN-STEP-004", "run_step", step(run_id=None), "/run_id"),
    ("RUN-STEP-005", "run_step", step(assistant_id=None), "/assistant_id"),
    ("RUN-STEP-006", "run_step", step(thread_id=None), "/thread_id"),
    ("RUN-STEP-007", "run_step", step(type="thinking"), "/type"),
    ("RUN-STEP-008", "run_step", step(status="queued", completed_at=None), "/status"),
    ("RUN-STEP-009", "run_step", step(cancelled_at="x"), "/cancelled_at"),
    ("RUN-STEP-010", "run_step", step(completed_at="x"), "/completed_at"),
    ("RUN-STEP-011", "run_step", step(failed_at="x"), "/failed_at"),
    ("RUN-STEP-012", "run_step", step(last_error="x"), "/last_error"),
    ("RUN-STEP-013", "run_step", step(step_details={"type": "naps"}), "/step_details"),
    ("RUN-STEP-014", "run_step", step(usage=[]), "/usage"),
    ("RUN-STEP-015", "run_step", step(expires_at="x"), "/expires_at"),
    ("RUN-STEP-016", "run_step", step(metadata=[]), "/metadata"),
    ("RUN-STEP-017", "run_step", "step", ""),
    (
        "RUN-STEP-037",
        "run_step",
        step(last_error={"code": "invalid_prompt", "message": "y"}),
        "/last_error/code",
    ),
    ("RUN-STEP-020", "run_step", step(usage=USAGE_OFF), "/usage/total_tokens"),
    ("RUN-STEP-021", "run_step", step(completed_at=None), "/completed_at"),
    ("RUN-STEP-022", "run_step", step(status="in_progress", completed_at=None), "/usage"),
    ("RUN-STEP-026", "run_step", step(usage=None), "/usage"),
    ("RUN-STEP-027", "run_step", step(type="tool_calls"), "/step_details/type"),
    ("RUN-STEP-035", "run_step", step(failed_at=NOW), "/failed_at"),
    ("RUN-STEP-039", "run_step", step(completed_at=NOW - 9), "/completed_at"),
    ("RUN-STEP-040", "run_step", step(expires_at=NOW * 1000), "/expires_at"),
    ("RUN-STEP-040", "run_step", step(expires_at=-1), "/expires_at"),
    ("RUN-OBJ-007", "message", MESSAGE | {"created_at": NOW * 1000}, "/created_at"),
    ("RUN-OBJ-008", "message", MESSAGE | {"completed_at": NOW - 9}, "/completed_at"),
    ("RUN-OBJ-009", "thread", THREAD | {"created_at": NOW * 1000}, "/created_at"),
    ("RUN-ERR-001", "error", {"detail": "Not Found"}, "/error"),
    ("RUN-ERR-002", "error", refusal(message=None), "/error/message"),
    ("RUN-ERR-003", "error", refusal(type=None), "/error/type"),
    ("RUN-ERR-004", "error", refusal(param=7), "/error/param"),
    ("RUN-ERR-005", "error", refusal(code=404), "/error/code"),
    (
        "RUN-OBJ-002",
        "thread",
        {"id": "thread_1", "object": "thread", "metadata": {}},
        "/created_at",
    ),
    ("RUN-OBJ-004", "message_delta", {"id": "m", "object": "x", "delta": {}}, "/object"),
    ("RUN-OBJ-005", "run_step_delta", {"id": "s", "object": "x", "delta": {}}, "/object"),
]


@pytest.mark.parametrize(("edition", "status"), samples.STATUSES)
def test_a_legal_run_of_every_status_breaks_nothing(edition: str, status: str) -> None:
    """The tables can be satisfied, in every status of both editions."""
    legal = run(status, edition)
    assert violations(legal, edition=edition) == ()
    assert holds(legal, "run", load(edition))


@pytest.mark.parametrize(
    ("requirement", "kind", "value", "pointer"), BROKEN, ids=lambda v: str(v)[:16]
)
def test_a_broken_value_breaks_exactly_one_requirement(
    requirement: str, kind: str, value: Any, pointer: str
) -> None:
    """Each example breaks the rule it is about, at its place, and no other."""
    found = violations(value, kind=kind)
    assert [(one.requirement, one.pointer) for one in found] == [(requirement, pointer)]
    assert requirement in judge(value, kind, load("v2")).exercised


def test_every_requirement_on_a_value_has_a_breaking_example() -> None:
    """No rule is left that no example breaks."""
    kinds = ("run", "run_step", "list", "error", "thread", "message_delta", "run_step_delta")
    register = load("v2").register
    wanted = {one.id for kind in kinds for one in register.on(kind)}
    # The schema of a plain run declares no field without a rule of its own.
    assert wanted - {one[0] for one in BROKEN} == {"RUN-SHAPE-031"}


def test_a_violation_says_what_where_and_what_would_be_right() -> None:
    """The one line of a violation is enough to act on."""
    (violation,) = violations(run(usage=USAGE_OFF))
    assert str(violation) == (
        "RUN-USAGE-001 (MUST) at /usage/total_tokens: expected 2 + 3 = 5, found 6"
    )


def test_a_missing_field_is_told_as_missing() -> None:
    """Nothing is not null."""
    value = run()
    del value["model"]
    (violation,) = violations(value)
    assert str(violation).endswith("expected string, found nothing (the field is missing)")


def test_the_meant_branch_of_a_union_is_explained() -> None:
    """A function tool without a name is wrong about the name, not about three kinds of tools."""
    (violation,) = violations(run(tools=[{"type": "function", "function": {}}]))
    assert violation.pointer == "/tools/0/function/name"


def test_items_of_a_list_are_judged_in_their_place() -> None:
    """A broken run in a list is found with the pointer of its item."""
    (violation,) = violations(page(run(), run(id="run_2", usage=USAGE_OFF)), kind="run_list")
    assert (violation.requirement, violation.pointer) == (
        "RUN-USAGE-001",
        "/data/1/usage/total_tokens",
    )


def test_assert_valid_run_raises_with_every_must() -> None:
    """The library's door raises an AssertionError; advice counts only when strict."""
    assert_valid_run(run(id="7f1c"))
    with pytest.raises(ContractViolation, match="1 rule is broken") as caught:
        assert_valid_run(run(id="7f1c", usage=USAGE_OFF))
    assert [one.requirement for one in caught.value.violations] == ["RUN-USAGE-001"]  # type: ignore[attr-defined]
    with pytest.raises(ContractViolation, match="RUN-ID-001"):
        assert_valid_run(run(id="7f1c"), strict=True)


def test_an_unknown_kind_is_answered_with_the_known_ones() -> None:
    """A typo in a kind does not judge anything by accident."""
    with pytest.raises(UsageError, match=r"no kind 'runs'; known are .*run_step"):
        violations({}, kind="runs")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_numbers_that_json_does_not_have_are_violations(value: float) -> None:
    """A Python value may hold what no JSON text can say."""
    (violation,) = violations(run(temperature=value))
    assert (violation.requirement, violation.pointer) == ("RUN-BODY-001", "/temperature")


def test_a_deep_value_where_anything_is_allowed_is_fine() -> None:
    """The parameters of a function are any object, however deep."""
    deep: Any = {}
    for _ in range(10_000):
        deep = {"a": deep}
    function = {"name": "f", "parameters": deep}
    assert violations(run(tools=[{"type": "function", "function": function}])) == ()


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(min_value=-(2**70), max_value=2**70),
    st.floats(),
    st.text(),
    st.sampled_from(["run_x", "auto", "queued", "\ud800", NOW, NOW - 10, NOW * 1000]),
    st.just({}),
    st.just([]),
)
JSON = st.recursive(
    ODD, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
)


@given(where=st.sampled_from(samples.STATUSES), data=st.data())
def test_the_fast_verdict_and_the_slow_one_agree(where: tuple[str, str], data: Any) -> None:
    """The fast path passes a run if, and but for whole floats only if, nothing is wrong with it."""
    edition, status = where
    value = run(status, edition)
    for name in data.draw(st.lists(st.sampled_from(sorted(value)), max_size=3, unique=True)):
        if data.draw(st.booleans()):
            del value[name]
        else:
            value[name] = data.draw(ODD | st.just(SET.get(name, value[name])))
    contract = load(edition)
    is_clean = not list(explained(value, "run", contract))
    if holds(value, "run", contract):
        assert is_clean
    elif is_clean:
        assert any(isinstance(one, float) and one.is_integer() for one in value.values())


@given(value=JSON, edition=st.sampled_from(["v1", "v2"]), data=st.data())
def test_judging_never_fails_whatever_the_value(value: Any, edition: str, data: Any) -> None:
    """Any JSON value, as any kind, gives violations in a fixed order, never an exception."""
    contract = load(edition)
    kind = data.draw(st.sampled_from(("run", "run_step", "run_list", "error", "message", "thread")))
    found = violations(value, kind=kind, contract=contract)
    assert found == violations(value, kind=kind, contract=contract) or value != value  # noqa: PLR0124
    assert {one.requirement for one in found} <= judge(value, kind, contract).exercised
