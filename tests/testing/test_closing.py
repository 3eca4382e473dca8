"""The end of a server: at once, without a word, whatever is under way, and then it is closed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import httpx2
import pytest

from run_contracts.errors import UsageError
from run_contracts.testing import RunServer
from tests.testing.plugging import Plugged

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


def test_a_server_tells_of_those_that_were_made_of_it() -> None:
    """What never came to one of them is said when all end, and where."""
    server = RunServer()
    other = server(seed=7)
    other.next_run("failed")
    server.close()
    with pytest.raises(AssertionError, match=r"failed, of server 2 \(seed=7\)"):
        server.assert_all_met()


def test_a_key_is_not_told_at_the_end() -> None:
    """Of a server that has one of its own; reports of tests are read by many."""
    server = RunServer()
    server(api_key="sk-mine").next_run("failed")
    (line,) = server.left()
    assert line.endswith(", of server 2 (api_key=...)")
    assert "sk-mine" not in line
    server.close()


def test_another_server_does_not_hide_what_a_test_says() -> None:
    """Its lives that nobody took are nothing beside an error of the test's own."""

    def failing() -> None:
        with RunServer() as server:
            server(seed=7).next_run("failed")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failing()


def test_a_closed_server_has_no_address() -> None:
    """Nor clients; it is not started again behind somebody's back."""
    server = RunServer()
    assert server.url
    server.close()
    for ask in (lambda: server.url, server.http_client, server.async_http_client):
        with pytest.raises(UsageError, match="this server is closed"):
            ask()
    assert repr(server) == "<RunServer closed>"


def test_a_test_that_failed_does_not_fail_again_at_its_end(
    pytester: pytest.Pytester, plugged: Plugged
) -> None:
    """What it did not come to says nothing more; nor of one that was to fail, or was skipped."""
    pytester.makepyfile(
        """
        import pytest

        def test_failing(run_server):
            run_server.next_run("failed")
            assert False

        @pytest.mark.xfail
        def test_expected(run_server):
            run_server.next_run("failed")
            assert False

        def test_skipped(run_server):
            run_server.next_run("failed")
            pytest.skip("not here")
        """
    )
    plugged().assert_outcomes(failed=1, xfailed=1, skipped=1)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: RunServer(3), "options is 3; give ServerOptions"),
        (lambda: RunServer(port="x"), "port 'x' is not a whole number of 0 or more"),
        (lambda: RunServer(port=99_999), "port 99999 is none; give one up to 65535, or 0"),
        (lambda: RunServer(faults=["RUN-LIST-005"]), r"say RunServer\(\)\(faults=...\), or"),
        (lambda: RunServer(prot=1), "no argument of RunServer 'prot'; did you mean 'port'"),
    ],
)
def test_a_server_that_cannot_be_is_refused(make: Callable[[], object], reason: str) -> None:
    """Where it is made, in one line."""
    with pytest.raises(UsageError, match=reason):
        make()


def test_a_taken_port_is_told(run_server: RunServer) -> None:
    """With what to do: another one is chosen by whoever gave it."""
    port = int(run_server.url.rpartition(":")[2].partition("/")[0])
    with pytest.raises(UsageError, match=r"choose another port$"):
        _ = run_server(port=port).url
