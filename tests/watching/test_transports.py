"""Transports of httpx2 and httpx: what a client exchanges is judged, and is as it was."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest

from run_contracts.events import Finished
from run_contracts.recordings.judging.asked_for import AskedFor
from run_contracts.report import jsonlines
from run_contracts.testing import RunServer
from run_contracts.watching import LiveWatch, Watched
from run_contracts.watching.live_watch import exit_code_of
from run_contracts.watching.so_far import NOT_JUDGED
from tests.watching.raw_upstream import Arrived, RawUpstream
from tests.watching.sdk_lives import async_lives, lives

LIBRARIES = pytest.mark.parametrize("http", ["httpx2", "httpx"], indirect=True)
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
)
PATH = "/v1/threads/thread_1/runs"


@pytest.fixture
def http(request: pytest.FixtureRequest) -> Any:
    """Return a library by its name, where it is installed."""
    return pytest.importorskip(request.param)


def within() -> LiveWatch:
    """Return a watch that judges in this process."""
    return LiveWatch("", AskedFor(), is_within=True)


def test_the_real_sdk_over_it_holds() -> None:
    """A right server, polled and streamed."""
    watch = within()
    with (
        RunServer() as server,
        httpx2.Client(transport=Watched(httpx2.HTTPTransport(), watch)) as client,
    ):
        lives(server.url, http_client=client)
    assert exit_code_of(watch.close()) == 0
    assert watch.numbers()["exercised"]["RUN-STREAM-004"] > 0


def test_the_real_async_sdk_over_it_holds() -> None:
    """Threads are created with their runs, in streams."""
    watch = within()

    async def talk(url: str) -> None:
        transport = Watched(httpx2.AsyncHTTPTransport(), watch)
        async with httpx2.AsyncClient(transport=transport) as client:
            await async_lives(url, http_client=client)

    with RunServer() as server:
        asyncio.run(talk(server.url))
    assert exit_code_of(watch.close()) == 0
    assert watch.numbers()["exercised"]["RUN-STREAM-004"] > 0


def test_a_watch_of_its_own_ends_with_the_client_and_writes_its_report(tmp_path: Path) -> None:
    """The judge is a process of its own then."""
    report = tmp_path / "r.jsonl"
    with RunServer() as server:
        wrong = server(faults=("RUN-STREAM-004",))
        with httpx2.Client(transport=Watched(httpx2.HTTPTransport(), report=report)) as client:
            lives(wrong.url, 1, http_client=client)
    events = jsonlines.read(report)
    assert exit_code_of(events) == 1
    assert "RUN-STREAM-004" in {getattr(event, "requirement", "") for event in events}


@pytest.mark.parametrize(("alone", "code"), [(False, 0), (True, 1)])
def test_what_somebody_else_changes_is_held_against_a_server_by_who_is_alone(
    alone: bool, code: int
) -> None:
    """The judge, a process of its own, hears of that word."""
    transport = Watched(httpx2.HTTPTransport(), alone=alone)
    with RunServer() as server:
        options: Any = {"base_url": server.url, "api_key": server.api_key}
        with (
            httpx2.Client(transport=transport) as client,
            openai.OpenAI(http_client=client, **options) as me,
            openai.OpenAI(**options) as other,
        ):
            mine = me.beta
            ids = {"thread_id": mine.threads.create().id}
            assistant = mine.assistants.create(model="gpt-4o", instructions="be short").id
            asked: Any = {"assistant_id": assistant, "metadata": {"by": "me"}}
            run = mine.threads.runs.create(**ids, **asked).id
            other.beta.threads.runs.update(run, **ids, metadata={"by": "other"})
            mine.threads.runs.retrieve(run, **ids)
    assert exit_code_of(transport.finish()) == code


def test_what_is_under_way_at_the_end_is_judged_as_far_as_it_came_and_said() -> None:
    """A stream that is kept open is left; a watch that saw mostly that verified nothing."""
    body = b'data: {"id":"run_1"}\n\n'
    head = {"content-type": "text/event-stream"}
    inner = httpx2.MockTransport(lambda _: httpx2.Response(200, headers=head, stream=Endless(body)))
    watch = within()
    with httpx2.Client(transport=Watched(inner, watch)) as client:
        opened = [
            client.send(client.build_request("POST", f"http://h{PATH}"), stream=True)
            for _ in range(2)
        ]
        parts = opened[0].iter_raw()
        assert next(parts) == body
        events = watch.close()
    assert [one.requests for one in events if getattr(one, "probe", "") == NOT_JUDGED] == [2]
    assert exit_code_of(events) == 3
    finished = events[-1]
    assert isinstance(finished, Finished)
    assert "2 of 2 exchanges were not judged" in finished.unverified
    assert watch.numbers()["under_way"] == 0


class Endless(httpx2.SyncByteStream):
    """A body that never ends."""

    def __init__(self, part: bytes) -> None:
        self.part = part

    def __iter__(self) -> Iterator[bytes]:
        while True:
            yield self.part


@pytest.mark.parametrize("is_within", [True, False])
def test_what_passes_after_the_end_is_in_no_old_report(is_within: bool) -> None:
    """A transport may be given to another client: what it sees then is judged, or said."""
    watch = LiveWatch("", AskedFor(), is_within=is_within)
    transport = Watched(httpx2.MockTransport(lambda _: httpx2.Response(200, json={})), watch)
    for number in (1, 2, 3):
        with httpx2.Client(transport=transport) as client:
            client.get(f"http://h{PATH}")
        events = transport.finish()
        assert transport.finish() is events
        finished = events[-1]
        assert isinstance(finished, Finished)
        assert finished.requests == number
    lost = [one for one in events if getattr(one, "probe", "") == NOT_JUDGED]
    assert [one.requests for one in lost] == ([] if is_within else [2])
    assert ("2 of 3 exchanges were not judged" in finished.unverified) is not is_within


@LIBRARIES
def test_a_stream_is_seen_as_it_is_read(http: Any) -> None:
    """The first part is there while the server waits to send the next."""
    goes_on = threading.Event()

    def streamed(_: Arrived) -> Iterator[bytes]:
        yield CHUNKED + b"9\r\ndata: 1\n\n\r\n"
        assert goes_on.wait(10)
        yield b"9\r\ndata: 2\n\n\r\n0\r\n\r\n"

    with RawUpstream(streamed) as upstream:
        transport = Watched(http.HTTPTransport(), within())
        with (
            http.Client(transport=transport) as client,
            client.stream("GET", upstream.url + PATH) as response,
        ):
            parts = response.iter_raw()
            assert next(parts) == b"data: 1\n\n"
            goes_on.set()
            assert b"".join(parts) == b"data: 2\n\n"


@LIBRARIES
def test_an_upload_is_not_read_ahead(http: Any) -> None:
    """Parts are made when the transport asks for them, and all arrive."""
    made: list[int] = []

    def parts() -> Iterator[bytes]:
        for number in range(3):
            made.append(number)
            yield b"x" * 10

    with RawUpstream() as upstream:
        transport = Watched(http.HTTPTransport(), within())
        with http.Client(transport=transport) as client:
            request = client.build_request("POST", upstream.url + PATH, content=parts())
            assert made == []
            assert client.send(request).status_code == 200
    assert upstream.arrived[0].body.count(b"x") == 30


@LIBRARIES
def test_an_async_upload_and_answer_pass(http: Any) -> None:
    """Both ends of an async client are of its library."""

    async def parts() -> AsyncIterator[bytes]:
        yield b"one"
        yield b"two"

    async def talk(url: str) -> bytes:
        transport = Watched(http.AsyncHTTPTransport(), within())
        async with http.AsyncClient(transport=transport) as client:
            response = await client.post(url + PATH, content=parts())
            return bytes(response.content)

    with RawUpstream() as upstream:
        assert asyncio.run(talk(upstream.url)) == b"{}"
    assert b"two" in upstream.arrived[0].body


@LIBRARIES
def test_an_error_of_the_network_is_raised_as_it_was(http: Any) -> None:
    """Of a server that hangs up, in the library's own words."""
    with RawUpstream(b"") as upstream:
        watch = within()
        with (
            http.Client(transport=Watched(http.HTTPTransport(), watch)) as client,
            pytest.raises(http.RemoteProtocolError),
        ):
            client.get(upstream.url + PATH)
    watch.close()
    assert watch.numbers()["judged"] == 1


@LIBRARIES
def test_an_answer_that_breaks_off_raises_as_it_did(http: Any) -> None:
    """In the middle of a stream, too."""
    with (
        RawUpstream(CHUNKED + b"9\r\ndata: 1\n\n\r\n") as upstream,
        http.Client(transport=Watched(http.HTTPTransport(), within())) as client,
        pytest.raises(http.RemoteProtocolError),
    ):
        client.get(upstream.url + PATH)


@LIBRARIES
def test_an_answer_that_is_there_at_once_is_seen(http: Any) -> None:
    """As mocks give it."""
    watch = within()
    mock = http.MockTransport(lambda _: http.Response(200, json={"object": "list"}))
    with http.Client(transport=Watched(mock, watch)) as client:
        assert client.get(f"http://h{PATH}").json() == {"object": "list"}
    watch.close()
    assert watch.numbers()["judged"] == 1


def test_a_kept_connection_that_is_closed_breaks_nothing() -> None:
    """Servers close idle ones; a transport cannot know whether one was new."""
    watch = within()
    answers = iter([b"", b"", CHUNKED.replace(b"text/event-stream", b"application/json")])

    def answer(_: Arrived) -> bytes:
        head = next(answers)
        return head and head + b"2\r\n[]\r\n0\r\n\r\n"

    with (
        RawUpstream(answer) as upstream,
        httpx2.Client(transport=Watched(httpx2.HTTPTransport(), watch)) as client,
    ):
        for _ in range(2):
            with pytest.raises(httpx2.RemoteProtocolError):
                client.post(f"{upstream.url}{PATH}", json={"assistant_id": "asst_1"})
        client.get(f"{upstream.url}{PATH}")
    watch.close()
    assert "RUN-HTTP-004" not in watch.numbers()["broken"]


@LIBRARIES
def test_other_tasks_go_on_while_an_async_client_is_closed(http: Any) -> None:
    """What is left is judged in a thread."""
    watch = Watched(http.MockTransport(lambda _: http.Response(200, json={})))
    threads = []
    finish = watch.finish

    def finishing() -> Any:
        threads.append(threading.current_thread())
        return finish()

    async def talk() -> None:
        watch.finish = finishing  # type: ignore[method-assign]
        client = http.AsyncClient(transport=watch)
        await client.get(f"http://h{PATH}")
        await client.aclose()

    asyncio.run(talk())
    assert threads != []
    assert threading.main_thread() not in threads
