"""Which threads and messages were deleted, or may have been: nobody knows that they are there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from run_contracts.contract.operations import unquoted
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange

DELETE = "DELETE"
IS_GONE = (404, 410)
"""The refusals that say that it is not there, whoever deleted it."""
_NAMED = re.compile(r"/threads/([^/]{1,512})(?:/messages/([^/]{1,512}))?/?\Z")


class Deletion(NamedTuple):
    """A request to delete a message, or a whole thread: then `message_id` is empty."""

    exchange: Exchange
    thread_id: str
    message_id: str


def deletion_of(exchange: Exchange) -> Deletion | None:
    """Return what a request may have deleted; None if it is no such request, or was refused.

    The contract has no such operation, so its method and path alone say so. One without an answer
    may have been done.
    """
    if exchange.request.method != DELETE or exchange.operation is not None:
        return None
    named = _named(exchange)
    if named is None or (exchange.is_refusal and exchange.response.status not in IS_GONE):
        return None
    return Deletion(exchange, *named)


def _named(exchange: Exchange) -> tuple[str, str] | None:
    """Return the thread in a path, and its message if there is one; None for any other path."""
    named = _NAMED.search(re.split("[?#]", exchange.request.url, maxsplit=1)[0])
    return (unquoted(named[1]), unquoted(named[2] or "")) if named is not None else None


def may_be_gone(evidence: Evidence, seen: Exchange, message_id: str = "") -> bool:
    """Say whether the thread in the path of an exchange may have been deleted by then.

    If a message is named: whether that may have been, alone or with its thread.
    """
    return any(
        one.message_id in ("", message_id) and _may_be_before(one.exchange, seen)
        for one in _deletions(evidence, seen)
    )


def may_lose_messages(evidence: Evidence, earlier: Exchange, later: Exchange) -> bool:
    """Say whether anything in a thread may have been deleted between two exchanges.

    The path of the later one names the thread. What was not said to be done may be done later.
    """
    return any(
        _may_be_before(one.exchange, later)
        and not (one.exchange.is_success and _is_surely_before(one.exchange, earlier))
        for one in _deletions(evidence, later)
    )


def may_modify_messages(evidence: Evidence, listing: Exchange) -> bool:
    """Say whether a message of a thread may have been modified before its messages were listed.

    The contract has no such operation either.
    """
    return any(
        one.request.method == "POST"
        and one.operation is None
        and not one.is_refusal
        and _may_be_before(one, listing)
        and (named := _named(one)) is not None
        and named[0] == listing.ids["thread_id"]
        and named[1]
        for one in evidence.sent
    )


def is_deleted_beside(evidence: Evidence, seen: Exchange, thread_id: str) -> bool:
    """Say whether a thread may have been deleted while an exchange was under way."""
    of_thread = evidence.derived(_by_thread)[0].get(thread_id, [])
    return any(not one.message_id and one.exchange.is_beside(seen) for one in of_thread)


def _may_be_before(deleting: Exchange, seen: Exchange) -> bool:
    return deleting.number < seen.number or deleting.is_beside(seen)


def _is_surely_before(deleting: Exchange, seen: Exchange) -> bool:
    return deleting.number < seen.number and not deleting.is_beside(seen)


def _deletions(evidence: Evidence, seen: Exchange) -> list[Deletion]:
    """Return the deletions on the thread in the path of an exchange, in order."""
    return evidence.derived(_by_thread)[0].get(seen.ids.get("thread_id", ""), [])


def _by_thread(evidence: Evidence) -> Iterator[Mapping[str, list[Deletion]]]:
    by_thread: dict[str, list[Deletion]] = {}
    for deletion in filter(None, map(deletion_of, evidence.sent)):
        by_thread.setdefault(deletion.thread_id, []).append(deletion)
    yield by_thread
