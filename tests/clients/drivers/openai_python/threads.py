"""Assistants, threads and messages."""

from __future__ import annotations

from driving import operation, same
from sync_or_async import every, got
from work import HELLO, SERVER, WEATHER, Work


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
