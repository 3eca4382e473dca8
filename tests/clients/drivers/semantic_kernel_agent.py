"""Semantic Kernel's agents: `semantic_kernel_agent.py BASE_URL KEY [openai | azure]`."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import openai
from driving import Server, Unlike, drive, holds, operation, planned, same
from semantic_kernel.agents import (
    AssistantAgentThread,
    AzureAssistantAgent,
    OpenAIAssistantAgent,
    RunPollingOptions,
)
from semantic_kernel.contents import ChatMessageContent, ImageContent, TextContent
from semantic_kernel.exceptions.agent_exceptions import AgentInvokeException
from semantic_kernel.functions import kernel_function

BASE, KEY = sys.argv[1:3]
IS_AZURE = sys.argv[3:] == ["azure"]
SERVER = Server(BASE, KEY)
HELLO = "How is the weather?"
CALLS = {"Sky-weather": {"city": "Oslo"}}
IMAGE = "https://example.com/a.png"
SOON = timedelta(milliseconds=20)


class Sky:
    """A plugin with one function."""

    @kernel_function
    def weather(self, city: str) -> str:
        """Tell the weather in a city."""
        return f"sunny in {city}"


class Work:
    """What an operation begins with: a client of the SDK."""

    def __init__(self) -> None:
        """Open the client."""
        if IS_AZURE:
            # The framework's own create_client wants https.
            self.sdk = openai.AsyncAzureOpenAI(
                azure_endpoint=BASE.removesuffix("/v1"),
                api_key=KEY,
                api_version="2024-05-01-preview",
                max_retries=0,
            )
        else:
            self.sdk = openai.AsyncOpenAI(base_url=BASE, api_key=KEY, max_retries=0)

    async def agent(self, *plugins: Any, **fields: Any) -> Any:
        """Return an agent of a new assistant."""
        made = await self.sdk.beta.assistants.create(
            model="gpt-4o", name="Ada", instructions="Be brief.", **fields
        )
        kind = AzureAssistantAgent if IS_AZURE else OpenAIAssistantAgent
        polling = RunPollingOptions(run_polling_interval=SOON, run_polling_backoff=SOON)
        return kind(
            client=self.sdk, definition=made, plugins=list(plugins), polling_options=polling
        )


def newest_run(thread: str) -> dict:
    """Return the newest run of a thread, as the server has it."""
    return SERVER.get(f"/threads/{thread}/runs?limit=1")["data"][0]


def first_output(thread: str) -> str:
    """Return the output of the first call of the newest run of a thread."""
    run = newest_run(thread)["id"]
    steps = SERVER.get(f"/threads/{thread}/runs/{run}/steps?order=asc")["data"]
    return steps[0]["step_details"]["tool_calls"][0]["function"]["output"]


async def failure(work: Work, status: str) -> str:
    """Return what the exception says that a run raises which ends so."""
    planned(status)
    agent = await work.agent()
    try:
        await agent.get_response(messages=HELLO)
    except AgentInvokeException as error:
        return str(error)
    raise Unlike("no AgentInvokeException")


@operation("threads.create")
async def _(work: Work) -> None:
    thread = AssistantAgentThread(
        client=work.sdk, messages=[{"role": "user", "content": HELLO}], metadata={"a": "b"}
    )
    await thread.create()
    same(SERVER.messages(thread.id, "user"), [HELLO])
    same(SERVER.get(f"/threads/{thread.id}")["metadata"], {"a": "b"})


@operation("threads.delete")
async def _(work: Work) -> None:
    thread = AssistantAgentThread(client=work.sdk)
    await thread.create()
    made = thread.id
    await thread.delete()
    SERVER.lacks(f"/threads/{made}")


@operation("messages.create")
async def _(work: Work) -> None:
    agent = await work.agent()
    planned("completed")
    answer = await agent.get_response(messages=HELLO)
    same(SERVER.messages(answer.thread.id, "user"), [HELLO])


@operation("messages.create, of parts")
async def _(work: Work) -> None:
    agent = await work.agent()
    planned("completed")
    parts = ChatMessageContent(
        role="user", items=[TextContent(text=HELLO), ImageContent(uri=IMAGE)]
    )
    answer = await agent.get_response(messages=parts)
    kept = SERVER.get(f"/threads/{answer.thread.id}/messages?order=asc")["data"][0]["content"]
    same((kept[0]["text"]["value"], kept[1]["image_url"]["url"]), (HELLO, IMAGE))


@operation("messages.list")
async def _(work: Work) -> None:
    texts = [str(number) for number in range(25)]
    thread = AssistantAgentThread(
        client=work.sdk, messages=[{"role": "user", "content": text} for text in texts]
    )
    same([message.content async for message in thread.get_messages("asc")], texts)


@operation("runs.create_and_poll")
async def _(work: Work) -> None:
    agent, thread = await work.agent(), None
    for _ in range(2):
        reply = planned("completed")
        answer = await agent.get_response(messages=HELLO, thread=thread)
        same(str(answer), reply)
        thread = answer.thread
    same(SERVER.messages(thread.id, "user"), [HELLO, HELLO])


@operation("runs.create_and_poll, failed")
async def _(work: Work) -> None:
    said = await failure(work, "failed")
    holds("`failed`" in said, f"does not say so: {said}")


@operation("runs.create_and_poll, incomplete")
async def _(work: Work) -> None:
    said = await failure(work, "incomplete")
    holds("incomplete details: max_completion_tokens" in said, f"does not say why: {said}")


@operation("runs.stream")
async def _(work: Work) -> None:
    agent, reply = await work.agent(), planned("completed")
    pieces = [str(piece) async for piece in agent.invoke_stream(messages=HELLO)]
    same("".join(pieces), reply)
    holds(len(pieces) > 1, "came in one piece")


@operation("runs.submit_tool_outputs_and_poll")
async def _(work: Work) -> None:
    agent = await work.agent(Sky())
    reply = planned("requires_action", "completed", calls=CALLS)
    answers = [answer async for answer in agent.invoke(messages=HELLO)]
    same([str(answer) for answer in answers], [reply])
    same(first_output(answers[0].thread.id), "sunny in Oslo")


@operation("runs.submit_tool_outputs_stream")
async def _(work: Work) -> None:
    agent, steps = await work.agent(Sky()), []
    reply = planned("requires_action", "completed", calls=CALLS)

    async def seen(message: Any) -> None:
        steps.extend(type(item).__name__ for item in message.items)

    answers = agent.invoke_stream(messages=HELLO, on_intermediate_message=seen)
    pieces = [piece async for piece in answers]
    same("".join(str(piece) for piece in pieces), reply)
    same(steps[:2], ["FunctionCallContent", "FunctionResultContent"])
    same(first_output(pieces[0].thread.id), "sunny in Oslo")


@asynccontextmanager
async def at_work() -> AsyncIterator[Work]:
    """Open a client for one operation, and close it."""
    work = Work()
    try:
        yield work
    finally:
        await work.sdk.close()


drive(at_work)
