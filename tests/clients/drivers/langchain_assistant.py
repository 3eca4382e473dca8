"""LangChain's runnables: `langchain_assistant.py BASE_URL KEY [classic | v2][-async]`."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import openai
from driving import Server, Unlike, drive, holds, operation, planned, same
from langchain_classic.agents import AgentExecutor
from langchain_classic.agents.openai_assistant import OpenAIAssistantRunnable
from langchain_community.agents.openai_assistant import OpenAIAssistantV2Runnable
from langchain_core.tools import tool

BASE, KEY = sys.argv[1:3]
MODE = sys.argv[3] if len(sys.argv) > 3 else "classic"
IS_ASYNC = MODE.endswith("-async")
KIND = OpenAIAssistantV2Runnable if MODE.startswith("v2") else OpenAIAssistantRunnable
SERVER = Server(BASE, KEY)
HELLO = "How is the weather?"
CALLS = {"weather": {"city": "Oslo"}}


@tool
def weather(city: str) -> str:
    """Tell the weather in a city."""
    return f"sunny in {city}"


class Work:
    """What an operation begins with: both clients of the SDK."""

    def __init__(self) -> None:
        """Open the clients."""
        self.sdk = openai.OpenAI(base_url=BASE, api_key=KEY, max_retries=0)
        self.async_sdk = openai.AsyncOpenAI(base_url=BASE, api_key=KEY, max_retries=0)

    async def assistant(self, *tools: Any, **fields: Any) -> Any:
        """Return a runnable with a new assistant."""
        fields = {"client": self.sdk, "async_client": self.async_sdk, "check_every_ms": 20} | fields
        given = {"name": "Ada", "instructions": "Be brief.", "model": "gpt-4o", "tools": tools}
        if IS_ASYNC:
            return await KIND.acreate_assistant(**given, **fields)
        return KIND.create_assistant(**given, **fields)

    def thread(self) -> str:
        """Return the id of a new thread."""
        return self.sdk.beta.threads.create().id


async def invoked(runnable: Any, given: dict, **more: Any) -> Any:
    """Return what a runnable gives."""
    return await runnable.ainvoke(given, **more) if IS_ASYNC else runnable.invoke(given, **more)


def text(messages: list[Any]) -> str:
    """Return the text of the messages that a runnable gives."""
    return "\n".join(part.text.value for message in messages for part in message.content)


async def failure(work: Work, status: str) -> str:
    """Return what the exception says that a run raises which ends so."""
    assistant = await work.assistant()
    planned(status)
    try:
        await invoked(assistant, {"content": HELLO})
    except ValueError as error:
        return str(error)
    raise Unlike("no ValueError")


@operation("assistants.create")
async def _(work: Work) -> None:
    made = await work.assistant(weather)
    kept = SERVER.get(f"/assistants/{made.assistant_id}")
    same((kept["name"], kept["instructions"]), ("Ada", "Be brief."))
    same(kept["tools"][0]["function"]["name"], "weather")
    same(list(kept["tools"][0]["function"]["parameters"]["properties"]), ["city"])


@operation("messages.create")
async def _(work: Work) -> None:
    assistant, thread = await work.assistant(), work.thread()
    planned("completed")
    await invoked(assistant, {"content": HELLO, "thread_id": thread})
    same(SERVER.messages(thread, "user"), [HELLO])


@operation("messages.create, with a file")
async def _(work: Work) -> None:
    file = work.sdk.files.create(file=("a.txt", b"hello"), purpose="assistants")
    attached = [{"file_id": file.id, "tools": [{"type": "code_interpreter"}]}]
    assistant = await work.assistant({"type": "code_interpreter"})
    planned("completed")
    is_input = KIND is OpenAIAssistantRunnable
    given = {"content": HELLO, **({"attachments": attached} if is_input else {})}
    more = {} if is_input else {"attachments": attached}
    messages = await invoked(assistant, given, **more)
    kept = SERVER.get(f"/threads/{messages[0].thread_id}/messages?order=asc")["data"][0]
    same(kept["attachments"], attached)


@operation("messages.list")
async def _(work: Work) -> None:
    assistant, thread = await work.assistant(), work.thread()
    for number in range(25):
        work.sdk.beta.threads.messages.create(thread, role="user", content=str(number))
    reply = planned("completed")
    same(text(await invoked(assistant, {"content": HELLO, "thread_id": thread})), reply)


@operation("runs.create_and_poll")
async def _(work: Work) -> None:
    assistant, thread = await work.assistant(), work.thread()
    for _ in range(2):
        reply = planned("completed")
        same(text(await invoked(assistant, {"content": HELLO, "thread_id": thread})), reply)
    same(len(SERVER.messages(thread)), 2)


@operation("runs.create_and_poll, failed")
async def _(work: Work) -> None:
    said = await failure(work, "failed")
    holds('"last_error": {' in said, f"does not say why: {said}")


@operation("runs.create_and_poll, incomplete")
async def _(work: Work) -> None:
    said = await failure(work, "incomplete")
    holds('"reason": "max_completion_tokens"' in said, f"does not say why: {said}")


@operation("threads.create_and_run_poll")
async def _(work: Work) -> None:
    assistant, reply = await work.assistant(), planned("completed")
    messages = await invoked(assistant, {"content": HELLO})
    same(text(messages), reply)
    same(SERVER.messages(messages[0].thread_id, "user"), [HELLO])


@operation("runs.submit_tool_outputs")
async def _(work: Work) -> None:
    assistant = await work.assistant(weather)
    reply = planned("requires_action", "completed", calls=CALLS)
    thread = work.thread()
    (call,) = await invoked(assistant, {"content": HELLO, "thread_id": thread})
    same((call.function.name, call.function.arguments), ("weather", '{"city": "Oslo"}'))
    run = SERVER.get(f"/threads/{thread}/runs")["data"][0]["id"]
    outputs = [{"tool_call_id": call.id, "output": "sunny"}]
    given = {"tool_outputs": outputs, "run_id": run, "thread_id": thread}
    same(text(await invoked(assistant, given)), reply)
    steps = SERVER.get(f"/threads/{thread}/runs/{run}/steps?order=asc")["data"]
    same(steps[0]["step_details"]["tool_calls"][0]["function"]["output"], "sunny")


@operation("runs.submit_tool_outputs_and_poll")
async def _(work: Work) -> None:
    agent = await work.assistant(weather, as_agent=True)
    reply = planned("requires_action", "completed", calls=CALLS)
    executor = AgentExecutor(agent=agent, tools=[weather], return_intermediate_steps=True)
    answer = await invoked(executor, {"content": HELLO})
    same(answer["output"], reply)
    ((action, output),) = answer["intermediate_steps"]
    same((action.tool_input, output), ({"city": "Oslo"}, "sunny in Oslo"))


@asynccontextmanager
async def at_work() -> AsyncIterator[Work]:
    """Open the clients for one operation, and close them."""
    work = Work()
    try:
        yield work
    finally:
        work.sdk.close()
        await work.async_sdk.close()


drive(at_work)
