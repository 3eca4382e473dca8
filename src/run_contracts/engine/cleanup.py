"""Cleanup: what a check created and did not delete, deleted as far as the server lets us."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from run_contracts.client.request_parts import path_segment
from run_contracts.client.session import Session
from run_contracts.errors import TargetError
from run_contracts.traffic.exchange import Exchange

DELETED = frozenset({200, 202, 204, 404, 410})
"""Answers to a deletion after which nothing is left to delete."""
ASSISTANTS, THREADS = "/assistants", "/threads"
CREATIONS = {
    "createAssistant": (("assistant", "id", ASSISTANTS),),
    "createThread": (("thread", "id", THREADS),),
    "createThreadAndRun": (("thread", "id", THREADS), ("run", "thread_id", THREADS)),
}
"""What operations create: the kind of object that shows it, the field with its id, its home."""
CLEANING = "cleaning up"


def clean_up(session: Session, paths: Iterable[str]) -> tuple[str, ...]:
    """Delete what lies at these paths below the base URL; return those at which something is left.

    The session keeps each exchange. Nothing more is sent once the server ceases to answer.
    """
    session.source = CLEANING
    left = dict.fromkeys(paths)
    for path in tuple(left):
        try:
            if session.delete(path).response.status in DELETED:
                del left[path]
        except TargetError:
            break
    return tuple(left)


def leftovers(exchanges: Iterable[Exchange]) -> tuple[str, ...]:
    """Return the paths of what exchanges show created and not deleted, the last one first.

    An id that was sent before an answer gave it was there before: it is nobody's to delete.
    """
    left: dict[str, None] = {}
    races_by_text: dict[str, set[int]] = {}
    for exchange in exchanges:
        if exchange.request.method == "DELETE" and exchange.response.status in DELETED:
            left.pop(_deleted(exchange.request.url), None)
        for home, new_id in _created(exchange):
            # What raced with the request that created it may have been sent the id meanwhile.
            if not races_by_text.get(new_id, set()) - {exchange.together or None}:
                left.setdefault(f"{home}/{path_segment(new_id)}")
        for text in exchange.sent_texts:
            races_by_text.setdefault(text, set()).add(exchange.together)
    return tuple(reversed(left))


def _created(exchange: Exchange) -> Iterator[tuple[str, str]]:
    """Yield the home and the id of what an answer shows created by its request."""
    places = CREATIONS.get(exchange.operation_id or "", ()) if exchange.is_success else ()
    for kind, name, home in places:
        for placed in exchange.objects(kind):
            new_id = placed.value.get(name)
            if isinstance(new_id, str) and new_id and not placed.is_item:
                yield home, new_id


def _deleted(url: str) -> str:
    """Return the last two segments of the path of a URL.

    >>> _deleted("http://127.0.0.1:8000/v1/threads/thread_1")
    '/threads/thread_1'
    """
    return "/" + "/".join(urlsplit(url).path.split("/")[-2:])
