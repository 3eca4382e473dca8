"""Azure's AgentsClient: `azure_agents.py BASE_URL KEY [sync | async]`."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from azure.ai.agents import AgentsClient
from azure.ai.agents.aio import AgentsClient as AsyncAgentsClient
from azure.ai.agents.models import (
    AsyncFunctionTool,
    CodeInterpreterTool,
    FilePurpose,
    FunctionTool,
    ListSortOrder,
    MessageAttachment,
    MessageDeltaChunk,
    ThreadMessageOptions,
)
from azure.core.credentials import AccessToken, AzureKeyCredential
from azure.core.exceptions import (
    ClientAuthenticationError,
    HttpResponseError,
    ResourceNotFoundError,
)
from azure.core.pipeline.policies import AzureKeyCredentialPolicy
from driving import Server, Unlike, drive, holds, operation, planned, same
from sync_or_async import every, got, opened

BASE, KEY = sys.argv[1:3]
IS_ASYNC = sys.argv[3:] == ["async"]
SERVER = Server(BASE, KEY)
HELLO = "How is the weather?"
CALLS = {"weather": {"city": "Oslo"}}
POLL = {"polling_interval": 0.02}


def weather(city: str) -> str:
    """Tell the weather in a city."""
    return f"sunny in {city}"


async def weather_later(city: str) -> str:
    """Tell the weather in a city."""
    return weather(city)


weather_later.__name__ = "weather"
FUNCTIONS = {weather_later if IS_ASYNC else weather}
TOOL = (AsyncFunctionTool if IS_ASYNC else FunctionTool)(FUNCTIONS)


class NoToken:
    """A credential that is never asked: tokens are sent over https only."""

    def get_token(self, *_scopes: str, **_options: Any) -> AccessToken:
        """Return a token that no server accepts."""
        return AccessToken("none", 0)


class Work:
    """What an operation begins with: a client, and agents and threads where it wants some."""

    def __init__(self, key: str = KEY) -> None:
        """Open a client, which sends the key as a token is sent."""
        policy = AzureKeyCredentialPolicy(AzureKeyCredential(key), "Authorization", prefix="Bearer")
        self.sdk = (AsyncAgentsClient if IS_ASYNC else AgentsClient)(
            endpoint=BASE, credential=NoToken(), authentication_policy=policy, retry_total=0
        )
        self.threads, self.messages = self.sdk.threads, self.sdk.messages
        self.runs, self.steps = self.sdk.runs, self.sdk.run_steps

    async def agent(self, **fields: Any) -> str:
        """Return the id of a new agent."""
        return (await got(self.sdk.create_agent(model="gpt-4o", **fields))).id

    async def thread(self) -> str:
        """Return the id of a new thread that has a message."""
        begin = [ThreadMessageOptions(role="user", content=HELLO)]
        return (await got(self.threads.create(messages=begin))).id

    async def ids(self, **fields: Any) -> dict[str, str]:
        """Return what a run is created with: an agent and a thread."""
        return {"agent_id": await self.agent(**fields), "thread_id": await self.thread()}

    async def ended(self) -> Any:
        """Return a run that called a function, got its output and completed."""
        self.sdk.enable_auto_function_calls(TOOL)
        ids = await self.ids(tools=TOOL.definitions)
        planned("requires_action", "completed", calls=CALLS)
        run = await got(self.runs.create_and_process(**ids, **POLL))
        same(run.status, "completed")
        return run

    async def text(self, thread_id: str) -> str:
        """Return the newest text of the agent in a thread as the client reads it."""
        read = self.messages.get_last_message_text_by_role(thread_id=thread_id, role="assistant")
        return (await got(read)).text.value


async def raised(kind: type[Exception], value: Any) -> Any:
    """Return the exception of a kind that an asynchronous call raises."""
    try:
        await value
    except kind as error:
        return error
    raise Unlike(f"no {kind.__name__}")


async def asked(method: Any, *given: Any, **named: Any) -> Any:
    """Return what a method gives, called only when this is awaited."""
    return await got(method(*given, **named))


@operation("assistants.create")
async def _(work: Work) -> None:
    made = await work.agent(name="Ada", instructions="Be brief.", tools=TOOL.definitions)
    kept = SERVER.get(f"/assistants/{made}")
    same((kept["name"], kept["instructions"]), ("Ada", "Be brief."))
    same(kept["tools"][0]["function"]["name"], "weather")


@operation("assistants.retrieve")
async def _(work: Work) -> None:
    made = await work.agent(name="Ada")
    read = await got(work.sdk.get_agent(made))
    same((read.id, read.name), (made, "Ada"))


@operation("assistants.update")
async def _(work: Work) -> None:
    made = await work.agent(name="Ada")
    await got(work.sdk.update_agent(made, name="Grace"))
    same(SERVER.get(f"/assistants/{made}")["name"], "Grace")


@operation("assistants.list")
async def _(work: Work) -> None:
    made = [await work.agent() for _ in range(5)]
    listed = [each.id for each in await every(work.sdk.list_agents(limit=2))]
    same(listed[:5], made[::-1])
    same(len(set(listed)), len(listed))


@operation("assistants.delete")
async def _(work: Work) -> None:
    made = await work.agent()
    await got(work.sdk.delete_agent(made))
    SERVER.lacks(f"/assistants/{made}")


@operation("threads.create")
async def _(work: Work) -> None:
    same(SERVER.messages(await work.thread(), "user"), [HELLO])


@operation("threads.retrieve")
async def _(work: Work) -> None:
    thread = await work.thread()
    same((await got(work.threads.get(thread))).id, thread)


@operation("threads.update")
async def _(work: Work) -> None:
    thread = await work.thread()
    await got(work.threads.update(thread, metadata={"a": "b"}))
    same(SERVER.get(f"/threads/{thread}")["metadata"], {"a": "b"})


@operation("threads.delete")
async def _(work: Work) -> None:
    thread = await work.thread()
    await got(work.threads.delete(thread))
    SERVER.lacks(f"/threads/{thread}")


@operation("messages.create")
async def _(work: Work) -> None:
    thread = await work.thread()
    await got(work.messages.create(thread_id=thread, role="user", content="And tomorrow?"))
    same(SERVER.messages(thread, "user"), [HELLO, "And tomorrow?"])


@operation("messages.create, with a file")
async def _(work: Work) -> None:
    file, thread = await uploaded(work), await work.thread()
    attached = [MessageAttachment(file_id=file, tools=CodeInterpreterTool().definitions)]
    made = await got(
        work.messages.create(thread_id=thread, role="user", content="Read.", attachments=attached)
    )
    same(made.attachments[0].file_id, file)
    kept = SERVER.get(f"/threads/{thread}/messages/{made.id}")["attachments"]
    same(kept, [{"file_id": file, "tools": [{"type": "code_interpreter"}]}])


@operation("messages.retrieve")
async def _(work: Work) -> None:
    thread = await work.thread()
    made = await got(work.messages.create(thread_id=thread, role="user", content="Yes?"))
    read = await got(work.messages.get(thread_id=thread, message_id=made.id))
    same((read.id, read.content[0].text.value), (made.id, "Yes?"))


@operation("messages.update")
async def _(work: Work) -> None:
    thread = await work.thread()
    made = await got(work.messages.create(thread_id=thread, role="user", content="Yes?"))
    await got(work.messages.update(thread_id=thread, message_id=made.id, metadata={"a": "b"}))
    same(SERVER.get(f"/threads/{thread}/messages/{made.id}")["metadata"], {"a": "b"})


@operation("messages.list")
async def _(work: Work) -> None:
    thread = await work.thread()
    for number in range(4):
        await got(work.messages.create(thread_id=thread, role="user", content=str(number)))
    order = ListSortOrder.ASCENDING
    listed = await every(work.messages.list(thread_id=thread, limit=2, order=order))
    same([message.content[0].text.value for message in listed], [HELLO, "0", "1", "2", "3"])


@operation("runs.create")
async def _(work: Work) -> None:
    run = await got(work.runs.create(**await work.ids(), instructions="Be kind."))
    same((run.status, run.instructions), ("queued", "Be kind."))
    same(SERVER.get(f"/threads/{run.thread_id}/runs/{run.id}")["id"], run.id)


@operation("runs.retrieve")
async def _(work: Work) -> None:
    run = await got(work.runs.create(**await work.ids()))
    read = await got(work.runs.get(thread_id=run.thread_id, run_id=run.id))
    same((read.id, read.created_at), (run.id, run.created_at))


@operation("runs.update")
async def _(work: Work) -> None:
    run = await got(work.runs.create(**await work.ids()))
    place = {"thread_id": run.thread_id, "run_id": run.id}
    await got(work.runs.update(**place, metadata={"a": "b"}))
    same(SERVER.get(f"/threads/{run.thread_id}/runs/{run.id}")["metadata"], {"a": "b"})


@operation("runs.list")
async def _(work: Work) -> None:
    ids = await work.ids()
    made = [(await got(work.runs.create_and_process(**ids, **POLL))).id for _ in range(5)]
    listed = await every(work.runs.list(thread_id=ids["thread_id"], limit=2))
    same([run.id for run in listed], made[::-1])


@operation("runs.cancel")
async def _(work: Work) -> None:
    run = await got(work.runs.create(**await work.ids()))
    ended = await got(work.runs.cancel(thread_id=run.thread_id, run_id=run.id))
    while ended.status == "cancelling":
        ended = await got(work.runs.get(thread_id=run.thread_id, run_id=run.id))
    same(ended.status, "cancelled")


@operation("runs.create_and_poll")
async def _(work: Work) -> None:
    ids, reply = await work.ids(), planned("completed")
    run = await got(work.runs.create_and_process(**ids, **POLL))
    same(run.status, "completed")
    same(await work.text(run.thread_id), reply)
    used = run.usage
    same(used.total_tokens, used.prompt_tokens + used.completion_tokens)


@operation("runs.create_and_poll, failed")
async def _(work: Work) -> None:
    ids = await work.ids()
    planned("failed")
    run = await got(work.runs.create_and_process(**ids, **POLL))
    same(run.status, "failed")
    holds(run.last_error.code and run.last_error.message, f"last_error is {run.last_error!r}")


@operation("runs.create_and_poll, incomplete")
async def _(work: Work) -> None:
    ids = await work.ids()
    planned("incomplete")
    run = await got(work.runs.create_and_process(**ids, **POLL))
    same((run.status, run.incomplete_details.reason), ("incomplete", "max_completion_tokens"))


async def pieces(stream: Any) -> str:
    """Return the pieces of a stream together."""
    events = [data for _, data, _ in await every(stream)]
    return "".join(data.text for data in events if isinstance(data, MessageDeltaChunk))


@operation("runs.stream")
async def _(work: Work) -> None:
    ids, reply = await work.ids(), planned("completed")
    async with opened(work.runs.stream(**ids)) as stream:
        same(await pieces(stream), reply)


@operation("runs.submit_tool_outputs_and_poll")
async def _(work: Work) -> None:
    run = await work.ended()
    same(await work.text(run.thread_id), SERVER.messages(run.thread_id)[-1])


@operation("runs.submit_tool_outputs_stream")
async def _(work: Work) -> None:
    work.sdk.enable_auto_function_calls(TOOL)
    ids = await work.ids(tools=TOOL.definitions)
    reply = planned("requires_action", "completed", calls=CALLS)
    async with opened(work.runs.stream(**ids)) as stream:
        same(await pieces(stream), reply)


@operation("threads.create_and_run")
async def _(work: Work) -> None:
    thread = {"messages": [{"role": "user", "content": HELLO}]}
    made = await got(work.sdk.create_thread_and_run(agent_id=await work.agent(), thread=thread))
    same(made.status, "queued")
    same(SERVER.messages(made.thread_id, "user"), [HELLO])


@operation("threads.create_and_run_poll")
async def _(work: Work) -> None:
    thread = {"messages": [{"role": "user", "content": HELLO}]}
    agent, reply = await work.agent(), planned("completed")
    run = await got(work.sdk.create_thread_and_process_run(agent_id=agent, thread=thread, **POLL))
    same((run.status, await work.text(run.thread_id)), ("completed", reply))


@operation("runs.steps.list")
async def _(work: Work) -> None:
    run = await work.ended()
    listed = work.steps.list(
        thread_id=run.thread_id, run_id=run.id, order=ListSortOrder.ASCENDING, limit=1
    )
    steps = await every(listed)
    same([step.type for step in steps], ["tool_calls", "message_creation"])
    same(steps[0].step_details.tool_calls[0].function.as_dict()["output"], "sunny in Oslo")


@operation("runs.steps.retrieve")
async def _(work: Work) -> None:
    run = await work.ended()
    place = {"thread_id": run.thread_id, "run_id": run.id}
    step, *_ = await every(work.steps.list(**place))
    read = await got(work.steps.get(**place, step_id=step.id))
    same((read.id, read.type, read.status), (step.id, step.type, "completed"))


async def uploaded(work: Work) -> str:
    """Return the id of a new file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.txt")
        path.write_text("hello")
        made = work.sdk.files.upload(file_path=str(path), purpose=FilePurpose.AGENTS)
        return (await got(made)).id


@operation("files")
async def _(work: Work) -> None:
    made = await uploaded(work)
    read = await got(work.sdk.files.get(made))
    same((read.id, read.filename, read.bytes), (made, "a.txt", 5))
    same(b"".join(await every(await got(work.sdk.files.get_content(made)))), b"hello")
    listed = (await got(work.sdk.files.list())).data
    holds(made in [file.id for file in listed], "is not listed")
    await got(work.sdk.files.delete(made))
    SERVER.lacks(f"/files/{made}")


@operation("vector_stores")
async def _(work: Work) -> None:
    stores, files = work.sdk.vector_stores, work.sdk.vector_store_files
    file = await uploaded(work)
    made = (await got(stores.create(name="Notes"))).id
    held = await got(files.create_and_poll(vector_store_id=made, file_id=file, **POLL))
    same((held.id, held.status), (file, "completed"))
    same((await got(stores.get(made))).file_counts.completed, 1)
    same([each.id for each in await every(files.list(made))], [file])
    same((await got(stores.modify(made, name="Books"))).name, "Books")
    holds(made in [each.id for each in await every(stores.list())], "is not listed")
    await got(stores.delete(made))
    SERVER.lacks(f"/vector_stores/{made}")


@operation("not found")
async def _(work: Work) -> None:
    call = asked(work.runs.get, thread_id=await work.thread(), run_id="run_none")
    error = await raised(ResourceNotFoundError, call)
    same(error.status_code, 404)
    holds("run_none" in str(error), f"does not name the run: {error}")
    holds(error.response.headers.get("x-request-id"), "no request id")


@operation("wrong key")
async def _(_: Work) -> None:
    work = Work("wrong")
    error = await raised(ClientAuthenticationError, asked(work.threads.create))
    same((error.status_code, error.error.code), (401, "401"))
    await got(work.sdk.close())


@operation("bad request")
async def _(work: Work) -> None:
    call = asked(work.runs.create, **await work.ids(), temperature=9)
    error = await raised(HttpResponseError, call)
    same((error.status_code, error.error.target), (400, None))
    holds("'temperature'" in str(error), f"does not name the parameter: {error}")


@operation("too late")
async def _(work: Work) -> None:
    run = await got(work.runs.create_and_process(**await work.ids(), **POLL))
    call = asked(work.runs.cancel, thread_id=run.thread_id, run_id=run.id)
    error = await raised(HttpResponseError, call)
    same(error.status_code, 400)
    holds("'completed'" in str(error), f"does not say why: {error}")


@asynccontextmanager
async def at_work() -> AsyncIterator[Work]:
    """Open a client for one operation, and close it."""
    work = Work()
    try:
        yield work
    finally:
        await got(work.sdk.close())


drive(at_work)
