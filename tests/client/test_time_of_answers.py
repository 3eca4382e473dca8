"""The time of an answer: one clock for head and body, whatever a server sends meanwhile."""

from __future__ import annotations

import gzip
import itertools
import time
import zlib
from collections.abc import Callable, Iterator

import pytest

from run_contracts.client import body_reader
from run_contracts.client.checked_target import Target
from run_contracts.client.session import Session
from run_contracts.traffic.exchange import Exchange
from tests.client.bare_server import OK, Answer, BareServer, serving

TIMEOUT, SOON = 0.8, 6.0
"""Seconds that an answer may take here, and within which a request has surely been given up."""
STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
EVENT = b"event: thread.run.created\ndata: {}\n\n"


def _slowly(pieces: Iterator[bytes], pause: float = 0.05) -> Iterator[bytes]:
    for piece in pieces:
        time.sleep(pause)
        yield piece


def _drip(text: bytes) -> Iterator[bytes]:
    """Yield a byte at a time, so slowly that all of them take far longer than there is."""
    return _slowly(bytes([one]) for one in text)


def _polled(answer: Answer) -> tuple[Exchange, float]:
    """Return what a request that is not answered in time becomes, after one that is, and when."""
    first = iter([OK])
    server = BareServer(lambda arrived: next(first, None) or answer(arrived))
    with serving(server), Session(Target(url=server.url, timeout=TIMEOUT)) as session:
        session.send("getRun", thread_id="thread_1", run_id="run_1")
        started = time.monotonic()
        exchange = session.send("createRun", thread_id="thread_1", json_body={"stream": True})
        return exchange, time.monotonic() - started


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param(lambda: _drip(OK * 10), id="head"),
        pytest.param(lambda: _slowly(itertools.repeat(b"X-A: b\r\n")), id="lines of a head"),
        pytest.param(lambda: _slowly(itertools.repeat(b"HTTP/1.1 102 W\r\n\r\n")), id="1xx"),
        pytest.param(lambda: itertools.chain([OK[:-2]], _drip(b" " * 99)), id="body"),
    ],
)
def test_what_drips_is_no_answer_in_time(pieces: Answer) -> None:
    """A byte now and then does not make a server's time longer."""
    exchange, seconds = _polled(lambda _: pieces())  # type: ignore[call-arg]
    assert not exchange.is_answered or exchange.response.body == b"  "
    assert seconds < SOON
    if not exchange.is_answered:
        assert f"within {TIMEOUT} seconds" in exchange.response.failure


def test_a_body_that_does_not_end_in_time_is_no_answer() -> None:
    """It says that the answer was not whole, for it had begun."""
    head = OK[:-2].replace(b"Content-Length: 2", b"Content-Length: 999")
    exchange, seconds = _polled(lambda _: itertools.chain([head], _drip(b" " * 999)))
    assert exchange.response.failure == f"no whole answer within {TIMEOUT} seconds"
    assert exchange.response.is_late
    assert seconds < SOON


def test_comments_are_no_event() -> None:
    """A stream that says nothing is left when the time of an answer is over, and is not whole."""
    pieces = itertools.chain([STREAM], _slowly(itertools.repeat(b": wait\n\n")))
    exchange, seconds = _polled(lambda _: pieces)
    assert (exchange.response.is_whole, exchange.response.is_late) == (False, True)
    assert seconds < SOON


def test_a_stream_with_events_has_a_time_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is longer than that of an answer, and ends, too."""
    monkeypatch.setattr("run_contracts.client.timeouts.LONGEST_STREAM", 1.6)
    pieces = itertools.chain([STREAM], _slowly(itertools.repeat(EVENT)))
    exchange, seconds = _polled(lambda _: pieces)
    assert TIMEOUT < seconds < SOON
    assert (exchange.response.is_whole, exchange.response.is_late) == (False, True)


def test_after_its_last_word_a_stream_has_a_little_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """What goes on after the end marker is read for some seconds, and is not late."""
    monkeypatch.setattr(body_reader, "AFTER_THE_END", 0.3)
    done = STREAM + EVENT + b"event: done\ndata: [DONE]\n\n"
    pieces = itertools.chain([done], _slowly(itertools.repeat(b": more\n\n")))
    exchange, seconds = _polled(lambda _: pieces)
    assert (exchange.response.is_whole, exchange.response.is_late) == (False, False)
    assert seconds < SOON


def test_a_flood_is_read_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stream is read up to so many bytes, and the rest never comes into memory."""
    monkeypatch.setattr(body_reader, "LEAST_LIMIT", 100_000)
    monkeypatch.setattr(body_reader, "ALL_BODIES", 0)
    exchange, _ = _polled(lambda _: itertools.chain([STREAM], itertools.repeat(EVENT * 100)))
    assert not exchange.response.is_whole
    assert len(exchange.response.body) < 200_000


ZIPPED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n\r\n"
BOMB = gzip.compress(b" " * 20_000_000, compresslevel=1)


def test_a_body_is_never_larger_unzipped_than_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """However much of it stands in a few bytes, what is kept has the same limit."""
    monkeypatch.setattr(body_reader, "LEAST_LIMIT", 100_000)
    monkeypatch.setattr(body_reader, "ALL_BODIES", 0)
    exchange, _ = _polled(lambda _: iter([ZIPPED + BOMB]))
    assert len(exchange.response.body) == 100_001
    assert exchange.unreadable == "it was not read to its end, for it is too large"


def _bare(data: bytes) -> bytes:
    packing = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packing.compress(data) + packing.flush()


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [(b"gzip", gzip.compress), (b"deflate", zlib.compress), (b"deflate", _bare), (b"x", bytes)],
    ids=["gzip", "deflate", "deflate without its frame", "one that nobody knows"],
)
def test_a_zipped_body_is_read(encoding: bytes, pack: Callable[[bytes], bytes]) -> None:
    """It is what was zipped; of an encoding that was not asked for it is what came."""
    head = ZIPPED.replace(b"gzip", encoding)
    exchange, _ = _polled(lambda _: iter([head + pack(b'{"a": 1}')]))
    assert exchange.answered == {"a": 1}


def test_all_bodies_of_a_check_have_a_limit_together() -> None:
    """The more was kept, the less is kept of each, but always enough for an ordinary answer."""
    allowance = body_reader.Allowance()
    assert allowance.limit == body_reader.BODY_LIMIT
    for _ in range(40):
        allowance.keep(bytes(allowance.limit))
    assert allowance.limit == body_reader.LEAST_LIMIT


def test_a_body_of_many_objects_counts_for_more_than_its_bytes() -> None:
    """What it is read into takes many times as much memory as its text."""
    bodies = body_reader.Allowance(), body_reader.Allowance()
    for allowance, body in zip(bodies, (b"{}" * 100_000, b"  " * 100_000), strict=True):
        allowance.keep(body)
    assert bodies[0].limit < bodies[1].limit == body_reader.BODY_LIMIT - 100_000
