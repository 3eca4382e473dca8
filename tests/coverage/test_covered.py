"""Coverage: each part counts what the evidence shows, once, by the first that shows it."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from run_contracts.contract.files import read_toml
from run_contracts.contract.loading import load
from run_contracts.contract.requirements import EDITIONS
from run_contracts.coverage import COUNTED_PARTS, covered
from run_contracts.events import CoverageItem, CoveragePart, Covered, exchanges
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange, Intent
from tests import samples
from tests.checks.written_traffic import RUN, Traffic
from tests.engine.verdicts import checked_in_process

THREAD = "/threads/thread_1/runs"
CREATED = {"assistant_id": "asst_1", "temperature": 0, "metadata": {"a": "b"}}


def _run(status: str, **fields: Any) -> dict[str, Any]:
    own = {"id": "run_1", "thread_id": "thread_1"}
    return samples.run(status, **own, **fields)


def _covered(traffic: Traffic) -> Covered:
    contract = load("v2")
    return covered(Evidence(contract=contract, exchanges=tuple(traffic.exchanges)))


def _seen(traffic: Traffic, part: str) -> dict[str, int]:
    """Return what of a part was seen, and by which exchange first."""
    items = next(one.items for one in _covered(traffic).parts if one.name == part)
    return {one.name: one.exchange for one in items if one.exchange}


def test_edges_are_what_two_looks_at_a_run_show() -> None:
    """The first that shows it is named; a run that stays as it is shows nothing new."""
    traffic = Traffic().add(f"POST {THREAD}", _run("queued"), body=CREATED)
    for status in ("queued", "in_progress", "completed"):
        traffic.add(f"GET {RUN}", _run(status))
    assert _seen(traffic, "edges") == {
        "created > queued": 1,
        "queued > in_progress": 3,
        "in_progress > completed": 4,
    }


def test_what_lies_between_two_looks_is_not_seen() -> None:
    """A run that was queued and then completed took edges that nobody saw."""
    traffic = Traffic().add(f"GET {RUN}", _run("queued")).add(f"GET {RUN}", _run("completed"))
    assert _seen(traffic, "edges") == {}


def test_a_command_counts_for_the_status_in_which_the_run_was() -> None:
    """Refused or not; through another thread is another thing."""
    traffic = Traffic().add(f"GET {RUN}", _run("completed"))
    traffic.add(f"POST {RUN}/cancel", {}, status=400)
    traffic.add("POST /threads/thread_2/runs/run_1/submit_tool_outputs", {}, status=404)
    assert _seen(traffic, "statuses") == {
        "getRun completed": 1,
        "cancelRun completed": 2,
        "submitToolOutputs completed, another thread": 3,
    }


def test_fields_are_seen_in_each_form() -> None:
    """Set, null, and left out, where the schema allows it."""
    one = _run("completed", instructions=None)
    del one["temperature"]
    seen = _seen(Traffic().add(f"GET {RUN}", one), "fields")
    assert {name for name in seen if "instructions" in name} == {"run.instructions null"}
    assert {name for name in seen if "temperature" in name} == {"run.temperature left out"}


def test_refusals_are_seen_by_their_reason() -> None:
    """One that was answered with a success was not refused."""
    traffic = Traffic().add(f"GET {RUN}", _run("completed"))
    traffic.add("GET /threads/thread_9/runs/run_9", {}, status=404, intent=Intent.ABSENT)
    traffic.add("GET /threads/thread_2/runs/run_1", {}, status=404)
    traffic.add(f"POST {THREAD}", {}, status=400, body={"assistant_id": 7})
    traffic.add(f"GET {THREAD}?limit=101", {}, status=400)
    traffic.add(f"GET {RUN}/steps?limit=many", {"object": "list", "data": []})
    traffic.add(f"POST {RUN}/cancel", {}, status=400)
    traffic.add(f"GET {RUN}", {}, status=401, intent=Intent.WRONG_KEY)
    assert _seen(traffic, "refusals") == {
        "getRun: no such id": 2,
        "getRun: another thread": 3,
        "createRun: wrong body": 4,
        "listRuns: wrong query": 5,
        "cancelRun: wrong status": 7,
        "any operation: wrong key": 8,
    }


def test_a_thread_with_a_run_that_is_alive_is_locked() -> None:
    """A second create on it is refused for that."""
    traffic = Traffic().add(f"POST {THREAD}", _run("queued"), body=CREATED)
    traffic.add(f"POST {THREAD}", {}, status=400, body=CREATED)
    assert _seen(traffic, "refusals") == {"createRun: locked thread": 2}


def test_members_count_once_they_were_accepted() -> None:
    """With a value, with each falsy one, and null; what was refused was not tried."""
    traffic = Traffic().add(f"POST {THREAD}", _run("queued"), body=CREATED | {"top_p": None})
    traffic.add(f"POST {THREAD}", {}, status=400, body={"assistant_id": "a", "model": "gpt-4o"})
    traffic.add(f"GET {THREAD}?order=asc", {"object": "list", "data": []})
    assert _seen(traffic, "requests") == {
        "listRuns?order": 3,
        "createRun.assistant_id with a value": 1,
        "createRun.temperature 0": 1,
        "createRun.metadata with a value": 1,
        "createRun.top_p null": 1,
    }


def test_echoes_are_seen_wherever_the_run_is_shown() -> None:
    """In the answer and in later reads, for each member that was given a value."""
    traffic = Traffic().add(f"POST {THREAD}", _run("queued"), body=CREATED)
    traffic.add(f"GET {RUN}", _run("completed"))
    assert _seen(traffic, "echoes") == {
        f"{name} in {place}": number
        for name in CREATED
        for place, number in (("the answer", 1), ("getRun", 2))
    }


@cache
def _smoke(edition: str) -> tuple[Exchange, ...]:
    return tuple(exchanges(checked_in_process(edition=edition, profile="smoke")))


@given(data=st.data())
def test_more_evidence_never_shows_less(data: st.DataObject) -> None:
    """What was seen stays seen, by the same exchange."""
    edition = data.draw(st.sampled_from(EDITIONS))
    sent, contract = _smoke(edition), load(edition)
    less, more = sorted(data.draw(st.tuples(*[st.integers(0, len(sent))] * 2)))
    first, second = (
        {
            (part.name, one.name): one.exchange
            for part in covered(Evidence(contract=contract, exchanges=sent[:end])).parts
            for one in part.items
            if one.exchange
        }
        for end in (less, more)
    )
    assert first.items() <= second.items()


@pytest.mark.parametrize("edition", EDITIONS)
def test_each_part_names_each_thing_once(edition: str) -> None:
    """Otherwise it would count twice."""
    for part in COUNTED_PARTS:
        names = list(part.every(load(edition)))
        assert names
        assert len(names) == len(set(names))


def test_whatever_is_out_of_reach_exists() -> None:
    """A name that no edition has would hide a slip of the pen."""
    every = {
        (part.name, name)
        for edition in EDITIONS
        for part in COUNTED_PARTS
        for name in part.every(load(edition))
    }
    rows = read_toml("coverage.toml")["out_of_reach"]
    named = [(row["part"], pattern) for row in rows for pattern in row["names"]]
    assert [one for one in named if not any(_is_named(*one, *thing) for thing in every)] == []


def _is_named(part: str, pattern: str, of: str, name: str) -> bool:
    """Say whether a pattern of a part names a thing of a part."""
    start, star, end = pattern.partition("*")
    is_meant = name.startswith(start) and name.endswith(end) if star else name == pattern
    return part == of and is_meant


def test_what_is_out_of_reach_counts_once_it_was_seen() -> None:
    """The share is of what could have been seen, and of what was."""
    unseen = CoverageItem(name="a", out_of_reach="only the server decides it")
    seen = CoverageItem(name="b", exchange=3, out_of_reach="only the server decides it")
    due = CoverageItem(name="c")
    part = CoveragePart(name="edges", what="", items=(unseen, seen, due))
    assert (part.seen, part.size, part.unseen) == (1, 2, ("c",))
    assert Covered(parts=(part,)).percent == 50.0
