"""Where a requirement is broken, in the words of SARIF: a resource of a server, and an exchange."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from run_contracts.events import Broken
from run_contracts.filesystem.single_line import shortened
from run_contracts.report import sanitizing
from run_contracts.report.answer_words import no_answer
from run_contracts.report.summary import Summary
from run_contracts.traffic.base_urls import below, in_text, is_base
from run_contracts.traffic.exchange import Exchange, Headers, Request, Response

BASE = "TARGET"
"""What stands for the base URL: code scanning takes paths for those of files, and no URL."""
PROTOCOL = {"protocol": "HTTP", "version": "1.1"}
LONGEST_CONTENT = 2_000
LONGEST_HEADER = 500
"""Characters of a body and of a header that are shown; the report and the archive have all."""
MOST_HEADERS = 50
LONGEST_PLACE = 300
"""Characters of a path, and of the name of a place."""


def base_ids(target: str) -> dict[str, Any]:
    """Return what the paths of places lie below: the base URL of the server."""
    return {BASE: {"uri": in_text(target).rstrip("/") + "/"}} if is_base(target) else {}


class Places:
    """The places of violations in one check."""

    def __init__(self, summary: Summary) -> None:
        """Look up in a check which operations its exchanges were meant for."""
        self._summary = summary

    def of(self, broken: Broken) -> dict[str, Any]:
        """Return where a violation is: the path of its operation, and the place in the answer.

        The path has the names of ids, not the ids: it is the same in the next check.
        """
        exchange = self._summary.exchanges.get(broken.exchange)
        operation = exchange.operation if exchange is not None else None
        path = operation.path if operation is not None else self._path(broken)
        name = operation.id if operation is not None else broken.request.partition(" ")[0]
        place = " ".join(filter(None, (name, broken.pointer)))
        uri = quote(path.strip("/") or ".", safe="/.", errors="replace")
        return {
            "physicalLocation": {"artifactLocation": {"uri": uri, "uriBaseId": BASE}},
            "logicalLocations": [{"name": _short(name), "fullyQualifiedName": _short(place)}],
        }

    def _path(self, broken: Broken) -> str:
        """Return the path below the base URL of what is no operation; empty if it is not there."""
        url = broken.request.partition(" ")[2]
        rest = below(self._summary.started.target, url) or ""
        return shortened(rest.partition("?")[0], LONGEST_PLACE)


def web_request(exchange: Exchange) -> dict[str, Any]:
    """Return a request, its body and headers as much as an eye takes in."""
    request = exchange.request
    return {
        **PROTOCOL,
        "method": _short(request.method),
        "target": shortened(in_text(request.url), LONGEST_CONTENT),
        "headers": _headers(request.headers),
        **_body(request),
    }


def web_response(exchange: Exchange) -> dict[str, Any]:
    """Return an answer, or why there is none."""
    response = exchange.response
    if not response.is_answer:
        return {"noResponseReceived": True, "reasonPhrase": _short(no_answer(exchange))}
    return {
        **PROTOCOL,
        "statusCode": response.status,
        "headers": _headers(response.headers),
        **_body(response),
    }


def _headers(headers: Headers) -> dict[str, str]:
    """Return headers by name; the values of one that is repeated stand in one line."""
    by_name: dict[str, str] = {}
    for name, value in headers[:MOST_HEADERS]:
        before = f"{by_name[name]}, " if name in by_name else ""
        by_name[name] = shortened(f"{before}{value}", LONGEST_HEADER)
    return by_name


def _body(message: Request | Response) -> dict[str, Any]:
    """Return a body as a text; of one that is cut, how many characters it has."""
    text = message.payload.text
    if not text:
        return {}
    cut = {"properties": {"characters": len(text)}} if len(text) > LONGEST_CONTENT else {}
    return {"body": {"text": shortened(text, LONGEST_CONTENT), **cut}}


def _short(text: str) -> str:
    return shortened(sanitizing.line(text), LONGEST_PLACE)
