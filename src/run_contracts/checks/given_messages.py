"""Messages that are given with the create of a run: all of them are in its thread, and whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from run_contracts.checks.created_runs import right_creations
from run_contracts.checks.lists import ListedPage, pages
from run_contracts.checks.registry import Outcome, decided, decides
from run_contracts.traffic.deletions import may_lose_messages, may_modify_messages
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange
from run_contracts.types import JSONObject

GIVING = ("createThread", "createThreadAndRun", "createRun", "createMessage")
"""The operations that put messages into threads."""


def _read_after(evidence: Evidence) -> Iterator[tuple[Exchange, list[JSONObject], ListedPage]]:
    """Yield each accepted create with the messages it gave, and the first whole list after it.

    It is one that was not cut off, so that nothing can be on another page. If anything in the
    thread may have been deleted since, it may be what was given.
    """
    for first, asked in right_creations(evidence):
        exchange, thread_id = first.exchange, first.run.get("thread_id")
        given = _given(asked)
        for page in pages(evidence, "listMessages") if given else ():
            is_later = page.exchange.number > exchange.number
            if is_later and page.exchange.ids["thread_id"] == thread_id and page.is_surely_whole:
                if not may_lose_messages(evidence, exchange, page.exchange):
                    yield exchange, given, page
                break


@decides("RUN-CREATE-004")
def messages_are_there(evidence: Evidence) -> Iterator[Outcome]:
    """Judge that texts given with a create stand in the thread, by role and text."""
    for exchange, given, page in _read_after(evidence):
        shown = [_shown_text(item) for item in page.items]
        missing = [text for text in map(_given_text, given) if text not in shown]
        if missing and not evidence.is_alone:
            continue  # somebody unseen may have deleted them
        yield decided(
            evidence,
            "RUN-CREATE-004",
            page.exchange,
            holds=not missing,
            actual=f"{len(shown)} messages without {missing}",
            code="messages-lost",
            by=str(exchange),
            pointer="/data",
        )


@decides("RUN-CREATE-008")
def messages_are_whole(evidence: Evidence) -> Iterator[Outcome]:
    """Judge those of them that are there: not more often than given, and with their metadata.

    How often is known only of threads made in this evidence, which nobody else wrote to, and
    metadata may be changed by somebody unseen. What a run wrote itself may be the same text.
    """
    made = {str(one.value.get("id")) for one in _threads_made(evidence)}
    for exchange, given, page in _read_after(evidence):
        thread_id = page.exchange.ids["thread_id"]
        items = [item for item in page.items if item.get("run_id") is None]
        wrong = []
        for message in given:
            text = _given_text(message)
            same = [item for item in items if _shown_text(item) == text]
            is_known = evidence.is_alone and (thread_id in made or "thread" in exchange.asked)
            is_again = is_known and len(same) > _times_given(
                evidence, thread_id, text, page.exchange
            )
            if same and (is_again or not any(_has_metadata(item, message) for item in same)):
                wrong.append(message)
        if wrong and (not evidence.is_alone or may_modify_messages(evidence, page.exchange)):
            continue
        yield decided(
            evidence,
            "RUN-CREATE-008",
            page.exchange,
            holds=not wrong,
            actual=[item for item in items if _shown_text(item) in map(_given_text, wrong)],
            code="not-as-asked",
            wanted=wrong,
            pointer="/data",
        )


def _threads_made(evidence: Evidence) -> Iterator[Any]:
    for exchange in evidence.of("createThread"):
        yield from exchange.shown("thread")


def _times_given(
    evidence: Evidence, thread_id: str, text: tuple[Any, Any], listing: Exchange
) -> int:
    """Return how often a text was given to a thread, accepted or not, before it was listed."""
    times = 0
    for exchange in evidence.sent:
        asked = exchange.asked if isinstance(exchange.asked, dict) else {}
        is_giving = exchange.operation_id in GIVING and exchange.number < listing.number
        of_thread = exchange.ids.get("thread_id", thread_id) == thread_id
        if is_giving and of_thread:
            alone = [asked] if exchange.operation_id == "createMessage" else []
            with_thread = _objects(asked.get("messages"))
            given = [*_given(asked), *with_thread, *alone]
            times += sum(_given_text(one) == text for one in given)
    return times


def _has_metadata(item: JSONObject, given: JSONObject) -> bool:
    """Say whether a message has the pairs that were given with it."""
    wanted, actual = given.get("metadata"), item.get("metadata")
    if not wanted or not isinstance(wanted, dict):
        return True
    return isinstance(actual, dict) and wanted.items() <= actual.items()


def _given(asked: JSONObject) -> list[JSONObject]:
    """Return the messages that a create gives, those whose content is a plain text."""
    thread = asked.get("thread")
    with_thread = thread.get("messages") if isinstance(thread, dict) else None
    messages = [*_objects(asked.get("additional_messages")), *_objects(with_thread)]
    return [message for message in messages if isinstance(message.get("content"), str)]


def _objects(value: Any) -> list[JSONObject]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _given_text(message: JSONObject) -> tuple[Any, Any]:
    """Return role and text of a message as a request gives it."""
    return message.get("role"), message.get("content")


def _shown_text(message: JSONObject) -> tuple[Any, Any]:
    """Return role and text of a message as a list shows it."""
    parts = _objects(message.get("content"))
    texts = [part["text"] for part in parts if isinstance(part.get("text"), dict)]
    return message.get("role"), "".join(str(text.get("value")) for text in texts)
