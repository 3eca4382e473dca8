"""LlamaIndex's OpenAIAssistantAgent: `llama_index_agent.py BASE_URL KEY [sync | async]`."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from driving import Server, Unlike, drive, holds, operation, planned, same
from llama_index.agent.openai import OpenAIAssistantAgent
from llama_index.core.tools import FunctionTool

BASE, KEY = sys.argv[1:3]
IS_ASYNC = sys.argv[3:] == ["async"]
SERVER = Server(BASE, KEY)
HELLO = "How is the weather?"
CALLS = {"weather": {"city": "Oslo"}}
# The agent makes its client itself; it has no parameter for the URL.
os.environ["OPENAI_BASE_URL"] = BASE


def weather(city: str) -> str:
    """Tell the weather in a city."""
    return f"sunny in {city}"


def agent(*tools: FunctionTool) -> OpenAIAssistantAgent:
    """Return an agent with a new assistant and a new thread."""
    return OpenAIAssistantAgent.from_new(
        name="Ada",
        instructions="Be brief.",
        tools=list(tools),
        model="gpt-4o",
        run_retrieve_sleep_time=0.02,
        api_key=KEY,
    )


async def chatted(made: OpenAIAssistantAgent) -> Any:
    """Return what an agent answers."""
    return await made.achat(HELLO) if IS_ASYNC else made.chat(HELLO)


@operation("assistants.create")
async def _(_: None) -> None:
    kept = SERVER.get(f"/assistants/{agent(FunctionTool.from_defaults(weather)).assistant.id}")
    same((kept["name"], kept["instructions"]), ("Ada", "Be brief."))
    same(kept["tools"][0]["function"]["name"], "weather")


@operation("assistants.retrieve")
async def _(_: None) -> None:
    made = agent()
    again = OpenAIAssistantAgent.from_existing(made.assistant.id, api_key=KEY)
    same((again.assistant.id, again.assistant.name), (made.assistant.id, "Ada"))
    holds(again.thread_id != made.thread_id, "no thread of its own")


@operation("threads.create")
async def _(_: None) -> None:
    same(SERVER.messages(agent().thread_id, "user"), [])


@operation("threads.delete")
async def _(_: None) -> None:
    made = agent()
    before = made.thread_id
    made.reset()
    holds(made.thread_id != before, "no new thread")
    SERVER.lacks(f"/threads/{before}")


@operation("messages.create")
async def _(_: None) -> None:
    made = agent()
    made.add_message(HELLO)
    same(SERVER.messages(made.thread_id, "user"), [HELLO])


@operation("messages.create, with a file")
async def _(_: None) -> None:
    made = agent()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.txt")
        path.write_text("hello")
        (file_id,) = made.upload_files([str(path)])
    made.add_message(HELLO, file_ids=[file_id])
    kept = SERVER.get(f"/threads/{made.thread_id}/messages")["data"][0]
    same(kept["attachments"], [{"file_id": file_id, "tools": [{"type": "file_search"}]}])


@operation("messages.list")
async def _(_: None) -> None:
    made = agent()
    for number in range(25):
        made.add_message(str(number))
    same([message.content for message in made.chat_history], [str(each) for each in range(25)])


@operation("runs.create_and_poll")
async def _(_: None) -> None:
    made = agent()
    for _ in range(2):
        reply = planned("completed")
        same((await chatted(made)).response, reply)
    same(SERVER.messages(made.thread_id, "user"), [HELLO, HELLO])


async def failure(status: str) -> str:
    """Return what the exception says that a run raises which ends so."""
    planned(status)
    try:
        answer = await chatted(agent())
    except ValueError as error:
        return str(error)
    raise Unlike(f"no ValueError, but {answer.response!r}")


@operation("runs.create_and_poll, failed")
async def _(_: None) -> None:
    said = await failure("failed")
    holds("LastError(code=" in said, f"does not say why: {said}")


@operation("runs.create_and_poll, incomplete")
async def _(_: None) -> None:
    said = await failure("incomplete")
    holds("incomplete" in said, f"does not say so: {said}")


@operation("runs.submit_tool_outputs_and_poll")
async def _(_: None) -> None:
    made = agent(FunctionTool.from_defaults(weather))
    reply = planned("requires_action", "completed", calls=CALLS)
    answer = await chatted(made)
    same(answer.response, reply)
    same([source.content for source in answer.sources], ["sunny in Oslo"])
    run = SERVER.get(f"/threads/{made.thread_id}/runs")["data"][0]["id"]
    steps = SERVER.get(f"/threads/{made.thread_id}/runs/{run}/steps?order=asc")["data"]
    same(steps[0]["step_details"]["tool_calls"][0]["function"]["output"], "sunny in Oslo")


@asynccontextmanager
async def at_work() -> AsyncIterator[None]:
    """Begin with nothing: agents make what they need."""
    yield None


drive(at_work)
