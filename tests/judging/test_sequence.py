"""Sequences: from many exchanges the few that lead to one."""

from __future__ import annotations

from typing import Any

from run_contracts.exchange import Exchange
from run_contracts.sequence import Sequences
from tests.checking.talk import CREATE, STREAM, Talk, stream
from tests.samples import run

THREAD, RUN, RUNS = "/threads/thread_1", "/threads/thread_1/runs/run_1", "/threads/thread_1/runs"


def _begun() -> Talk:
    """Return a talk in which an assistant, two threads and a run were created."""
    talk = Talk().say("POST /assistants", {"id": "asst_1", "object": "assistant"})
    talk.say("POST /threads", {"id": "thread_1", "object": "thread"})
    talk.say("POST /threads", {"id": "thread_2", "object": "thread"})
    return talk.say(f"POST {RUNS}", run("queued"), body=CREATE)


def _numbers(talk: Talk, last: Exchange | None = None) -> list[int]:
    found = Sequences(talk.exchanges).leading_to(last or talk.exchanges[-1])
    return [one.number for one in found]


def test_it_begins_where_the_ids_come_from() -> None:
    """What has nothing to do with the last exchange is left out."""
    assert _numbers(_begun()) == [1, 2, 4]


def test_what_was_done_with_the_same_run_is_in_it() -> None:
    """A cancel matters to what is read afterwards, whoever sent it."""
    talk = _begun().say(f"POST {RUN}/cancel", run("cancelling")).say(f"GET {RUN}", run("cancelled"))
    assert _numbers(talk) == [1, 2, 4, 5, 6]


def test_of_many_looks_that_show_the_same_the_first_and_last_are_kept() -> None:
    """Polls are for the reader; what changed between them is not."""
    talk = _begun()
    for status in ("queued", "queued", "queued", "completed", "completed", "failed"):
        talk.say(f"GET {RUN}", run(status))
    assert _numbers(talk) == [1, 2, 4, 5, 7, 8, 9, 10]


def test_an_id_that_was_sent_before_it_was_told_comes_from_outside() -> None:
    """An assistant that the user gave needs no request."""
    talk = Talk().say("POST /threads", {"id": "thread_1", "object": "thread"})
    talk.say(f"POST {RUNS}", run("queued"), body=CREATE)
    talk.say(f"POST {RUNS}", run("queued", id="run_2"), body=CREATE)
    assert _numbers(talk, talk.exchanges[1]) == [1, 2]


def test_ids_in_streams_and_bodies_lead_back_too() -> None:
    """A call is known from the stream that asked for it."""
    events = stream(("thread.run.requires_action", run("requires_action")))
    talk: Any = Talk().say("POST /threads/runs", events, headers=STREAM)
    body = {"tool_outputs": [{"tool_call_id": "call_1", "output": ""}]}
    talk.say("POST /threads/x/runs/y/submit_tool_outputs", {}, status=404, body=body)
    assert _numbers(talk) == [1, 2]


def test_what_raced_with_the_last_exchange_is_in_it() -> None:
    """Also if it was kept later."""
    talk = _begun().say(f"POST {RUNS}", run("queued", id="run_2"), body=CREATE, together=1)
    talk.say(f"POST {RUNS}", run("queued", id="run_3"), body=CREATE, together=1)
    assert _numbers(talk, talk.exchanges[4]) == [1, 2, 4, 5, 6]


def test_on_a_thread_it_is_what_the_same_scenario_did_there() -> None:
    """A list shows the runs that were made before."""
    page = {"object": "list", "data": [], "first_id": None, "last_id": None, "has_more": False}
    assert _numbers(_begun().say(f"GET {RUNS}", page)) == [1, 2, 4, 5]
    assert _numbers(_begun().say("GET /threads/thread_2/runs", page)) == [3, 5]
