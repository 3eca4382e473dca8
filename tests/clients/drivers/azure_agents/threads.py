"""Assistants, threads and messages."""

from __future__ import annotations

from azure.ai.agents.models import CodeInterpreterTool, ListSortOrder, MessageAttachment
from driving import operation, same
from sync_or_async import every, got
from work import HELLO, SERVER, TOOL, Work, uploaded


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
