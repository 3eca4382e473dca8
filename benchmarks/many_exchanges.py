"""Any number of exchanges of ordinary days: recorded once, told apart by their ids and moments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import count, islice

from benchmarks.clients import chatting, polling, streaming
from benchmarks.clients.program import Desk
from benchmarks.clients.recorder import Recorder
from run_contracts.engine.selftest.trial import reference
from run_contracts.server import ServerOptions
from run_contracts.traffic.exchange import Exchange

PROGRAMS = {"chatting": chatting.work, "polling": polling.work, "streaming": streaming.work}
HOLE = re.compile(
    rb"(?P<before>(?:thread|run|msg|step|call|asst)_[A-Za-z0-9]{16})[A-Za-z0-9]{8}"
    rb"|(?<![0-9.])(?P<moment>18[0-9]{8})(?![0-9.])"
)
"""What differs from copy to copy: the last letters of ids, and moments."""
LONGEST_DAY = 100_000
"""Seconds from the beginning of one day to that of the next."""
MOST_RACES = 1_000
"""Races in a day, at most."""
AT_ONCE = 20
"""Clients that have the same day at the same time."""
Text = tuple[bytes | int | None, ...]
"""Parts of a text: bytes as they are, moments, and None where the letters of a copy go."""


@dataclass(frozen=True)
class Template:
    """An exchange with holes for what differs from copy to copy."""

    exchange: Exchange
    texts: tuple[Text, Text, Text]

    def copied(self, number: int, copy: bytes, later: int, beside: int) -> Exchange:
        """Return the exchange as one of a copy, so many seconds later."""
        one = self.exchange
        url, asked, answered = (
            b"".join(
                part if type(part) is bytes else copy if part is None else b"%d" % (part + later)
                for part in text
            )
            for text in self.texts
        )
        request = replace(one.request, url=url.decode(), body=asked)
        return replace(
            one,
            number=number,
            request=request,
            response=replace(one.response, body=answered),
            seen_at=one.seen_at + later,
            together=one.together and one.together + beside,
        )


@cache
def days(program: str, seeds: int = 4) -> tuple[tuple[Template, ...], ...]:
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


def many_exchanges(number: int, program: str = "chatting") -> Iterator[Exchange]:
    """Yield so many exchanges of days of a program, one day after another, of several clients."""
    return islice(_endless(program), number)


def _endless(program: str) -> Iterator[Exchange]:
    numbers, recorded_days = count(1), days(program)
    for day in count():
        copies = [day * AT_ONCE + client for client in range(AT_ONCE)]
        for template in recorded_days[day % len(recorded_days)]:
            for copy in copies:
                later, beside = day * LONGEST_DAY, copy * MOST_RACES
                yield template.copied(next(numbers), b"%08d" % copy, later, beside)
