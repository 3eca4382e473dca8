"""Ids that a server made up: whatever they hold, a request goes to their own place or nowhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from run_contracts.client.checked_target import Target
from run_contracts.client.request_parts import path_segment
from run_contracts.client.session import Session
from run_contracts.contract.operations import match
from run_contracts.traffic.exchange import Exchange, Request, Response
from tests.client.bare_server import OK, BareServer, serving

SENT = [
    ("a/../..", "a%2F..%2F.."),
    ("a?b#c", "a%3Fb%23c"),
    ("a\r\nHost: b", "a%0D%0AHost%3A%20b"),
    ("\x00\x1b[2J", "%00%1B%5B2J"),
    ("\ud800", "%ED%A0%80"),
    ("%2e%2e", "%252e%252e"),
    ("...", "..."),
    ("ü", "%C3%BC"),
]
TEXTS = st.text(st.characters(), min_size=1, max_size=30)
UNSENT = [".", "..", "", "x" * 300_000]


@pytest.mark.parametrize(("id_", "segment"), SENT)
def test_an_id_is_one_segment_of_a_path(id_: str, segment: str) -> None:
    """What it holds is quoted, so that it names nothing else."""
    with serving(BareServer(lambda _: OK)) as server, Session(Target(url=server.url)) as session:
        session.send("getRun", thread_id="thread_1", run_id=id_)
        assert server.lines() == [f"GET /v1/threads/thread_1/runs/{segment} HTTP/1.1"]


@given(thread_id=TEXTS, run_id=TEXTS)
def test_an_id_is_read_out_of_a_path_as_it_was(thread_id: str, run_id: str) -> None:
    """What is quoted in a URL is the same id as that in an answer."""
    path = f"/v1/threads/{path_segment(thread_id)}/runs/{path_segment(run_id)}"
    matched = match("v2", "GET", path)
    assert matched is not None
    assert (matched[0].id, matched[1]) == ("getRun", {"thread_id": thread_id, "run_id": run_id})
    exchange = Exchange(
        number=1,
        edition="v2",
        request=Request(method="GET", url=f"http://a.invalid{path}"),
        response=Response(status=200, headers=(), body=b""),
    )
    assert {thread_id, run_id} <= exchange.sent_texts


@pytest.mark.parametrize("id_", UNSENT)
def test_an_id_that_names_another_place_is_not_sent(id_: str) -> None:
    """A step upwards, nothing at all, or what no server reads: the exchange says why, unsent."""
    with serving(BareServer(lambda _: OK)) as server, Session(Target(url=server.url)) as session:
        exchange = session.send("getRun", thread_id=id_, run_id="run_1")
        assert exchange.response.failure.startswith("not sent: the id ")
        assert (server.lines(), session.exchanges) == ([], [])


@pytest.mark.parametrize("path", ["/\r\nX: a", "/" + "x" * 300_000, "/\x00"])
def test_a_url_that_cannot_be_is_not_sent(path: str) -> None:
    """What was put together elsewhere costs that request alone."""
    with serving(BareServer(lambda _: OK)) as server, Session(Target(url=server.url)) as session:
        exchange = session.send_raw("PUT", server.url + path, headers={}, content=b"")
        assert exchange.response.failure.startswith("not sent: it cannot be sent: ")
        assert server.lines() == []
