"""Exports of OpenTelemetry: spans and logs of HTTP, where somebody had the bodies kept."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from run_contracts.recordings.formats.entry_by_entry import each_read
from run_contracts.recordings.formats.entry_parts import body, moment, request, response
from run_contracts.recordings.formats.exchange_records import PartNames, is_record, recorded
from run_contracts.recordings.formats.format import Format
from run_contracts.recordings.recorded import NOT_KEPT, Entry, Recorded

RESOURCES = (("resourceSpans", "scopeSpans", "spans"), ("resourceLogs", "scopeLogs", "logRecords"))
METHOD_NAMES = ("http.request.method", "http.method")
URL_NAMES = ("url.full", "http.url", "http.target", "url.path")
STATUS_NAMES = ("http.response.status_code", "http.status_code")
SENT = ("http.request.body", "http.request.body.content", "http.request.body.text")
RECEIVED = ("http.response.body", "http.response.body.content", "http.response.body.text")
NANOSECONDS = 1e9
Attributes = dict[str, Any]


def _recognises(document: Any) -> bool:
    if not isinstance(document, dict):
        return False
    if any(isinstance(document.get(names[0]), list) for names in RESOURCES):
        return True
    return isinstance(document.get("attributes"), dict) and "context" in document


def _read(document: Any) -> Iterator[Entry]:
    return each_read(_spans(document), _recorded, "span")


def _spans(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield every span or log record: of the export protocol, or one of the console exporter."""
    if "attributes" in document:
        yield document
    for outer, middle, inner in RESOURCES:
        for resource in _listed(document, outer):
            for scope in _listed(resource, middle):
                yield from _listed(scope, inner)


def _listed(value: Any, name: str) -> list[Any]:
    found = value.get(name) if isinstance(value, Mapping) else None
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def _recorded(span: Mapping[str, Any]) -> Recorded | None:
    """Return the exchange of a span; None for one that has no body."""
    said = _attributes(span.get("attributes"))
    for event in _listed(span, "events"):
        said |= _attributes(event.get("attributes"))
    received = _first(said, RECEIVED)
    if received is None:
        return _of_log(_value(span.get("body")))
    method, url = _first(said, METHOD_NAMES), _first(said, URL_NAMES)
    asked = NOT_KEPT
    if isinstance(method, str) and isinstance(url, str):
        sent = body(_first(said, SENT))
        asked = request(method, _full(url, said), _headers(said, "request"), sent)
    start = _moment(span, "start_time", "startTimeUnixNano", "timeUnixNano")
    end = _moment(span, "end_time", "endTimeUnixNano")
    return Recorded(
        request=asked,
        response=response(
            _first(said, STATUS_NAMES) or 200,
            _headers(said, "response"),
            body(received),
            seconds=end - start if start and end else 0,
        ),
        at=start,
    )


def _of_log(logged: Any) -> Recorded | None:
    """Return the exchange that is the text of a log record, in JSON or in parts; None of others."""
    if isinstance(logged, str) and logged.lstrip().startswith("{"):
        try:
            logged = json.loads(logged)
        except (ValueError, RecursionError):
            return None
    names = PartNames()
    found = recorded(logged, names, "") if is_record(logged, names) else None
    return found if isinstance(found, Recorded) else None


def _attributes(given: Any) -> Attributes:
    """Return attributes by name: an object, or a list of keys and typed values."""
    if isinstance(given, Mapping):
        return dict(given)
    listed = given if isinstance(given, list) else []
    return {
        one["key"]: _value(one.get("value"))
        for one in listed
        if isinstance(one, Mapping) and isinstance(one.get("key"), str)
    }


def _value(given: Any) -> Any:
    if not isinstance(given, Mapping):
        return given
    if isinstance(given.get("arrayValue"), Mapping):
        return [_value(one) for one in given["arrayValue"].get("values", ())]
    if isinstance(given.get("kvlistValue"), Mapping):
        return _attributes(given["kvlistValue"].get("values"))
    return next(iter(given.values()), None)


def _first(said: Attributes, names: tuple[str, ...]) -> Any:
    return next((said[name] for name in names if said.get(name) is not None), None)


def _full(url: str, said: Attributes) -> str:
    host = said.get("server.address") or said.get("http.host") or "telemetry.invalid"
    return url if "://" in url else f"http://{host}{url}"


def _headers(said: Attributes, side: str) -> dict[str, Any]:
    start = f"http.{side}.header."
    return {n.removeprefix(start): v for n, v in said.items() if n.startswith(start)}


def _moment(span: Mapping[str, Any], *names: str) -> float:
    for name in names:
        given = span.get(name)
        if isinstance(given, str) and given.isdigit():
            return int(given) / NANOSECONDS
        if given:
            return moment(given)
    return 0.0


OPENTELEMETRY = Format("OpenTelemetry export", "json", _recognises, _read)
