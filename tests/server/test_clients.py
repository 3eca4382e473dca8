"""The official SDK works against the reference server: polling, streaming, paging, commands."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx2
import openai
import pytest

from run_contracts.traffic.sse import frames
from tests.server.conftest import Caller
from tests.server.test_lives import FORCED

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def ids(sdk: openai.OpenAI) -> dict[str, str]:
    """Return an assistant and a thread with a message."""
    assistant = sdk.beta.assistants.create(model="gpt-4o", instructions="Be brief.")
    thread = sdk.beta.threads.create(messages=[{"role": "user", "content": "Hello."}])
    return {"assistant_id": assistant.id, "thread_id": thread.id}


def test_the_sdk_polls_a_run_to_its_end(sdk: openai.OpenAI, ids: dict[str, str]) -> None:
    """create_and_poll comes back with a completed run, and its message can be read."""
    run = sdk.beta.threads.runs.create_and_poll(**ids, poll_interval_ms=20)
    assert run.status == "completed"
    newest = next(iter(sdk.beta.threads.messages.list(thread_id=run.thread_id)))
    assert newest.run_id == run.id


def test_the_sdk_cancels(sdk: openai.OpenAI, ids: dict[str, str]) -> None:
    """The SDK's own cancel, with its own headers, is accepted."""
    run = sdk.beta.threads.runs.create(**ids)
    cancelled = sdk.beta.threads.runs.cancel(run.id, thread_id=run.thread_id)
    assert cancelled.status == "cancelling"


def test_the_sdk_pages_through_runs(sdk: openai.OpenAI, ids: dict[str, str]) -> None:
    """Iterating a list of runs in small pages shows each once, newest first."""
    made = [sdk.beta.threads.runs.create_and_poll(**ids, poll_interval_ms=10).id for _ in range(3)]
    listed = [run.id for run in sdk.beta.threads.runs.list(ids["thread_id"], limit=2)]
    assert listed == made[::-1]


def test_the_sdk_streams_text(sdk: openai.OpenAI, ids: dict[str, str]) -> None:
    """The accumulated deltas are the final message."""
    with sdk.beta.threads.runs.stream(**ids) as stream:
        pieces = "".join(stream.text_deltas)
        (message,) = stream.get_final_messages()
    assert pieces
    assert pieces == message.content[0].text.value  # type: ignore[union-attr]


def test_the_sdk_streams_through_a_tool_call(sdk: openai.OpenAI, ids: dict[str, str]) -> None:
    """A forced call is streamed, answered, and the run goes on in the second stream."""
    fields: Any = FORCED
    with sdk.beta.threads.runs.stream(**ids, **fields) as stream:
        stream.until_done()
        run = stream.current_run
    assert run is not None
    assert run.required_action is not None
    call = run.required_action.submit_tool_outputs.tool_calls[0]
    with sdk.beta.threads.runs.submit_tool_outputs_stream(
        run_id=run.id,
        thread_id=run.thread_id,
        tool_outputs=[{"tool_call_id": call.id, "output": "shipped"}],
    ) as stream:
        stream.until_done()
        assert stream.current_run is not None
        assert stream.current_run.status == "completed"


def _names(data: bytes) -> list[str]:
    """Return the event names of a stream, deltas in a row as one."""
    names: list[str] = []
    for frame in frames(data):
        name = str(frame.name).removeprefix("thread.")
        if not (names and name.endswith("delta") and names[-1] == name):
            names.append(name)
    return names


PLAIN = [
    "run.created",
    "run.queued",
    "run.in_progress",
    "run.step.created",
    "run.step.in_progress",
    "message.created",
    "message.in_progress",
    "message.delta",
    "message.completed",
    "run.step.completed",
    "run.completed",
    "done",
]


def test_a_stream_has_the_recorded_grammar(call: Caller) -> None:
    """The events of a plain run come in the order every recorded stream has."""
    body = {"assistant_id": call.assistant(), "stream": True}
    answer = call.client.post(f"/threads/{call.thread()}/runs", json=body)
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert _names(answer.content) == PLAIN


def test_a_stream_of_a_new_thread_begins_with_it(call: Caller) -> None:
    """CreateThreadAndRun tells of the thread first."""
    body = {"assistant_id": call.assistant(instructions="Say hi."), "stream": True}
    answer = call.client.post("/threads/runs", json=body)
    assert _names(answer.content) == ["created", *PLAIN]


def test_streams_of_a_tool_call_have_the_recorded_grammar(call_v2: Caller) -> None:
    """The first ends at requires_action, the second begins with the step it left open."""
    body = {"assistant_id": call_v2.assistant(), "stream": True, **FORCED}
    first = call_v2.client.post(f"/threads/{call_v2.thread()}/runs", json=body)
    assert _names(first.content) == [
        *PLAIN[:5],
        "run.step.delta",
        "run.requires_action",
        "done",
    ]
    run = json.loads(frames(first.content)[-2].data or "")
    wanted = run["required_action"]["submit_tool_outputs"]["tool_calls"][0]["id"]
    body = {"tool_outputs": [{"tool_call_id": wanted, "output": "x"}], "stream": True}
    path = f"/threads/{run['thread_id']}/runs/{run['id']}/submit_tool_outputs"
    second = call_v2.client.post(path, json=body)
    assert _names(second.content) == ["run.step.completed", "run.queued", *PLAIN[2:]]


def test_a_stream_tells_of_a_cancel(
    base: str, client_of: Callable[..., httpx2.Client], call_v2: Caller
) -> None:
    """Another request's cancel ends the stream with cancelled and done."""
    body = {
        "assistant_id": call_v2.assistant(),
        "stream": True,
        "metadata": {"run_contracts_outcome": "expired"},
    }
    thread = call_v2.thread()
    with (
        client_of(base, "v2") as other,
        call_v2.client.stream("POST", f"/threads/{thread}/runs", json=body) as answer,
    ):
        seen = b""
        has_cancelled = False
        for chunk in answer.iter_bytes():
            seen += chunk
            if not has_cancelled and b"thread.run.in_progress" in seen:
                (run,) = other.get(f"/threads/{thread}/runs").json()["data"]
                other.post(f"/threads/{thread}/runs/{run['id']}/cancel")
                has_cancelled = True
    names = _names(seen)
    assert names[-5:] == [
        "run.cancelling",
        "message.incomplete",
        "run.step.cancelled",
        "run.cancelled",
        "done",
    ]


def test_a_reader_that_goes_away_does_not_stop_the_run(call_v2: Caller) -> None:
    """The run goes on to its end without its stream."""
    body = {"assistant_id": call_v2.assistant(), "stream": True}
    thread = call_v2.thread()
    with call_v2.client.stream("POST", f"/threads/{thread}/runs", json=body) as answer:
        next(answer.iter_bytes())
    _, page = call_v2("GET", f"/threads/{thread}/runs")
    assert call_v2.until(page["data"][0], "completed")
