"""Which operations a server offers, in a few lines: what all offer shortly, the rest with why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from run_contracts.events import Offer, OperationSeen, Started, Surveyed
from run_contracts.report import sanitizing
from run_contracts.report.folding import wrapped

STATES = (Offer.OFFERED, Offer.BROKEN, Offer.MISSING, Offer.UNTRIED)
"""States in the order they are told."""
STATE_WIDTH = 11
"""Columns of a state before what is in it."""


def lines(surveyed: Surveyed, started: Started | None) -> Iterator[str]:
    """Yield the table for a terminal: offered ones in a line, each other with its reason.

    Those that only some requirements were asked of are not told where nothing is wrong.
    """
    if started is not None and started.only and not _wrong(surveyed):
        return
    yield ""
    yield f"operations: {surveyed.offered} of {surveyed.size} offered"
    for state, rows in by_state(surveyed).items():
        label = f"  {state:<{STATE_WIDTH}}"
        if state == Offer.OFFERED:
            yield from wrapped([row.operation for row in rows], first=label)
        explained = tuple(row for row in rows if row.reason or state != Offer.OFFERED)
        for reason, alike in _by_reason(explained).items():
            yield sanitizing.line(label + _names(alike) + (f": {reason}" if reason else ""))


def by_state(surveyed: Surveyed) -> Mapping[str, tuple[OperationSeen, ...]]:
    """Return the operations by their state, those states that occur."""
    rows_by_state = {
        state.value: tuple(one for one in surveyed.operations if one.state == state)
        for state in STATES
    }
    return {state: rows for state, rows in rows_by_state.items() if rows}


def _wrong(surveyed: Surveyed) -> bool:
    return any(one.state in (Offer.MISSING, Offer.BROKEN) for one in surveyed.operations)


def _by_reason(rows: tuple[OperationSeen, ...]) -> Mapping[str, list[OperationSeen]]:
    """Return operations by why they are so; each exchange is a reason of its own."""
    reasons: dict[str, list[OperationSeen]] = {}
    for row in rows:
        where = f" (exchange {row.exchange})" if row.exchange else ""
        reasons.setdefault(f"{row.reason}{where}", []).append(row)
    return reasons


def _names(rows: list[OperationSeen]) -> str:
    """Return the names of operations; of one alone its method and path, too."""
    if len(rows) > 1:
        return ", ".join(row.operation for row in rows)
    return " ".join(filter(None, (rows[0].operation, rows[0].what)))
