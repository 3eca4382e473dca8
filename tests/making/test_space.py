"""Over many draws every corner of the space is reached."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from run_contracts import load, strategies
from tests.making import space

DRAWS = 5_000
"""In each edition; there are two."""
MANY = settings(
    max_examples=DRAWS,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def _drawn(strategy: Any, draws: int = DRAWS) -> list[Any]:
    found: list[Any] = []

    @seed(20240415)
    @settings(MANY, max_examples=draws)
    @given(strategy)
    def collect(value: Any) -> None:
        found.append(value)

    collect()
    return found


@pytest.mark.slow
@pytest.mark.parametrize("edition", ["v1", "v2"])
def test_every_word_branch_presence_and_bound_is_reached(edition: str) -> None:
    """Each member of each list of words, each optional field there and absent, each bound."""
    contract = load(edition)
    drawn = _drawn(strategies.runs(edition=edition))
    counts = space.count(contract, drawn)
    wanted = space.wanted(contract)
    print(f"\n{edition}: {len(drawn)} runs, {len(wanted)} features")
    for name, word in sorted(wanted):
        print(f"  {counts[name, word]:>6} {name} {word}")
    assert len(drawn) >= DRAWS
    assert {feature for feature in wanted if not counts[feature]} == set()


@pytest.mark.slow
@pytest.mark.parametrize("edition", ["v1", "v2"])
def test_every_edge_of_the_life_cycle_is_walked(edition: str) -> None:
    """Each edge from a status to the next, cancels and submits included."""
    contract = load(edition)
    counts = space.edges(contract, _drawn(strategies.histories(edition=edition), DRAWS // 5))
    wanted = {(edge.source, edge.target) for edge in contract.lifecycle.edges if edge.source}
    print(f"\n{edition}: {len(wanted)} edges")
    for earlier, later in sorted(wanted):
        print(f"  {counts[earlier, later]:>6} {earlier} -> {later}")
    assert {edge for edge in wanted if not counts[edge]} == set()


@pytest.mark.parametrize("edition", ["v1", "v2"])
def test_no_status_is_rare(edition: str) -> None:
    """Statuses come about equally often, so that none is tested by luck."""
    drawn: list[str] = []

    @settings(MANY, max_examples=600)
    @given(strategies.runs(edition=edition))
    def collect(run: Any) -> None:
        drawn.append(run["status"])

    collect()
    statuses = load(edition).lifecycle.fields
    assert min(drawn.count(status) for status in statuses) >= len(drawn) / len(statuses) / 4


def test_texts_explore_unicode() -> None:
    """Letters beyond the basic plane, marks, control characters and right-to-left come up."""
    seen: set[str] = set()

    @settings(MANY, max_examples=500)
    @given(strategies.runs(status="queued"))
    def collect(run: Any) -> None:
        seen.update(run["model"], run["instructions"] or "")

    collect()
    assert any(ord(letter) > 0xFFFF for letter in seen)
    assert any(ord(letter) < 0x20 for letter in seen)
    assert len(seen) > 200
