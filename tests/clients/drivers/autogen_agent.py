"""AutoGen's OpenAIAssistantAgent: `autogen_agent.py BASE_URL KEY`."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import openai
from autogen_agentchat.messages import MultiModalMessage, TextMessage
from autogen_core import CancellationToken, Image
from autogen_ext.agents.openai import OpenAIAssistantAgent
from driving import Server, Unlike, drive, holds, operation, planned, same

BASE, KEY = sys.argv[1:3]
SERVER = Server(BASE, KEY)
HELLO = "How is the weather?"
CALLS = {"weather": {"city": "Oslo"}}
TOKEN = CancellationToken()
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5Erk"
    "Jggg=="
)


async def weather(city: str) -> str:
    """Tell the weather in a city."""
    return f"sunny in {city}"


class Work:
    """What an operation begins with: a client of the SDK."""

    def __init__(self) -> None:
        """Open the client."""
        self.sdk = openai.AsyncOpenAI(base_url=BASE, api_key=KEY, max_retries=0)

    async def agent(self, *tools: Any, **fields: Any) -> OpenAIAssistantAgent:
        """Return an agent, which makes its assistant and its thread when it is first used."""
        return OpenAIAssistantAgent(
            name="ada",
            description="A friend.",
            client=self.sdk,
            model="gpt-4o",
            instructions="Be brief.",
            tools=list(tools),
            **fields,
        )


async def answered(agent: OpenAIAssistantAgent) -> Any:
    """Return what an agent answers."""
    return await agent.on_messages([TextMessage(source="user", content=HELLO)], TOKEN)


async def ids(agent: OpenAIAssistantAgent) -> tuple[str, str]:
    """Return the ids of an agent's assistant and of its thread."""
    state = await agent.save_state()
    return state["assistant_id"], state["thread_id"]


def a_file(folder: str) -> str:
    """Return the path of a small file."""
    path = Path(folder, "a.txt")
    path.write_text("hello")
    return str(path)


@operation("assistants.create")
async def _(work: Work) -> None:
    agent = await work.agent(weather)
    planned("completed")
    await answered(agent)
    kept = SERVER.get(f"/assistants/{(await ids(agent))[0]}")
    same((kept["description"], kept["instructions"]), ("A friend.", "Be brief."))
    same(kept["tools"][0]["function"]["name"], "weather")


@operation("assistants.retrieve")
async def _(work: Work) -> None:
    made = (await work.sdk.beta.assistants.create(model="gpt-4o")).id
    agent = await work.agent(assistant_id=made)
    reply = planned("completed")
    same((await answered(agent)).chat_message.content, reply)
    same((await ids(agent))[0], made)


@operation("assistants.delete")
async def _(work: Work) -> None:
    agent = await work.agent()
    planned("completed")
    await answered(agent)
    made = (await ids(agent))[0]
    await agent.delete_assistant(TOKEN)
    SERVER.lacks(f"/assistants/{made}")


@operation("threads.create")
async def _(work: Work) -> None:
    agent = await work.agent()
    planned("completed")
    await answered(agent)
    same(len(SERVER.messages((await ids(agent))[1])), 1)


@operation("threads.retrieve")
async def _(work: Work) -> None:
    thread = (await work.sdk.beta.threads.create()).id
    agent = await work.agent(thread_id=thread)
    planned("completed")
    await answered(agent)
    same((await ids(agent))[1], thread)
    same(SERVER.messages(thread, "user"), [HELLO])


@operation("threads.update")
async def _(work: Work) -> None:
    agent = await work.agent("code_interpreter")
    with tempfile.TemporaryDirectory() as folder:
        await agent.on_upload_for_code_interpreter(a_file(folder), TOKEN)
    state = await agent.save_state()
    resources = SERVER.get(f"/threads/{state['thread_id']}")["tool_resources"]
    same(resources["code_interpreter"]["file_ids"], state["uploaded_file_ids"])
    same(len(state["uploaded_file_ids"]), 1)


@operation("messages.create")
async def _(work: Work) -> None:
    agent = await work.agent()
    planned("completed")
    await answered(agent)
    same(SERVER.messages((await ids(agent))[1], "user"), [HELLO])


@operation("messages.create, of parts")
async def _(work: Work) -> None:
    thread = (await work.sdk.beta.threads.create()).id
    agent = await work.agent(thread_id=thread)
    planned("completed")
    parts = MultiModalMessage(source="user", content=[HELLO, Image.from_base64(PIXEL)])
    await agent.on_messages([parts], TOKEN)
    kept = SERVER.get(f"/threads/{thread}/messages?order=asc")["data"][0]["content"]
    same(kept[0]["text"]["value"], HELLO)
    holds(kept[1]["image_url"]["url"].startswith("data:image/png;base64,"), f"is {kept[1]!r}")


@operation("messages.delete")
async def _(work: Work) -> None:
    agent = await work.agent()
    planned("completed")
    await answered(agent)
    await agent.on_reset(TOKEN)
    thread = (await ids(agent))[1]
    same(SERVER.get(f"/threads/{thread}/messages")["data"], [])


@operation("runs.create_and_poll")
async def _(work: Work) -> None:
    agent = await work.agent()
    for _ in range(2):
        reply = planned("completed")
        same((await answered(agent)).chat_message.content, reply)


@operation("runs.create_and_poll, failed")
async def _(work: Work) -> None:
    planned("failed")
    try:
        await answered(await work.agent())
    except ValueError as error:
        holds("LastError(code=" in str(error), f"does not say why: {error}")
        return
    raise Unlike("no ValueError")


@operation("runs.create_and_poll, incomplete")
async def _(work: Work) -> None:
    planned("incomplete")
    try:
        await answered(await work.agent())
    except ValueError as error:
        holds("max_completion_tokens" in str(error), f"does not say why: {error}")
        return
    raise Unlike("no ValueError")


@operation("runs.submit_tool_outputs_and_poll")
async def _(work: Work) -> None:
    agent = await work.agent(weather)
    reply = planned("requires_action", "completed", calls=CALLS)
    answer = await answered(agent)
    same(answer.chat_message.content, reply)
    results = [inner.content[0].content for inner in answer.inner_messages[1:]]
    same(results, ["sunny in Oslo"])


@operation("files")
async def _(work: Work) -> None:
    agent = await work.agent("file_search")
    with tempfile.TemporaryDirectory() as folder:
        await agent.on_upload_for_file_search(a_file(folder), TOKEN)
    (file_id,) = (await agent.save_state())["uploaded_file_ids"]
    same(SERVER.get(f"/files/{file_id}")["filename"], "a.txt")
    await agent.delete_uploaded_files(TOKEN)
    SERVER.lacks(f"/files/{file_id}")


@operation("vector_stores")
async def _(work: Work) -> None:
    agent = await work.agent("file_search")
    with tempfile.TemporaryDirectory() as folder:
        await agent.on_upload_for_file_search(a_file(folder), TOKEN)
    state = await agent.save_state()
    store = state["vector_store_id"]
    same(SERVER.get(f"/vector_stores/{store}")["file_counts"]["completed"], 1)
    kept = SERVER.get(f"/assistants/{state['assistant_id']}")["tool_resources"]
    same(kept["file_search"]["vector_store_ids"], [store])
    await agent.delete_vector_store(TOKEN)
    SERVER.lacks(f"/vector_stores/{store}")


@asynccontextmanager
async def at_work() -> AsyncIterator[Work]:
    """Open a client for one operation, and close it."""
    work = Work()
    try:
        yield work
    finally:
        await work.sdk.close()


drive(at_work)
