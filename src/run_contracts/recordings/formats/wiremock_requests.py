"""The journal of WireMock: what it was asked, and what it or the server behind it answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from run_contracts.recordings.formats.entry_by_entry import each_read
from run_contracts.recordings.formats.entry_parts import body, moment, request, response
from run_contracts.recordings.formats.format import Format
from run_contracts.recordings.recorded import Entry, Recorded

BASE64_BODY = "bodyAsBase64"
OWN_PARTS = {"request", "response", "wasMatched"}


def _recognises(document: Any) -> bool:
    entries = _entries(document)
    return bool(entries) and all(map(_is_event, entries[:3]))


def _entries(document: Any) -> list[Any]:
    """Return what a journal lists: under its name, alone, or as one request."""
    if isinstance(document, list):
        return document
    listed = document.get("requests", [document]) if isinstance(document, dict) else None
    return listed if isinstance(listed, list) else []


def _is_event(entry: Any) -> bool:
    return isinstance(entry, dict) and entry.keys() >= OWN_PARTS


def _read(document: Any) -> Iterator[Entry]:
    return each_read(_entries(document), _recorded, "request")


def _recorded(entry: Mapping[str, Any]) -> Recorded | None:
    """Return a request with its answer; None for one that WireMock had no answer for."""
    if not entry["wasMatched"]:
        return None
    asked, answered = entry["request"], entry["response"]
    timing = entry.get("timing") or {}
    return Recorded(
        request=request(
            asked["method"],
            asked.get("absoluteUrl") or asked["url"],
            asked.get("headers"),
            _body(asked),
        ),
        response=response(
            answered.get("status"),
            answered.get("headers"),
            _body(answered),
            seconds=(timing.get("totalTime") or 0) / 1000,
        ),
        at=moment(asked.get("loggedDate")),
    )


def _body(message: Mapping[str, Any]) -> bytes:
    kept = message.get(BASE64_BODY)
    return body(kept, encoding="base64") if kept else body(message.get("body"))


WIREMOCK_REQUESTS = Format("requests of WireMock", "json", _recognises, _read)
