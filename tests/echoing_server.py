"""A server that says the secrets of each request again: in every form, in every place it has.

It is the reference server with more in its answers: ``tests.echoing_server:app`` is checked in this
process, and `serving` serves answers of its own that only a socket can carry.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import quote

from run_contracts.server import ServerOptions, create_app
from tests.leaks import FORMS

KEY, TENANT, COOKIE = "sk-Proj.4f+&'Zq~90_x-Y", "t3nant-S3cr3t/value+1", "C00kie~value%2F77"
SECRETS = (KEY, TENANT, COOKIE)
PLACES = (
    "header values", "header names", "content type", "set-cookie", "location", "JSON keys",
    "JSON values", "ids", "error messages", "URL of the next page", "broken JSON", "body cut",
    "event names", "event ids", "comments", "event data", "broken event", "event cut",
)  # fmt: skip
"""Where the application says them; the others are those of `serving`."""
SOCKET_PLACES = ("reason", "body of HTML", "location", "header names", "header values")
IDS = re.compile(r'"((?:thread|run|asst|step|msg|call)_[A-Za-z0-9]{10,})"')
ECHOED_ID = f"-{KEY}"
_right = create_app(replace(ServerOptions.for_checking(), api_key=KEY))
_count = itertools.count()


def said() -> list[str]:
    """Return every form of every secret."""
    return [FORMS[name](secret) for name in FORMS for secret in SECRETS]


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Answer as the reference server, with secrets in it."""
    if scope["type"] != "http":
        await _right(scope, receive, send)
        return
    path = scope["path"].replace(ECHOED_ID, "")
    raw = {**scope, "path": path, "raw_path": quote(path).encode()}
    start: dict[str, Any] = {}
    body = bytearray()

    async def asked() -> Any:
        message = await receive()
        text = message.get("body", b"").replace(json.dumps(ECHOED_ID)[1:-1].encode(), b"")
        return {**message, "body": text} if "body" in message else message

    async def kept(message: Any) -> None:
        start.update(message if message["type"] == "http.response.start" else {})
        body.extend(message.get("body", b""))

    headers = [pair for pair in scope["headers"] if pair[0] != b"content-length"]
    await _right({**raw, "headers": headers}, asked, kept)
    answer = _streamed(body.decode()) if body.startswith(b"event:") else _json(body.decode())
    await send({**start, "headers": list(_headers(start["headers"]))})
    await send({"type": "http.response.body", "body": answer.encode()})


def _headers(own: list[tuple[bytes, bytes]]) -> Iterator[tuple[bytes, bytes]]:
    for name, value in own:
        if name == b"content-type":
            yield name, value + b'; about="' + KEY.encode() + b'"'
        elif name != b"content-length":
            yield name, value
    yield from ((b"x-echo", _line(form)) for form in said())
    yield b"x-" + KEY.encode(), b"name"
    yield b"x-" + KEY.encode().hex().encode(), b"name"
    yield from ((b"set-cookie", b"a=" + _line(form)) for form in said())
    yield b"location", b"/v1/" + _line(FORMS["percent lower"](KEY))


def _line(form: str) -> bytes:
    return form.replace("\n", "\\n").encode()


def _json(text: str) -> str:
    """Return a body that says secrets in keys, values and ids; each fifth is broken, or cut."""
    number = next(_count) % 10
    if number == 4:
        return f'{{"broken": "{" ".join(said())}'
    if number == 9:
        return f'{{"cut": "{KEY[:15]}'
    try:
        value = json.loads(text)
    except ValueError:
        return text
    if isinstance(value.get("error"), dict):
        value["error"]["message"] = f"no key {' '.join(said())}"
    value |= {"echo": said(), "keys": dict.fromkeys(said(), 1), "next": f"http://h/v1?k={KEY}"}
    echoed = json.dumps(ECHOED_ID)[1:-1]
    return IDS.sub(lambda one: f'"{one[1]}{echoed}"', json.dumps(value))


def _streamed(text: str) -> str:
    extra = [
        f": {form}\nid: {form}\nevent: {form}\ndata: {json.dumps(form)}\n\n" for form in said()
    ]
    broken = f'event: thread.run.{KEY}\ndata: {{"id": "{" ".join(said())}\n\n'
    return "".join([text, *(one.replace("\r", "") for one in extra), broken, f"data: {KEY[:16]}"])


class _Handler(BaseHTTPRequestHandler):
    """Answers a redirect, or a page, whose reason and headers say the key."""

    protocol_version = "HTTP/1.1"
    status = 302

    def log_message(self, *_: object) -> None:
        """Be silent."""

    def do_GET(self) -> None:
        """Answer anything."""
        self.rfile.read(int(self.headers.get("content-length") or 0))
        page = f"<html>{' '.join(said())}</html>".encode()
        self.send_response(self.status, f"No {KEY}")
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.send_header("Location", f"/{KEY}/{FORMS['base64'](KEY)}")
        self.send_header(f"X-{KEY}", KEY)
        self.end_headers()
        self.wfile.write(page)

    do_POST = do_DELETE = do_GET  # noqa: N815 - what the library calls


@contextmanager
def serving(status: int) -> Iterator[str]:
    """Serve answers of a status on loopback; the base URL."""
    handler = type("Handler", (_Handler,), {"status": status})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/v1"
        finally:
            server.shutdown()
