"""Recorded answers whose requests nobody kept: each is judged as what it says it is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from run_contracts.checks import outcomes
from run_contracts.contract.loading import load
from run_contracts.recordings.file_parts import bare
from run_contracts.traffic.evidence import Evidence
from tests.checks.written_traffic import stream
from tests.samples import NOW, message, page, refusal, run, step, thread

MESSAGE = message(status="completed", incomplete_details=None, completed_at=NOW, incomplete_at=None)
THREAD = thread()


def _broken(written: bytes) -> list[tuple[str, str]]:
    """Return what a recording breaks, with the pointers, in order."""
    evidence = Evidence(contract=load("v2"), exchanges=(bare(written).exchange(1, "v2"),))
    violations = [one.violation for one in outcomes(evidence) if one.violation]
    return sorted((one.requirement, one.pointer) for one in violations)


KINDS: dict[str, tuple[Any, list[tuple[str, str]]]] = {
    "run": (run(status="done"), [("RUN-SHAPE-006", "/status")]),
    "step": (step(type="nap"), [("RUN-STEP-007", "/type")]),
    "message": (MESSAGE | {"id": "m1"}, [("RUN-ID-005", "/id")]),
    "thread": (THREAD | {"created_at": None}, [("RUN-OBJ-002", "/created_at")]),
    "assistant": ({"id": "asst_1", "object": "assistant"}, [("RUN-OBJ-003", "/created_at")]),
    "error": (refusal(message=None), [("RUN-ERR-002", "/error/message")]),
    "runs": (page(run(), run(id="run_2", model=1)), [("RUN-SHAPE-015", "/data/1/model")]),
    "steps": (page(step(run_id=None)), [("RUN-STEP-004", "/data/0/run_id")]),
    "messages": (page(MESSAGE | {"id": "m1"}), [("RUN-ID-005", "/data/0/id")]),
    "no items": (page(first_id="run_1"), [("RUN-LIST-003", "/first_id")]),
    "a list of other things": (page({"id": "file_1", "object": "file"}, has_more=7), []),
    "a list of nothing that has a name": (page({"id": "x"}, has_more=7), []),
    "a run that speaks of an error": (
        run(model=1) | {"error": refusal()["error"] | {"message": None}},
        [("RUN-SHAPE-015", "/model")],
    ),
    "another object": ({"object": "file"}, []),
    "an object with an odd name": ({"object": ["thread.run"]}, []),
    "an object without a name": ({"id": "run_1"}, []),
    "no object": (["thread.run"], []),
}


@pytest.mark.parametrize("name", KINDS)
def test_an_answer_is_of_the_kind_that_it_says(name: str) -> None:
    """What says nothing known is not judged."""
    value, expected = KINDS[name]
    broken = _broken(json.dumps(value).encode())
    assert broken[: len(expected) or None] == expected
    assert len({requirement for requirement, _ in broken}) == len(expected)


DELTA = {"id": "msg_1", "object": "thread.message.delta", "delta": {}}
STEP_DELTA = {"id": "step_1", "object": "thread.run.step.delta", "delta": {}}
EVENTS: dict[str, tuple[tuple[str, Any], list[tuple[str, str]]]] = {
    "run": (("thread.run.queued", run("queued", model=1)), [("RUN-SHAPE-015", "line 3: /model")]),
    "step": (("thread.run.step.completed", step(id=1)), [("RUN-STEP-001", "line 3: /id")]),
    "message": (
        ("thread.message.completed", MESSAGE | {"id": "m1"}),
        [("RUN-ID-005", "line 3: /id")],
    ),
    "delta": (
        ("thread.message.delta", DELTA | {"object": "x"}),
        [("RUN-OBJ-004", "line 3: /object")],
    ),
    "step delta": (
        ("thread.run.step.delta", STEP_DELTA | {"object": "x"}),
        [("RUN-OBJ-005", "line 3: /object")],
    ),
    "unknown": (("thread.run.napping", run(model=1)), []),
    "error": (("error", {"message": None}), []),
}


@pytest.mark.parametrize("name", EVENTS)
def test_data_of_an_event_is_of_the_kind_that_its_name_says(name: str) -> None:
    """Its violations name the line of the frame; an error's data has no form of its own."""
    event, expected = EVENTS[name]
    data = b": begins\n\n" + stream(event, ("done", "[DONE]"))
    broken = _broken(data)
    assert [one for one in broken if not one[0].startswith("RUN-STREAM")] == expected


@pytest.mark.parametrize(
    ("body", "requirement"),
    [(b'{"a": 1', "RUN-BODY-001"), (b'{"a": 1, "a": 2}', "RUN-BODY-002")],
)
def test_a_body_that_is_no_good_json_breaks_one_rule_of_form(body: bytes, requirement: str) -> None:
    """And holds the others, if it can be read at all."""
    assert [one for one, _ in _broken(body)] == [requirement]
    evidence = Evidence(contract=load("v2"), exchanges=(bare(body).exchange(1, "v2"),))
    held = {one.requirement for one in outcomes(evidence) if one.violation is None}
    others = {"RUN-BODY-001", "RUN-BODY-002", "RUN-BODY-003"} - {requirement}
    assert held == (set() if requirement == "RUN-BODY-001" else others)
