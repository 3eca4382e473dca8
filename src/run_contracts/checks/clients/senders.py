"""Senders: who sent which request, and what they can have known when they sent it.

A server is used by several clients at once, and a client may have several threads. What cannot be
told apart here is one sender; so checks look for what no number of right clients would do together.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from itertools import groupby

from run_contracts.contract.operations import Operation
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange

SPEAKERS = (
    *("authorization", "api-key", "user-agent"),
    *("openai-organization", "openai-project"),
)
"""Headers by which one client differs from another."""
ANNOUNCED_RETRY = "x-stainless-retry-count"
"""The header by which the official SDKs say that they send a request again."""
SECOND = 1.0
"""Seconds by which moments may be wrong that were kept as whole seconds."""
INSTANT = 0.05
"""Seconds by which other moments may be wrong, and timers early."""
NO_TIME = 0.002
"""Seconds by which what follows at once may seem to come before."""

Sender = tuple[str, ...]
Streak = list[Exchange]


def header(exchange: Exchange, name: str) -> str | None:
    """Return a header of a request, whatever the case of its name; None if it is absent."""
    return next((value for key, value in exchange.request.headers if key.lower() == name), None)


def sender(exchange: Exchange) -> Sender:
    """Return what tells the sender of a request from others."""
    said = {name.lower(): value for name, value in exchange.request.headers}
    return tuple(said.get(name, "") for name in SPEAKERS)


def by_sender(evidence: Evidence) -> Iterator[list[Exchange]]:
    """Yield all that each sender sent, answered or not, in order."""
    sent: dict[Sender, list[Exchange]] = {}
    for exchange in evidence.sent:
        sent.setdefault(sender(exchange), []).append(exchange)
    yield from sent.values()


def streaks(sent: Sequence[Exchange], same: Callable[[Exchange], Hashable]) -> Iterator[Streak]:
    """Yield what a sender sent in a row that is the same; None is nothing that is looked for.

    What was under way beside others ends a row: it is of several threads.
    """
    for key, group in groupby(sent, lambda one: None if one.together else same(one)):
        if key is not None:
            yield list(group)


def has_times(exchanges: Sequence[Exchange]) -> bool:
    """Say whether it is known of all exchanges when they were."""
    return all(exchange.seen_at > 0 for exchange in exchanges)


def grain(exchanges: Sequence[Exchange]) -> float:
    """Return by how many seconds the moments of exchanges may be wrong."""
    is_whole = all(float(exchange.seen_at).is_integer() for exchange in exchanges)
    return SECOND if is_whole else INSTANT


def gap(earlier: Exchange, later: Exchange) -> float:
    """Return the seconds between an answer and the sending of a later request, if both are known.

    Less than 0 if they were under way at the same time.
    """
    return later.sent_at - earlier.seen_at


def comes_after(earlier: Exchange, later: Exchange) -> bool:
    """Say whether a request was surely sent after another was answered."""
    if earlier.number >= later.number or earlier.is_beside(later):
        return False
    pair = (earlier, later)
    tolerance = SECOND if grain(pair) == SECOND else NO_TIME
    return not has_times(pair) or gap(earlier, later) >= -tolerance


def announces_retry(exchange: Exchange) -> bool:
    """Say whether a request says of itself that it is sent again."""
    return (header(exchange, ANNOUNCED_RETRY) or "0") != "0"


def is_refused(exchange: Exchange) -> bool:
    """Say whether a server refused what was asked, whoever asked for it and whenever."""
    return exchange.is_refusal and not exchange.is_turned_away


def query_of(exchange: Exchange) -> str:
    """Return the query of a request's URL, whatever else is wrong with that."""
    return exchange.request.url.partition("?")[2].partition("#")[0]


def takes_body(exchange: Exchange) -> Operation | None:
    """Return the operation of a request that came with a body for it, as it is; None if not."""
    operation = exchange.operation
    has_body = operation is not None and operation.request and exchange.request.body.strip()
    is_plain = header(exchange, "content-encoding") is None
    return operation if has_body and is_plain else None


def came_whole(exchange: Exchange) -> bool:
    """Say whether an answer came to its end at who had asked, as far as it can be known."""
    response = exchange.response
    return response.is_whole and not (response.is_left or response.broken_off)
