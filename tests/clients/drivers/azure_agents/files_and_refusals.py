"""What stands around runs: files and refusals."""

from __future__ import annotations

from azure.core.exceptions import (
    ClientAuthenticationError,
    HttpResponseError,
    ResourceNotFoundError,
)
from driving import holds, operation, same
from sync_or_async import every, got
from work import POLL, SERVER, Work, asked, raised, uploaded


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
