"""What a wrong request of ours puts into an answer is no break of the answer's form."""

from __future__ import annotations

from typing import Any

import pytest

from tests import samples
from tests.checks.written_traffic import CREATE, RUN, Traffic, stream
from tests.samples import NOW, refusal, run

WRONG = {"metadata": "none"}
NAMELESS = [{"type": "function"}]


def _modified(answer: Any, *, body: Any = WRONG) -> Traffic:
    """Return a modify and its answer, then the run as it is read afterwards."""
    return Traffic().add(f"POST {RUN}", answer, body=body).add(f"GET {RUN}", answer)


def test_what_a_wrong_request_put_there_is_not_the_servers() -> None:
    """A lenient server shows it wherever the run is seen; that it took it is said once."""
    traffic = _modified(run(metadata="none"))
    assert traffic.results("RUN-SHAPE-019") == []
    assert traffic.results("RUN-ERR-011") == ["broken"]


def test_what_a_server_adds_a_wrong_request_to_is_not_the_servers() -> None:
    """Pairs that a modify adds to those that were there are too many by what was asked."""
    pairs = {f"pair_{number}": "" for number in range(17)}
    traffic = Traffic().add(
        f"POST {RUN}", run(metadata={"team": "blue", **pairs}), body={"metadata": pairs}
    )
    assert traffic.results("RUN-META-001") == []


def test_what_no_request_put_there_is_the_servers() -> None:
    """A wrong request excuses nothing but what it holds."""
    assert _modified(run(metadata="other")).results("RUN-SHAPE-019") == ["broken", "broken"]


def test_a_right_request_excuses_nothing() -> None:
    """Then the server made the value wrong."""
    traffic = _modified(run(metadata="none"), body={"metadata": {"kind": "none"}})
    assert traffic.results("RUN-SHAPE-019") == ["broken", "broken"]


def test_what_was_refused_put_nothing_there() -> None:
    """A server that refuses a body and shows it all the same is wrong."""
    traffic = Traffic().add(f"POST {RUN}", refusal(), status=400, body=WRONG)
    traffic.add(f"GET {RUN}", run(metadata="none"))
    assert traffic.results("RUN-SHAPE-019") == ["broken"]


def test_what_was_shown_before_is_the_servers() -> None:
    """A request explains nothing that was answered before it."""
    traffic = Traffic().add(f"GET {RUN}", run(metadata="none"))
    traffic.add(f"POST {RUN}", run(metadata="none"), body=WRONG)
    assert traffic.results("RUN-SHAPE-019") == ["broken"]


def test_a_thread_shows_the_part_that_a_request_made_wrong() -> None:
    """The value may stand inside the field that the request named."""
    resources = {"file_search": "AAA"}
    thread = samples.thread()
    answer = thread | {"tool_resources": resources}
    traffic = Traffic().add("POST /threads", answer, body={"tool_resources": resources})
    assert traffic.results("RUN-OBJ-002") == []


def test_a_list_shows_what_a_request_made_wrong() -> None:
    """In a list the run is one item of many, the others are judged."""
    body = {**CREATE, "tools": NAMELESS}
    traffic = Traffic().add("POST /threads/thread_1/runs", run(tools=NAMELESS), body=body)
    other = run(id="run_2", tools=[{"type": "hammer"}])
    page = {"object": "list", "data": [run(tools=NAMELESS), other], "has_more": False}
    traffic.add("GET /threads/thread_1/runs", page)
    assert traffic.results("RUN-SHAPE-017") == ["broken"]


def test_an_event_shows_what_a_request_made_wrong() -> None:
    """The same in a stream."""
    body = {**CREATE, "tools": NAMELESS, "stream": True}
    events = stream(("thread.run.created", run("queued", tools=NAMELESS)))
    headers = (("Content-Type", "text/event-stream"),)
    traffic = Traffic().add("POST /threads/thread_1/runs", events, body=body, headers=headers)
    assert traffic.results("RUN-SHAPE-017") == []


def test_a_run_has_the_wrong_tools_of_its_assistant() -> None:
    """What a wrong request made of an assistant its runs take over."""
    assistant = {"id": "asst_1", "object": "assistant", "created_at": NOW, "tools": NAMELESS}
    traffic = Traffic().add("POST /assistants", assistant, body={"model": "m", "tools": NAMELESS})
    traffic.add("POST /threads/thread_1/runs", run(tools=NAMELESS), body=CREATE)
    assert traffic.results("RUN-SHAPE-017") == []


@pytest.mark.parametrize("requirement", ["RUN-ECHO-003", "RUN-ECHO-005"])
def test_a_run_made_by_a_wrong_request_need_not_repeat_it(requirement: str) -> None:
    """What becomes of a body that should have been refused is nobody's to say."""
    body = {**CREATE, "metadata": {"team": "red"}, "tools": NAMELESS}
    traffic = Traffic().add("POST /threads/thread_1/runs", run(), body=body)
    assert traffic.results(requirement) == []


@pytest.mark.parametrize("value", [None, "", 0, False, [], {}])
def test_a_value_that_says_nothing_excuses_only_what_it_was_sent_for(value: Any) -> None:
    """A null in a wrong message of a thread does not explain the nulls of its runs."""
    body = {"role": "user", "content": value if value is not None else 7, "metadata": value}
    traffic = Traffic().add("POST /threads/thread_1/messages", {"id": "msg_1"}, body=body)
    traffic.add(f"GET {RUN}", run(model=value or None))
    assert traffic.results("RUN-SHAPE-015") == ["broken"]
