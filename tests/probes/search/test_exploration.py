"""Exploration: the phases of schemathesis on every endpoint, sent and judged by us."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from run_contracts.contract.operations import operations
from run_contracts.engine.planning import plan
from run_contracts.probes.search.exploration import Exploration, explore
from run_contracts.probes.search.stateful import search_statefully
from tests.probes.search.hunting import Hunted, hunting

FEW = 10
CASES = 2
ENOUGH = 300
"""Requests for the endpoints of an edition, with the cases that are usual."""
GIVEN_ID = re.compile(r"(?<=_)[A-Za-z0-9]{24}")
BROKEN = {"RUN-ERR-001", "RUN-LIST-004"}
"""Faults of one server: in what it refuses, and in what it answers."""


def _sources(hunted: Hunted) -> Counter[str]:
    """Return how many exchanges came from each way of making cases, for each endpoint."""
    sources = (one.source for one in hunted.context.session.exchanges)
    return Counter(re.sub(r" \d+$", "", one) for one in sources if one.startswith("schemathesis"))


@pytest.mark.parametrize("edition", ["v1", "v2"])
def test_every_phase_reaches_every_endpoint_and_a_right_server_has_nothing_to_fear(
    edition: str,
) -> None:
    """Examples where there are bodies, coverage, right and wrong cases; then walks along links.

    A phase may have nothing to add for an endpoint. Nothing is ever deleted: a thread that a user
    gave must survive.
    """
    with hunting(edition=edition, cases=CASES) as hunted:
        explore(hunted.context, hunted.hunt)
        assert hunted.hunt.found == set()
        methods = {one.request.method for one in hunted.context.session.exchanges}
        found = _sources(hunted)
    phases = Counter(source.split()[1] for source in found)
    endpoints = operations(edition).values()
    with_body = sum(one.request is not None for one in endpoints)
    assert methods == {"GET", "POST"}
    assert phases["example"] == with_body
    assert phases["coverage"] == len(endpoints)
    assert phases["positive"] >= with_body
    assert phases["negative"] >= with_body
    assert found["schemathesis links"] > 0
    coverage = [n for source, n in found.items() if source.startswith("schemathesis coverage")]
    assert set(coverage) == {CASES}


def test_no_request_is_sent_twice() -> None:
    """What examples, coverage and drawing have in common is sent once; links come back to it."""
    with hunting() as hunted:
        explore(hunted.context, hunted.hunt)
        sent = [
            (one.request.method, one.request.url, one.request.body)
            for one in hunted.context.session.exchanges
            if re.match("schemathesis (?!links|ids)", one.source)
        ]
    assert len(sent) > ENOUGH
    assert len(set(sent)) == len(sent)


def test_cases_reach_what_is_there() -> None:
    """A step, a thread that is free, a run that waits for outputs, and is cancelled in the end."""
    with hunting() as hunted:
        _ = hunted.context.ended_run
        explore(hunted.context, hunted.hunt)
        sent = hunted.context.session.exchanges
        answered = {one.operation_id for one in sent if one.is_success and "ids" not in one.source}
        submits = [one for one in sent if one.operation_id == "submitToolOutputs"]
        (waiting,) = {one.ids["run_id"] for one in submits} & hunted.context.seen.keys()
        alone = [one for one in sent if "links" not in one.source]
        cancels = [one for one in alone if one.operation_id == "cancelRun" and one.is_success]
        seen = hunted.context.seen[waiting]
    assert answered >= {"createRun", "createMessage", "getRunStep", "listRunSteps", "getRun"}
    assert seen["status"] == "requires_action"
    assert [one.ids["run_id"] for one in cancels][-1:] == [waiting]


def test_no_more_is_sent_than_was_planned() -> None:
    """What a dry run says is kept, polls and all."""
    with hunting() as hunted:
        search_statefully(hunted.context, hunted.hunt)
        explore(hunted.context, hunted.hunt)
        session = hunted.context.session
        assert len(session.exchanges) <= plan(session.target).generated


def test_what_a_case_breaks_is_shown_by_few_requests() -> None:
    """With nothing but the case and what its ids come from, though more than one rule is broken."""
    with hunting(*BROKEN, cases=CASES) as hunted:
        explore(hunted.context, hunted.hunt)
        assert hunted.hunt.found >= BROKEN
        assert {fault for fault in BROKEN if len(hunted.slice_to(fault)) > FEW} == set()


def test_a_seed_sends_the_same_each_time() -> None:
    """Along links, too, so that a verdict does not depend on chance; ids alone are others."""
    first, again, other = (_sent_along_links(seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def _sent_along_links(seed: int) -> list[tuple[str, str, str]]:
    """Return what is sent along links, without the ids that the server gave."""
    with hunting(seed=seed, cases=CASES) as hunted:
        Exploration(hunted.context, hunted.hunt).follow_links()
        return [
            (one.request.method, *(GIVEN_ID.sub("", text) for text in (one.request.url, sent)))
            for one in hunted.context.session.exchanges
            for sent in [one.request.body.decode(errors="replace")]
        ]
