"""The middleware judges what passes an application, and changes nothing of it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import multiprocessing
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket

from run_contracts.asgi import Watch
from run_contracts.errors import UsageError
from run_contracts.events import ExitCode
from run_contracts.report import jsonlines
from run_contracts.server import ServerOptions, create_app
from tests.watching.raw_upstream import wait_until

OPTIONS = ServerOptions(queue_seconds=0.01, work_seconds=0.05, cancel_seconds=0.01)
HEADERS = {"authorization": f"Bearer {OPTIONS.api_key}", "openai-beta": "assistants=v2"}
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def one_life(client: Any) -> None:
    """Make a run, stream another, and list both."""
    asked = {"model": "gpt-4o", "instructions": "be short"}
    assistant = client.post("/v1/assistants", json=asked, headers=HEADERS).json()["id"]
    thread = client.post("/v1/threads", json={}, headers=HEADERS).json()["id"]
    path = f"/v1/threads/{thread}/runs"
    stream = {"assistant_id": assistant, "stream": True}
    assert "[DONE]" in client.post(path, json=stream, headers=HEADERS).text
    assert client.get(path, headers=HEADERS).json()["data"] != []


def test_a_report_is_written_when_the_application_stops(tmp_path: Path) -> None:
    """By lifespan, as servers tell it; each form by how its name ends."""
    report, page = tmp_path / "r.jsonl", tmp_path / "r.html"
    app = Starlette(routes=[Mount("/", create_app(OPTIONS))])
    watch = Watch(app, report=(report, page))
    with TestClient(watch) as client:
        one_life(client)
        assert not report.exists() or report.read_text() == ""
    assert watch.exit_code == ExitCode.HOLDS
    assert jsonlines.read(report)[-1] == watch.close()[-1]
    assert "RUN-STREAM-001" in page.read_text()


def test_what_is_broken_is_found_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    """A fault of the application has its name; the log has the lines of a check."""
    faulty = ServerOptions(queue_seconds=0.01, work_seconds=0.05, faults=("RUN-STREAM-004",))
    watch = Watch(create_app(faulty))
    with TestClient(watch, raise_server_exceptions=False) as client:
        one_life(client)
    with caplog.at_level(logging.INFO, "run_contracts.watch"):
        watch.close()
    assert watch.exit_code == ExitCode.BROKEN
    assert "RUN-STREAM-004 MUST broken" in caplog.text


@pytest.mark.parametrize(("alone", "code"), [(False, ExitCode.HOLDS), (True, ExitCode.BROKEN)])
def test_what_does_not_pass_here_is_held_against_an_application_by_who_is_alone(
    alone: bool, code: ExitCode
) -> None:
    """Another process with the same store, for example, changes metadata."""
    app = create_app(OPTIONS)
    watch = Watch(app, alone=alone)
    with TestClient(watch, headers=HEADERS) as seen, TestClient(app, headers=HEADERS) as unseen:
        asked = {"model": "gpt-4o", "instructions": "be short"}
        assistant = seen.post("/v1/assistants", json=asked).json()["id"]
        runs = f"/v1/threads/{seen.post('/v1/threads', json={}).json()['id']}/runs"
        create = {"assistant_id": assistant, "metadata": {"by": "me"}}
        path = f"{runs}/{seen.post(runs, json=create).json()['id']}"
        assert unseen.post(path, json={"metadata": {"by": "other"}}).status_code == 200
        assert seen.get(path).json()["metadata"] == {"by": "other"}
    watch.close()
    assert watch.exit_code == code


def test_it_is_added_as_other_middleware_is(tmp_path: Path) -> None:
    """A framework makes it, and lifespan ends it."""
    report = tmp_path / "r.jsonl"
    app = Starlette(
        routes=[Mount("/", create_app(OPTIONS))], middleware=[Middleware(Watch, report=report)]
    )
    with TestClient(app) as client:
        one_life(client)
    assert jsonlines.read(report) != ()


def test_websockets_pass_through() -> None:
    """What is not http is not judged, and not touched."""

    async def echo(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text(await socket.receive_text())
        await socket.close()

    watch = Watch(Starlette(routes=[WebSocketRoute("/ws", echo)]))
    with TestClient(watch) as client, client.websocket_connect("/ws") as socket:
        socket.send_text("hello")
        assert socket.receive_text() == "hello"


def test_what_an_application_raises_is_raised() -> None:
    """Whoever serves it makes of it what they always do."""

    async def raising(_scope: Any, _receive: Any, _send: Any) -> None:
        raise LookupError("as it was")

    async def never() -> Any:
        return {"type": "http.request"}

    watch = Watch(raising)
    scope = {"type": "http", "method": "GET", "path": "/v1/threads/t/runs", "headers": []}
    with pytest.raises(LookupError, match="as it was"):
        asyncio.run(watch(scope, never, never))
    watch.close()
    assert watch.watch.numbers()["judged"] == 1


@pytest.mark.parametrize("who", ["client", "application"])
def test_a_client_that_is_gone_is_nothing_that_the_application_did(who: str) -> None:
    """Servers may say so by an error of `send`; what the application raises then is no defect."""

    async def streaming(scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for more in (True, True, False):
            await send({"type": "http.response.body", "body": b"{}", "more_body": more})
            if scope["breaks"] == "application":
                raise LookupError

    async def received() -> Any:
        return {"type": "http.request"}

    async def ask(breaks: str) -> None:
        sent: list[Any] = []

        async def taken(message: Any) -> None:
            sent.append(message)
            if breaks == "client" and len(sent) > 2:
                raise OSError

        scope = {"type": "http", "method": "GET", "path": "/v1/threads/t/runs", "headers": []}
        with contextlib.suppress(OSError, LookupError):
            await watch({**scope, "breaks": breaks}, received, taken)

    watch = Watch(streaming)
    for breaks in (who, "nobody"):
        asyncio.run(ask(breaks))
    watch.close()
    assert ("RUN-HTTP-005" in watch.watch.numbers()["broken"]) is (who == "application")


def test_an_answer_is_handed_on_part_by_part() -> None:
    """The next part is asked for when the one before was sent."""
    order: list[str] = []

    async def streaming(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for number in range(3):
            order.append(f"made {number}")
            await send({"type": "http.response.body", "body": b"x", "more_body": number < 2})

    async def sent(message: Any) -> None:
        if message["type"] == "http.response.body":
            order.append("sent")

    async def received() -> Any:
        return {"type": "http.request"}

    watch = Watch(streaming)
    scope = {"type": "http", "method": "GET", "path": "/v1/threads/t/runs", "headers": []}
    asyncio.run(watch(scope, received, sent))
    watch.close()
    assert order == ["made 0", "sent", "made 1", "sent", "made 2", "sent"]


def test_what_the_contract_is_silent_of_is_counted_and_nothing_runs_for_it() -> None:
    """An application has other paths."""
    app = Starlette(routes=[Route("/health", lambda _: JSONResponse({}))])
    watch = Watch(app)
    with TestClient(watch) as client:
        client.get("/health")
    assert watch.watch.numbers()["beside_the_contract"] == 1
    assert watch.watch.judge_pid is None
    assert watch.exit_code == ExitCode.NOTHING_VERIFIED


def _serve_as_a_worker(report: Path) -> None:
    """Watch one request in this process, as a worker of a server does."""

    async def answering(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})

    async def nothing(*_: Any) -> Any:
        return {"type": "http.request"}

    watch = Watch(answering, report=report, alone=True)
    scope = {"type": "http", "method": "GET", "path": "/v1/threads/t/runs", "headers": []}
    asyncio.run(watch(scope, nothing, nothing))
    watch.close()
    assert not watch.watch.asked.is_alone


def test_each_worker_writes_a_report_of_its_own(tmp_path: Path) -> None:
    """Nor is any of them alone: others change the same runs."""
    report = tmp_path / "r.jsonl"
    workers = [
        multiprocessing.get_context("spawn").Process(target=_serve_as_a_worker, args=(report,))
        for _ in range(2)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert {path.name for path in tmp_path.iterdir()} == {f"r-{one.pid}.jsonl" for one in workers}


def test_a_report_in_no_folder_is_refused_at_once(tmp_path: Path) -> None:
    """Not when the application stops, and all that was seen is lost."""
    with pytest.raises(UsageError, match="no such folder"):
        Watch(Starlette(), report=tmp_path / "none" / "r.jsonl")


def test_a_form_that_there_is_not_is_refused_at_once() -> None:
    """Not when all has passed."""
    with pytest.raises(UsageError, match=r"no form of report ends in '\.pdf'"):
        Watch(create_app(OPTIONS), report="r.pdf")


def test_a_report_that_cannot_be_written_does_not_keep_the_application_from_stopping(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It costs that report alone, and is said."""
    app = Starlette(routes=[Mount("/", create_app(OPTIONS))])
    folder, other = tmp_path / "none", tmp_path / "r.jsonl"
    folder.mkdir()
    with TestClient(Watch(app, report=[folder / "r.jsonl", other])) as client:
        folder.rmdir()
        one_life(client)
    assert jsonlines.read(other)
    assert "the report of run-contracts was not written" in caplog.text


def test_a_real_server_tells_it_to_stop(tmp_path: Path) -> None:
    """Servers send lifespan when they stop."""
    report = tmp_path / "r.jsonl"
    app = Starlette(routes=[Mount("/", create_app(OPTIONS))])
    config = uvicorn.Config(Watch(app, report=report), port=0, log_config=None, lifespan="on")
    server = uvicorn.Server(config)

    async def serve() -> None:
        task = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        server.should_exit = True
        await task

    asyncio.run(serve())
    wait_until(report.exists)
    assert jsonlines.read(report) != ()
