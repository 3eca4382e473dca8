"""Any number of exchanges of recorded days, told apart by their ids and moments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count, islice

from run_contracts.traffic.exchange import Exchange

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


Days = tuple[tuple[Template, ...], ...]


def many_exchanges(number: int, recorded_days: Days) -> Iterator[Exchange]:
    """Yield so many exchanges of recorded days, one day after another, of several clients."""
    return islice(_endless(recorded_days), number)


def _endless(recorded_days: Days) -> Iterator[Exchange]:
    numbers = count(1)
    for day in count():
        copies = [day * AT_ONCE + client for client in range(AT_ONCE)]
        for template in recorded_days[day % len(recorded_days)]:
            for copy in copies:
                later, beside = day * LONGEST_DAY, copy * MOST_RACES
                yield template.copied(next(numbers), b"%08d" % copy, later, beside)
