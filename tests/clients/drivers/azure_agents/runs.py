"""Runs and their steps, polled and streamed."""

from __future__ import annotations

from typing import Any

from azure.ai.agents.models import ListSortOrder, MessageDeltaChunk
from driving import holds, operation, planned, same
from sync_or_async import every, got, opened
from work import CALLS, HELLO, POLL, SERVER, TOOL, Work


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
