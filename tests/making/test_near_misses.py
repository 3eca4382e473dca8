"""Near misses break the requirement they are named for, and no other."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from run_contracts import UsageError, load, violations
from run_contracts.contract.operations import STREAM_TYPE
from run_contracts.making import NearMiss, near_misses
from run_contracts.making.event_streams import as_sse
from run_contracts.making.near_misses import UNMISSABLE, why_none
from tests.making import judged

VALUES = {"run", "run_step", "list", "message", "thread", "assistant", "error"} | {
    "message_delta",
    "run_step_delta",
}
"""What requirements on a value speak of."""
ALL = [miss for edition in ("v1", "v2") for miss in near_misses(edition=edition)]
OF_VALUES = [miss for miss in ALL if miss.kind not in {"body", "history", "walk", "stream"}]
OTHERS = [miss for miss in ALL if miss not in OF_VALUES]
NEEDS_A_VENDOR = {"RUN-SHAPE-031"}
"""Rules on fields that only a vendor's own schema declares."""


def _named(miss: NearMiss) -> str:
    return f"{miss.edition}-{miss}"


@pytest.mark.parametrize("miss", OF_VALUES, ids=_named)
def test_a_value_breaks_exactly_its_requirement(miss: NearMiss) -> None:
    """The judge of values names that requirement alone, at that place."""
    found = violations(json.loads(miss.text), kind=miss.kind, edition=miss.edition)
    assert {one.requirement for one in found} == {miss.requirement}
    assert found[0].pointer == miss.pointer
    assert miss.sentence.endswith(".")


@pytest.mark.parametrize("miss", OTHERS, ids=_named)
def test_a_body_history_walk_or_stream_breaks_exactly_its_requirement(miss: NearMiss) -> None:
    """The checks of servers name that requirement alone."""
    nothing_else_was_done = miss.requirement == "RUN-LIFE-007"
    found = judged.broken(judged.of_miss(miss), miss.edition, is_whole=nothing_else_was_done)
    assert set(found) == {miss.requirement}, found


@pytest.mark.parametrize("edition", ["v1", "v2"])
def test_the_value_it_was_made_of_is_legal(edition: str) -> None:
    """So the two side by side show what the requirement asks."""
    for miss in (one for one in OF_VALUES if one.edition == edition):
        assert violations(miss.legal, kind=miss.kind, edition=edition) == (), miss
        assert miss.legal != miss.value


@pytest.mark.parametrize(
    "miss", [one for one in OTHERS if one.kind in {"body", "stream"}], ids=_named
)
def test_the_text_it_was_made_of_is_legal(miss: NearMiss) -> None:
    """The checks of servers find nothing in the body or stream before it was broken."""
    text = miss.legal if miss.kind == "body" else as_sse(miss.legal)
    content_type = STREAM_TYPE if miss.kind == "stream" else miss.content_type
    legal = replace(miss, value=miss.legal, text=text, content_type=content_type)
    assert judged.broken(judged.of_miss(legal), miss.edition, is_whole=False) == {}


@pytest.mark.parametrize("edition", ["v1", "v2"])
def test_every_requirement_on_what_can_be_made_has_near_misses(edition: str) -> None:
    """A requirement on a value, body, history, walk or stream can be missed, or says why not."""
    contract = load(edition)
    spoken = VALUES | {"body", "history", "walk", "stream"}
    without = {
        rule.id
        for rule in contract.register.values()
        if rule.on in spoken and why_none(contract, rule.id)
    }
    assert without == NEEDS_A_VENDOR | set(UNMISSABLE)


def test_a_vendors_field_can_be_missed() -> None:
    """The rule on fields without a rule of their own is broken by a vendor's field."""
    vendor = load("v2").with_fields("run", {"region": {"enum": ["eu", "us"]}}, required=["region"])
    found = near_misses("RUN-SHAPE-031", contract=vendor)
    assert {miss.pointer for miss in found} == {"/region"}
    for miss in found:
        broken = violations(miss.value, contract=vendor)
        assert {one.requirement for one in broken} == {"RUN-SHAPE-031"}


def test_what_no_value_can_break_is_told_with_the_reason() -> None:
    """A rule on answers to requests has no near miss; the fault of a server shows it instead."""
    with pytest.raises(UsageError, match="serve --fault RUN-CANCEL-001"):
        near_misses("RUN-CANCEL-001")
    with pytest.raises(UsageError, match="two requests"):
        near_misses("RUN-ID-013")


def test_an_unknown_requirement_is_told_with_the_nearest() -> None:
    """A typo names what was probably meant."""
    with pytest.raises(UsageError, match="did you mean RUN-USAGE-001"):
        near_misses("RUN-USAGE-01")


def test_near_misses_of_one_requirement_differ() -> None:
    """Each has a name, a sentence and a value of its own."""
    found = near_misses("RUN-SHAPE-003")
    assert len({miss.name for miss in found}) == len({miss.sentence for miss in found}) > 3
    assert len({miss.text for miss in found}) == len(found)


def test_near_misses_can_be_changed_without_harm() -> None:
    """What a caller does to one near miss is not seen by the next caller."""
    near_misses("RUN-SHAPE-003")[0].value.clear()
    assert near_misses("RUN-SHAPE-003")[0].value
    first = next(miss for miss in near_misses() if miss.kind == "run")
    first.value.clear()
    assert near_misses(first.requirement)[0].value
