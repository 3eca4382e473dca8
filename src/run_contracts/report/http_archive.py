"""The exchanges of a check as an HTTP Archive (HAR 1.2), which browsers and proxies open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import responses
from io import StringIO
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import harfile

from run_contracts.report.answer_words import no_answer
from run_contracts.report.own_names import OWN_NAME
from run_contracts.report.summary import Summary
from run_contracts.traffic.exchange import Exchange, Headers, Request, Response

CREATOR = "run-contracts"
HTTP_VERSION = "HTTP/1.1"
"""What a check speaks."""
REASON_NAME = "_error"
"""Why no answer came, or how it broke off, by the name that browsers have for it."""


def archive(summary: Summary) -> str:
    """Return all exchanges of a check as HAR, in the order of the report.

    What is hidden and cut in events is so here; bodies are text, those of streams, too. A request
    without an answer has the status 0 and the reason. One of which nobody knows when it was sent,
    for the report is older, begins with the epoch.
    """
    started, file = summary.started, StringIO()
    creator = harfile.Creator(name=CREATOR, version=_text(started.version))
    comment = _text(f"{started.subject}, {started.spoken}: {summary.conclusion}")
    with harfile.HarFile(file, creator=creator, comment=comment) as har:
        for exchange in summary.exchanges.values():
            _add(har, exchange)
    return file.getvalue()


def _add(har: harfile.HarFile, exchange: Exchange) -> None:
    milliseconds = round(1000 * exchange.response.seconds, 3)
    har.add_entry(
        startedDateTime=datetime.fromtimestamp(exchange.sent_at, UTC),
        time=milliseconds,
        request=_request(exchange),
        response=_response(exchange),
        timings=harfile.Timings(send=0, wait=milliseconds, receive=0),
    )


@dataclass(kw_only=True)
class _Asked(harfile.Request):
    """A request, and what only a check knows of it."""

    own: dict[str, Any] = field(default_factory=dict)

    def asdict(self) -> dict[str, Any]:
        return {**super().asdict(), OWN_NAME: self.own}


@dataclass(kw_only=True)
class _Answered(harfile.Response):
    """An answer, and why it is none, or none that is whole."""

    error: str = ""

    def asdict(self) -> dict[str, Any]:
        return {**super().asdict(), **({REASON_NAME: self.error} if self.error else {})}


def _request(exchange: Exchange) -> _Asked:
    request = exchange.request
    return _Asked(
        method=_text(request.method),
        url=_text(request.url),
        httpVersion=HTTP_VERSION,
        headers=_records(request.headers),
        queryString=_records(_query(request)),
        postData=_posted(request),
        bodySize=len(request.body),
        own={
            "number": exchange.number,
            "source": _text(exchange.source),
            "operation": _text(exchange.operation_id or "") or None,
            "premise": exchange.intent.value,
            "together": exchange.together,
        },
    )


def _posted(request: Request) -> harfile.PostData | None:
    if not request.body:
        return None
    return harfile.PostData(mimeType=_header(request, "content-type"), text=request.payload.text)


def _response(exchange: Exchange) -> _Answered:
    response = exchange.response
    content = harfile.Content(
        size=len(response.body),
        mimeType=_header(response, "content-type"),
        text=response.payload.text,
    )
    return _Answered(
        status=response.status,
        statusText=responses.get(response.status, ""),
        httpVersion=HTTP_VERSION if response.is_answer else "",
        headers=_records(response.headers),
        content=content,
        redirectURL=_header(response, "location"),
        error=_text(no_answer(exchange) or response.broken_off),
    )


def _records(pairs: Iterable[tuple[str, str]]) -> list[harfile.Record]:
    return [harfile.Record(name=_text(name), value=_text(value)) for name, value in pairs]


def _query(request: Request) -> Headers:
    """Return the parameters of a query in their order; none of what is no URL."""
    try:
        return tuple(parse_qsl(urlsplit(request.url).query, keep_blank_values=True))
    except ValueError:
        return ()


def _header(message: Request | Response, name: str) -> str:
    """Return the first value of a header; empty if it is absent."""
    return _text(next((value for key, value in message.headers if key.lower() == name), ""))


def _text(text: str) -> str:
    """Return a text that every reader of JSON takes: no half of a character."""
    return text.encode("utf-8", errors="replace").decode()
