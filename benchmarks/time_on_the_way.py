"""What a request waits for in the process that forwards, while it is kept for the judge."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Any

from run_contracts.watching.passing import Passing, Tap

MOST_KEPT = 20_000
"""Requests of which the seconds are kept, the newest: a soak measures memory, too."""


def timed_on_the_way() -> deque[float]:
    """Return what gets, of each request, the seconds that it waits while it is kept."""
    spent = deque[float](maxlen=MOST_KEPT)
    of_each: dict[Passing, float] = {}
    begin = Tap.begin

    def timed_begin(self: Tap, *asked: Any) -> Passing | None:
        began = time.perf_counter()
        passing = begin(self, *asked)
        if passing is not None:
            of_each[passing] = time.perf_counter() - began
        return passing

    def timed(method: Callable[..., None]) -> Callable[..., None]:
        def keep(self: Passing, *parts: Any, **named: Any) -> None:
            before, began = of_each.pop(self, None), time.perf_counter()
            method(self, *parts, **named)
            if before is None:  # called by another that is timed
                return
            took = before + time.perf_counter() - began
            if self.is_over:
                spent.append(took)
            else:
                of_each[self] = took

        return keep

    Tap.begin = timed_begin  # type: ignore[method-assign]
    for name in ("asks", "answers", "comes", "ends", "is_left", "breaks"):
        setattr(Passing, name, timed(getattr(Passing, name)))
    return spent
