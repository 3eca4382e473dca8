"""What runs need around them works as the protocol has it: assistants, threads, messages."""

from __future__ import annotations

import json
from typing import Any

import pytest

from run_contracts.contract.loading import load
from run_contracts.traffic.sse import frames
from tests.server.conftest import Caller

TOOLS: dict[str, list[dict[str, Any]]] = {
    "v1": [{"type": "retrieval"}],
    "v2": [{"type": "file_search"}],
}


def _is_valid(kind: str, value: Any, edition: str) -> bool:
    return load(edition).validator(kind).is_valid(value)


def test_an_assistant_is_made_read_changed_listed_and_deleted(call: Caller, edition: str) -> None:
    """Every step of an assistant's life answers the assistant as it then is."""
    body = {"model": "gpt-4o", "name": "Ada", "tools": TOOLS[edition], "metadata": {"a": "b"}}
    status, made = call("POST", "/assistants", body)
    assert status == 200
    assert _is_valid("assistant", made, edition)
    path = f"/assistants/{made['id']}"
    assert call("GET", path) == (200, made)
    _, changed = call("POST", path, {"name": "Grace"})
    assert changed == {**made, "name": "Grace"}
    _, page = call("GET", "/assistants?limit=1")
    assert page["data"] == [changed]
    assert call("DELETE", path) == (
        200,
        {"id": made["id"], "object": "assistant.deleted", "deleted": True},
    )
    status, body = call("GET", path)
    assert status == 404
    assert body["error"]["message"] == f"No assistant found with id '{made['id']}'."


def test_a_thread_is_made_read_changed_and_deleted(call: Caller, edition: str) -> None:
    """A thread needs no body, keeps new metadata, and is gone when deleted."""
    made = call.client.post("/threads").json()
    assert made["metadata"] == {}
    assert _is_valid("thread", made, edition)
    path = f"/threads/{made['id']}"
    _, changed = call("POST", path, {"metadata": {"a": "b"}})
    assert changed == {**made, "metadata": {"a": "b"}}
    assert call("GET", path) == (200, changed)
    assert call("POST", path, {"messages": []})[0] == 400
    assert call("DELETE", path)[1] == {
        "id": made["id"],
        "object": "thread.deleted",
        "deleted": True,
    }
    assert call("GET", path)[0] == 404


def test_messages_come_back_as_they_were_given(call: Caller) -> None:
    """A text becomes one text part; a plain answer has no status; one message can be read."""
    thread = call.thread(None)
    _, made = call("POST", f"/threads/{thread}/messages", {"role": "user", "content": "Hé."})
    assert made["content"] == [{"type": "text", "text": {"value": "Hé.", "annotations": []}}]
    assert "status" not in made
    assert call("GET", f"/threads/{thread}/messages/{made['id']}") == (200, made)
    status, body = call("GET", f"/threads/{thread}/messages/msg_no")
    assert (status, body["error"]["message"]) == (404, "No message found with id 'msg_no'.")


def test_attachments_of_a_message_are_kept(call_v2: Caller) -> None:
    """v2 answers the attachments it was given."""
    files = [{"file_id": "file-1", "tools": [{"type": "file_search"}]}]
    body = {"role": "user", "content": "See.", "attachments": files}
    _, made = call_v2("POST", f"/threads/{call_v2.thread(None)}/messages", body)
    assert made["attachments"] == files


def test_a_list_pages_both_ways(call: Caller) -> None:
    """The page before a cursor and the page after it meet at the cursor, in either order."""
    thread = call.thread(None)
    made = [
        call("POST", f"/threads/{thread}/messages", {"role": "user", "content": str(at)})[1]["id"]
        for at in range(5)
    ]

    def page(query: str) -> tuple[list[str], bool]:
        _, listed = call("GET", f"/threads/{thread}/messages?{query}")
        ids = [one["id"] for one in listed["data"]]
        assert (listed["first_id"], listed["last_id"]) == (ids[0], ids[-1]) if ids else (None, None)
        return ids, listed["has_more"]

    assert page("") == (made[::-1], False)
    assert page("order=asc&limit=2") == (made[:2], True)
    assert page(f"order=asc&limit=3&after={made[1]}") == (made[2:], False)
    assert page(f"order=asc&limit=2&before={made[4]}") == (made[2:4], True)
    assert page(f"limit=5&before={made[2]}") == ([made[4], made[3]], False)
    assert page(f"order=asc&after={made[4]}") == ([], False)


def test_runs_made_within_one_second_keep_their_order(call: Caller) -> None:
    """Runs are listed newest first, though their created_at may be equal."""
    thread = call.thread()
    made = [call.until(call.run(thread), "completed")["id"] for _ in range(3)]
    _, listed = call("GET", f"/threads/{thread}/runs")
    assert [run["id"] for run in listed["data"]] == made[::-1]


def test_a_run_takes_after_its_assistant(call: Caller, edition: str) -> None:
    """Tools, instructions and model are the assistant's unless the request says otherwise."""
    assistant = call.assistant(instructions="Be brief.", tools=TOOLS[edition])
    fields = {"additional_instructions": "In French.", "temperature": 1, "metadata": None}
    run = call.run(assistant_id=assistant, **fields)
    assert (run["model"], run["tools"]) == ("gpt-4o", TOOLS[edition])
    assert run["instructions"] == "Be brief.\nIn French."
    assert run["metadata"] == {}
    assert isinstance(run["temperature"], float)
    other = call.run(assistant_id=assistant, model="other", instructions="No.", tools=[])
    assert (other["model"], other["instructions"], other["tools"]) == ("other", "No.", [])


def test_counts_given_as_decimals_are_counts(call: Caller) -> None:
    """16.0 is the integer 16 in JSON; it limits, and comes back as 16."""
    strategy = {"type": "last_messages", "last_messages": 3.0}
    run = call.run(max_completion_tokens=16.0, truncation_strategy=strategy)
    assert isinstance(run["max_completion_tokens"], int)
    assert run["truncation_strategy"] == {"type": "last_messages", "last_messages": 3}
    assert call.until(run, "completed", "incomplete")["usage"]["completion_tokens"] == 16


@pytest.mark.parametrize(
    ("edition", "kind"),
    [
        ("v1", "code_interpreter"),
        ("v1", "retrieval"),
        ("v2", "code_interpreter"),
        ("v2", "file_search"),
    ],
)
def test_a_forced_tool_has_a_step_before_the_message(call: Caller, edition: str, kind: str) -> None:
    """The step of a built-in tool is completed, names the call, and adds to the usage."""
    run = call.run(tools=[{"type": kind}], tool_choice={"type": kind})
    run = call.until(run, "completed")
    path = f"/threads/{run['thread_id']}/runs/{run['id']}/steps"
    _, page = call("GET", f"{path}?order=asc")
    first, last = page["data"]
    assert (first["type"], last["type"]) == ("tool_calls", "message_creation")
    assert first["step_details"]["tool_calls"][0]["type"] == kind
    assert all(_is_valid("run_step", step, edition) for step in page["data"])
    assert all(step["expires_at"] is None for step in page["data"])
    total = sum(step["usage"]["total_tokens"] for step in page["data"])
    assert total == run["usage"]["total_tokens"]
    assert call("GET", f"{path}/{first['id']}") == (200, first)
    message_id = last["step_details"]["message_creation"]["message_id"]
    _, message = call("GET", f"/threads/{run['thread_id']}/messages/{message_id}")
    assert message["run_id"] == run["id"]
    assert message["content"][0]["text"]["value"]


def test_the_stream_of_a_forced_tool_adds_up(call: Caller, edition: str) -> None:
    """Every frame of it fits its schema, and the pieces of the input are the final input."""
    tool = {"type": "code_interpreter"}
    body = {"assistant_id": call.assistant(), "tools": [tool], "tool_choice": tool, "stream": True}
    answer = call.client.post(f"/threads/{call.thread()}/runs", json=body)
    events = load(edition).lifecycle.events
    seen = [(one.name or "", json.loads(one.data or "")) for one in frames(answer.content)[:-1]]
    for name, data in seen:
        assert _is_valid(events[name].kind, data, edition), name
    deltas = [data["delta"]["step_details"] for name, data in seen if name.endswith("step.delta")]
    calls = [details["tool_calls"][0]["code_interpreter"] for details in deltas]
    done = next(data for name, data in seen if name.endswith("step.completed"))
    whole = done["step_details"]["tool_calls"][0]["code_interpreter"]
    assert "".join(one.get("input", "") for one in calls) == whole["input"]
    (output,) = [one for part in calls for one in part.get("outputs", [])]
    assert output == {"index": 0, **whole["outputs"][0]}


def test_editions_do_not_share_ids(base: str, call: Caller) -> None:
    """What is made under one edition is unknown under the other."""
    made = call.assistant()
    editions = [
        call.client.get(f"/assistants/{made}", headers={"OpenAI-Beta": f"assistants={name}"})
        for name in ("v1", "v2")
    ]
    assert sorted(answer.status_code for answer in editions) == [200, 404]


def test_a_deleted_thread_ends_its_streams(call_v2: Caller) -> None:
    """A run goes on after its thread is gone; its stream ends in order, with done."""
    body = {"assistant_id": call_v2.assistant(), "stream": True}
    thread = call_v2.thread()
    with call_v2.client.stream("POST", f"/threads/{thread}/runs", json=body) as answer:
        chunks = answer.iter_bytes()
        seen = next(chunks)
        assert call_v2("DELETE", f"/threads/{thread}")[0] == 200
        seen += b"".join(chunks)
    assert b"event: thread.run.completed" in seen
    assert seen.endswith(b"event: done\ndata: [DONE]\n\n")
