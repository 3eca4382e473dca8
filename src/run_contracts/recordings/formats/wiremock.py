"""Stubs of WireMock: one mapping, or a list of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from run_contracts.recordings.formats.entry_by_entry import each_read
from run_contracts.recordings.formats.entry_parts import Misshapen, body, request, response
from run_contracts.recordings.formats.format import Format
from run_contracts.recordings.formats.stub_paths import STUB_HOST, TEMPLATE, stub_url
from run_contracts.recordings.recorded import Entry, Recorded
from run_contracts.traffic.exchange import OK

EXACT_PATHS = ("url", "urlPath", "urlPathTemplate")
BODY_FOLDER = "__files"
"""Where bodies lie that have a file of their own."""
PATTERNS = ("urlPattern", "urlPathPattern")
STUBS_LOOKED_AT = 20
"""Stubs that are looked at to see that they are some: one that answers anything may be first."""
BODY_FIELDS = ("body", "jsonBody", "base64Body", "bodyFileName")
ELSEWHERE = ("fault", "proxyBaseUrl")
"""What says that a stub's body is not in it."""
ANSWER_FIELDS = frozenset(("status", *BODY_FIELDS, *ELSEWHERE))
"""What stubs say of their answers."""


def _recognises(document: Any) -> bool:
    return any(map(_is_mapping, _mappings(document)[:STUBS_LOOKED_AT]))


def _mappings(document: Any) -> list[Any]:
    if isinstance(document, dict) and isinstance(document.get("mappings"), list):
        found: list[Any] = document["mappings"]
        return found
    return [document]


def _is_mapping(entry: Any) -> bool:
    if not isinstance(entry, dict):
        return False
    asked, answered = entry.get("request"), entry.get("response")
    if not (isinstance(asked, dict) and isinstance(answered, dict)):
        return False
    is_asked = any(key in asked for key in (*EXACT_PATHS, *PATTERNS))
    return is_asked and "wasMatched" not in entry and not ANSWER_FIELDS.isdisjoint(answered)


def _read(document: Any) -> Iterator[Entry]:
    return each_read(_mappings(document), _recorded, "mapping")


def _recorded(entry: Mapping[str, Any]) -> Recorded:
    asked, answered = entry["request"], entry["response"]
    missing = next((name for name in ELSEWHERE if answered.get(name)), None)
    if missing:
        raise Misshapen(f"its answer is not in it: {missing}")
    apart = str(answered.get("bodyFileName") or "")
    if TEMPLATE in apart:
        raise Misshapen("the name of its body is a template")
    return Recorded(
        request=request(_method(asked), _url(asked)),
        response=response(answered.get("status", OK), answered.get("headers"), _body(answered)),
        is_stub=True,
        response_file=f"{BODY_FOLDER}/{apart}" if apart else "",
    )


def _method(asked: Mapping[str, Any]) -> str:
    method = asked.get("method", "ANY")
    if method == "ANY":
        raise Misshapen("it answers any method")
    return str(method)


def _url(asked: Mapping[str, Any]) -> str:
    for name in EXACT_PATHS:
        if name in asked:
            url = asked[name]
            return url if "://" in url else stub_url(url)
    pattern = next((asked[name] for name in PATTERNS if name in asked), None)
    return stub_url(pattern, is_pattern=True) if isinstance(pattern, str) else STUB_HOST


def _body(answered: Mapping[str, Any]) -> bytes:
    if "jsonBody" in answered:
        kept = body(answered["jsonBody"])
    elif "base64Body" in answered:
        kept = body(answered["base64Body"], encoding="base64")
    else:
        kept = body(answered.get("body"))
    if TEMPLATE.encode() in kept:
        raise Misshapen("its body is a template")
    return kept


WIREMOCK = Format("WireMock mapping", "json", _recognises, _read)
