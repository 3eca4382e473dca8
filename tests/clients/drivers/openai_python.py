"""The SDK in Python, 1.x to 3.x: `openai_python.py BASE_URL KEY [[azure-]sync | [azure-]async]`."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import openai
from driving import Server, Unlike, drive, holds, operation, same
from sync_or_async import every, got, opened

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


@operation("assistants.create")
async def _(work: Work) -> None:
    made = await work.assistant(WEATHER, name="Ada", instructions="Be brief.")
    kept = SERVER.get(f"/assistants/{made}")
    same((kept["name"], kept["instructions"]), ("Ada", "Be brief."))
    same(kept["tools"][0]["function"]["name"], "weather")


@operation("assistants.retrieve")
async def _(work: Work) -> None:
    made = await work.assistant(name="Ada")
    read = await got(work.beta.assistants.retrieve(made))
    same((read.id, read.name), (made, "Ada"))


@operation("assistants.update")
async def _(work: Work) -> None:
    made = await work.assistant(name="Ada")
    same((await got(work.beta.assistants.update(made, name="Grace"))).name, "Grace")
    same(SERVER.get(f"/assistants/{made}")["name"], "Grace")


@operation("assistants.list")
async def _(work: Work) -> None:
    made = [await work.assistant() for _ in range(5)]
    listed = [each.id for each in await every(work.beta.assistants.list(limit=2))]
    same(listed[:5], made[::-1])
    same(len(set(listed)), len(listed))


@operation("assistants.delete")
async def _(work: Work) -> None:
    made = await work.assistant()
    same((await got(work.beta.assistants.delete(made))).deleted, True)
    SERVER.lacks(f"/assistants/{made}")


@operation("threads.create")
async def _(work: Work) -> None:
    thread = await work.thread()
    same(SERVER.messages(thread, "user"), [HELLO["content"]])


@operation("threads.retrieve")
async def _(work: Work) -> None:
    thread = await work.thread()
    same((await got(work.threads.retrieve(thread))).id, thread)


@operation("threads.update")
async def _(work: Work) -> None:
    thread = await work.thread()
    same((await got(work.threads.update(thread, metadata={"a": "b"}))).metadata, {"a": "b"})
    same(SERVER.get(f"/threads/{thread}")["metadata"], {"a": "b"})


@operation("threads.delete")
async def _(work: Work) -> None:
    thread = await work.thread()
    same((await got(work.threads.delete(thread))).deleted, True)
    SERVER.lacks(f"/threads/{thread}")


@operation("messages.create")
async def _(work: Work) -> None:
    thread = await work.thread()
    made = await got(work.messages.create(thread, role="user", content="And tomorrow?"))
    same(made.content[0].text.value, "And tomorrow?")
    same(SERVER.messages(thread, "user"), [HELLO["content"], "And tomorrow?"])


@operation("messages.create, of parts")
async def _(work: Work) -> None:
    image = {"url": "https://example.com/a.png", "detail": "low"}
    parts = [{"type": "text", "text": "Look."}, {"type": "image_url", "image_url": image}]
    thread = await work.thread()
    made = await got(work.messages.create(thread, role="user", content=parts))
    same(made.content[0].text.value, "Look.")
    kept = SERVER.get(f"/threads/{thread}/messages/{made.id}")["content"]
    same(kept[1]["image_url"], image)


@operation("messages.create, with a file")
async def _(work: Work) -> None:
    file = await got(work.sdk.files.create(file=("a.txt", b"hello"), purpose="assistants"))
    attached = [{"file_id": file.id, "tools": [{"type": "code_interpreter"}]}]
    thread = await work.thread()
    made = await got(
        work.messages.create(thread, role="user", content="Read.", attachments=attached)
    )
    same(made.attachments[0].file_id, file.id)
    same(made.attachments[0].tools[0].type, "code_interpreter")


@operation("messages.retrieve")
async def _(work: Work) -> None:
    thread = await work.thread()
    made = await got(work.messages.create(thread, role="user", content="And tomorrow?"))
    read = await got(work.messages.retrieve(made.id, thread_id=thread))
    same((read.id, read.content[0].text.value), (made.id, "And tomorrow?"))


@operation("messages.update")
async def _(work: Work) -> None:
    thread = await work.thread()
    made = await got(work.messages.create(thread, role="user", content="And tomorrow?"))
    await got(work.messages.update(made.id, thread_id=thread, metadata={"a": "b"}))
    same(SERVER.get(f"/threads/{thread}/messages/{made.id}")["metadata"], {"a": "b"})


@operation("messages.list")
async def _(work: Work) -> None:
    thread = await work.thread()
    for number in range(4):
        await got(work.messages.create(thread, role="user", content=str(number)))
    listed = await every(work.messages.list(thread, limit=2, order="asc"))
    texts = [message.content[0].text.value for message in listed]
    same(texts, [HELLO["content"], "0", "1", "2", "3"])


@operation("messages.delete")
async def _(work: Work) -> None:
    thread = await work.thread()
    made = await got(work.messages.create(thread, role="user", content="And tomorrow?"))
    same((await got(work.messages.delete(made.id, thread_id=thread))).deleted, True)
    same(SERVER.messages(thread, "user"), [HELLO["content"]])


@operation("runs.create")
async def _(work: Work) -> None:
    run = await got(work.runs.create(**await work.ids(), instructions="Be kind."))
    same((run.status, run.instructions), ("queued", "Be kind."))
    same(SERVER.get(f"/threads/{run.thread_id}/runs/{run.id}")["id"], run.id)


@operation("runs.retrieve")
async def _(work: Work) -> None:
    run = await got(work.runs.create(**await work.ids()))
    read = await got(work.runs.retrieve(run.id, thread_id=run.thread_id))
    same((read.id, read.created_at), (run.id, run.created_at))


@operation("runs.update")
async def _(work: Work) -> None:
    run = await got(work.runs.create_and_poll(**await work.ids(), **POLL))
    await got(work.runs.update(run.id, thread_id=run.thread_id, metadata={"a": "b"}))
    same(SERVER.get(f"/threads/{run.thread_id}/runs/{run.id}")["metadata"], {"a": "b"})


@operation("runs.list")
async def _(work: Work) -> None:
    ids = await work.ids()
    made = [(await got(work.runs.create_and_poll(**ids, **POLL))).id for _ in range(5)]
    listed = await every(work.runs.list(ids["thread_id"], limit=2))
    same([run.id for run in listed], made[::-1])


@operation("runs.cancel")
async def _(work: Work) -> None:
    run = await got(work.runs.create(**await work.ids(WEATHER), **CALLED))
    await got(work.runs.cancel(run.id, thread_id=run.thread_id))
    ended = await got(work.runs.poll(run.id, thread_id=run.thread_id, **POLL))
    same(ended.status, "cancelled")
    holds(ended.cancelled_at, "no cancelled_at")


@operation("runs.poll")
async def _(work: Work) -> None:
    run = await got(work.runs.create(**await work.ids()))
    ended = await got(work.runs.poll(run.id, thread_id=run.thread_id, **POLL))
    same((ended.id, ended.status), (run.id, "completed"))


@operation("runs.create_and_poll")
async def _(work: Work) -> None:
    run = await got(work.runs.create_and_poll(**await work.ids(), **POLL))
    same(run.status, "completed")
    same(await work.text(run.thread_id), written(run.thread_id))
    used = run.usage
    same(used.total_tokens, used.prompt_tokens + used.completion_tokens)


@operation("runs.create_and_poll, failed")
async def _(work: Work) -> None:
    run = await got(work.runs.create_and_poll(**await work.ids(), metadata=FAILS, **POLL))
    same(run.status, "failed")
    holds(run.last_error.code and run.last_error.message, f"last_error is {run.last_error!r}")


@operation("runs.create_and_poll, incomplete")
async def _(work: Work) -> None:
    ids = await work.ids()
    run = await got(work.runs.create_and_poll(**ids, max_completion_tokens=16, **POLL))
    same(run.status, "incomplete")
    same(run.incomplete_details.reason, "max_completion_tokens")
    same(len((await work.text(run.thread_id)).split()), 16)


@operation("runs.create, stream")
async def _(work: Work) -> None:
    events = await every(await got(work.runs.create(**await work.ids(), stream=True)))
    names = [event.event for event in events]
    same(names[:2], ["thread.run.created", "thread.run.queued"])
    same(names[-1], "thread.run.completed")
    same(events[-1].data.status, "completed")


async def streamed(manager: Any) -> tuple[str, Any]:
    """Return the pieces of a stream together, and the run at its end."""
    async with opened(manager) as stream:
        pieces = "".join(await every(stream.text_deltas))
        return pieces, await got(stream.get_final_run())


@operation("runs.stream")
async def _(work: Work) -> None:
    pieces, run = await streamed(work.runs.stream(**await work.ids()))
    same((pieces, run.status), (written(run.thread_id), "completed"))


@operation("runs.submit_tool_outputs")
async def _(work: Work) -> None:
    run = await work.called()
    await got(work.runs.submit_tool_outputs(**answered(run)))
    ended = await got(work.runs.poll(run.id, thread_id=run.thread_id, **POLL))
    same(ended.status, "completed")
    steps = SERVER.get(f"/threads/{run.thread_id}/runs/{run.id}/steps?order=asc")["data"]
    same(steps[0]["step_details"]["tool_calls"][0]["function"]["output"], "sunny")


@operation("runs.submit_tool_outputs_and_poll")
async def _(work: Work) -> None:
    run = await work.ended()
    same(run.status, "completed")
    same(await work.text(run.thread_id), written(run.thread_id))


def calls_seen() -> tuple[Any, list[Any]]:
    """Return a handler of events, and the calls of functions that it will have seen."""
    seen: list[Any] = []
    if IS_ASYNC:

        class Handler(openai.AsyncAssistantEventHandler):
            async def on_tool_call_done(self, tool_call: Any) -> None:
                seen.append(tool_call)

    else:

        class Handler(openai.AssistantEventHandler):
            def on_tool_call_done(self, tool_call: Any) -> None:
                seen.append(tool_call)

    return Handler(), seen


@operation("runs.submit_tool_outputs_stream")
async def _(work: Work) -> None:
    handler, seen = calls_seen()
    manager = work.runs.stream(**await work.ids(WEATHER), **CALLED, event_handler=handler)
    async with opened(manager) as stream:
        await got(stream.until_done())
    same([call.function.name for call in seen], ["weather"])
    same(seen[0].function.arguments, '{"city": "seven"}')
    outputs = answered(handler.current_run)
    pieces, run = await streamed(work.runs.submit_tool_outputs_stream(**outputs))
    same((pieces, run.status), (written(run.thread_id), "completed"))


@operation("threads.create_and_run")
async def _(work: Work) -> None:
    thread = {"messages": [HELLO]}
    made = await got(
        work.threads.create_and_run(assistant_id=await work.assistant(), thread=thread)
    )
    same(made.status, "queued")
    same(SERVER.messages(made.thread_id, "user"), [HELLO["content"]])


@operation("threads.create_and_run_poll")
async def _(work: Work) -> None:
    assistant, thread = await work.assistant(), {"messages": [HELLO]}
    run = await got(work.threads.create_and_run_poll(assistant_id=assistant, thread=thread, **POLL))
    same(run.status, "completed")
    same(await work.text(run.thread_id), written(run.thread_id))


@operation("threads.create_and_run_stream")
async def _(work: Work) -> None:
    assistant, thread = await work.assistant(), {"messages": [HELLO]}
    manager = work.threads.create_and_run_stream(assistant_id=assistant, thread=thread)
    async with opened(manager) as stream:
        events = await every(stream)
    same(events[0].event, "thread.created")
    deltas = [event.data.delta for event in events if event.event == "thread.message.delta"]
    pieces = "".join(delta.content[0].text.value for delta in deltas)
    same(pieces, written(events[0].data.id))


@operation("runs.steps.list")
async def _(work: Work) -> None:
    run = await work.ended()
    steps = await every(work.runs.steps.list(run.id, thread_id=run.thread_id, order="asc"))
    same([step.type for step in steps], ["tool_calls", "message_creation"])
    same(steps[0].step_details.tool_calls[0].function.output, "sunny")


@operation("runs.steps.retrieve")
async def _(work: Work) -> None:
    run = await work.ended()
    step, *_ = await every(work.runs.steps.list(run.id, thread_id=run.thread_id))
    read = await got(work.runs.steps.retrieve(step.id, thread_id=run.thread_id, run_id=run.id))
    same((read.id, read.type, read.status), (step.id, step.type, "completed"))


@operation("runs.steps.list, include")
async def _(work: Work) -> None:
    ids = await work.ids({"type": "file_search"})
    forced = {"type": "file_search"}
    run = await got(work.runs.create_and_poll(**ids, tool_choice=forced, **POLL))
    steps = work.runs.steps.list(run.id, thread_id=run.thread_id, include=[FOUND], order="asc")
    same([step.type for step in await every(steps)], ["tool_calls", "message_creation"])


@operation("code_interpreter")
async def _(work: Work) -> None:
    tool = {"type": "code_interpreter"}
    run = await got(work.runs.create_and_poll(**await work.ids(tool), tool_choice=tool, **POLL))
    same(run.status, "completed")
    steps = await every(work.runs.steps.list(run.id, thread_id=run.thread_id, order="asc"))
    call = steps[0].step_details.tool_calls[0].code_interpreter
    same((call.input, call.outputs[0].logs), ("print(1 + 1)", "2"))


@operation("file_search")
async def _(work: Work) -> None:
    tool = {"type": "file_search"}
    run = await got(work.runs.create_and_poll(**await work.ids(tool), tool_choice=tool, **POLL))
    same(run.status, "completed")
    steps = await every(work.runs.steps.list(run.id, thread_id=run.thread_id, order="asc"))
    same(steps[0].step_details.tool_calls[0].type, "file_search")
    same([step.status for step in steps], ["completed", "completed"])


@operation("files")
async def _(work: Work) -> None:
    files = work.sdk.files
    made = await got(files.create(file=("a.txt", b"hello"), purpose="assistants"))
    same((made.filename, made.bytes, made.purpose), ("a.txt", 5, "assistants"))
    same((await got(files.retrieve(made.id))).id, made.id)
    same((await got(files.content(made.id))).content, b"hello")
    holds(made.id in [file.id for file in await every(files.list())], "is not listed")
    same((await got(files.delete(made.id))).deleted, True)
    SERVER.lacks(f"/files/{made.id}")


@operation("vector_stores")
async def _(work: Work) -> None:
    sdk = work.sdk
    stores = sdk.vector_stores if hasattr(sdk, "vector_stores") else sdk.beta.vector_stores
    file = await got(sdk.files.create(file=("a.txt", b"hello"), purpose="assistants"))
    made = await got(stores.create(name="Notes"))
    held = await got(stores.files.create_and_poll(file.id, vector_store_id=made.id, **POLL))
    same((held.id, held.status), (file.id, "completed"))
    same((await got(stores.retrieve(made.id))).file_counts.completed, 1)
    same([each.id for each in await every(stores.files.list(made.id))], [file.id])
    same((await got(stores.update(made.id, name="Books"))).name, "Books")
    holds(made.id in [each.id for each in await every(stores.list())], "is not listed")
    same((await got(stores.delete(made.id))).deleted, True)
    SERVER.lacks(f"/vector_stores/{made.id}")


@operation("models")
async def _(work: Work) -> None:
    models = work.sdk.models
    first, *_ = await every(models.list())
    same((await got(models.retrieve(first.id))).id, first.id)


@operation("not found")
async def _(work: Work) -> None:
    thread = await work.thread()
    error = await raised(
        openai.NotFoundError, lambda: work.runs.retrieve("run_none", thread_id=thread)
    )
    same(error.status_code, 404)
    holds("run_none" in str(error), f"does not name the run: {error}")
    holds(error.request_id, "no request id")


@operation("wrong key")
async def _(work: Work) -> None:
    work.sdk.api_key = "wrong"
    error = await raised(openai.AuthenticationError, work.threads.create)
    same(error.code, "401" if IS_AZURE else "invalid_api_key")


@operation("bad request")
async def _(work: Work) -> None:
    ids = await work.ids()
    error = await raised(openai.BadRequestError, lambda: work.runs.create(**ids, temperature=9))
    same((error.param, error.type), ("temperature", "invalid_request_error"))


@operation("too late")
async def _(work: Work) -> None:
    run = await got(work.runs.create_and_poll(**await work.ids(), **POLL))
    error = await raised(
        openai.BadRequestError, lambda: work.runs.cancel(run.id, thread_id=run.thread_id)
    )
    holds("'completed'" in str(error), f"does not say why: {error}")


@operation("raw response")
async def _(work: Work) -> None:
    thread = await work.thread()
    raw = await got(work.threads.with_raw_response.retrieve(thread))
    holds(raw.headers.get("x-request-id"), "no x-request-id")
    same((await got(raw.parse())).id, thread)


@operation("twenty at once")
async def _(work: Work) -> None:
    assistant = await work.assistant()

    async def asked() -> str:
        thread = await work.thread()
        ids = {"assistant_id": assistant, "thread_id": thread}
        run = await got(work.runs.create_and_poll(**ids, **POLL))
        same((run.status, await work.text(thread)), ("completed", written(thread)))
        return run.id

    def in_a_thread() -> str:
        return asyncio.run(asked())

    many = [asked() if IS_ASYNC else asyncio.to_thread(in_a_thread) for _ in range(20)]
    same(len(set(await asyncio.gather(*many))), 20)


@asynccontextmanager
async def at_work() -> AsyncIterator[Work]:
    """Open a client for one operation, and close it."""
    work = Work()
    try:
        yield work
    finally:
        await got(work.sdk.close())


drive(at_work)
