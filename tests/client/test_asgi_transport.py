"""An ASGI application without sockets, and the clock that nobody waits for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route

from run_contracts.client.asgi_transport import InProcess
from run_contracts.client.checked_target import Target
from run_contracts.client.connection import Connection
from run_contracts.client.session import Session
from run_contracts.engine.selftest.trial import URL, reference
from run_contracts.errors import Unreachable
from run_contracts.server import ServerOptions
from run_contracts.server.clock import PatientClock
from tests.server.conftest import Caller, client
from tests.server.demonstrating import HELD, names, path

sent: list[int] = []


async def _echo(request: Request) -> PlainTextResponse:
    return PlainTextResponse(await request.body(), headers={"x-query": request.url.query})


async def _pieces(request: Request) -> StreamingResponse:
    async def pieces() -> AsyncIterator[bytes]:
        for n in range(100):
            sent.append(n)
            yield str(n).encode()

    sent.clear()
    return StreamingResponse(pieces())


async def _breaks_off(request: Request) -> StreamingResponse:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"half"
        raise RuntimeError("broken on purpose")

    return StreamingResponse(pieces())


async def _fails(request: Request) -> PlainTextResponse:
    raise RuntimeError("broken on purpose")


async def _hangs(request: Request) -> PlainTextResponse:
    await asyncio.Event().wait()
    return PlainTextResponse("never")


HANDLERS = {
    "/echo": _echo,
    "/pieces": _pieces,
    "/half": _breaks_off,
    "/fails": _fails,
    "/hangs": _hangs,
}


@pytest.fixture
def http() -> Iterator[httpx2.Client]:
    """Return a client of an application that does what its paths say."""
    routes = [Route(at, one, methods=["GET", "POST"]) for at, one in HANDLERS.items()]
    with httpx2.Client(
        base_url="http://app.invalid", transport=InProcess(Starlette(routes=routes)), timeout=0.2
    ) as opened:
        yield opened


@pytest.fixture
def connection() -> Iterator[Connection]:
    """Return a connection to a right server in this process."""
    with reference(ServerOptions.for_checking()) as opened:
        yield opened


@pytest.fixture
def call(connection: Connection) -> Iterator[Caller]:
    """Return a caller of that server."""
    with client(URL, "v2", transport=connection.transport) as opened:
        yield Caller(opened)


def test_a_request_arrives_whole_and_its_answer_comes_back(http: httpx2.Client) -> None:
    """Body, query and headers go through."""
    answer = http.post("/echo?a=b%20c", content=b"\x00text")
    assert answer.content == b"\x00text"
    assert answer.headers["x-query"] == "a=b%20c"


def test_a_stream_goes_on_as_it_is_read(http: httpx2.Client) -> None:
    """The application is never more than a few pieces ahead, and stops when nobody reads."""
    with http.stream("GET", "/pieces") as answer:
        assert next(answer.iter_raw()) == b"0"
        assert len(sent) < 5
    assert http.get("/echo").status_code == 200
    assert len(sent) < 7


def test_an_application_that_breaks_off_is_told_as_a_server_that_does(
    http: httpx2.Client,
) -> None:
    """What came before can be read; the end is a protocol error, as on a closed connection."""
    with http.stream("GET", "/half") as answer:
        pieces = answer.iter_raw()
        assert next(pieces) == b"half"
        with pytest.raises(httpx2.RemoteProtocolError, match="broken on purpose"):
            next(pieces)


def test_an_error_in_a_handler_is_a_500(http: httpx2.Client) -> None:
    """As with any server; the next request is answered."""
    assert http.get("/fails").status_code == 500
    assert http.get("/echo").status_code == 200


@pytest.fixture
def session() -> Iterator[Session]:
    """Return a session with the application that does what its paths say."""
    app = Starlette(routes=[Route(at, one, methods=["GET"]) for at, one in HANDLERS.items()])
    target = Target(url="http://app.invalid", timeout=0.2)
    with Session(target, Connection(transport=InProcess(app))) as opened:
        yield opened


@pytest.mark.parametrize("path", ["/fails", "/half"])
def test_what_an_application_raises_comes_with_its_answer(session: Session, path: str) -> None:
    """The last frames, with file and line, though the answer was there before it was raised."""
    exchange = session.send_as_is("GET", f"http://app.invalid{path}", headers={}, content=b"")
    assert exchange.is_answered
    assert "test_asgi_transport.py" in exchange.response.traceback
    assert exchange.response.traceback.endswith("RuntimeError: broken on purpose\n")


def test_what_an_application_raises_instead_of_an_answer_comes_without_one() -> None:
    """It stands beside why there is none; a request that changes something is sent once."""
    calls = []

    async def raising(scope: Any, receive: Any, send: Any) -> None:
        calls.append(scope["method"])
        if scope["path"] == "/fails":
            raise RuntimeError("broken on purpose")
        await PlainTextResponse("here")(scope, receive, send)

    target = Target(url="http://app.invalid", timeout=0.2)
    with Session(target, Connection(transport=InProcess(raising))) as session:
        session.send_as_is("GET", "http://app.invalid/", headers={}, content=b"")
        lost = session.send_as_is("POST", "http://app.invalid/fails", headers={}, content=b"")
    assert "RuntimeError('broken on purpose')" in lost.response.failure
    assert "in raising" in lost.response.traceback
    assert (lost.response.silences, calls) == (1, ["GET", "POST"])


def test_a_right_answer_has_no_traceback(session: Session) -> None:
    """Nothing was raised."""
    exchange = session.send_as_is("GET", "http://app.invalid/echo", headers={}, content=b"")
    assert exchange.response.traceback == ""


def test_an_answer_that_does_not_come_is_a_timeout(http: httpx2.Client) -> None:
    """The client's own limit holds."""
    with pytest.raises(httpx2.ReadTimeout):
        http.get("/hangs")


def test_requests_of_several_threads_are_all_answered(http: httpx2.Client) -> None:
    """Each gets its own answer."""
    bodies = [str(n).encode() for n in range(50)]
    with ThreadPoolExecutor(8) as pool:
        echoes = list(pool.map(lambda body: http.post("/echo", content=body).content, bodies))
    assert echoes == bodies


def test_requests_of_several_threads_meet_in_an_application_that_waits() -> None:
    """One begins while another waits for something: who checks first and writes later is seen."""
    at_once = [0]

    async def counts(_: Request) -> PlainTextResponse:
        at_once[0] += 1
        await asyncio.sleep(0.2)
        seen, at_once[0] = at_once[0], 0
        return PlainTextResponse(str(seen))

    transport = InProcess(Starlette(routes=[Route("/", counts)]))
    with httpx2.Client(transport=transport, base_url="http://h") as http:
        with ThreadPoolExecutor(2) as threads:
            answers = [threads.submit(http.get, "/") for _ in range(2)]
        assert "2" in [one.result().text for one in answers]


def test_waiting_for_a_run_takes_no_time(connection: Connection, call: Caller) -> None:
    """Ten minutes of the server pass at once when a client sleeps them."""
    started = time.perf_counter()
    run = call.until(call.run(**HELD), "in_progress")
    connection.sleep(600 / ServerOptions.for_checking().speed)
    assert call("GET", path(run))[1]["status"] == "expired"
    assert time.perf_counter() - started < 2


def test_a_stream_of_a_whole_life_takes_no_time(call: Caller) -> None:
    """Each event comes at its virtual moment, which is at once."""
    started = time.perf_counter()
    assert names(call)[-2:] == ["thread.run.completed", "done"]
    assert time.perf_counter() - started < 2


def test_a_run_can_be_cancelled_while_its_stream_is_read(call: Caller) -> None:
    """Another request gets in between two events, and the stream tells what came of it."""
    body: dict[str, Any] = {"assistant_id": call.assistant(), "stream": True}
    thread = call.thread()
    received = b""
    with call.client.stream("POST", f"/threads/{thread}/runs", json=body) as answer:
        pieces = answer.iter_raw()
        received += next(pieces)
        _, page = call("GET", f"/threads/{thread}/runs")
        status, _ = call("POST", f"{path(page['data'][0])}/cancel")
        received += b"".join(pieces)
    assert status == 200
    assert b"event: thread.run.cancelled" in received
    assert b"event: thread.run.completed" not in received


def test_a_patient_clock_stands_still() -> None:
    """Time passes only by sleeping; its client's seconds are shorter by the speed."""
    clock = PatientClock(speed=10, epoch=1000)
    assert clock.now() == 1000
    clock.sleep(2)
    assert (clock.now(), clock.seconds()) == (1020, 2)
    asyncio.run(clock.nap(1050))
    assert clock.now() == 1050


def test_an_application_works_on_while_its_client_sleeps() -> None:
    """What it began for one request goes on before the next, and it learns when to stop."""
    log: list[str] = []

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        task = asyncio.create_task(_ten_naps(log))
        yield
        await task
        log.append("stopped")

    transport = InProcess(Starlette(lifespan=lifespan))
    transport.start()
    transport.sleep(0.2)
    assert log == ["napped"]
    transport.close()
    assert log == ["napped", "stopped"]


async def _ten_naps(log: list[str]) -> None:
    for _ in range(10):
        await asyncio.sleep(0.005)
    log.append("napped")


def test_an_application_without_a_start_is_served() -> None:
    """It may raise at the word of it, as servers let it."""

    async def bare(scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "http"
        await PlainTextResponse("here")(scope, receive, send)

    transport = InProcess(bare)
    transport.start()
    with httpx2.Client(transport=transport) as opened:
        assert opened.get("http://server.invalid/").text == "here"


def test_an_application_that_cannot_start_says_why() -> None:
    """As a target that cannot be connection."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        raise RuntimeError("no database")
        yield

    transport = InProcess(Starlette(lifespan=lifespan))
    with pytest.raises(Unreachable, match="did not start: RuntimeError: no database"):
        transport.start()
    transport.close()
