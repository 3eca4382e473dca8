"""Cleanup: what a check created and did not delete, deleted as far as the server lets us."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from run_contracts.client.request_parts import path_segment
from run_contracts.client.session import Session
from run_contracts.errors import TargetError
from run_contracts.events import Exchanged
from run_contracts.traffic.recipe import json_values

DELETED = frozenset({200, 202, 204, 404, 410})
"""Answers to a deletion after which nothing is left to delete."""
SUCCESS = range(200, 300)
CREATING = frozenset({"createAssistant", "createThread", "createThreadAndRun"})
ASSISTANTS, THREADS = "/assistants", "/threads"
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


def leftovers(exchanges: Iterable[Exchanged]) -> tuple[str, ...]:
    """Return the paths of what exchanges show created and not deleted, the last one first.

    An id that was sent before an answer gave it was there before: it is nobody's to delete.
    """
    left: dict[str, None] = {}
    earlier: list[Exchanged] = []
    for exchange in exchanges:
        if exchange.method == "DELETE" and exchange.status in DELETED:
            left.pop(_deleted(exchange.url), None)
        for home, new_id in _created(exchange):
            before = (one for one in earlier if _is_before(one, exchange))
            if not any(_mentions(one, new_id) for one in before):
                left.setdefault(f"{home}/{path_segment(new_id)}")
        earlier.append(exchange)
    return tuple(reversed(left))


def _created(exchange: Exchanged) -> Iterator[tuple[str, str]]:
    """Yield the home and the id of what an answer shows created by its request."""
    if exchange.status not in SUCCESS or exchange.operation not in CREATING:
        return
    for value in json_values(exchange.response_body):
        match exchange.operation, value:
            case "createAssistant", {"object": "assistant", "id": str(new_id)} if new_id:
                yield ASSISTANTS, new_id
            case (
                ("createThread" | "createThreadAndRun"),
                {"object": "thread", "id": str(new_id)},
            ) if new_id:
                yield THREADS, new_id
            case "createThreadAndRun", {"object": "thread.run", "thread_id": str(new_id)} if new_id:
                yield THREADS, new_id


def _is_before(one: Exchanged, other: Exchanged) -> bool:
    return not 0 < one.together == other.together


def _mentions(exchange: Exchanged, new_id: str) -> bool:
    is_in_path = path_segment(new_id) in urlsplit(exchange.url).path.split("/")
    return is_in_path or json.dumps(new_id) in exchange.request_body


def _deleted(url: str) -> str:
    """Return the last two segments of the path of a URL.

    >>> _deleted("http://127.0.0.1:8000/v1/threads/thread_1")
    '/threads/thread_1'
    """
    return "/" + "/".join(urlsplit(url).path.split("/")[-2:])
