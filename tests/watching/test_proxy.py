"""The proxy changes nothing of traffic but what belongs to one hop."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from contextlib import closing

import httpx2
import pytest

from run_contracts.errors import UsageError
from run_contracts.watching.forwarding import Upstream
from run_contracts.watching.live_watch import LiveWatch
from tests.watching.raw_upstream import OK, Arrived, RawUpstream, Speaker, proxied, wait_until

GET = b"GET %s HTTP/1.1\r\nhost: proxy.example\r\nconnection: close\r\n%s\r\n"


def exchanged(answer: bytes, path: bytes = b"/v1/x", headers: bytes = b"") -> tuple[Arrived, bytes]:
    """Return what came to an upstream, and what its client got, of one request."""
    with RawUpstream(answer) as upstream, proxied(upstream.url) as url, Speaker(url) as client:
        client.ask(GET % (path, headers))
        return_value = client.rest()
        return upstream.arrived[0], return_value


def test_path_and_query_are_forwarded_byte_by_byte() -> None:
    """What is percent encoded, doubled or odd in a URL stays so."""
    arrived, _ = exchanged(OK, b"/v1//threads/a%2Fb%20c/./x?limit=1&limit=2&q=%C3%A4+%zz")
    assert arrived.head.startswith(
        b"GET /v1//threads/a%2Fb%20c/./x?limit=1&limit=2&q=%C3%A4+%zz HTTP/1.1\r\n"
    )


def test_headers_go_in_order_doubles_too_and_the_host_is_the_upstreams() -> None:
    """A server sees what its client said, but for the host."""
    arrived, _ = exchanged(OK, headers=b"X-A: 1\r\nAccept: a\r\nx-a: 2\r\nCookie: c=1; d=2\r\n")
    names = [name for name, _ in arrived.headers]
    assert [pair for pair in arrived.headers if pair[0] != b"host"] == [
        (b"x-a", b"1"),
        (b"accept", b"a"),
        (b"x-a", b"2"),
        (b"cookie", b"c=1; d=2"),
    ]
    assert names.count(b"host") == 1
    assert b"proxy.example" not in arrived.head


def test_headers_of_one_hop_stay_on_it() -> None:
    """Connection, and what it names, goes no further, in either direction (RFC 9110, 7.6.1)."""
    answer = (
        b"HTTP/1.1 200 OK\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=9\r\n"
        b"X-Stays: 1\r\nContent-Length: 2\r\n\r\n{}"
    )
    with RawUpstream(answer) as upstream, proxied(upstream.url) as url, Speaker(url) as client:
        client.ask(
            b"GET /v1/x HTTP/1.1\r\nhost: p\r\nconnection: close, x-mine\r\nx-mine: 1\r\n"
            b"te: trailers\r\nupgrade: h2c\r\nx-end: 1\r\n\r\n"
        )
        got = client.rest()
    sent = {name for name, _ in upstream.arrived[0].headers}
    assert sent == {b"host", b"x-end"}
    head = got.lower().partition(b"\r\n\r\n")[0]
    assert b"x-stays: 1" in head
    assert b"x-hop" not in head
    assert b"keep-alive" not in head


def test_an_answer_keeps_its_headers_and_gets_none() -> None:
    """Doubles, their order and their case are the server's; no date, no server is added."""
    answer = (
        b"HTTP/1.1 404 Not Found\r\nSet-Cookie: a=1\r\nX-One: 1\r\nSet-Cookie: b=2\r\n"
        b"Content-Length: 2\r\n\r\n{}"
    )
    _, got = exchanged(answer)
    lines = got.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert lines[0] == b"HTTP/1.1 404 Not Found"
    assert lines[1:5] == [
        b"Set-Cookie: a=1",
        b"X-One: 1",
        b"Set-Cookie: b=2",
        b"Content-Length: 2",
    ]
    assert [one for one in lines[5:] if not one.lower().startswith(b"connection")] == []


def test_a_compressed_body_is_not_touched() -> None:
    """What is encoded goes on as it is, for the client asked for it."""
    body = gzip.compress(b'{"object": "list"}' * 50)
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body)
    arrived, got = exchanged(head + body, headers=b"Accept-Encoding: gzip, br\r\n")
    assert (b"accept-encoding", b"gzip, br") in arrived.headers
    assert got.partition(b"\r\n\r\n")[2] == body


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
def test_an_answer_without_a_body_has_none(status: bytes) -> None:
    """Whatever length it names, nothing follows, and the connection is not held."""
    answer = b"HTTP/1.1 %s\r\nETag: x\r\n\r\n" % status
    _, got = exchanged(answer)
    assert got.startswith(b"HTTP/1.1 " + status)
    assert got.endswith(b"\r\n\r\n")


def test_head_is_answered_with_the_length_and_no_body() -> None:
    """HEAD goes on as HEAD."""
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n"
    with RawUpstream(answer) as upstream, proxied(upstream.url) as url:
        got = httpx2.head(f"{url}/v1/x")
    assert upstream.arrived[0].head.startswith(b"HEAD /v1/x ")
    assert (got.headers["content-length"], got.content) == ("7", b"")


def test_informational_answers_come_before_the_answer_and_are_none() -> None:
    """A server may say 103 first."""
    answer = b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + OK
    _, got = exchanged(answer)
    assert got.startswith(b"HTTP/1.1 200 OK")


def test_redirects_are_answers_like_others() -> None:
    """A proxy does not follow."""
    answer = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/x\r\nContent-Length: 0\r\n\r\n"
    _, got = exchanged(answer)
    assert b"Location: http://127.0.0.1:1/x" in got


def test_a_stream_goes_on_chunk_by_chunk() -> None:
    """The client has each event while the server still waits to send the next."""
    goes_on = threading.Event()

    def streamed(_: Arrived) -> Iterator[bytes]:
        yield (
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n"
        )
        assert goes_on.wait(10)
        yield b"9\r\ndata: 2\n\n\r\n0\r\n\r\n"

    with RawUpstream(streamed) as upstream, proxied(upstream.url) as url, Speaker(url) as client:
        client.ask(GET % (b"/v1/x", b""))
        assert b"data: 1" in client.until(b"data: 1\n\n\r\n")
        goes_on.set()
        assert client.rest().endswith(b"data: 2\n\n\r\n0\r\n\r\n")


def test_an_upload_goes_on_chunk_by_chunk() -> None:
    """The server has the first part while the client still has the second."""
    with (
        RawUpstream() as upstream,
        proxied(upstream.url) as url,
        Speaker(url) as client,
    ):
        client.ask(
            b"POST /v1/files HTTP/1.1\r\nhost: p\r\nconnection: close\r\n"
            b"transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n"
        )
        wait_until(lambda: upstream.arrived and b"abc" in upstream.arrived[0].body)
        client.ask(b"3\r\ndef\r\n0\r\n\r\n")
        assert client.rest().endswith(b"{}")
    assert b"def" in upstream.arrived[0].body


def test_a_client_that_leaves_ends_its_request_upstream() -> None:
    """A server need not work on for nobody: it sees its connection closed."""
    begun = threading.Event()

    def endless(_: Arrived) -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
        while True:
            yield b"data: 1\n\n"
            begun.set()

    with RawUpstream(endless) as upstream, proxied(upstream.url) as url:
        with Speaker(url) as client:
            client.ask(GET % (b"/v1/x", b""))
            client.until(b"\n\n\r\n")
            assert begun.wait(10)
        assert upstream.arrived[0].is_closed.wait(10)


def test_a_client_that_leaves_before_any_answer_ends_its_request_upstream() -> None:
    """Also where the server is silent."""
    waits = threading.Event()

    def silent(_: Arrived) -> Iterator[bytes]:
        waits.wait(0.2)
        while not waits.wait(0.05):
            yield b""

    with (
        RawUpstream(silent) as upstream,
        closing(LiveWatch("x")) as watch,
        proxied(upstream.url, watch) as url,
    ):
        with Speaker(url) as client:
            client.ask(GET % (b"/v1/threads/t/runs", b""))
            wait_until(lambda: upstream.arrived)
        waits.set()
        assert upstream.arrived[0].is_closed.wait(10)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n",
    ],
    ids=["short", "no last chunk", "no chunk"],
)
def test_an_answer_that_breaks_off_breaks_off_for_the_client(answer: bytes) -> None:
    """A cut answer never looks whole."""
    with (
        RawUpstream(answer) as upstream,
        closing(LiveWatch("x")) as watch,
        proxied(upstream.url, watch) as url,
        pytest.raises(httpx2.RemoteProtocolError),
    ):
        httpx2.get(f"{url}/v1/threads/t/runs")


@pytest.mark.parametrize(
    "answer", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 2x0 OK\r\n\r\n"], ids=["none", "text", "status"]
)
def test_a_server_that_does_not_answer_in_http_is_a_502_in_one_line(answer: bytes) -> None:
    """The client hears who is at fault."""
    with RawUpstream(answer) as upstream, proxied(upstream.url) as url:
        got = httpx2.post(f"{url}/v1/threads/t/runs", json={})
    assert got.status_code == 502
    assert got.text.startswith(f"run-contracts watch: no answer from {upstream.url}: ")
    assert got.text.count("\n") == 1


def test_a_server_that_is_not_there_is_a_502() -> None:
    """Nothing listens."""
    with RawUpstream() as gone:
        pass
    with proxied(gone.url) as url:
        assert httpx2.get(f"{url}/v1/x").status_code == 502


def test_the_connection_of_a_client_is_kept() -> None:
    """A second request goes over the same one."""
    with RawUpstream() as upstream, proxied(upstream.url) as url, Speaker(url) as client:
        for _ in range(2):
            client.ask(b"GET /v1/x HTTP/1.1\r\nhost: p\r\n\r\n")
            assert client.until(b"{}").startswith(b"HTTP/1.1 200")
    assert len(upstream.arrived) == 2


def test_a_get_is_sent_once_more_if_a_kept_connection_was_closed() -> None:
    """That the server closed it meanwhile is nobody's fault."""

    def keeps(arrived: Arrived) -> bytes:
        return OK

    with RawUpstream(keeps) as upstream, proxied(upstream.url) as url, httpx2.Client() as client:
        codes = [client.get(f"{url}/v1/x").status_code for _ in range(20)]
    assert set(codes) == {200}


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("127.0.0.1:8000", "no base URL"),
        ("ftp://h/", "no base URL"),
        ("http://me:pw@h/v1", "clients send their own credentials"),
    ],
)
def test_an_upstream_that_is_none_is_refused(url: str, words: str) -> None:
    """One line says what to give; what may be secret is not repeated."""
    with pytest.raises(UsageError, match=words) as refused:
        Upstream.at(url)
    assert "pw" not in str(refused.value)


def test_own_pages_are_not_forwarded_and_only_for_this_machine() -> None:
    """The page and the numbers are answered here; a name that leads here is not this machine."""
    watch = LiveWatch("http://h/v1")
    with RawUpstream() as upstream, proxied(upstream.url, watch) as url:
        numbers = httpx2.get(f"{url}/__run_contracts.json")
        page = httpx2.get(f"{url}/__run_contracts")
        foreign = httpx2.get(f"{url}/__run_contracts", headers={"Host": "evil.example"})
        behind = httpx2.get(f"{url}/__run_contracts", headers={"X-Forwarded-For": "127.0.0.1"})
        posted = httpx2.post(f"{url}/__run_contracts")
    assert numbers.json()["requests"] == 0
    assert page.text.startswith("<!doctype html>") or "<html" in page.text
    assert (foreign.status_code, behind.status_code) == (403, 403)
    assert posted.status_code == 405
    assert upstream.arrived == []


def test_a_status_that_cannot_be_handed_on_is_a_bad_gateway() -> None:
    """No server can send it, and nothing stays under way."""
    watch = LiveWatch("http://h", is_within=True)
    odd = b"HTTP/1.1 799 Odd\r\nContent-Length: 2\r\n\r\n{}"
    with RawUpstream(odd) as upstream, proxied(upstream.url, watch) as url:
        for _ in range(5):
            with Speaker(url) as client:
                client.ask(GET % (b"/v1/threads/thread_1", b""))
                got = client.rest()
            assert got.startswith(b"HTTP/1.1 502 ")
            assert got.endswith(b"run-contracts watch: a status that cannot be handed on: 799\n")
    assert watch.tap.open == 0
    assert watch.tap.own_errors == {}


def test_an_error_of_ours_costs_one_exchange_and_leaves_nothing_under_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is counted."""

    def failing(*_: object) -> None:
        raise ZeroDivisionError

    watch = LiveWatch("http://h", is_within=True)
    with RawUpstream(OK) as upstream, proxied(upstream.url, watch) as url:
        with monkeypatch.context() as patch, Speaker(url) as client:
            patch.setattr("run_contracts.watching.proxy.forwarded", failing)
            client.ask(GET % (b"/v1/threads/thread_1", b""))
            assert client.rest().startswith(b"HTTP/1.1 502 ")
        with Speaker(url) as client:
            client.ask(GET % (b"/v1/threads/thread_1", b""))
            assert client.rest().startswith(b"HTTP/1.1 200 ")
    assert watch.tap.open == 0
    assert watch.tap.own_errors == {"ZeroDivisionError": 1}
