"""What somebody unseen may lawfully have changed is not called a defect of the server."""

from __future__ import annotations

import random
from typing import Any

import pytest
from benchmarks.passive import ALL, Server, faulty, recorded

from run_contracts.contract.requirements import EDITIONS
from tests.checks.two_clients import Scene, TwoClients, broken_in, two_clients

OTHER = {"metadata": {"by": "other"}}
SCENES: dict[str, tuple[Scene, set[str]]] = {}
"""What two clients do, by what it is called, and what would be called broken if one were alone."""


def _scene(*requirements: str) -> Any:
    def named(scene: Scene) -> Scene:
        SCENES[scene.__name__.strip("_")] = scene, set(requirements)
        return scene

    return named


@_scene("RUN-ECHO-003")
def _metadata_of_a_new_run(both: TwoClients) -> None:
    run = both.create(metadata={"by": "me"})
    both.unseen("POST", run, OTHER)
    both.seen("GET", run)


@_scene("RUN-MODIFY-002")
def _metadata_after_a_modify(both: TwoClients) -> None:
    run = both.ended()
    both.seen("POST", run, {"metadata": {"by": "me"}})
    both.unseen("POST", run, OTHER)
    both.seen("GET", run)


@_scene("RUN-MODIFY-004")
def _metadata_after_a_refused_modify(both: TwoClients) -> None:
    run = both.ended()
    both.seen("POST", run, {"metadata": {str(number): "" for number in range(17)}})
    both.unseen("POST", run, OTHER)
    both.seen("GET", run)


@_scene("RUN-CANCEL-004")
def _metadata_after_a_refused_cancel(both: TwoClients) -> None:
    run = both.ended()
    both.seen("POST", f"{run}/cancel")
    both.unseen("POST", run, OTHER)
    both.seen("GET", run)


@_scene("RUN-SUBMIT-005")
def _metadata_after_a_refused_submit(both: TwoClients) -> None:
    run = both.ended()
    outputs = [{"tool_call_id": "call_1", "output": "7"}]
    both.seen("POST", f"{run}/submit_tool_outputs", {"tool_outputs": outputs})
    both.unseen("POST", run, OTHER)
    both.seen("GET", run)


@_scene("RUN-SUBMIT-005", "RUN-LIFE-007")
def _a_submit_after_a_refused_one(both: TwoClients) -> None:
    run, outputs = both.waiting()
    both.seen("POST", f"{run}/submit_tool_outputs", {"tool_outputs": []})
    both.unseen("POST", f"{run}/submit_tool_outputs", outputs)
    both.seen("GET", run)


@_scene()
def _a_cancel(both: TwoClients) -> None:
    run, outputs = both.waiting()
    both.unseen("POST", f"{run}/cancel")
    both.seen("POST", f"{run}/submit_tool_outputs", outputs)
    both.seen("POST", f"{run}/cancel")
    both.seen("GET", run)


@_scene("RUN-LIFE-007")
def _a_run_and_a_message(both: TwoClients) -> None:
    run, outputs = both.waiting()
    both.unseen("POST", f"{run}/submit_tool_outputs", outputs)
    both.wait(run)
    both.unseen("POST", f"{both.thread}/messages", {"role": "user", "content": "And?"})
    both.seen("GET", f"{both.thread}/messages?limit=2")
    both.unseen("POST", f"{both.thread}/runs", {"assistant_id": both.assistant})
    both.seen("POST", f"{both.thread}/runs", {"assistant_id": both.assistant})
    both.seen("POST", f"{both.thread}/messages", {"role": "user", "content": "So?"})
    both.seen("GET", f"{both.thread}/runs?limit=1")


@_scene("RUN-ECHO-012", "RUN-ECHO-013")
def _an_assistant(both: TwoClients) -> None:
    changes = {"instructions": "Be kind.", "tools": [], "model": "gpt-4o-mini"}
    both.unseen("POST", f"/assistants/{both.assistant}", changes)
    both.create()


@_scene("RUN-CREATE-006")
def _a_word_in_an_empty_thread(both: TwoClients) -> None:
    silent = both.seen("POST", "/assistants", {"model": "gpt-4o"})["id"]
    both.thread = f"/threads/{both.seen('POST', '/threads', {})['id']}"
    both.unseen("POST", f"{both.thread}/messages", {"role": "user", "content": "Well?"})
    both.create(assistant_id=silent)


GIVEN = {"role": "user", "content": "One more thing", "metadata": {"by": "me"}}


def _listed(both: TwoClients) -> Any:
    return both.seen("GET", f"{both.thread}/messages?limit=100")["data"]


def _given(both: TwoClients) -> str:
    """Give a message with a run, and return its path; nobody has seen it yet."""
    both.ended(additional_messages=[GIVEN])
    listed = both.unseen("GET", f"{both.thread}/messages")["data"]
    given = next(one for one in listed if one["metadata"] == GIVEN["metadata"])
    return f"{both.thread}/messages/{given['id']}"


@_scene("RUN-CREATE-004")
def _a_message_that_was_given(both: TwoClients) -> None:
    both.unseen("DELETE", _given(both))
    _listed(both)


@_scene("RUN-CREATE-008")
def _metadata_of_a_message_that_was_given(both: TwoClients) -> None:
    both.unseen("POST", _given(both), OTHER)
    _listed(both)


@_scene("RUN-CREATE-008")
def _the_same_words_again(both: TwoClients) -> None:
    _given(both)
    both.unseen("POST", f"{both.thread}/messages", GIVEN)
    _listed(both)


@_scene("RUN-STEP-032", "RUN-LIST-016")
def _a_message_that_a_run_wrote(both: TwoClients) -> None:
    run = both.ended()
    both.seen("GET", f"{run}/steps")
    both.unseen("DELETE", f"{both.thread}/messages/{_listed(both)[0]['id']}")
    _listed(both)


@_scene("RUN-STREAM-014")
def _a_message_of_a_stream(both: TwoClients) -> None:
    asked = {"assistant_id": both.assistant, "tool_choice": "none", "stream": True}
    both.seen_stream("POST", f"{both.thread}/runs", asked)
    written = both.unseen("GET", f"{both.thread}/messages")["data"][0]["id"]
    both.unseen("DELETE", f"{both.thread}/messages/{written}")
    _listed(both)


@_scene("RUN-LIST-005")
def _what_a_page_ends_with_and_what_follows(both: TwoClients) -> None:
    *_, before, last = both.seen("GET", f"{both.thread}/messages?limit=2")["data"]
    follows = both.unseen("GET", f"{both.thread}/messages?after={last['id']}")["data"]
    for one in follows:
        both.unseen("DELETE", f"{both.thread}/messages/{one['id']}")
    both.seen("GET", f"{both.thread}/messages?limit=2&after={last['id']}")
    both.unseen("DELETE", f"{both.thread}/messages/{before['id']}")
    both.seen("GET", f"{both.thread}/messages?after={before['id']}")
    both.seen("GET", both.thread)


@_scene("RUN-CREATE-003", "RUN-LIST-020")
def _the_thread_of_a_new_run(both: TwoClients) -> None:
    both.seen("GET", f"{both.thread}/runs")
    run = both.create()
    both.unseen("DELETE", both.thread)
    both.seen("GET", run)
    both.seen("GET", f"{both.thread}/runs")


@_scene("RUN-CANCEL-002", "RUN-SUBMIT-002", "RUN-STEP-024")
def _the_thread_of_a_run_that_ended(both: TwoClients) -> None:
    run = both.ended()
    other = both.ended()
    step = both.seen("GET", f"{run}/steps")["data"][0]["id"]
    both.seen("GET", f"{other}/steps/step_{'0' * 24}")
    both.unseen("DELETE", both.thread)
    both.seen("POST", f"{run}/cancel")
    outputs = [{"tool_call_id": "call_1", "output": "7"}]
    both.seen("POST", f"{run}/submit_tool_outputs", {"tool_outputs": outputs})
    both.seen("POST", run, OTHER)
    both.seen("GET", f"{run}/steps/{step}")


@pytest.mark.parametrize("name", SCENES)
def test_what_somebody_else_did_is_no_defect(name: str) -> None:
    """A right server breaks nothing; who says that nobody else is at work has it called broken."""
    scene, requirements = SCENES[name]
    with two_clients() as both:
        scene(both)
        seen = both.recorder.exchanges
    assert broken_in(seen, is_alone=False) == set()
    assert broken_in(seen, is_alone=True) == requirements


DAYS = (*(Server(edition=one, seed=3) for one in EDITIONS), *faulty(60))
TAKEN_OUT = 12
"""Exchanges that are taken out of a day, one at a time, and as many times some of them together."""


def _name(server: Server) -> str:
    return "+".join((server.edition, *server.faults))


@pytest.mark.parametrize("server", DAYS, ids=_name)
def test_what_is_not_seen_breaks_nothing_more(server: Server) -> None:
    """Whichever change of a day somebody else may have made, unseen: one of them, or many."""
    exchanges = recorded(server, ("plain",))[0][ALL]
    broken = broken_in(exchanges, is_alone=True, edition=server.edition)
    assert server.faults or not broken
    deal = random.Random(server.seed)
    changing = [one for one in exchanges if one.request.method != "GET"]
    for unseen in (
        *([one] for one in deal.sample(changing, TAKEN_OUT)),
        *(deal.sample(changing, len(changing) // 3) for _ in range(TAKEN_OUT)),
        *(deal.sample(exchanges, len(exchanges) // 3) for _ in range(TAKEN_OUT)),
    ):
        numbers = {one.number for one in unseen}
        left = [one for one in exchanges if one.number not in numbers]
        assert broken_in(left, is_alone=False, edition=server.edition) <= broken, unseen


def test_who_is_not_alone_and_says_so_has_right_servers_called_wrong() -> None:
    """The same changes, where somebody says wrongly that nobody else is at work."""
    exchanges = recorded(Server(seed=3), ("plain",))[0][ALL]
    left = [one for one in exchanges if one.operation_id != "submitToolOutputs"]
    assert broken_in(left, is_alone=False) == set()
    assert "RUN-LIFE-007" in broken_in(left, is_alone=True)
