"""Cassettes: of vcrpy in all its forms, of Ruby's VCR, of Betamax, and of schemathesis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from run_contracts.recordings.formats.entry_by_entry import each_read
from run_contracts.recordings.formats.entry_parts import (
    Misshapen,
    body,
    moment,
    request,
    response,
)
from run_contracts.recordings.formats.format import Format
from run_contracts.recordings.recorded import Entry, Recorded

INTERACTIONS = ("interactions", "http_interactions")
"""Under what cassettes list what they hold; the oldest are the bare list."""
BASE64 = ("base64_string", "base64")


def _recognises(document: Any) -> bool:
    entries = _entries(document)
    if not entries:
        return isinstance(document, dict) and any(document.get(key) == [] for key in INTERACTIONS)
    return all(
        isinstance(entry, dict) and {"request", "response"} <= entry.keys() for entry in entries[:3]
    )


def _entries(document: Any) -> list[Any]:
    if isinstance(document, dict):
        entries = next((document[key] for key in INTERACTIONS if key in document), None)
    else:
        entries = document
    return entries if isinstance(entries, list) else []


def _read(document: Any) -> Iterator[Entry]:
    return each_read(_entries(document), _recorded, "interaction")


def _recorded(entry: Mapping[str, Any]) -> Recorded | None:
    """Return an interaction; None for one that was never answered."""
    asked, answered = entry["request"], entry["response"]
    if answered is None:
        return None
    return Recorded(
        request=request(
            asked.get("method"),
            asked.get("uri") or asked.get("url"),
            asked.get("headers"),
            _body(asked.get("body")),
        ),
        response=response(
            _status(answered),
            answered.get("headers"),
            _body(answered["body"] if "body" in answered else answered.get("content")),
            seconds=_seconds(answered),
        ),
        at=moment(entry.get("recorded_at")),
    )


def _status(answered: Mapping[str, Any]) -> Any:
    """Return the status: an object with a code, or a number, which httpx and Go name otherwise."""
    if isinstance(answered.get("code"), int):
        return answered["code"]
    status = answered.get("status", answered.get("status_code"))
    return status.get("code") if isinstance(status, Mapping) else status


def _seconds(answered: Mapping[str, Any]) -> float:
    try:
        return float(answered.get("elapsed") or 0)
    except (TypeError, ValueError):
        return 0.0


def _body(kept: Any) -> bytes:
    """Return a body: text, bytes, or an object that holds it as text or in base64."""
    if not isinstance(kept, Mapping):
        return body(kept)
    for key in BASE64:
        if isinstance(kept.get(key), str | bytes):
            return body(_text(kept[key]), encoding="base64")
    if "string" not in kept:
        if not kept or kept.keys() <= {"encoding"}:
            return b""
        raise Misshapen("a body is of a form that no cassette has")
    return body(kept["string"])


def _text(kept: str | bytes) -> str:
    return kept.decode("ascii", "replace") if isinstance(kept, bytes) else kept


VCR = Format("VCR cassette", "json", _recognises, _read)
