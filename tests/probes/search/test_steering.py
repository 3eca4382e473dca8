"""Steering: what was never accepted before is sent first."""

from __future__ import annotations

from typing import Any

from run_contracts.contract.loading import load
from run_contracts.contract.requests import FALSY, legal
from run_contracts.probes.search.exploration import explore
from run_contracts.probes.search.steering import Steering
from run_contracts.traffic.evidence import Evidence
from tests.checks.written_traffic import Traffic
from tests.probes.search.hunting import hunting

LABEL, PATH = "POST /threads/{thread_id}/runs", "/threads/thread_1/runs"
Parts = tuple[Any, Any]


def _steering(traffic: Traffic) -> Steering:
    return Steering(Evidence(contract=load("v2"), exchanges=tuple(traffic.exchanges)))


def _itself(case: Parts) -> Parts:
    return case


def test_cases_with_most_that_was_not_seen_go_first() -> None:
    """Members are told apart by their form, the order of those that are alike stays."""
    sent = {"assistant_id": "asst_1", "temperature": 0.5}
    steering = _steering(Traffic().add(f"POST {PATH}", {}, body=sent))
    seen: Parts = ({"assistant_id": "asst_2", "temperature": 1.5}, None)
    falsy: Parts = ({"assistant_id": "asst_2", "temperature": 0}, {})
    more: Parts = (
        {"assistant_id": "asst_2", "temperature": None, "top_p": 0.5},
        {"include[]": "x"},
    )
    odd: Parts = ("no object", None)
    first = steering.unseen_first(LABEL, [seen, odd, falsy, more], _itself)
    assert first == [more, falsy, seen, odd]


def test_what_is_out_of_reach_is_not_looked_for() -> None:
    """Nor what was refused: it was not seen accepted."""
    refused = {"assistant_id": "asst_1", "model": None}
    steering = _steering(Traffic().add(f"POST {PATH}", {}, status=400, body=refused))
    assert "createRun.model null" in steering.unseen
    assert legal(load("v2"), "createRun", "model", FALSY) == ("",)
    assert 'createRun.model ""' not in steering.unseen


def test_exploration_sends_first_what_was_not_seen() -> None:
    """Of the first cases of an endpoint most send something that no probe had sent."""
    with hunting(cases=3) as hunted:
        before = len(hunted.context.session.exchanges)
        explore(hunted.context, hunted.hunt)
        sent = hunted.context.session.exchanges[before:]
    positive = [
        one.asked for one in sent if one.source.startswith(f"schemathesis positive {LABEL}")
    ]
    sizes = [len(asked) for asked in positive if isinstance(asked, dict)]
    assert sizes
    assert sizes[0] == max(sizes)
