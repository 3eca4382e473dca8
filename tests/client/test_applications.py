"""Applications in this process: how they are told apart, found by name, and called."""

from __future__ import annotations

import asyncio
import functools
import re
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from threading import Event, current_thread
from typing import Any

import flask
import httpx2
import pytest
from starlette.applications import Starlette

from run_contracts.client.applications import (
    ApplicationName,
    Interface,
    as_asgi,
    connected,
    interface_of,
)
from run_contracts.client.wsgi import ThreadPerCall
from run_contracts.errors import UsageError
from run_contracts.server import create_app


async def asgi(scope: Any, receive: Any, send: Any) -> None:
    """Answer every request with the path that was asked for."""
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": scope["path"].encode()})


def asgi2(scope: Any) -> Callable[..., Any]:
    """Return what answers once it is called again."""
    return functools.partial(asgi, scope)


def wsgi(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    """Answer every request with the path that was asked for."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["PATH_INFO"].encode()]


class AsASGI:
    """An application that is an instance."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await asgi(scope, receive, send)


class Passing:
    """A layer that is called and returns what is awaited."""

    def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        return asgi(scope, receive, send)


class AsASGI2:
    """An application that is a class: an instance of it for each scope."""

    def __init__(self, scope: Any) -> None:
        self._scope = scope

    async def __call__(self, receive: Any, send: Any) -> None:
        await asgi(self._scope, receive, send)


class AsWSGI:
    """An application that is an instance; its own words for what it is called with."""

    def __call__(self, env: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        return wsgi(env, start)

    def wsgi_app(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        return wsgi(environ, start_response)


class Settings:
    """No application, though it can be called."""

    def __init__(self, scope: Any) -> None: ...


def with_more(environ: Any, start_response: Any, *, debug: bool = False) -> list[bytes]:
    """Take an option, too."""
    return wsgi(environ, start_response)


def with_default(environ: Any, start_response: Any, prefix: str = "") -> list[bytes]:
    """Take a prefix, too, if there is one."""
    return wsgi(environ, start_response)


def with_name(name: str, environ: Any, start_response: Any) -> list[bytes]:
    """Take a name before."""
    return wsgi(environ, start_response)


@functools.wraps(wsgi)
def decorated(*args: Any, **kwargs: Any) -> list[bytes]:
    """Pass everything on."""
    return wsgi(*args, **kwargs)


def anything(*args: Any) -> Any:
    """Pass everything on, and do not say what it takes."""
    return asgi(*args)


async def view(request: Any) -> None:
    """Answer in a way of its own."""


def factory(config: Any = None) -> Any:
    """Make an application, of what there is by default."""


def of_config(config: Any) -> Any:
    """Make an application."""


INTERFACES: list[tuple[object, Interface | None]] = [
    (asgi, Interface.ASGI),
    (AsASGI(), Interface.ASGI),
    (AsASGI().__call__, Interface.ASGI),
    (Passing(), Interface.ASGI),
    (functools.partial(asgi), Interface.ASGI),
    (anything, Interface.ASGI),
    (Starlette(), Interface.ASGI),
    (create_app(), Interface.ASGI),
    (asgi2, Interface.ASGI2),
    (AsASGI2, Interface.ASGI2),
    (wsgi, Interface.WSGI),
    (AsWSGI(), Interface.WSGI),
    (AsWSGI().wsgi_app, Interface.WSGI),
    (flask.Flask("app"), Interface.WSGI),
    (flask.Flask("app").wsgi_app, Interface.WSGI),
    (with_more, Interface.WSGI),
    (with_default, Interface.WSGI),
    (functools.partial(with_name, "x"), Interface.WSGI),
    (functools.partial(with_more, debug=True), Interface.WSGI),
    (decorated, Interface.WSGI),
    (AsASGI, None),
    (AsWSGI, None),
    (Settings, None),
    (view, None),
    (factory, None),
    (of_config, None),
]


@pytest.mark.parametrize(("found", "interface"), INTERFACES, ids=map(str, range(len(INTERFACES))))
def test_an_application_is_told_by_how_it_is_called(
    found: object, interface: Interface | None
) -> None:
    """Whether it is awaited, and what it needs."""
    assert interface_of(found) is interface


def _answer(application: object, path: str = "/v1/a%20b") -> httpx2.Response:
    """Return what an application answers in this process."""
    with (
        connected(as_asgi(application, "it")) as connection,
        httpx2.Client(transport=connection.transport) as client,
    ):
        return client.get(f"http://in-process.invalid{path}")


@pytest.mark.parametrize(
    "application",
    [asgi, AsASGI(), asgi2, AsASGI2, wsgi, AsWSGI(), functools.partial(with_name, "x"), decorated],
)
def test_an_application_answers_whatever_it_is_called_like(application: object) -> None:
    """The path of the request reaches it, decoded."""
    assert _answer(application).text == "/v1/a b"


@pytest.fixture
def pages() -> flask.Flask:
    """Return an application of Flask."""
    made = flask.Flask("pages")

    @made.get("/streamed")
    def streamed() -> flask.Response:
        return flask.Response((f"{number}\n" for number in range(20)), mimetype="text/plain")

    @made.get("/crash")
    def crash() -> str:
        raise KeyError("no such thing")

    @made.get("/complaint")
    def complaint() -> str:
        flask.request.environ["wsgi.errors"].write("a complaint")
        return "done"

    return made


def test_flask_streams(pages: flask.Flask) -> None:
    """More pieces than a queue holds, and all of them come."""
    assert len(_answer(pages, "/streamed").text.splitlines()) == 20


def test_what_flask_answered_with_500_is_raised_once_it_was_sent(pages: flask.Flask) -> None:
    """A server's log would have it; whoever is in one process can have it, too."""
    messages: list[dict[str, Any]] = []
    with pytest.raises(KeyError, match="no such thing") as raised:
        _run(pages, "/crash", messages)
    assert messages[0]["status"] == 500
    assert messages[-1].get("more_body", False) is False
    assert raised.traceback[-1].name == "crash"


def test_what_an_application_raises_is_raised() -> None:
    """Nothing turns it into an answer."""

    def failing(environ: Any, start_response: Any) -> list[bytes]:
        raise LookupError("nothing there")

    messages: list[dict[str, Any]] = []
    with pytest.raises(LookupError, match="nothing there"):
        _run(failing, "/", messages)
    assert messages == []


def test_an_exception_of_one_request_is_not_that_of_the_next(pages: flask.Flask) -> None:
    """Each has its own."""
    application = as_asgi(pages, "it")
    messages: list[dict[str, Any]] = []
    with pytest.raises(KeyError):
        _run(application, "/crash", messages)
    _run(application, "/complaint", messages)
    assert messages[-2]["body"] == b"done"


def _run(application: Any, path: str, messages: list[dict[str, Any]]) -> None:
    """Send one request, and keep what is sent back."""
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "path": path,
        "query_string": b"",
        "headers": [],
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        messages.append(dict(message))

    asyncio.run(as_asgi(application, "it")(scope, receive, send))  # type: ignore[arg-type]


def test_what_an_application_logs_goes_to_standard_error(
    pages: flask.Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    """On standard output it would stand in the middle of a report."""
    assert _answer(pages, "/complaint").text == "done"
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "a complaint")


def test_a_call_that_hangs_keeps_no_process_from_ending() -> None:
    """Its thread is one that nobody waits for."""
    release = Event()
    daemons: list[bool] = []

    def hang() -> str:
        daemons.append(current_thread().daemon)
        release.wait(10)
        return "released"

    waiting: Future[str] = ThreadPerCall().submit(hang)
    assert not waiting.done()
    release.set()
    assert waiting.result(timeout=10) == "released"
    assert daemons == [True]


def test_without_a2wsgi_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """In one line."""
    monkeypatch.setitem(sys.modules, "a2wsgi", None)
    with pytest.raises(UsageError, match=r"pip install 'run-contracts\[wsgi\]'"):
        as_asgi(wsgi, "it")


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (factory, "app:it is no application: it takes neither"),
        (AsASGI, "app:it is no application: is a class, give an instance"),
    ],
)
def test_what_is_no_application_is_refused(found: object, reason: str) -> None:
    """With what to give instead."""
    with pytest.raises(UsageError, match=re.escape(reason)):
        as_asgi(found, "app:it")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a folder with modules, which are forgotten afterwards."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    tmp_path.joinpath("with_app.py").write_text("class api:\n    async def app(scope, r, s): ...\n")
    tmp_path.joinpath("with_error.py").write_text("import nothing_like_it\n")
    tmp_path.joinpath("with_lines.py").write_text("raise ValueError('no\\n\\nsettings')\n")
    tmp_path.joinpath("with_exit.py").write_text("raise SystemExit(3)\n")
    yield tmp_path
    sys.modules.pop("with_app", None)


def test_a_name_is_looked_for_in_a_folder(folder: Path) -> None:
    """Modules that lie where a command is called can be named."""
    name = ApplicationName(module="with_app", attribute="api.app")
    assert name.load(folder).__name__ == "app"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("with_app:nothing", "with_app:nothing: there is no such application in with_app"),
        ("no_module:app", "no_module:app: cannot import no_module: ModuleNotFoundError: "),
        ("with_error:app", "with_error:app: cannot import with_error: ModuleNotFoundError: "),
        ("with_lines:app", "with_lines:app: cannot import with_lines: ValueError: no settings"),
        ("with_exit:app", "with_exit:app: cannot import with_exit: SystemExit: 3"),
    ],
)
def test_a_name_of_nothing_is_said_in_a_line(folder: Path, text: str, reason: str) -> None:
    """Which part of it names nothing, and why."""
    name = ApplicationName.read(text)
    assert name is not None
    with pytest.raises(UsageError, match=re.escape(reason)) as refused:
        name.load(folder)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "text", ["http://h/v1", "localhost:8000", "app", "C:/v1", "", "app:", ":app", "my-app:app"]
)
def test_what_names_no_application_is_none(text: str) -> None:
    """URLs and what else may be typed are read by others."""
    assert ApplicationName.read(text) is None
