"""Large values: what is wrong with them is told in a time that grows as they do."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from run_contracts import violations
from run_contracts.contract.loading import load
from run_contracts.validation.cutting import cut
from run_contracts.validation.json_text import decode_json
from run_contracts.validation.judging import judge
from run_contracts.validation.violation import MOST_ALIKE
from tests.samples import page, run

MANY = 20_000
QUICK = 3.0
"""Cpu seconds, on a slow machine: what is not linear takes minutes."""


def _function(number: int) -> dict[str, Any]:
    return {"type": "function", "function": {"name": number}}


LARGE: dict[str, Callable[[], Any]] = {
    "tools": lambda: run(tools=[_function(number) for number in range(MANY)]),
    "unknown tools": lambda: run(tools=[{"type": "x"}] * MANY),
    "pairs": lambda: run(metadata={f"k{number}": 1 for number in range(2 * MANY)}),
    "numbers as names": lambda: run(metadata={f"00{number}": 1 for number in range(2 * MANY)}),
    "long names": lambda: run(metadata={f"{number}" * 100: "v" for number in range(MANY)}),
    "a long id": lambda: run(id=["x" * 300_000] * 100),
    "wide and deep": lambda: run(
        tools=[{"type": "function", "function": {f"k{n}": n for n in range(1_000)}}] * 300
    ),
}


@pytest.mark.parametrize("make", LARGE.values(), ids=LARGE)
def test_a_large_value_is_explained_soon(make: Callable[[], Any]) -> None:
    """In few violations, each of a bounded length."""
    value = make()
    started = time.process_time()
    broken = violations(value)
    texts = [str(one) for one in broken]
    assert time.process_time() - started < QUICK
    assert broken
    assert len(broken) <= 3 * MOST_ALIKE
    assert max(map(len, texts)) < 2_000


def test_the_last_of_many_says_how_many_more_there_are() -> None:
    """As many as were looked at: the rest is alike, or will be told when these are mended."""
    broken = violations(run(metadata={f"k{number}": 1 for number in range(150)}))
    alike = [one for one in broken if one.requirement == "RUN-META-004"]
    assert len(alike) == MOST_ALIKE
    assert [one.more for one in alike if one.more] == [50]
    assert str(alike[-1]).endswith("(and 50 more like it)")


def test_what_is_wrong_behind_many_right_ones_is_told() -> None:
    """Wherever it stands, with its place."""
    tools = [{"type": "code_interpreter"}] * 100
    assert not violations(run(tools=tools))
    assert [one.pointer for one in violations(run(tools=[*tools, {"type": 3}]))] == ["/tools/100"]
    unbounded = load("v2").with_fields("run", {"seen": {"items": {"type": "string"}}})
    value = run(seen=["a"] * 5_000)
    assert not violations(value, contract=unbounded)
    value["seen"].append(7)
    broken = violations(value, contract=unbounded)
    assert [(one.requirement, one.pointer) for one in broken] == [("RUN-SHAPE-031", "/seen/5000")]


def test_a_cut_value_is_not_short_of_anything() -> None:
    """Neither of fields that must be there, nor of items that must."""
    others = {f"k{number}": 1 for number in range(5_000)}
    broken = violations({**others, **run(model=3)})
    assert [one.pointer for one in broken] == ["/model"]
    broken = violations(run(instructions="x" * 1_000_000, model=3))
    assert [one.pointer for one in broken if one.code != "too-many"] == ["/model"]
    assert len(cut(run(instructions="x" * 1_000_000), load("v2"))["instructions"]) < 300_000
    ends = load("v2").with_fields("run", {"seen": {"type": "string", "pattern": "z$"}})
    broken = violations(run(seen="x" * 1_000_000 + "z", model=3), contract=ends)
    assert [one.pointer for one in broken] == ["/model"]
    many = load("v2").with_fields("run", {"seen": {"type": "array", "minItems": 1_000}})
    broken = violations(run(seen=["a"] * 1_000, model=3), contract=many)
    assert [one.pointer for one in broken] == ["/model"]


def test_a_list_that_is_wide_is_judged_item_by_item() -> None:
    """What is no object among very many objects is told with its place."""
    value = page(*[run(id=f"run_{number}") for number in range(300)])
    value["data"][250] = "run_250"
    broken = violations(value, kind="run_list")
    assert [(one.requirement, one.pointer) for one in broken] == [("RUN-LIST-002", "/data/250")]
    assert judge(value, "run_list", load("v2")).violations == broken


@pytest.mark.parametrize(
    "text",
    [
        "{" + ",".join(f'"k{number % MANY}":1' for number in range(2 * MANY)) + "}",
        "[" + ",".join(['{"k":1,"k":2}'] * 2 * MANY) + "]",
        json.dumps(["\ud800"] * 2 * MANY),
        json.dumps({f"{number}\ud800": 1 for number in range(MANY)}),
    ],
    ids=["keys of one object", "keys of many", "lone surrogates", "lone surrogates as names"],
)
def test_a_large_body_with_doubtful_forms_is_read_soon(text: str) -> None:
    """In few violations."""
    started = time.process_time()
    body = decode_json(text.encode())
    assert time.process_time() - started < QUICK
    assert 0 < len(body.violations) <= MOST_ALIKE
    assert body.violations[-1].more > 0


class _Watched(dict[str, Any]):
    """An item that says when it is looked at."""

    def get(self, *_: Any) -> Any:
        raise AssertionError("it is looked at")


def test_a_list_of_wrong_items_that_are_alike_is_told_by_the_first() -> None:
    """What is new among them is found as long as something new comes."""
    alike = [{"object": "thread.run"}] * (MOST_ALIKE // 2)
    other = [{"object": "thread.run", "usage": 7}]
    rest = [{"object": "thread.run"}] * MOST_ALIKE
    value = {**page(), "data": [*alike, *other, *rest, _Watched(), *other]}
    told = judge(value, "run_list", load("v2")).violations
    assert any(one.pointer.startswith(f"/data/{len(alike)}/usage") for one in told)
    assert {one.requirement for one in told} >= {"RUN-SHAPE-001", "RUN-SHAPE-020"}
