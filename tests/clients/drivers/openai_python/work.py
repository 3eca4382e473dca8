"""What operations of the SDK in Python begin with."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import openai
from driving import Server, Unlike, same
from sync_or_async import every, got

BASE, KEY = sys.argv[1:3]
MODE = sys.argv[3] if len(sys.argv) > 3 else "sync"
IS_ASYNC, IS_AZURE = MODE.endswith("async"), MODE.startswith("azure")
SERVER = Server(BASE, KEY)
POLL = {"poll_interval_ms": 20}
FAILS = {"run_contracts_outcome": "failed"}
"""Metadata by which the reference server, which has no model, is told that a run fails."""
WEATHER = {
    "type": "function",
    "function": {
        "name": "weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    },
}
CALLED = {"tool_choice": {"type": "function", "function": {"name": "weather"}}}
HELLO = {"role": "user", "content": "How is the weather?"}
FOUND = "step_details.tool_calls[*].file_search.results[*].content"


def client() -> Any:
    """Return a client of the mode, which sends nothing again by itself."""
    given = {"api_key": KEY, "max_retries": 0, "timeout": 10}
    if IS_AZURE:
        kind = openai.AsyncAzureOpenAI if IS_ASYNC else openai.AzureOpenAI
        endpoint = BASE.removesuffix("/v1")
        return kind(azure_endpoint=endpoint, api_version="2024-05-01-preview", **given)
    return (openai.AsyncOpenAI if IS_ASYNC else openai.OpenAI)(base_url=BASE, **given)


async def raised(kind: type[Exception], call: Callable[[], Any]) -> Any:
    """Return the exception of a kind that a call raises."""
    try:
        await got(call())
    except kind as error:
        return error
    raise Unlike(f"no {kind.__name__}")


class Work:
    """What an operation begins with: a client, and an assistant and threads where it wants some."""

    def __init__(self) -> None:
        """Open a client."""
        self.sdk = client()
        self.beta, self.threads = self.sdk.beta, self.sdk.beta.threads
        self.runs, self.messages = self.threads.runs, self.threads.messages

    async def assistant(self, *tools: dict, **fields: Any) -> str:
        """Return the id of a new assistant."""
        made = self.beta.assistants.create(model="gpt-4o", tools=list(tools), **fields)
        return (await got(made)).id

    async def thread(self) -> str:
        """Return the id of a new thread that has a message."""
        return (await got(self.threads.create(messages=[HELLO]))).id

    async def ids(self, *tools: dict) -> dict[str, str]:
        """Return what a run is created with: an assistant and a thread."""
        return {
            "assistant_id": await self.assistant(*tools),
            "thread_id": await self.thread(),
        }

    async def called(self) -> Any:
        """Return a run that waits for the output of a function."""
        ids = await self.ids(WEATHER)
        run = await got(self.runs.create_and_poll(**ids, **CALLED, **POLL))
        same(run.status, "requires_action")
        return run

    async def ended(self) -> Any:
        """Return a run that called a function, got its output and completed."""
        run = await self.called()
        return await got(self.runs.submit_tool_outputs_and_poll(**answered(run), **POLL))

    async def text(self, thread_id: str) -> str:
        """Return the newest text of a thread as the client reads it."""
        newest = await every(self.messages.list(thread_id, limit=1))
        return newest[0].content[0].text.value


def answered(run: Any) -> dict[str, Any]:
    """Return what is submitted to a run: an output for each of its calls."""
    calls = run.required_action.submit_tool_outputs.tool_calls
    same([call.function.name for call in calls], ["weather"])
    same([call.function.arguments for call in calls], ['{"city": "seven"}'])
    outputs = [{"tool_call_id": call.id, "output": "sunny"} for call in calls]
    return {"run_id": run.id, "thread_id": run.thread_id, "tool_outputs": outputs}


def written(thread_id: str) -> str:
    """Return the newest text of a thread as the server has it."""
    return SERVER.messages(thread_id)[-1]
