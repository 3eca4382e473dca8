"""Requests without an answer: what they cost, what is sent again, and when a server is gone."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from dataclasses import replace

import httpx2
import pytest

from run_contracts.client.budget import Budget
from run_contracts.client.checked_target import Target
from run_contracts.client.connection import NETWORK
from run_contracts.client.session import MOST_UNANSWERED, Session
from run_contracts.errors import BudgetExceeded, Unreachable
from run_contracts.traffic.exchange import NO_ANSWER, Exchange, Intent
from tests.client.bare_server import FAILED, OK, Answer, Arrived, BareServer, serving

TIMEOUT = 0.3


def _session(server: BareServer, **rest: float) -> Session:
    budget = Budget(**rest)  # type: ignore[arg-type]
    return Session(Target(url=server.url, timeout=TIMEOUT, budget=budget))


def _get(session: Session, run_id: str = "run_1") -> Exchange:
    return session.send("getRun", thread_id="thread_1", run_id=run_id)


def _post(session: Session, intent: Intent = Intent.NONE) -> Exchange:
    return session.send("createRun", thread_id="thread_1", json_body={}, intent=intent)


def _if(method: str, answer: bytes | None) -> Answer:
    """Return what answers all but one method rightly."""
    return lambda arrived: answer if arrived.line.startswith(method) else OK


def _on_kept(answer: bytes) -> Answer:
    """Return what answers the first request of each connection rightly, and others with this."""
    return lambda arrived: answer if arrived.before else OK


def test_a_request_without_an_answer_is_an_exchange() -> None:
    """It is kept, says why, and costs itself alone."""
    with serving(BareServer(_if("POST", b""))) as server, _session(server) as session:
        _get(session)
        lost = _post(session)
        assert _get(session).is_success
    assert session.exchanges[1] is lost
    assert (lost.is_answered, lost.is_success, lost.is_refusal) == (False, False, False)
    assert "disconnected" in lost.response.failure
    assert lost.response.status == NO_ANSWER


def test_the_first_request_of_all_must_be_answered() -> None:
    """Else there is no server to check."""
    with serving(BareServer(_if("GET", b""))) as server, _session(server) as session:
        with pytest.raises(Unreachable, match="run_1: Server disconnected"):
            _get(session)
        assert session.exchanges == []


def test_what_is_read_is_sent_again_when_a_kept_connection_dies() -> None:
    """On a new one; and no connection is kept any more."""
    with serving(BareServer(_on_kept(b""))) as server, _session(server) as session:
        assert [_get(session).is_answered for _ in range(4)] == [True] * 4
    assert server.connections() == [1, 1, 2, 3, 4]


def test_what_changes_something_is_not_sent_again_if_it_may_have_been_begun() -> None:
    """The server had read it all before it hung up; that says nothing against the server."""
    with serving(BareServer(_on_kept(b""))) as server, _session(server) as session:
        _get(session)
        lost = _post(session)
    assert (lost.is_answered, lost.response.silences) == (False, 0)
    assert len(server.arrived) == 2


def test_what_changes_something_is_sent_again_if_the_server_had_closed_before() -> None:
    """A connection that was closed while it was idle carries nothing to anybody."""
    server = BareServer(lambda _: OK, closes_after=lambda arrived: arrived.connection == 1)
    with serving(server), _session(server) as session:
        assert [_get(session).is_answered, _post(session).is_answered] == [True, True]
    assert [line.split()[0] for line in server.lines()] == ["GET", "POST"]


def test_what_is_read_is_asked_twice_of_a_server_that_hangs_up() -> None:
    """Each time on a new connection; twice is not by chance."""

    def answer(arrived: Arrived) -> bytes:
        return b"" if "run_2" in arrived.line else OK

    with serving(BareServer(answer)) as server, _session(server) as session:
        _get(session)
        lost = _get(session, "run_2")
    assert lost.response.silences == 2
    # The first of the three was on the connection that was kept.
    assert server.connections() == [1, 1, 2, 3]


def test_a_connection_is_not_used_again_after_a_server_error() -> None:
    """A server may close it without saying so; others are kept."""

    def answer(arrived: Arrived) -> bytes:
        return FAILED if "run_2" in arrived.line else OK

    with serving(BareServer(answer)) as server, _session(server) as session:
        statuses = [_get(session, f"run_{n}").response.status for n in (1, 1, 2, 1, 1)]
    assert statuses == [200, 200, 500, 200, 200]
    assert server.connections() == [1, 1, 1, 2, 2]


def test_an_idle_connection_is_not_used_again() -> None:
    """Servers close it after a few seconds."""
    with serving(BareServer(lambda _: OK)) as server, _session(server) as session:
        _get(session)
        time.sleep(1.1)
        _get(session)
    assert server.connections() == [1, 2]


def test_after_three_in_a_row_a_server_that_answers_is_used_on() -> None:
    """A cheap request, answered before, decides; it is kept, too."""
    with serving(BareServer(_if("POST", b""))) as server, _session(server) as session:
        first = _get(session)
        for _ in range(MOST_UNANSWERED):
            _post(session)
        assert session.exchanges[-1].request.url == first.request.url
        assert session.exchanges[-1].is_answered
        assert not _post(session).is_answered


def test_after_three_in_a_row_a_server_that_does_not_answer_is_gone() -> None:
    """That is told in one line that names the base URL."""
    is_up = True

    def answer(_: Arrived) -> bytes:
        return OK if is_up else b""

    with serving(BareServer(answer)) as server, _session(server) as session:
        _get(session)
        is_up = False
        _post(session)
        _post(session)
        with pytest.raises(Unreachable, match="/v1: the server is gone: 3 requests in a row"):
            _post(session)
        assert [one.is_answered for one in session.exchanges] == [True] + [False] * 4


def test_what_is_never_answered_in_time_is_not_sent_for_ever() -> None:
    """After three times the exchange is returned and not kept; other kinds go on."""
    with serving(BareServer(_if("POST", None))) as server, _session(server) as session:
        _get(session)
        for _ in range(MOST_UNANSWERED):
            assert _post(session).response.is_late
        kept = len(session.exchanges)
        unsent = _post(session)
        assert (unsent.is_answered, len(session.exchanges)) == (False, kept)
        assert "not sent: createRun was too often not answered" in unsent.response.failure
        assert _get(session).is_success


def test_a_budget_that_ends_the_wait_is_spent() -> None:
    """A request that the budget cut off says nothing of the server."""
    with serving(BareServer(_if("POST", None))) as server, _session(server, seconds=0.2) as session:
        _get(session)
        with pytest.raises(BudgetExceeded, match="--max-seconds"):
            _post(session)
        assert len(session.exchanges) == 1


def test_a_refused_connection_within_a_budget_is_no_budget_spent() -> None:
    """The server is not there, whatever time is left."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
    target = Target(url=url, timeout=30, budget=Budget(seconds=5))
    with Session(target) as session, pytest.raises(Unreachable, match="refused"):
        _get(session)


def test_a_run_that_may_be_there_speaks_against_the_next_one() -> None:
    """Nobody knows whether the thread is free; on another it is known."""
    answers = iter([OK, b"", OK, OK])
    with serving(BareServer(lambda _: next(answers))) as server, _session(server) as session:
        _get(session)
        _post(session, Intent.ORDINARY)
        later = _post(session, Intent.ORDINARY)
        elsewhere = session.send(
            "createRun", thread_id="thread_2", json_body={}, intent=Intent.ORDINARY
        )
    assert session.unsure == {"thread_1"}
    assert (later.is_ordinary, elsewhere.is_ordinary) == (False, True)


@pytest.mark.parametrize("comments", [b"", b": wait\n\n"], ids=["a head alone", "comments"])
def test_a_stream_that_was_left_before_its_first_event_may_have_made_a_run(comments: bytes) -> None:
    """A head and comments say that it was accepted, and not which run it is about."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
    answers = iter([[OK], _and_then_silence(head + comments), [OK]])
    with serving(BareServer(lambda _: next(answers))) as server, _session(server) as session:
        _get(session)
        left = _post(session, Intent.ORDINARY)
        later = _post(session, Intent.ORDINARY)
    assert (left.response.is_late, left.response.is_lost) == (True, True)
    assert (session.unsure, later.is_ordinary) == ({"thread_1"}, False)


def _and_then_silence(data: bytes) -> Iterator[bytes]:
    yield data
    time.sleep(2 * TIMEOUT)


def test_a_race_in_which_one_has_no_answer_is_over_all_the_same() -> None:
    """The exchange in the background is kept last."""
    with serving(BareServer(_if("POST", b""))) as server, _session(server) as session:
        _get(session)
        with session.meanwhile("createRun", thread_id="thread_1", json_body={}) as beside:
            inside = _get(session)
    assert [one.is_answered for one in (inside, *beside)] == [True, False]
    assert session.exchanges[-1] is beside[0]


def test_a_given_transport_is_used_for_what_is_sent_again() -> None:
    """It has its own ways to keep connections."""
    with serving(BareServer(_on_kept(b""))) as server:
        connection = replace(NETWORK, transport=httpx2.HTTPTransport())
        with Session(Target(url=server.url, timeout=TIMEOUT), connection) as session:
            assert [_get(session).is_answered for _ in range(3)] == [True] * 3
