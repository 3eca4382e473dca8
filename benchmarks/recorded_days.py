"""Days of ordinary clients, recorded once: what any number of exchanges is made of."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.clients import chatting, polling, streaming
from benchmarks.clients.program import Desk
from benchmarks.clients.recorder import Recorder
from benchmarks.many_exchanges import HOLE, Days, Template
from run_contracts.engine.selftest.trial import reference
from run_contracts.server import ServerOptions
from run_contracts.traffic.exchange import Exchange

PROGRAMS = {"chatting": chatting.work, "polling": polling.work, "streaming": streaming.work}


def recorded_days(program: str, seeds: int = 4) -> Days:
    """Return what was recorded of a program on right servers, a day each."""
    return tuple(tuple(map(_template, _recorded(program, seed))) for seed in range(seeds))


def _recorded(program: str, seed: int) -> list[Exchange]:
    options = ServerOptions(seed=seed, queue_seconds=1.0, work_seconds=9.0, cancel_seconds=1.0)
    with reference(options) as connection:
        recorder = Recorder(connection, "v2")
        PROGRAMS[program](Desk(recorder=recorder, connection=connection, key=options.api_key))
        return recorder.exchanges


def _template(exchange: Exchange) -> Template:
    sent = exchange.request.url.encode(), exchange.request.body
    url, asked, answered = (tuple(_holes(text)) for text in (*sent, exchange.response.body))
    return Template(exchange, (url, asked, answered))


def _holes(text: bytes) -> Iterator[bytes | int | None]:
    end = 0
    for hole in HOLE.finditer(text):
        if hole["moment"]:
            yield text[end : hole.start()]
            yield int(hole["moment"])
        else:
            yield text[end : hole.end("before")]
            yield None
        end = hole.end()
    yield text[end:]
