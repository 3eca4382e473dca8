"""Framing: an answer that ends before its end is told as such, over a network and in process."""

from __future__ import annotations

from typing import Any

import pytest

from run_contracts.client.applications import connected
from run_contracts.client.checked_target import Target
from run_contracts.client.connection import Connection
from run_contracts.client.session import Session
from run_contracts.traffic.exchange import Exchange
from tests.client.bare_server import OK, BareServer, serving

CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
WHOLE = [
    pytest.param(OK, id="length"),
    pytest.param(CHUNKED + b"2\r\n{}\r\n0\r\n\r\n", id="chunks"),
    pytest.param(CHUNKED + b"2\r\n{}\r\n0\r\nX-Trailer: a\r\n\r\n", id="trailer"),
    pytest.param(b"HTTP/1.1 200 OK\r\n\r\n{}", id="until the connection closes"),
]
CUT = [
    pytest.param(OK.replace(b"Length: 2", b"Length: 3"), id="length"),
    pytest.param(CHUNKED + b"2\r\n{}\r\n", id="last chunk"),
    pytest.param(CHUNKED + b"9\r\n{}", id="within a chunk"),
    pytest.param(CHUNKED + b"2\r\n{}\r\nzz\r\n", id="size"),
    pytest.param(CHUNKED + b"2\r\n{}\r\n0\r\nno trailer\r\n\r\n", id="trailer"),
]


def _exchanged(answer: bytes) -> Exchange:
    server = BareServer(lambda _: answer, closes_after=lambda _: True)
    with serving(server), Session(Target(url=server.url, timeout=2)) as session:
        return session.send("getRun", thread_id="thread_1", run_id="run_1")


@pytest.mark.parametrize("answer", WHOLE)
def test_a_whole_answer_is_not_broken_off(answer: bytes) -> None:
    """However its end is told."""
    assert _exchanged(answer).response.broken_off == ""


@pytest.mark.parametrize("answer", CUT)
def test_an_answer_that_ends_too_soon_says_how(answer: bytes) -> None:
    """What came of it is kept, and is judged."""
    exchange = _exchanged(answer)
    assert exchange.response.broken_off
    assert exchange.response.body == b"{}"


@pytest.mark.parametrize(("length", "is_cut"), [(b"3", True), (b"2", False), (b"x", False)])
def test_an_application_is_held_to_its_length(length: bytes, is_cut: bool) -> None:
    """What it announces in process is what a server would have sent."""

    async def application(scope: Any, _receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            headers = [(b"content-length", length)]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": b"{}"})

    with connected(application) as connection:
        exchange = _sent(connection)
    assert bool(exchange.response.broken_off) is is_cut


def _sent(connection: Connection) -> Exchange:
    with Session(Target(url="http://127.0.0.1/v1"), connection) as session:
        return session.send_raw("GET", "http://127.0.0.1/v1/threads", headers={}, content=b"")
