"""Over many draws every corner of the space is reached."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import Phase, find, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from run_contracts import load, strategies
from tests.making import space

pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")
"""What is found last is not shrunk, and hypothesis shows it."""
MOST_RUNS, MOST_HISTORIES = 5_000, 1_000
"""Draws in which everything must be reached, in each edition; there are two."""
FEWEST_RUNS = 1_500
"""Runs that are drawn at least, to see how often each status comes."""


@dataclass(frozen=True, kw_only=True)
class Reached:
    """What was drawn, and how many of them have each feature that is wanted."""

    drawn: list[Any]
    wanted: frozenset[Any]
    counts: Counter[Any]

    @property
    def missed(self) -> set[Any]:
        """The features that no draw has."""
        return {feature for feature in self.wanted if not self.counts[feature]}


def reached(
    strategy: st.SearchStrategy[Any],
    wanted: Iterable[Any],
    features: Callable[[Any], Iterable[Any]],
    *,
    least: int = 0,
    most: int,
) -> Reached:
    """Draw until every feature was reached, `most` draws at most."""
    result = Reached(drawn=[], wanted=frozenset(wanted), counts=Counter())
    left = set(result.wanted)

    def is_enough(value: Any) -> bool:
        result.drawn.append(value)
        seen = result.wanted.intersection(features(value))
        result.counts.update(seen)
        left.difference_update(seen)
        return not left and len(result.drawn) >= least

    try:
        limits = settings(max_examples=most, database=None, deadline=None, phases=[Phase.generate])
        find(strategy, is_enough, settings=limits, random=random.Random(20240415))
    except NoSuchExample:
        assert len(result.drawn) >= most
    return result


def _print(result: Reached, kind: str) -> None:
    print(f"\n{len(result.drawn)} {kind}, {len(result.wanted)} features")
    for feature in sorted(result.wanted):
        print(f"  {result.counts[feature]:>6} {' '.join(feature)}")


@pytest.fixture(scope="module", params=["v1", "v2"])
def runs(request: pytest.FixtureRequest) -> Reached:
    """Return runs of an edition, enough to have every feature."""
    contract = load(request.param)
    wanted = space.wanted(contract)
    optional = {name for name, word in wanted if word == "absent"}
    return reached(
        strategies.runs(edition=request.param),
        wanted,
        lambda run: space.features(run, optional),
        least=FEWEST_RUNS,
        most=MOST_RUNS,
    )


def test_every_word_branch_presence_and_bound_is_reached(runs: Reached) -> None:
    """Each member of each list of words, each optional field there and absent, each bound."""
    _print(runs, "runs")
    assert runs.missed == set()


def test_no_status_is_rare(runs: Reached) -> None:
    """Statuses come about equally often, so that none is tested by luck."""
    statuses = {feature for feature in runs.wanted if feature[0] == "status"}
    rarest = min(runs.counts[status] for status in statuses)
    assert rarest >= len(runs.drawn) / len(statuses) / 4


def test_texts_explore_unicode(runs: Reached) -> None:
    """Letters beyond the basic plane and control characters come up, and many others."""
    letters = {
        letter for run in runs.drawn for letter in run["model"] + (run["instructions"] or "")
    }
    assert any(ord(letter) > 0xFFFF for letter in letters)
    assert any(ord(letter) < 0x20 for letter in letters)
    assert len(letters) > 200


@pytest.mark.parametrize("edition", ["v1", "v2"])
def test_every_edge_of_the_life_cycle_is_walked(edition: str) -> None:
    """Each edge from a status to the next, cancels and submits included."""
    contract = load(edition)
    edges = {(edge.source, edge.target) for edge in contract.lifecycle.edges if edge.source}
    histories = strategies.histories(edition=edition)
    result = reached(histories, edges, space.edges, most=MOST_HISTORIES)
    _print(result, "histories")
    assert result.missed == set()
