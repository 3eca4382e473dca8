"""Near misses break the requirement they are named for, and no other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from run_contracts import UsageError, load, violations
from run_contracts.contract.operations import STREAM_TYPE
from run_contracts.making import NearMiss, near_misses
from run_contracts.making.lives.stream_events import as_sse
from run_contracts.making.near_misses import UNMISSABLE, why_none
from tests.making import judged
from tests.making.prose import contradictions

NOT_VALUES = {"body", "history", "walk", "stream", "exchanges"}
"""Kinds of near misses that are not judged as one value."""
TEXTS = {"body", "stream"}
NEEDS_A_VENDOR = {"RUN-SHAPE-031"}
"""Rules on fields that only a vendor's own schema declares."""
MISSABLE = {
    (edition, rule.id): rule
    for edition in ("v1", "v2")
    for rule in load(edition).register.values()
    if rule.id not in NEEDS_A_VENDOR | UNMISSABLE.keys()
}
AREAS = list(dict.fromkeys((edition, rule.area) for (edition, _), rule in MISSABLE.items()))
"""The requirements are tried by area: as items of their own they would cost more than they do."""


@cache
def _misses(edition: str, area: str) -> tuple[NearMiss, ...]:
    """Return the near misses of an area, which tests only read."""
    ids = [one for of, one in MISSABLE if of == edition and MISSABLE[of, one].area == area]
    made = {requirement: near_misses(requirement, edition=edition) for requirement in ids}
    assert [requirement for requirement in ids if not made[requirement]] == []
    return tuple(miss for requirement in ids for miss in made[requirement])


def _broken(miss: NearMiss) -> set[str]:
    """Return what a near miss breaks, by the judge of values or by the checks of servers."""
    if miss.kind not in NOT_VALUES:
        found = violations(json.loads(miss.text), kind=miss.kind, edition=miss.edition)
        return {one.requirement for one in found}
    nothing_else_was_done = miss.requirement in ("RUN-LIFE-009", "RUN-LIST-020")
    made, is_whole = judged.of_miss(miss), nothing_else_was_done
    return set(judged.broken(made, miss.edition, is_whole=is_whole, is_alone=True))


@pytest.mark.parametrize(("edition", "area"), AREAS)
def test_a_near_miss_breaks_exactly_its_requirement(edition: str, area: str) -> None:
    """The judge of values, or the checks of servers, name that requirement alone."""
    misses = _misses(edition, area)
    assert [miss for miss in misses if _broken(miss) != {miss.requirement}] == []
    assert [miss for miss in misses if not miss.sentence.endswith(".")] == []


@pytest.mark.parametrize(("edition", "area"), AREAS)
def test_a_value_breaks_it_where_it_says(edition: str, area: str) -> None:
    """What the judge names first stands where the near miss points to."""
    for miss in _misses(edition, area):
        if miss.kind not in NOT_VALUES:
            found = violations(json.loads(miss.text), kind=miss.kind, edition=edition)
            assert found[0].pointer == miss.pointer, miss


@pytest.mark.parametrize(("edition", "area"), AREAS)
def test_the_value_it_was_made_of_is_legal(edition: str, area: str) -> None:
    """So the two side by side show what the requirement asks."""
    values = [miss for miss in _misses(edition, area) if miss.kind not in NOT_VALUES]
    for miss in values:
        assert violations(miss.legal, kind=miss.kind, edition=edition) == (), miss
        assert json.dumps(miss.legal) != miss.text  # as JSON, for True is 1.0 in Python


@pytest.mark.parametrize("edition", ["v1", "v2"])
def test_the_run_it_was_made_of_is_plain_and_contradicts_nothing(edition: str) -> None:
    """One thing is wrong with a near miss, also for a reader of the prose, and not with its runs.

    The runs of lists, histories, streams and exchanges are right by themselves.
    """
    for miss in near_misses(edition=edition):
        wrong = [] if miss.kind == "run" else list(_runs(miss.value))
        about = {"low limit"} if miss.requirement == "RUN-CREATE-005" else set()
        for run in [*_runs(miss.legal), *wrong]:
            assert contradictions(run) <= about, miss


def _runs(value: Any) -> Iterator[Any]:
    """Yield the runs in a value, wherever they are."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if isinstance(value, dict) and value.get("object") == "thread.run":
        yield value
    else:
        for part in inner:
            yield from _runs(part)


@pytest.mark.parametrize(("edition", "area"), AREAS)
def test_the_exchanges_they_were_made_of_are_legal(edition: str, area: str) -> None:
    """The checks of servers find nothing in them, and they differ where it is said."""
    for miss in _misses(edition, area):
        if miss.kind == "exchanges":
            legal = judged.exchanged(miss.legal, edition)
            assert judged.broken(legal, edition) == {}, miss
            assert _at(miss.pointer, miss.legal) != _at(miss.pointer, miss.value)


def _at(pointer: str, value: Any) -> Any:
    """Return what a JSON pointer leads to."""
    for step in pointer.split("/")[1:]:
        value = value[int(step)] if isinstance(value, list) else value.get(step)
    return value


@pytest.mark.parametrize(("edition", "area"), AREAS)
def test_the_text_it_was_made_of_is_legal(edition: str, area: str) -> None:
    """The checks of servers find nothing in the body or stream before it was broken."""
    texts = [
        one for one in _misses(edition, area) if MISSABLE[edition, one.requirement].on in TEXTS
    ]
    for miss in texts:
        text = miss.legal if miss.kind == "body" else as_sse(miss.legal)
        content_type = STREAM_TYPE if miss.kind == "stream" else miss.content_type
        legal = replace(miss, value=miss.legal, text=text, content_type=content_type)
        assert judged.broken(judged.of_miss(legal), edition, is_whole=False) == {}, miss


@pytest.mark.parametrize("edition", ["v1", "v2"])
def test_every_requirement_on_what_can_be_made_has_near_misses(edition: str) -> None:
    """Any requirement can be missed by something written down, or says why not."""
    contract = load(edition)
    rules = contract.register.values()
    without = {rule.id for rule in rules if why_none(contract, rule.id)}
    assert without == NEEDS_A_VENDOR | set(UNMISSABLE)


def test_a_vendors_field_can_be_missed() -> None:
    """The rule on fields without a rule of their own is broken by a vendor's field."""
    vendor = load("v2").with_fields("run", {"region": {"enum": ["eu", "us"]}}, required=["region"])
    found = near_misses("RUN-SHAPE-031", contract=vendor)
    assert {miss.pointer for miss in found} == {"/region"}
    for miss in found:
        broken = violations(miss.value, contract=vendor)
        assert {one.requirement for one in broken} == {"RUN-SHAPE-031"}


def test_what_no_value_can_break_is_refused_with_the_reason() -> None:
    """A rule that is never broken alone has no near miss; a faulty server shows it instead."""
    with pytest.raises(UsageError, match=r"does not end; .*serve --fault RUN-STREAM-020"):
        near_misses("RUN-STREAM-020")


def test_an_unknown_requirement_is_refused_with_the_nearest() -> None:
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
