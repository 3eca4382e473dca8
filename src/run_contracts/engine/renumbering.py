"""New numbers for exchanges of another session, which stand in one report with those before."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from run_contracts.events import Broken, Decided
from run_contracts.traffic.exchange import Exchange

NAMED_EXCHANGE = re.compile(r"#([0-9]{1,9}) (?=[A-Z]+ http)")
"""How a sentence names an exchange."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Renumbering:
    """Numbers exchanges anew, and whatever names one of them.

    `number` returns the new number of an exchange, None if it is not shown; `group` the new number
    of those that were under way at once.
    """

    number: Callable[[int], int | None]
    group: Callable[[int], int | None]

    @classmethod
    def behind(cls, last: int, exchanges: Iterable[Exchange]) -> Renumbering:
        """Return numbers behind the last that there is, for a few exchanges; no other is shown."""
        numbers, groups = dict[int, int](), dict[int, int]()
        for number, one in enumerate(exchanges, start=last + 1):
            numbers[one.number] = groups[one.together] = number
        return cls(number=numbers.get, group=groups.get)

    @classmethod
    def further(cls, offset: int) -> Renumbering:
        """Return numbers behind so many for all exchanges of a session, shown or not."""

        def moved(number: int) -> int:
            return number + offset

        return cls(number=moved, group=moved)

    def exchange(self, exchange: Exchange) -> Exchange:
        """Return an exchange under its new number."""
        group = self.group(exchange.together) if exchange.together else None
        return replace(exchange, number=self.number(exchange.number) or 0, together=group or 0)

    def broken(self, broken: Broken) -> Broken:
        """Return a violation whose place and texts name exchanges by their new numbers."""
        return replace(
            broken,
            exchange=(self.number(broken.exchange) or 0) if broken.exchange else 0,
            expected=NAMED_EXCHANGE.sub(self._in_text, broken.expected),
            found=NAMED_EXCHANGE.sub(self._in_text, broken.found),
        )

    def verdict(self, verdict: Decided) -> Decided:
        """Return a verdict with all that it rests on; without what is not shown."""
        moved = map(self.number, verdict.sequence)
        return replace(
            verdict,
            broken=tuple(map(self.broken, verdict.broken)),
            sequence=tuple(one for one in moved if one is not None),
        )

    def _in_text(self, named: re.Match[str]) -> str:
        """Return how a text names an exchange now: without a number if it is not shown."""
        number = self.number(int(named[1]))
        return f"#{number} " if number is not None else ""
