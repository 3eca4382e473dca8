"""Runs and their steps, polled and streamed."""

from __future__ import annotations

from typing import Any

import openai
from driving import holds, operation, same
from sync_or_async import every, got, opened
from work import (
    CALLED,
    FAILS,
    FOUND,
    HELLO,
    IS_ASYNC,
    POLL,
    SERVER,
    WEATHER,
    Work,
    answered,
    written,
)


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
