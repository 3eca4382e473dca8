"""Servers that are no server of the protocol: one clear line, exit code 3, no traceback."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from run_contracts.client.checked_target import Target
from run_contracts.engine.runner import check
from run_contracts.events import ExitCode, ProbeEnded
from run_contracts.probes.absent_ids import NO_THREAD
from run_contracts.server import ServerOptions, running
from tests.engine.verdicts import checked, finished, verdicts


@contextlib.contextmanager
def answering(answer: bytes | None) -> Iterator[str]:
    """Serve the same bytes to everybody, or accept and say nothing; yield the base URL."""
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.05)

        def serve() -> None:
            open_connections = []
            while not done.is_set():
                with contextlib.suppress(OSError):
                    connection, _ = listening.accept()
                    open_connections.append(connection)
                    connection.settimeout(0.5)
                    if answer is not None:
                        connection.recv(65536)
                        connection.sendall(answer)
                        connection.shutdown(socket.SHUT_WR)
            for connection in open_connections:
                connection.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
        finally:
            done.set()
            thread.join(5)


def _http(status: str, headers: str, body: bytes) -> bytes:
    head = f"HTTP/1.1 {status}\r\n{headers}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode() + body


FIRST_PATH = f"/v1/threads/{NO_THREAD}/runs"
UNUSABLE = {
    "hangs": (None, "no answer within 0.3 seconds"),
    "is not HTTP": (b"SSH-2.0-OpenSSH_9.2\r\n", "Server disconnected"),
    "closes at once": (b"", "Server disconnected"),
    "redirects": (
        _http("307 Temporary Redirect", "Location: https://other.example/v1\r\n", b""),
        "redirects to https://other.example/v1; give the base URL it leads to",
    ),
    "wants another slash": (
        _http("308 Permanent Redirect", f"Location: {FIRST_PATH}/\r\n", b""),
        "let it answer the paths of the contract, which end without a slash",
    ),
    "wants a login": (
        _http("302 Found", "Location: /login\r\n", b""),
        "redirects to /login; is the base URL right, and are the key and the headers",
    ),
    "redirects nowhere": (
        _http("302 Found", "Location: http://[\r\n", b""),
        "redirects to http://[; that is no URL",
    ),
    "answers HTML": (
        _http("200 OK", "Content-Type: text/html\r\n", b"<html>Welcome</html>"),
        "answers 200 with HTML, not an API",
    ),
    "refuses the key": (
        _http("401 Unauthorized", "Content-Type: application/json\r\n", b'{"error": {}}'),
        "the server refuses the key in $OPENAI_API_KEY with 401",
    ),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_what_cannot_be_checked_is_told_in_one_line(name: str) -> None:
    """The error names the URL and what came, and nothing counts as verified."""
    answer, reason = UNUSABLE[name]
    with answering(answer) as url:
        footer = finished(checked(url, timeout=0.3))
    assert footer.exit_code == ExitCode.NOTHING_VERIFIED
    assert footer.error is not None
    assert url in footer.error
    assert reason in footer.error
    assert "\n" not in footer.error


def test_a_refused_connection_is_told_in_one_line() -> None:
    """Nobody listens there."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    footer = finished(checked(f"http://127.0.0.1:{port}/v1"))
    assert footer.error is not None
    assert "refused" in footer.error


ODD_BODIES: dict[str, Callable[[], bytes]] = {
    "not JSON": lambda: b"{oops",
    "not an object": lambda: b"[]",
    "NaN": lambda: b'{"id": NaN}',
    "deep": lambda: b"[" * 10_000 + b"]" * 10_000,
    "duplicate keys": lambda: b'{"id": "a", "id": "b"}',
    "lone surrogates": lambda: b'{"id": "\\ud800", "object": "thread"}',
    "empty": lambda: b"",
}


@pytest.mark.parametrize("name", ODD_BODIES)
def test_a_server_that_answers_nonsense_gets_a_verdict(name: str) -> None:
    """Whatever the body of every answer, the check ends with verdicts that are red."""
    answer = _http("200 OK", "Content-Type: application/json\r\n", ODD_BODIES[name]())
    with answering(answer) as url:
        seen = checked(url, timeout=2.0, patience=0.2)
    assert finished(seen).error is None
    assert finished(seen).exit_code == ExitCode.BROKEN
    assert any(one.is_red for one in verdicts(seen).values())


PAGES_OF_APIS = {
    "a failing application": ("500 Internal Server Error", b"<h1>KeyError</h1>", "RUN-ERR-008"),
    "JSON that says it is a page": ("200 OK", b'{"object": "list", "data": []}', "RUN-HTTP-002"),
}


@pytest.mark.parametrize("name", PAGES_OF_APIS)
def test_a_server_that_shows_pages_is_checked_all_the_same(name: str) -> None:
    """A framework's page of an error, or a wrong header, is a finding about an API."""
    status, body, requirement = PAGES_OF_APIS[name]
    with answering(_http(status, "Content-Type: text/html\r\n", body)) as url:
        seen = checked(url, timeout=2.0, patience=0.2)
    assert verdicts(seen)[requirement].is_red
    assert finished(seen).exit_code == ExitCode.BROKEN


def test_a_huge_answer_is_not_read_to_its_end() -> None:
    """50 MB of a body are declined; the check goes on and says that nothing could be exercised."""
    answer = _http("200 OK", "Content-Type: application/json\r\n", b" " * 50_000_000)
    with answering(answer) as url:
        seen = checked(url, timeout=5.0, patience=0.2, only=["RUN-CREATE-001"])
    assert verdicts(seen)["RUN-CREATE-001"].result == "blocked"


def test_a_server_that_stops_answering_half_way_is_not_verified() -> None:
    """What was decided before is told, and says nothing of what could no longer be exercised."""
    with contextlib.ExitStack() as server:
        url = server.enter_context(running(ServerOptions.for_checking()))
        seen = []
        for event in check(Target(url=url, key="sk-reference"), only=["RUN-LIFE-001"]):
            seen.append(event)
            if isinstance(event, ProbeEnded) and event.probe == "tools":
                server.close()
    assert verdicts(seen)["RUN-LIFE-001"].result == "pass"
    assert finished(seen).exit_code == ExitCode.NOTHING_VERIFIED
    assert "the server is gone: 3 requests in a row had no answer" in str(finished(seen).error)


def test_a_server_that_has_nothing_is_asked_little() -> None:
    """Whatever its 404 looks like, one line says what to do, and no requirement is listed."""
    body = b'{"error": {"message": "Resource not found", "type": "not_found"}}'
    with answering(_http("404 Not Found", "Content-Type: application/json\r\n", body)) as url:
        seen = checked(url, timeout=2.0)
    assert finished(seen).exit_code == ExitCode.NOTHING_VERIFIED
    assert "is the base URL right? it usually ends with /v1" in str(finished(seen).error)
    assert verdicts(seen) == {}
    assert finished(seen).requests < 12
