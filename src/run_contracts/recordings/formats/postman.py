"""Collections of Postman: the examples that are saved with requests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from run_contracts.recordings.formats.entry_by_entry import each_read
from run_contracts.recordings.formats.entry_parts import Misshapen, body, request, response
from run_contracts.recordings.formats.format import Format
from run_contracts.recordings.formats.stub_paths import TEMPLATE, stub_url
from run_contracts.recordings.recorded import NOT_KEPT, Entry, Recorded
from run_contracts.traffic.exchange import Request

DEEPEST_FOLDER = 20
RUN_OF_NEWMAN = "run"
"""What a report of newman has beside its collection: what happened, in a form of its own."""
Example = tuple[str, Mapping[str, Any], Mapping[str, Any]]


def _recognises(document: Any) -> bool:
    if not isinstance(document, dict) or RUN_OF_NEWMAN in document:
        return False
    collection = _collection(document)
    return isinstance(collection.get("item"), list) and isinstance(collection.get("info"), dict)


def _collection(document: dict[str, Any]) -> dict[str, Any]:
    inner = document.get("collection")
    return inner if isinstance(inner, dict) else document


def _read(document: Any) -> Iterator[Entry]:
    return each_read(_examples(_collection(document)["item"]), _recorded, "example")


def _examples(items: Any, depth: int = 0) -> Iterator[Example]:
    """Yield the examples of requests, in folders too, each with its request."""
    for item in items if isinstance(items, list) and depth < DEEPEST_FOLDER else ():
        if not isinstance(item, dict):
            continue
        yield from _examples(item.get("item"), depth + 1)
        saved = item.get("response")
        for answer in saved if isinstance(saved, list) else ():
            if isinstance(answer, dict):
                asked = answer.get("originalRequest") or item.get("request")
                name = f"{item.get('name', '')}: {answer.get('name', '')}"
                yield name, asked if isinstance(asked, dict) else {}, answer


def _recorded(example: Example) -> Recorded:
    name, asked, answer = example
    kept = body(answer.get("body"))
    if TEMPLATE.encode() in kept:
        raise Misshapen("its body is a template")
    return Recorded(
        request=_asked(asked),
        response=response(answer.get("code") or 200, answer.get("header"), kept),
        place=f"example {name[:80]!r}",
        is_stub=True,
    )


def _asked(asked: Mapping[str, Any]) -> Request:
    """Return the request of an example; not kept if its URL is no path."""
    url = asked.get("url")
    raw = url.get("raw", "") if isinstance(url, Mapping) else url
    if not isinstance(raw, str) or "/" not in raw:
        return NOT_KEPT
    host, _, path = raw.partition("://")[2].partition("/") if "://" in raw else raw.partition("/")
    sent = asked.get("body")
    text = sent.get("raw") if isinstance(sent, Mapping) else None
    full = stub_url(f"/{path}")
    if host and TEMPLATE not in host:
        full = full.replace("stub.invalid", host, 1)
    return request(asked.get("method", "GET"), full, asked.get("header"), body(text))


POSTMAN = Format("Postman collection", "json", _recognises, _read)
