"""What clients need around runs: messages that change, files, vector stores, models."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx2
import openai
import pytest

from run_contracts.server import ServerOptions, running
from run_contracts.server.clock import Ids, PatientClock
from run_contracts.server.parts.file_search import meets
from run_contracts.server.parts.file_store import FileStore
from run_contracts.server.parts.vector_stores import VectorStores
from run_contracts.server.requests.refusal import Refusal
from tests.server.conftest import Caller

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
KEY = {"Authorization": "Bearer sk-reference"}
SKY, SEA = b"The sky is blue.", b"The sea is deep."


def _upload(sdk: openai.OpenAI, content: bytes = SKY, name: str = "a.txt") -> str:
    return sdk.files.create(file=(name, content), purpose="assistants").id


# Messages


def test_a_message_is_modified(sdk: openai.OpenAI) -> None:
    """Its metadata is what the body says, and the rest stays."""
    thread = sdk.beta.threads.create(messages=[{"role": "user", "content": "Hi."}])
    before = sdk.beta.threads.messages.list(thread.id).data[0]
    sdk.beta.threads.messages.update(before.id, thread_id=thread.id, metadata={"k": "v"})
    after = sdk.beta.threads.messages.retrieve(before.id, thread_id=thread.id)
    assert after == before.model_copy(update={"metadata": {"k": "v"}})


def test_a_modified_message_obeys_its_schema(call_v2: Caller) -> None:
    """Anything but metadata is refused, and metadata has its limits."""
    thread = call_v2.thread()
    _, listed = call_v2("GET", f"/threads/{thread}/messages")
    path = f"/threads/{thread}/messages/{listed['data'][0]['id']}"
    status, answer = call_v2("POST", path, {"role": "assistant"})
    assert (status, answer["error"]["param"]) == (400, "role")
    status, answer = call_v2("POST", path, {"metadata": {"k": "v" * 513}})
    assert (status, answer["error"]["param"]) == (400, "metadata.k")


def test_a_deleted_message_is_gone_and_its_run_is_not(sdk: openai.OpenAI) -> None:
    """Neither list nor read has it any more; the run that wrote it stays as it was."""
    assistant = sdk.beta.assistants.create(model="gpt-4o", instructions="Be brief.")
    run = sdk.beta.threads.create_and_run_poll(assistant_id=assistant.id, poll_interval_ms=10)
    (message,) = sdk.beta.threads.messages.list(run.thread_id).data
    deleted = sdk.beta.threads.messages.delete(message.id, thread_id=run.thread_id)
    assert deleted.to_dict() == {
        "id": message.id,
        "object": "thread.message.deleted",
        "deleted": True,
    }
    assert sdk.beta.threads.messages.list(run.thread_id).data == []
    with pytest.raises(openai.NotFoundError):
        sdk.beta.threads.messages.retrieve(message.id, thread_id=run.thread_id)
    assert sdk.beta.threads.runs.retrieve(run.id, thread_id=run.thread_id) == run


def test_v1_modifies_messages_and_deletes_none(
    base: str, client_of: Callable[..., httpx2.Client]
) -> None:
    """The first edition had one and not the other, and the refusal names the one that has."""
    with client_of(base, "v1") as client:
        call = Caller(client)
        thread = call.thread()
        _, listed = call("GET", f"/threads/{thread}/messages")
        path = f"/threads/{thread}/messages/{listed['data'][0]['id']}"
        assert call("POST", path, {"metadata": {"a": "b"}})[1]["metadata"] == {"a": "b"}
        status, answer = call("DELETE", path)
    assert (status, "assistants=v2" in answer["error"]["message"]) == (404, True)


# Files


def test_a_file_is_kept_as_it_was_uploaded(sdk: openai.OpenAI) -> None:
    """Its object says its name, size and purpose; its content comes back byte for byte."""
    content = bytes(range(256)) * 100
    file = sdk.files.create(file=("odd \N{SNOWMAN}.bin", content), purpose="user_data")
    assert (file.filename, file.bytes, file.purpose) == (
        "odd \N{SNOWMAN}.bin",
        25_600,
        "user_data",
    )
    assert sdk.files.retrieve(file.id) == file
    assert sdk.files.content(file.id).content == content


def test_files_are_listed_by_purpose_and_page() -> None:
    """Newest first, each once whatever the size of a page, those of one purpose if asked."""
    with (
        running(ServerOptions()) as url,
        openai.OpenAI(base_url=url, api_key="sk-reference", max_retries=0) as sdk,
    ):
        made = [_upload(sdk) for _ in range(5)]
        sdk.files.create(file=("b", b"b"), purpose="batch")
        listed = [file.id for file in sdk.files.list(purpose="assistants", limit=2)]
        assert len(list(sdk.files.list())) == 6
    assert listed == made[::-1]


def test_a_deleted_file_is_gone_from_everywhere(sdk: openai.OpenAI) -> None:
    """From the files, and from the vector stores that it was in."""
    file = _upload(sdk)
    store = sdk.vector_stores.create(file_ids=[file, _upload(sdk, SEA)])
    assert sdk.files.delete(file).to_dict() == {"id": file, "object": "file", "deleted": True}
    with pytest.raises(openai.NotFoundError):
        sdk.files.content(file)
    assert sdk.vector_stores.retrieve(store.id).file_counts.total == 1


def test_a_file_may_expire() -> None:
    """When its time is over it is not there any more."""
    clock = PatientClock(speed=1.0, epoch=0)
    files = FileStore(clock=clock, ids=Ids(0))
    kept = files.create(name="a", content=b"", purpose="batch", lasts=3_600)["id"]
    clock.sleep(3_599)
    assert files.has(kept)
    clock.sleep(1)
    assert (files.has(kept), files.of_purpose(None)) == (False, [])


def test_an_upload_says_when_it_expires(sdk: openai.OpenAI) -> None:
    """So many seconds after it was made; too few are refused."""
    last: Any = {"anchor": "created_at", "seconds": 3_600}
    file = sdk.files.create(file=b"x", purpose="batch", expires_after=last)
    assert file.expires_at == file.created_at + 3_600
    with pytest.raises(openai.BadRequestError, match="expires_after"):
        sdk.files.create(file=b"x", purpose="batch", expires_after={**last, "seconds": 5})


def test_files_and_models_need_no_edition(base: str) -> None:
    """A request with a key and no OpenAI-Beta header is answered; without a key it is not."""
    with httpx2.Client(base_url=base) as client:
        for path in ("/files", "/models", "/vector_stores"):
            assert client.get(path, headers=KEY).status_code == 200
            assert client.get(path).status_code == 401


def test_an_uploaded_file_is_known_in_every_edition(
    sdk: openai.OpenAI, base: str, client_of: Callable[..., httpx2.Client]
) -> None:
    """Who uploads says no edition, so both have it; v1 has no vector stores to put it in."""
    file = _upload(sdk)
    for edition, has_stores in (("v1", 404), ("v2", 200)):
        with client_of(base, edition) as client:
            assert client.get(f"/files/{file}").status_code == 200
            assert client.get("/vector_stores").status_code == has_stores


PART = b'--b\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
FORM = "multipart/form-data; boundary=b"
FILE_PART = PART % (b"file", b'; filename="f"', b"x")
PURPOSE_PART = PART % (b"purpose", b"", b"assistants")


@pytest.mark.parametrize(
    ("kind", "data", "said"),
    [
        ("application/json", b"{}", "multipart/form-data"),
        (FORM, b"", "file"),
        (FORM, FILE_PART + b"--b--", "purpose"),
        (FORM, PURPOSE_PART + b"--b--", "file"),
        (FORM, PART % (b"file", b"", b"x") + PURPOSE_PART + b"--b--", "file"),
        (FORM, FILE_PART + PART % (b"purpose", b"", b"fun") + b"--b--", "Supported values"),
        (FORM, FILE_PART * 2 + PURPOSE_PART + b"--b--", "could not parse"),
        (FORM, PURPOSE_PART * 50 + b"--b--", "could not parse"),
        (FORM, PART % (b"purpose", b"", b"x" * 2_000_000) + b"--b--", "could not parse"),
        (FORM, b"noise", "could not parse"),
        (FORM, b"--b\r\n\xff\xfe: \x00\r\n\r\n", "could not parse"),
        ("multipart/form-data", b"--b--", "could not parse"),
        ("multipart/form-data; boundary=b; charset=idna", FILE_PART + b"--b--", ""),
        ("multipart/form-data; boundary=" + "b" * 5_000, b"--b--", ""),
    ],
)
def test_no_form_makes_the_server_fail(call: Caller, kind: str, data: bytes, said: str) -> None:
    """What is no upload is refused with the envelope and a reason."""
    answer = call.client.post("/files", content=data, headers={"Content-Type": kind})
    assert answer.status_code == 400
    assert said in answer.json()["error"]["message"]


def test_an_upload_too_large_is_refused() -> None:
    """More bytes than the server reads are 413, as of any body."""
    with (
        running(ServerOptions(max_body_bytes=1_000)) as url,
        openai.OpenAI(base_url=url, api_key="sk-reference", max_retries=0) as sdk,
    ):
        with pytest.raises(openai.APIStatusError) as refused:
            _upload(sdk, b"x" * 2_000)
        assert refused.value.status_code == 413
        assert _upload(sdk, b"x" * 100)


# Vector stores


def test_a_vector_store_counts_its_files(sdk: openai.OpenAI) -> None:
    """All are completed at once, and their bytes are summed."""
    files = [_upload(sdk), _upload(sdk, SEA)]
    store = sdk.vector_stores.create(name="n", file_ids=files, metadata={"a": "b"})
    assert store.status == "completed"
    assert (store.file_counts.completed, store.file_counts.total) == (2, 2)
    assert store.usage_bytes == len(SKY) + len(SEA)
    assert sdk.vector_stores.retrieve(store.id) == store
    assert store.id in [each.id for each in sdk.vector_stores.list(limit=1)]


def test_a_vector_store_is_modified_and_deleted(sdk: openai.OpenAI) -> None:
    """What the body names changes; when it is gone its files are still there."""
    file = _upload(sdk)
    store = sdk.vector_stores.create(name="n", file_ids=[file], metadata={"a": "b"})
    changed = sdk.vector_stores.update(
        store.id, name="m", expires_after={"anchor": "last_active_at", "days": 2}
    )
    assert (changed.name, changed.metadata) == ("m", {"a": "b"})
    assert changed.expires_at == (changed.last_active_at or 0) + 2 * 86_400
    assert sdk.vector_stores.delete(store.id).deleted
    with pytest.raises(openai.NotFoundError):
        sdk.vector_stores.retrieve(store.id)
    assert sdk.files.retrieve(file).id == file


def test_a_vector_store_expires_when_nobody_uses_it() -> None:
    """Its status says so from the moment that it said."""
    clock = PatientClock(speed=1.0, epoch=0)
    ids = Ids(0)
    stores = VectorStores(clock=clock, ids=ids, files=FileStore(clock=clock, ids=ids))
    store = stores.create({"expires_after": {"anchor": "last_active_at", "days": 1}})
    clock.sleep(86_399)
    assert stores.every()[0]["status"] == "completed"
    clock.sleep(1)
    assert stores.every()[0] == {**store, "status": "expired"}


def test_a_store_of_files_that_are_not_there_is_not_made() -> None:
    """It is refused, and leaves no trace."""
    clock, ids = PatientClock(speed=1.0, epoch=0), Ids(0)
    stores = VectorStores(clock=clock, ids=ids, files=FileStore(clock=clock, ids=ids))
    with pytest.raises(Refusal, match="No file found"):
        stores.create({"file_ids": ["file-no"]})
    assert stores.every() == []


def test_files_come_into_a_vector_store_and_leave_it(sdk: openai.OpenAI) -> None:
    """Each has attributes of its own; who leaves is still a file."""
    store, file = sdk.vector_stores.create(), _upload(sdk)
    members = sdk.vector_stores.files
    put = members.create_and_poll(file, vector_store_id=store.id, attributes={"year": 2024})
    assert (put.status, put.attributes, put.usage_bytes) == ("completed", {"year": 2024}, len(SKY))
    members.update(file, vector_store_id=store.id, attributes={"year": 2025})
    assert members.retrieve(file, vector_store_id=store.id).attributes == {"year": 2025}
    assert [part.text for part in members.content(file, vector_store_id=store.id)] == [SKY.decode()]
    assert [each.id for each in members.list(store.id, filter="completed")] == [file]
    assert list(members.list(store.id, filter="failed")) == []
    gone = members.delete(file, vector_store_id=store.id)
    assert (gone.object, gone.deleted) == ("vector_store.file.deleted", True)
    with pytest.raises(openai.NotFoundError):
        members.retrieve(file, vector_store_id=store.id)
    assert sdk.files.retrieve(file).id == file


def test_a_batch_puts_several_files_in_at_once(sdk: openai.OpenAI) -> None:
    """It is completed when it is made; its files are listed, those of others are not."""
    store = sdk.vector_stores.create(file_ids=[_upload(sdk)])
    files = [_upload(sdk), _upload(sdk, SEA)]
    batches = sdk.vector_stores.file_batches
    batch = batches.create_and_poll(store.id, file_ids=files)
    assert (batch.status, batch.file_counts.completed) == ("completed", 2)
    assert batches.retrieve(batch.id, vector_store_id=store.id) == batch
    assert batches.cancel(batch.id, vector_store_id=store.id) == batch
    listed = batches.list_files(batch.id, vector_store_id=store.id, limit=1)
    assert [each.id for each in listed] == files[::-1]
    assert sdk.vector_stores.retrieve(store.id).file_counts.total == 3


def test_a_batch_uploads_and_waits(sdk: openai.OpenAI) -> None:
    """The SDK's own way of filling a store, from files on disk to the end."""
    store = sdk.vector_stores.create()
    batch = sdk.vector_stores.file_batches.upload_and_poll(
        store.id, files=[("a.txt", SKY), ("b.txt", SEA)]
    )
    assert batch.file_counts.completed == 2


def test_a_search_finds_the_words_of_the_question(sdk: openai.OpenAI) -> None:
    """The file with most of them is first; what the filter leaves out is not there."""
    sky, sea = _upload(sdk, SKY, "sky.txt"), _upload(sdk, SEA, "sea.txt")
    store = sdk.vector_stores.create(file_ids=[sky, sea])
    results = sdk.vector_stores.search(store.id, query="is the sea deep").data
    assert [(each.filename, each.score) for each in results] == [("sea.txt", 1), ("sky.txt", 0.5)]
    sdk.vector_stores.files.update(sky, vector_store_id=store.id, attributes={"kind": "air"})
    only: Any = {"type": "eq", "key": "kind", "value": "air"}
    filtered = sdk.vector_stores.search(store.id, query="is the sea deep", filters=only)
    assert [each.file_id for each in filtered] == [sky]
    assert sdk.vector_stores.search(store.id, query="fire").data == []


@pytest.mark.parametrize(
    ("condition", "is_met"),
    [
        (None, True),
        ({"type": "ne", "key": "a", "value": 1}, False),
        ({"type": "lt", "key": "a", "value": 2}, True),
        ({"type": "lt", "key": "a", "value": "text"}, False),
        ({"type": "in", "key": "a", "value": [1, 2]}, True),
        ({"type": "nin", "key": "absent", "value": [1]}, True),
        ({"type": "eq", "key": "absent", "value": 1}, False),
        ({"type": "and", "filters": [{"type": "eq", "key": "a", "value": 2}]}, False),
        ({"type": "or", "filters": [{"type": "gte", "key": "a", "value": 1}]}, True),
    ],
)
def test_conditions_compare_attributes(condition: Any, is_met: bool) -> None:
    """What cannot be compared is not met, and an attribute that is not there equals nothing."""
    assert meets(condition, {"a": 1}) is is_met


@pytest.mark.parametrize(
    ("path", "body", "param"),
    [
        ("", {"nme": "x"}, "nme"),
        ("", {"file_ids": "x"}, "file_ids"),
        ("", {"expires_after": {"anchor": "created_at", "days": 1}}, "expires_after.anchor"),
        ("", {"chunking_strategy": {"type": "static"}}, "chunking_strategy.static"),
        ("/{id}/files", {}, "file_id"),
        ("/{id}/file_batches", {"file_ids": []}, "file_ids"),
        ("/{id}/file_batches", {}, "file_ids"),
        ("/{id}/search", {"query": "x", "filters": {"type": "eq"}}, "filters.key"),
        ("/{id}/search", {"query": "x", "max_num_results": 51}, "max_num_results"),
    ],
)
def test_bodies_of_vector_stores_are_checked(
    call_v2: Caller, path: str, body: Any, param: str
) -> None:
    """The refusal names the parameter that is wrong."""
    _, store = call_v2("POST", "/vector_stores", {})
    status, answer = call_v2("POST", "/vector_stores" + path.format(id=store["id"]), body)
    assert (status, answer["error"]["param"]) == (400, param)


# Models


def test_every_model_is_known(sdk: openai.OpenAI) -> None:
    """Any name is; those that assistants name are listed, too."""
    sdk.beta.assistants.create(model="my/own-model")
    assert sdk.models.retrieve("my/own-model").id == "my/own-model"
    assert {"gpt-4o", "my/own-model"} <= {model.id for model in sdk.models.list()}


def test_the_async_sdk_works_with_all_of_them(base: str) -> None:
    """Files, stores and models, by the client that most servers' users have."""

    async def used() -> tuple[int, str, bool]:
        async with openai.AsyncOpenAI(base_url=base, api_key="sk-reference") as sdk:
            file = await sdk.files.create(file=("a", SKY), purpose="assistants")
            store = await sdk.vector_stores.create(file_ids=[file.id])
            thread = await sdk.beta.threads.create(messages=[{"role": "user", "content": "Hi."}])
            (message,) = (await sdk.beta.threads.messages.list(thread.id)).data
            gone = await sdk.beta.threads.messages.delete(message.id, thread_id=thread.id)
            model = await sdk.models.retrieve("m")
            return store.file_counts.total, model.id, gone.deleted

    assert asyncio.run(used()) == (1, "m", True)
