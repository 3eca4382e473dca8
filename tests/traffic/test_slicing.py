"""Slices: from many exchanges the few that lead to one."""

from __future__ import annotations

from typing import Any

from run_contracts.traffic.exchange import Exchange
from run_contracts.traffic.slicing import Slicer
from tests.checks.written_traffic import CREATE, STREAM, Traffic, stream
from tests.samples import run

THREAD, RUN, RUNS = "/threads/thread_1", "/threads/thread_1/runs/run_1", "/threads/thread_1/runs"


def _begun() -> Traffic:
    """Return traffic in which an assistant, two threads and a run were created."""
    traffic = Traffic().add("POST /assistants", {"id": "asst_1", "object": "assistant"})
    traffic.add("POST /threads", {"id": "thread_1", "object": "thread"})
    traffic.add("POST /threads", {"id": "thread_2", "object": "thread"})
    return traffic.add(f"POST {RUNS}", run("queued"), body=CREATE)


def _slices(traffic: Traffic, last: Exchange | None = None) -> list[list[int]]:
    slices = Slicer(traffic.exchanges).slices_to(last or traffic.exchanges[-1])
    return [[one.number for one in slice_] for slice_ in slices]


def test_it_begins_where_the_ids_come_from() -> None:
    """What has nothing to do with the last exchange is left out."""
    assert _slices(_begun()) == [[1, 2, 4]] * 6


def test_a_command_to_a_run_matters_to_who_polls_it() -> None:
    """A cancelled run is not seen without its cancel, whoever sent it."""
    traffic = (
        _begun().add(f"POST {RUN}/cancel", run("cancelling")).add(f"GET {RUN}", run("cancelled"))
    )
    assert _slices(traffic)[0] == [1, 2, 4, 5, 6]


def test_a_command_without_an_answer_matters_to_who_polls_the_run() -> None:
    """It may have been carried out."""
    traffic = _begun().lose(f"POST {RUN}/cancel").add(f"GET {RUN}", run("cancelled"))
    assert _slices(traffic)[0] == [1, 2, 4, 5, 6]


def test_what_has_no_answer_comes_with_one_that_has_and_with_the_first_that_had_none() -> None:
    """A server that was stopped answers none, and once may be by chance."""
    traffic = _begun().lose(f"GET {RUN}").lose(f"GET {RUN}").lose(f"POST {RUN}/cancel")
    traffic.add("GET /threads/thread_2", {}).add("GET /threads/thread_1", {})
    alone, with_first, *_ = _slices(traffic, traffic.exchanges[5])
    assert (alone, with_first) == ([1, 2, 4, 6, 9], [1, 2, 4, 5, 6, 9])


def test_what_is_done_after_a_wait_comes_with_the_poll() -> None:
    """A run must have ended for its steps to be all there."""
    traffic = _begun().add(f"GET {RUN}", run("queued")).add(f"GET {RUN}", run("completed"))
    traffic.add(f"GET {RUN}/steps", {"object": "list", "data": []})
    assert _slices(traffic)[0] == [1, 2, 4, 6, 7]


def test_a_run_needs_the_messages_of_its_thread() -> None:
    """There is nothing to answer otherwise."""
    traffic = _begun().add(f"POST {THREAD}/messages", {"object": "thread.message"})
    traffic.add(f"POST {RUNS}", run("queued", id="run_2"), body=CREATE)
    assert _slices(traffic)[0] == [1, 2, 5, 6]


def test_of_many_polls_that_show_the_same_the_first_and_last_are_kept() -> None:
    """Polls are for the reader; what changed between them is not."""
    traffic = _begun()
    for status in ("queued", "queued", "queued", "completed", "completed", "failed"):
        traffic.add(f"GET {RUN}", run(status))
    assert _slices(traffic)[1] == [1, 2, 4, 5, 7, 8, 9, 10]


def test_an_id_that_was_sent_before_it_was_answered_comes_from_outside() -> None:
    """An assistant that the user gave needs no request."""
    traffic = Traffic().add("POST /threads", {"id": "thread_1", "object": "thread"})
    traffic.add(f"POST {RUNS}", run("queued"), body=CREATE)
    traffic.add(f"POST {RUNS}", run("queued", id="run_2"), body=CREATE)
    assert _slices(traffic)[0] == [1, 3]


def test_ids_in_streams_and_bodies_lead_back_too() -> None:
    """A call is known from the stream that asked for it."""
    events = stream(("thread.run.requires_action", run("requires_action")))
    traffic: Any = Traffic().add("POST /threads/runs", events, headers=STREAM)
    body = {"tool_outputs": [{"tool_call_id": "call_1", "output": ""}]}
    traffic.add("POST /threads/x/runs/y/submit_tool_outputs", {}, status=404, body=body)
    assert _slices(traffic)[0] == [1, 2]


def test_what_raced_with_the_last_exchange_is_in_every_slice() -> None:
    """Also if it was kept later."""
    traffic = _begun().add(f"POST {RUNS}", run("queued", id="run_2"), body=CREATE, together=1)
    traffic.add(f"POST {RUNS}", run("queued", id="run_3"), body=CREATE, together=1)
    assert _slices(traffic, traffic.exchanges[4])[0] == [1, 2, 5, 6]


def test_the_slices_grow_from_the_same_scenario_to_all_others_and_to_what_came_after() -> None:
    """A list shows the runs that were made before; a run made beside shows up later."""
    page = {"object": "list", "data": [], "first_id": None, "last_id": None, "has_more": False}
    traffic = _begun().add(f"GET {RUNS}", page).add(f"GET {RUN}", run("completed"))
    before, after = [1, 2, 4, 5], [1, 2, 4, 5, 6]
    slices = [[2, 5], [2, 5], before, after, before, after]
    assert _slices(traffic, traffic.exchanges[4]) == slices


def test_what_the_contract_has_no_operation_for_needs_nothing() -> None:
    """A method that no run has is refused, whether the run is there or not."""
    traffic = _begun().add(f"PUT {RUN}", {"error": {}}, status=405)
    assert _slices(traffic)[0] == [5]
