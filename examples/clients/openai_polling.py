"""A client to try, on the openai SDK: it polls. Its last line says what came of the run.

run-contracts client -- python examples/clients/openai_polling.py {url} {key}
"""

from __future__ import annotations

import json
import sys
from typing import Any

import openai

FUNCTION: Any = {
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


def talk(client: openai.OpenAI) -> dict[str, str]:
    """Make a run, answer what it calls, and return what came of it."""
    runs = client.beta.threads.runs
    assistant = client.beta.assistants.create(model="gpt-4o", tools=[FUNCTION])
    thread = client.beta.threads.create(messages=[{"role": "user", "content": "Which weather?"}])
    run = runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id)
    while run.status == "requires_action" and run.required_action is not None:
        calls = run.required_action.submit_tool_outputs.tool_calls
        run = runs.submit_tool_outputs_and_poll(
            thread_id=thread.id,
            run_id=run.id,
            tool_outputs=[{"tool_call_id": call.id, "output": "Sunny."} for call in calls],
        )
    messages = client.beta.threads.messages.list(thread.id, run_id=run.id)
    parts = [part for message in messages for part in message.content if part.type == "text"]
    return {"status": run.status, "text": "".join(part.text.value for part in parts)}


if __name__ == "__main__":
    try:
        said = talk(openai.OpenAI(base_url=sys.argv[1], api_key=sys.argv[2]))
    except openai.OpenAIError as error:
        said = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(said))  # noqa: T201 - its last line
