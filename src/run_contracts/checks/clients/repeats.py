"""Repeats: the same request again, after it was put off, refused, or failed.

Several clients may send the same, and people press a button again; so a few repeats say nothing
unless a program says that they are its own, or nobody else can have been so quick.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from itertools import pairwise

from run_contracts.checks.clients.client_table import shows_of_clients
from run_contracts.checks.clients.senders import (
    SECOND,
    Streak,
    announces_retry,
    by_sender,
    comes_after,
    gap,
    grain,
    has_times,
    streaks,
)
from run_contracts.checks.registry import Outcome, decided
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import BAD_REQUEST, RETRY_AFTER, SERVER_ERROR, Exchange

LONGEST_WAIT = 60.0
"""Seconds of Retry-After that are looked at; the official SDKs follow none that is longer."""
ONLY_A_PROGRAM = 0.03
"""Seconds within which only a program sends something again."""
EARLY_READS, EARLY_OTHERS = 3, 2
"""Early repeats in a row, all put off, that several right clients do not make: reads, others."""
PASSING = frozenset({408, 409, 423, 425, 429})
"""Refusals that pass by themselves."""
REFUSED_AT_MOST, READ_IN_VAIN_AT_MOST = 4, 10
"""Refusals in a row of one request that right clients may bring about: of a body, of all else."""
MOST_BY_HAND = 20
"""Refusals in a row of one body after which no human sends it still."""
NOT_BY_HAND = 0.3
"""Seconds between requests below which no human presses a button again and again."""
FAILED_AT_MOST, FAILED_READS_AT_MOST = 10, 20
"""Failures in a row of one request, for the same."""
WITHOUT_PAUSE = 1.0
"""Seconds between requests below which there was no pause."""
OF_STATE = ("active", "status", "while", "in progress", "not ready")
"""Words of refusals that speak of how things stand, which passes."""


@shows_of_clients("CLIENT-RETRY-001")
def waits_for_its_turn(evidence: Evidence) -> Iterator[Outcome]:
    """Judge when a request was sent again that the server had put off until a certain time."""
    for sent in by_sender(evidence):
        put_off: dict[object, tuple[Exchange, int]] = {}
        for exchange in sent:
            earlier, times = put_off.pop(_same(exchange), (None, 0))
            wait = asked_wait(earlier) if earlier is not None else None
            early = 0
            if earlier is not None and wait is not None and comes_after(earlier, exchange):
                tolerance = max(grain((earlier, exchange)), wait / 10)
                is_early = gap(earlier, exchange) < wait - tolerance
                early = times + 1 if is_early else 0
                if not is_early or _is_its_own(earlier, exchange, early):
                    yield _waited(evidence, exchange, wait, gap(earlier, exchange), early)
            if exchange.is_put_off and not exchange.together:
                put_off[_same(exchange)] = exchange, early


def _same(exchange: Exchange) -> tuple[str, str, bytes]:
    """Return what makes two requests the same."""
    return exchange.request.method, exchange.request.url, exchange.request.body


def _is_its_own(earlier: Exchange, exchange: Exchange, early: int) -> bool:
    """Say whether an early repeat is surely of the program that was put off."""
    is_read = exchange.request.method == "GET"
    is_quick = not is_read and gap(earlier, exchange) < ONLY_A_PROGRAM and bool(exchange.ids)
    is_often = early >= (EARLY_READS if is_read else EARLY_OTHERS)
    return announces_retry(exchange) or is_quick or (is_often and exchange.is_put_off)


def _waited(
    evidence: Evidence, exchange: Exchange, wait: float, waited: float, early: int
) -> Outcome:
    return decided(
        evidence,
        "CLIENT-RETRY-001",
        exchange,
        holds=early == 0,
        actual=f"{waited:.2f} seconds later",
        code="waited-for",
        seconds=wait,
    )


def asked_wait(exchange: Exchange) -> float | None:
    """Return how many seconds a server asks to wait by Retry-After; None if that is not known.

    A date is read by the server's own clock, which its header Date tells.
    """
    said = exchange.response.header(RETRY_AFTER) or ""
    if not exchange.seen_at or exchange.response.header("retry-after-ms") is not None:
        return None
    if said.isascii() and said.isdigit() and len(said) < 6:  # noqa: PLR2004 - digits
        seconds = float(said)
    else:
        until, now = _moment(said), _moment(exchange.response.header("date") or "")
        seconds = (until - now).total_seconds() - SECOND if until and now else 0.0
    return seconds if 0 < seconds <= LONGEST_WAIT else None


def _moment(text: str) -> datetime | None:
    """Return the moment that an HTTP date names; None if it is none."""
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo is not None else None


@shows_of_clients("CLIENT-RETRY-002")
def does_not_insist(evidence: Evidence) -> Iterator[Outcome]:
    """Judge how often in a row a request was sent that was refused for what it is."""
    yield from _given_up(evidence, "CLIENT-RETRY-002", _is_refused_for_good, _insists, "not-again")


@shows_of_clients("CLIENT-RETRY-003")
def gives_up(evidence: Evidence) -> Iterator[Outcome]:
    """Judge how often in a row, and how fast, a request was sent that failed."""
    yield from _given_up(evidence, "CLIENT-RETRY-003", _has_failed, _never_gives_up, "given-up")


def _given_up(
    evidence: Evidence,
    requirement: str,
    is_bad: Callable[[Exchange], bool],
    is_too_often: Callable[[Streak], bool | None],
    code: str,
) -> Iterator[Outcome]:
    """Yield whether a row of requests that came to nothing is short; nothing if that is unclear."""
    for sent in by_sender(evidence):
        for row in streaks(sent, lambda one: _same(one) if one.operation and is_bad(one) else None):
            verdict = is_too_often(row)
            if verdict is not None:
                yield decided(
                    evidence,
                    requirement,
                    row[-1],
                    holds=not verdict,
                    actual=f"{len(row)} times in a row {row[-1].response.outcome}",
                    code=code,
                )


def _is_refused_for_good(exchange: Exchange) -> bool:
    """Say whether a request was refused for what it is, not for how things stand."""
    status, text = exchange.response.status, exchange.answer.text.lower()
    is_refused = BAD_REQUEST <= status < SERVER_ERROR and status not in PASSING
    return is_refused and not any(word in text for word in OF_STATE)


def _has_failed(exchange: Exchange) -> bool:
    """Say whether the server failed at a request, or gave no answer and no time to come again."""
    is_unanswered = not exchange.is_answered
    return is_unanswered or (exchange.response.status >= SERVER_ERROR and not exchange.is_put_off)


def _is_of_one_thing(exchange: Exchange) -> bool:
    """Say whether a request with a body is about one thing, which several clients hardly share."""
    return bool(exchange.request.body) and bool(exchange.ids)


def _insists(row: Streak) -> bool | None:
    is_of_one_thing = _is_of_one_thing(row[0])
    if len(row) <= (REFUSED_AT_MOST if is_of_one_thing else READ_IN_VAIN_AT_MOST):
        return False
    if _is_faster(row, NOT_BY_HAND):
        return True
    is_later = has_times(row) and any(gap(a, b) > LONGEST_WAIT for a, b in pairwise(row))
    return True if is_of_one_thing and len(row) > MOST_BY_HAND and not is_later else None


def _is_faster(row: Streak, seconds: float) -> bool:
    """Say whether each request of a row surely came sooner than so many seconds after another."""
    is_exact = has_times(row) and grain(row) < SECOND
    return is_exact and all(gap(a, b) < seconds for a, b in pairwise(row))


def _never_gives_up(row: Streak) -> bool | None:
    most = FAILED_AT_MOST if _is_of_one_thing(row[0]) else FAILED_READS_AT_MOST
    if len(row) <= most:
        return False
    return True if _is_faster(row, WITHOUT_PAUSE) else None
