"""What most people have: a script on the openai SDK that walks through runs and asserts.

python benchmarks/rated/sdk_walk.py URL KEY
"""

from __future__ import annotations

import sys
from typing import Any

import openai

WEATHER: Any = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "The weather in a city.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
        },
    },
}


def walk(client: openai.OpenAI) -> None:
    """Use each endpoint about runs as an application does, and assert what it relies on."""
    assistant = client.beta.assistants.create(model="gpt-4o", name="Walker", tools=[WEATHER])
    thread = client.beta.threads.create(
        messages=[{"role": "user", "content": "How high is the Zugspitze?"}]
    )
    _completed(client, assistant.id, thread.id)
    _called(client, assistant.id, thread.id)
    _streamed(client, assistant.id, thread.id)
    _cancelled(client, assistant.id, thread.id)
    _refused(client, thread.id)


def _completed(client: openai.OpenAI, assistant: str, thread: str) -> None:
    runs = client.beta.threads.runs
    run = runs.create_and_poll(
        thread_id=thread, assistant_id=assistant, metadata={"walk": "1"}, poll_interval_ms=50
    )
    assert run.status == "completed", run.status
    assert run.thread_id == thread
    assert run.assistant_id == assistant
    assert run.metadata == {"walk": "1"}
    assert run.usage is not None
    assert run.usage.total_tokens == run.usage.prompt_tokens + run.usage.completion_tokens
    answers = list(client.beta.threads.messages.list(thread))
    assert [message.role for message in answers] == ["assistant", "user"]
    assert answers[0].run_id == run.id
    steps = list(runs.steps.list(run.id, thread_id=thread))
    assert [step.type for step in steps] == ["message_creation"]
    step = runs.steps.retrieve(steps[0].id, thread_id=thread, run_id=run.id)
    assert step.status == "completed"
    changed = runs.update(run.id, thread_id=thread, metadata={"walk": "2"})
    assert changed.metadata == {"walk": "2"}
    assert runs.retrieve(run.id, thread_id=thread).metadata == {"walk": "2"}


def _called(client: openai.OpenAI, assistant: str, thread: str) -> None:
    runs = client.beta.threads.runs
    run = runs.create_and_poll(
        thread_id=thread, assistant_id=assistant, tool_choice="required", poll_interval_ms=50
    )
    assert run.status == "requires_action", run.status
    assert run.required_action is not None
    outputs: Any = [
        {"tool_call_id": call.id, "output": "Sunny."}
        for call in run.required_action.submit_tool_outputs.tool_calls
    ]
    assert outputs
    done = runs.submit_tool_outputs_and_poll(
        run_id=run.id, thread_id=thread, tool_outputs=outputs, poll_interval_ms=50
    )
    assert done.status == "completed", done.status
    assert done.required_action is None
    listed = [one.id for one in runs.list(thread, limit=1)]
    assert len(listed) == len(set(listed)) == 2
    assert listed[0] == run.id


def _streamed(client: openai.OpenAI, assistant: str, thread: str) -> None:
    with client.beta.threads.runs.stream(thread_id=thread, assistant_id=assistant) as stream:
        events = [event.event for event in stream]
        text = "".join(
            part.text.value
            for message in stream.get_final_messages()
            for part in message.content
            if part.type == "text"
        )
    assert events[0] == "thread.run.created", events[0]
    assert "thread.run.completed" in events
    assert "thread.message.delta" in events
    assert text


def _cancelled(client: openai.OpenAI, assistant: str, thread: str) -> None:
    runs = client.beta.threads.runs
    run = runs.create_and_poll(
        thread_id=thread, assistant_id=assistant, tool_choice="required", poll_interval_ms=50
    )
    assert runs.cancel(run.id, thread_id=thread).status in ("cancelling", "cancelled")
    done = runs.poll(run_id=run.id, thread_id=thread, poll_interval_ms=50)
    assert done.status == "cancelled", done.status


def _refused(client: openai.OpenAI, thread: str) -> None:
    try:
        client.beta.threads.runs.retrieve("run_unknown", thread_id=thread)
    except openai.NotFoundError:
        return
    raise AssertionError("an unknown run is found")


if __name__ == "__main__":
    walk(openai.OpenAI(base_url=sys.argv[1], api_key=sys.argv[2], max_retries=0, timeout=10))
