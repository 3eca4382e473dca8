"""The last poll: a server that hangs, or fails whatever is asked, does not answer."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from starlette.types import Receive, Scope, Send

from run_contracts.client.applications import connected
from run_contracts.client.checked_target import Target
from run_contracts.night.lanes import Baton, shared
from run_contracts.night.last_poll import is_answering
from run_contracts.testing import RunServer
from tests.night.test_rounds import carried_out


@contextmanager
def hanging() -> Iterator[str]:
    """Listen, take connections, and never answer."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"


def test_a_server_that_hangs_does_not_answer() -> None:
    """It takes the connection, and that is all."""
    with hanging() as url:
        assert not is_answering(Target(url=url, timeout=0.3))


def test_a_server_that_answers_does() -> None:
    """Although what is asked for is not there; who is turned away has no answer to it."""
    with RunServer() as server:
        assert is_answering(Target(url=server.url, key=server.api_key))
        assert not is_answering(Target(url=server.url, key="sk-of-somebody-else"))


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
def test_a_round_whose_answers_say_nothing_judged_nothing(status: int) -> None:
    """Its requests are counted for the budget, and verify nothing."""

    async def failing(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = [(b"content-type", b"application/json"), (b"retry-after", b"0")]
        body = b'{"error": {"message": "m", "type": "t", "param": null, "code": null}}'
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    baton = Baton()
    with (
        connected(failing, aside=baton.aside) as connection,
        baton.turning(connection.sleep),
    ):
        result = carried_out(shared(connection, baton), baton, walks=1)
    assert result.requests > 0
    assert result.judged == 0
