"""Connections to an upstream that are used again, and those that are not."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import cast

import httpcore2
import pytest

from run_contracts.watching.forwarding import Upstream
from run_contracts.watching.upstream_connections import (
    FRESH_SECONDS,
    IDLE_SECONDS,
    UpstreamConnections,
)
from tests.watching.raw_upstream import OK, PATIENCE

LATER = FRESH_SECONDS + 0.5
assert LATER < IDLE_SECONDS


class ClosingUpstream:
    """Answers the first request of a connection, and hangs up when another comes on it."""

    def __init__(self) -> None:
        self.came = self.connections = self.ended = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        for answer in (OK, b""):
            if not await reader.read(65536):
                break
            self.came += 1
            writer.write(answer)
            await writer.drain()
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
        self.ended += 1


async def _ask(connections: UpstreamConnections, upstream: Upstream, method: str) -> int:
    url = httpcore2.URL(scheme="http", host=upstream.host, port=upstream.port, target=b"/v1/x")
    request = httpcore2.Request(method, url, headers=[(b"host", upstream.authority)])
    sent = await connections.send(request, is_small=True)
    async with aclosing(cast("AsyncIterator[bytes]", sent.answer.stream)) as parts:
        assert [part async for part in parts] == [b"{}"]
    await sent.aclose()
    return sent.answer.status


async def _two(method: str, pause: float) -> tuple[ClosingUpstream, list[int | str]]:
    """Ask twice, so many seconds apart; return the upstream, and how each ended."""
    clock, closing, ends = [100.0], ClosingUpstream(), list[int | str]()
    async with await asyncio.start_server(closing, "127.0.0.1", 0) as server:
        upstream = Upstream.at(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        connections = UpstreamConnections(upstream, now=lambda: clock[0])
        for _ in range(2):
            try:
                ends.append(await _ask(connections, upstream, method))
            except httpcore2.RemoteProtocolError:
                ends.append("no answer")
            clock[0] += pause
        await connections.aclose()
        async with asyncio.timeout(PATIENCE):
            while closing.ended < closing.connections:
                await asyncio.sleep(0.005)
    return closing, ends


@pytest.mark.parametrize("method", ["POST", "DELETE", "PATCH"])
def test_what_is_never_sent_twice_takes_no_connection_that_was_idle_for_long(method: str) -> None:
    """A server may be just about to close that, and nobody would know what it read."""
    closing, ends = asyncio.run(_two(method, LATER))
    assert ends == [200, 200]
    assert (closing.came, closing.connections) == (2, 2)


def test_a_post_that_a_server_hung_up_on_is_not_sent_again() -> None:
    """It may have been done; its client is told that there was no answer."""
    closing, ends = asyncio.run(_two("POST", FRESH_SECONDS / 2))
    assert ends == [200, "no answer"]
    assert (closing.came, closing.connections) == (2, 1)


def test_a_get_takes_any_connection_that_is_kept_and_is_sent_again() -> None:
    """To read twice changes nothing."""
    closing, ends = asyncio.run(_two("GET", LATER))
    assert ends == [200, 200]
    assert (closing.came, closing.connections) == (3, 2)
