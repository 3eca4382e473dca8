"""What stands around runs: files, refusals, and many at once."""

from __future__ import annotations

import asyncio

import openai
from driving import holds, operation, same
from sync_or_async import every, got
from work import IS_ASYNC, IS_AZURE, POLL, SERVER, Work, raised, written


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
