"""Environments of Mockoon: routes with the answers they may give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from run_contracts.recordings.formats.entry_by_entry import each_read
from run_contracts.recordings.formats.entry_parts import Misshapen, body, request, response
from run_contracts.recordings.formats.format import Format
from run_contracts.recordings.formats.stub_paths import TEMPLATE, stub_url
from run_contracts.recordings.recorded import Entry, Recorded

INLINE, FROM_FILE = "INLINE", "FILE"
"""Where a body is: in the environment, or in a file beside it."""


def _recognises(document: Any) -> bool:
    routes = document.get("routes") if isinstance(document, dict) else None
    return isinstance(routes, list) and bool(routes) and all(map(_is_route, routes[:3]))


def _is_route(route: Any) -> bool:
    return isinstance(route, dict) and {"method", "endpoint", "responses"} <= route.keys()


def _read(document: Any) -> Iterator[Entry]:
    prefix = document.get("endpointPrefix") or ""
    answers = [
        (prefix, route, answer)
        for route in document["routes"]
        if _is_route(route) and isinstance(route["responses"], list)
        for answer in route["responses"]
    ]
    return each_read(answers, _recorded, "answer")


def _recorded(given: tuple[str, Mapping[str, Any], Mapping[str, Any]]) -> Recorded | None:
    """Return an answer of a route; None for what is no route of HTTP."""
    prefix, route, answer = given
    if route.get("type", "http") not in ("http", "crud") or not route["method"]:
        return None
    form = answer.get("bodyType", INLINE)
    if form not in (INLINE, FROM_FILE):
        raise Misshapen("its body is not in it")
    kept = body(answer.get("body") if form == INLINE else None)
    apart = str(answer["filePath"]) if form == FROM_FILE else ""
    if TEMPLATE.encode() in kept or TEMPLATE in apart:
        raise Misshapen("its body is a template")
    path = "/".join(filter(None, (prefix.strip("/"), route["endpoint"].strip("/"))))
    return Recorded(
        request=request(route["method"], stub_url(f"/{path}")),
        response=response(answer.get("statusCode", 200), answer.get("headers"), kept),
        is_stub=True,
        response_file=apart,
    )


MOCKOON = Format("Mockoon environment", "json", _recognises, _read)
