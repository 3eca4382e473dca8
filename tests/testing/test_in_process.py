"""Clients without a socket: sync and async, of both HTTP libraries, and nothing leaves."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import openai
import pytest

from run_contracts.errors import UsageError
from run_contracts.testing import RunServer
from run_contracts.testing.in_process import EscapedRequest
from tests.testing.sdk_client import Client

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def test_the_sdk_needs_no_socket(run_server: RunServer) -> None:
    """With any key, at the hosted address; the server never starts."""
    run_server.next_run("requires_action", "completed", calls=["weather"], reply="Rain.")
    with Client(run_server, http_client=run_server.http_client()) as client:
        client.sdk.api_key = "sk-somebody's"
        run = client.answer(client.run())
        assert client.said(run).value == "Rain."
    assert "not started" in repr(run_server)


def test_streams_come_as_they_happen(run_server: RunServer) -> None:
    """Event by event, with the SDK's own reader."""
    with (
        Client(run_server, http_client=run_server.http_client()) as client,
        client.runs.stream(**client.ids()) as stream,
    ):
        assert len(list(stream.text_deltas)) > 10


async def _conversation(server: RunServer) -> list[str]:
    sdk = openai.AsyncOpenAI(api_key="any", http_client=server.async_http_client(), max_retries=0)
    async with sdk:
        assistant = await sdk.beta.assistants.create(model="gpt-4o", instructions="Be brief.")
        threads = await asyncio.gather(*(sdk.beta.threads.create() for _ in range(5)))
        runs = [
            sdk.beta.threads.runs.create_and_poll(
                thread_id=thread.id, assistant_id=assistant.id, poll_interval_ms=5
            )
            for thread in threads
        ]
        statuses = [run.status for run in await asyncio.gather(*runs)]
        ids: dict[str, Any] = {"thread_id": threads[0].id, "assistant_id": assistant.id}
        async with sdk.beta.threads.runs.stream(**ids) as stream:
            text = "".join([piece async for piece in stream.text_deltas])
        return [*statuses, text]


def test_the_async_sdk_needs_none_either(run_server: RunServer) -> None:
    """Several runs at once, and a stream."""
    for _ in range(4):
        run_server.next_run("completed")
    run_server.next_run("failed")
    run_server.next_run("completed", reply="It rains.")
    *statuses, text = asyncio.run(_conversation(run_server))
    assert sorted(statuses) == ["completed"] * 4 + ["failed"]
    assert text == "It rains."


def test_trouble_comes_in_process_too(run_server: RunServer) -> None:
    """Connections break, time runs out, streams are cut."""
    run_server.fail("reset-before", on="createThread")
    run_server.fail("timeout", on="createThread")
    with Client(run_server, http_client=run_server.http_client()) as client:
        with pytest.raises(openai.APIConnectionError):
            client.sdk.beta.threads.create()
        with pytest.raises(openai.APITimeoutError):
            client.sdk.with_options(timeout=0.1).beta.threads.create()
        run_server.write_streams(cut_after=2)
        with pytest.raises((openai.APIError, httpx2.RemoteProtocolError)):
            list(client.runs.create(**client.ids(), stream=True))


def test_a_sync_client_works_where_a_loop_runs(run_server: RunServer) -> None:
    """As in an async test, or in a notebook."""

    async def talking() -> str:
        with Client(run_server, http_client=run_server.http_client()) as client:
            return str(client.run().status)

    assert asyncio.run(talking()) == "completed"


def test_threads_share_a_sync_client(run_server: RunServer) -> None:
    """One that waits does not hold up the others."""
    http = run_server.http_client("httpx2")
    run_server.fail("timeout", on="createThread")
    url = "https://api.openai.com/v1/threads"
    headers = {"Authorization": "Bearer any", "OpenAI-Beta": "assistants=v2"}

    def status(_: int) -> int:
        try:
            return int(http.post(url, headers=headers, json={}, timeout=1).status_code)
        except httpx2.ReadTimeout:
            return 0

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(status, range(8))) == [0] + [200] * 7


def test_a_server_is_not_asked_by_what_it_calls(run_server: RunServer) -> None:
    """It would wait for itself for ever; a predicate that does so is told at the end."""
    http = run_server.http_client()
    run_server.next_run("failed", when=lambda _: bool(http.get("https://api.openai.com/v1/models")))
    with Client(run_server, http_client=http) as client:
        assert client.run().status == "completed"
    assert any("UsageError: the server would wait for itself" in line for line in run_server.left())
    run_server.reset()


def test_a_server_that_closes_ends_what_waits_in_process() -> None:
    """At once, with an error of the library, and without a thread that stays."""
    server = RunServer()
    server.fail("timeout")
    http = server.http_client("httpx2")
    raised: list[BaseException] = []

    def waiting() -> None:
        try:
            http.get("https://api.openai.com/v1/models", timeout=None)
        except httpx2.ReadError as error:
            raised.append(error)

    thread = threading.Thread(target=waiting)
    thread.start()
    while not server.requests:
        time.sleep(0.005)
    began = time.monotonic()
    server.close()
    thread.join(5)
    assert time.monotonic() - began < 0.5
    assert [str(error) for error in raised] == ["the server was closed"]
    assert "server-in-process" not in [each.name for each in threading.enumerate()]


@pytest.mark.parametrize(
    ("way", "error"),
    [
        ("reset-before", httpx2.ReadError),
        ("reset-during", httpx2.RemoteProtocolError),
        ("reset-after", httpx2.ReadError),
    ],
)
def test_a_reset_in_process_raises_what_one_on_a_socket_does(
    run_server: RunServer, way: Any, error: type[Exception]
) -> None:
    """Of the sync and of the async client."""
    run_server.fail(way, times=2)
    url, headers = "https://api.openai.com/v1/models", {"Authorization": "Bearer any"}
    with pytest.raises(error):
        run_server.http_client("httpx2").get(url, headers=headers)

    async def asking() -> None:
        async with run_server.async_http_client("httpx2") as http:
            await http.get(url, headers=headers)

    with pytest.raises(error):
        asyncio.run(asking())


def test_a_request_that_would_leave_fails() -> None:
    """At once and at the end of the test, with its address."""
    server = RunServer()
    with pytest.raises(EscapedRequest, match="would leave for the network"):
        server.http_client().get("https://somewhere.org/v1")
    with pytest.raises(AssertionError, match=r"a request to https://somewhere\.org/v1 would have"):
        server.assert_all_met()
    server.close()


def test_a_library_that_is_none_is_refused(run_server: RunServer) -> None:
    """So is one that is not installed."""
    with pytest.raises(UsageError, match="no HTTP library 'requests'; there are httpx2 and httpx"):
        run_server.http_client("requests")  # type: ignore[arg-type]
