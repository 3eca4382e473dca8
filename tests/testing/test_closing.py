"""The end of a server: at once, without a word, whatever is under way, and then it is closed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import httpx2
import pytest

from run_contracts.testing import RunServer

SLOW: dict[str, Callable[[RunServer], None]] = {
    "silent": lambda server: server.fail("timeout"),
    "late": lambda server: server.delay(5),
    "working": lambda server: server.write_streams(pause=5),
}


def _asking(server: RunServer, said: list[object]) -> threading.Thread:
    """Return a thread that creates a thread and its run, and keeps what came of it."""
    key, url = {"Authorization": f"Bearer {server.api_key}"}, server.url

    def asking() -> None:
        with httpx2.Client(headers={**key, "OpenAI-Beta": "assistants=v2"}, timeout=None) as http:
            try:
                made = http.post(f"{url}/assistants", json={"model": "gpt-4o"}).json()["id"]
                body = {"assistant_id": made, "stream": True, "instructions": "Be brief."}
                said.append(http.post(f"{url}/threads/runs", json=body).status_code)
            except httpx2.TransportError as error:
                said.append(type(error))

    thread = threading.Thread(target=asking)
    thread.start()
    return thread


@pytest.mark.parametrize("way", SLOW)
def test_a_server_closes_at_once_whatever_is_under_way(
    way: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Its clients see that the connection is gone, no status, and nothing is logged."""
    server, said = RunServer(), list[object]()
    SLOW[way](server)
    thread = _asking(server, said)
    deadline = time.monotonic() + 5
    while len(server.requests) < 1 + (way == "working") and time.monotonic() < deadline:
        time.sleep(0.005)
    time.sleep(0.05)
    began = time.monotonic()
    server.close()
    assert time.monotonic() - began < 0.5
    thread.join(5)
    assert said in ([httpx2.ReadError], [httpx2.RemoteProtocolError])
    assert not caplog.records


def test_a_reset_forgets_what_is_under_way() -> None:
    """It is not seen when it ends, makes nothing, and takes no life that is planned later."""
    with RunServer() as server:
        server.delay(0.2, on="createThreadAndRun")
        said: list[object] = []
        thread = _asking(server, said)
        while "createThreadAndRun" not in [each.operation for each in server.requests]:
            time.sleep(0.005)
        server.reset()
        server.next_run("failed")
        assert len(server.requests) == 0
        thread.join(5)
        assert said == [200]
        assert len(server.requests) == 0
        with pytest.raises(AssertionError, match=r"no run took the life failed$"):
            server.assert_all_met()
        server.reset()
