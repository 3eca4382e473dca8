"""A client to try, on the openai SDK: it streams. Its last line says what came of the run.

run-contracts client -- python examples/clients/openai_streaming.py {url} {key}
"""

from __future__ import annotations

import json
import sys
from typing import Any

import openai

FUNCTION: Any = {"type": "function", "function": {"name": "weather", "parameters": {}}}


def talk(client: openai.OpenAI) -> dict[str, str]:
    """Make a run, answer what it calls, and return what came of it."""
    runs = client.beta.threads.runs
    assistant = client.beta.assistants.create(model="gpt-4o", tools=[FUNCTION])
    thread = client.beta.threads.create(messages=[{"role": "user", "content": "Which weather?"}])
    text = ""
    with runs.stream(thread_id=thread.id, assistant_id=assistant.id) as stream:
        text += "".join(stream.text_deltas)
        run = stream.get_final_run()
    while run.status == "requires_action" and run.required_action is not None:
        calls = run.required_action.submit_tool_outputs.tool_calls
        outputs: Any = [{"tool_call_id": call.id, "output": "Sunny."} for call in calls]
        with runs.submit_tool_outputs_stream(
            thread_id=thread.id, run_id=run.id, tool_outputs=outputs
        ) as stream:
            text += "".join(stream.text_deltas)
            run = stream.get_final_run()
    return {"status": run.status, "text": text}


if __name__ == "__main__":
    try:
        said = talk(openai.OpenAI(base_url=sys.argv[1], api_key=sys.argv[2]))
    except Exception as error:
        said = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(said))  # noqa: T201 - its last line
