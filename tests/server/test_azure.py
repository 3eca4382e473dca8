"""Azure's surfaces: where its clients look for the operations, and by whose rules."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2
import openai
import pytest

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
VERSION = "2024-05-01-preview"
KEY = "sk-reference"


def _root(base: str) -> str:
    return base.removesuffix("/v1")


def _azure(**rest: Any) -> openai.AzureOpenAI:
    return openai.AzureOpenAI(**{"api_key": KEY, "api_version": VERSION, "max_retries": 0, **rest})


def _lived(sdk: openai.OpenAI) -> str:
    """Return the status that a run ends with, and delete what it needed."""
    assistant = sdk.beta.assistants.create(model="my-deployment", instructions="Be brief.")
    thread = sdk.beta.threads.create(messages=[{"role": "user", "content": "Hi."}])
    run = sdk.beta.threads.runs.create_and_poll(
        thread_id=thread.id, assistant_id=assistant.id, poll_interval_ms=10
    )
    assert run.model == "my-deployment"
    with sdk.beta.threads.runs.stream(thread_id=thread.id, assistant_id=assistant.id) as stream:
        stream.until_done()
    file = sdk.files.create(file=("a", b"a"), purpose="assistants")
    assert sdk.vector_stores.create(file_ids=[file.id]).file_counts.completed == 1
    assert sdk.beta.threads.delete(thread.id).deleted
    return run.status


def test_azures_client_works_by_its_endpoint(base: str) -> None:
    """A whole life of a run: with a key, with a token of Entra, with a deployment."""
    with _azure(azure_endpoint=_root(base)) as sdk:
        assert _lived(sdk) == "completed"
    with _azure(azure_endpoint=_root(base), api_key=None, azure_ad_token=KEY) as sdk:
        assert _lived(sdk) == "completed"
    with _azure(azure_endpoint=_root(base), azure_deployment="gpt") as sdk:
        assert _lived(sdk) == "completed"


def test_azures_client_works_by_a_base_url(base: str) -> None:
    """An api-version makes a request Azure's below /v1, too."""
    with _azure(base_url=base) as sdk:
        assert _lived(sdk) == "completed"


def test_the_plain_client_works_on_azures_newer_surface(base: str) -> None:
    """/openai/v1 needs no version, and takes the key as Bearer."""
    with openai.OpenAI(base_url=f"{_root(base)}/openai/v1", api_key=KEY, max_retries=0) as sdk:
        assert _lived(sdk) == "completed"


def test_azures_async_client_works(base: str) -> None:
    """A run to its end."""

    async def used() -> str:
        async with openai.AsyncAzureOpenAI(
            azure_endpoint=_root(base), api_key=KEY, api_version=VERSION
        ) as sdk:
            assistant = await sdk.beta.assistants.create(model="m", instructions="Be brief.")
            run = await sdk.beta.threads.create_and_run_poll(
                assistant_id=assistant.id, poll_interval_ms=10
            )
            return run.status

    assert asyncio.run(used()) == "completed"


def test_the_surfaces_show_the_same(base: str) -> None:
    """What is made on one is there on all."""
    with openai.OpenAI(base_url=base, api_key=KEY) as sdk:
        thread = sdk.beta.threads.create()
    with _azure(azure_endpoint=_root(base)) as sdk:
        assert sdk.beta.threads.retrieve(thread.id) == thread
    with openai.OpenAI(base_url=f"{_root(base)}/openai/v1", api_key=KEY) as sdk:
        assert sdk.beta.threads.retrieve(thread.id) == thread


@pytest.mark.parametrize(
    ("version", "is_v1"),
    [("2024-02-15-preview", True), (VERSION, False), ("2025-01-01-preview", False), ("x", False)],
)
@pytest.mark.parametrize("place", ["/openai", "/v1"])
def test_the_version_names_the_edition(base: str, place: str, version: str, is_v1: bool) -> None:
    """No OpenAI-Beta header is needed, and one that says otherwise does not count."""
    headers = {"api-key": KEY, "OpenAI-Beta": "assistants=v2"}
    url = f"{_root(base)}{place}/assistants?api-version={version}"
    made = httpx2.post(url, headers=headers, json={"model": "m"}).json()
    del headers["OpenAI-Beta"]
    assert httpx2.post(url, headers=headers, json={"model": "m"}).json().keys() == made.keys()
    assert ("file_ids" in made, "tool_resources" in made) == (is_v1, not is_v1)


@pytest.mark.parametrize(
    ("query", "headers", "status", "message"),
    [
        ("", {"api-key": KEY}, 404, "Resource not found"),
        ("?api-version=", {"api-key": KEY}, 404, "Resource not found"),
        (f"?api-version={VERSION}", {"api-key": "x"}, 401, "Access denied due to invalid"),
        (f"?api-version={VERSION}", {}, 401, "Access denied due to invalid"),
        (
            f"?api-version={VERSION}",
            {"api-key": "x", "Authorization": f"Bearer {KEY}"},
            401,
            "Access denied",
        ),
    ],
)
def test_the_gateway_refuses_with_code_and_message_alone(
    base: str, query: str, headers: dict[str, str], status: int, message: str
) -> None:
    """A missing version and a wrong key never come to a server behind it."""
    answer = httpx2.get(f"{_root(base)}/openai/assistants{query}", headers=headers)
    error = answer.json()["error"]
    assert (answer.status_code, set(error)) == (status, {"code", "message"})
    assert (error["code"], error["message"][: len(message)]) == (str(status), message)


def test_a_refusal_behind_the_gateway_has_the_whole_envelope(base: str) -> None:
    """As everywhere, four keys."""
    with (
        _azure(azure_endpoint=_root(base)) as sdk,
        pytest.raises(openai.NotFoundError) as refused,
    ):
        sdk.beta.threads.retrieve("thread_no")
    assert set(refused.value.body) == {"message", "type", "param", "code"}  # type: ignore[call-overload]


def test_a_key_of_azure_is_none_without_a_version(base: str) -> None:
    """Below /v1, OpenAI's rules hold unless an api-version is there."""
    answer = httpx2.get(f"{base}/models", headers={"api-key": KEY})
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "invalid_api_key")
