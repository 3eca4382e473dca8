"""Calls as recorders write them: documents of JSON or YAML, a writer for each variant."""

from __future__ import annotations

import base64
import datetime as dt
import gzip
from collections.abc import Callable
from typing import Any

from tests.recordings.calls import HOST, Call

Writer = Callable[[list[Call]], Any]


def _iso(at: float) -> str:
    return dt.datetime.fromtimestamp(at, dt.UTC).isoformat().replace("+00:00", "Z")


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _pairs(headers: dict[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers.items()]


def har(calls: list[Call], *, is_base64: bool = False) -> Any:
    """Return it as an HTTP Archive."""

    def entry(call: Call) -> dict[str, Any]:
        content = {"size": 1, "mimeType": call.media_type, "text": call.body}
        if is_base64:
            content |= {"text": _base64(call.body), "encoding": "base64"}
        asked: dict[str, Any] = {
            "method": call.method,
            "url": call.url,
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _pairs(call.sent_headers),
            "queryString": [],
            "headersSize": -1,
            "bodySize": -1,
        }
        if call.sent is not None:
            asked["postData"] = {"mimeType": "application/json", "text": call.sent_body}
        return {
            "startedDateTime": _iso(call.at),
            "time": 12.5,
            "request": asked,
            "response": {
                "status": call.status,
                "statusText": "",
                "headers": _pairs({"Content-Type": call.media_type}),
                "cookies": [],
                "content": content,
                "redirectURL": "",
            },
            "cache": {},
            "timings": {"send": 0, "wait": 12.5, "receive": 0},
        }

    entries = [entry(call) for call in calls]
    return {"log": {"version": "1.2", "creator": {"name": "a", "version": "1"}, "entries": entries}}


def vcr(calls: list[Call], *, body: Callable[[str], Any] = lambda text: {"string": text}) -> Any:
    """Return it as vcrpy does."""

    def entry(call: Call) -> dict[str, Any]:
        return {
            "request": {
                "body": call.sent_body or None,
                "headers": {name: [value] for name, value in call.sent_headers.items()},
                "method": call.method,
                "uri": call.url,
            },
            "response": {
                "body": body(call.body),
                "headers": {"content-type": [call.media_type]},
                "status": {"code": call.status, "message": "OK"},
            },
        }

    return {"interactions": [entry(call) for call in calls], "version": 1}


def vcr_of_httpx(calls: list[Call]) -> Any:
    """As vcrpy wrote httpx before version 6: a number for the status, and `content`."""
    kept = vcr(calls)
    for entry, call in zip(kept["interactions"], calls, strict=True):
        entry["response"] = {
            "content": call.body,
            "headers": {"content-type": [call.media_type]},
            "http_version": "HTTP/1.1",
            "status_code": call.status,
        }
    return kept


def ruby_vcr(calls: list[Call]) -> Any:
    """Return it as Ruby's VCR does."""

    def body(text: str) -> dict[str, str]:
        return {"encoding": "UTF-8", "base64_string": _base64(text)}

    kept = vcr(calls, body=body)["interactions"]
    for entry, call in zip(kept, calls, strict=True):
        sent = entry["request"].pop("body")
        entry["request"] |= {"method": call.method.lower(), "body": body(sent or "")}
        entry["recorded_at"] = dt.datetime.fromtimestamp(call.at, dt.UTC).strftime(
            "%a, %d %b %Y %H:%M:%S GMT"
        )
    return {"http_interactions": kept, "recorded_with": "VCR 6.2.0"}


def betamax(calls: list[Call]) -> Any:
    """Return it as Betamax does."""
    kept = vcr(calls, body=lambda text: {"encoding": "utf-8", "string": text})["interactions"]
    for entry, call in zip(kept, calls, strict=True):
        entry["request"]["body"] = {"encoding": "utf-8", "string": call.sent_body}
        entry["response"] |= {"url": call.url}
        entry["recorded_at"] = _iso(call.at).removesuffix("Z")
    return {"http_interactions": kept, "recorded_with": "betamax/0.9.0"}


def wiremock_requests(calls: list[Call]) -> Any:
    """Return it as WireMock lists what it was asked, the oldest first."""

    def kept(text: str) -> dict[str, str]:
        return {"bodyAsBase64": _base64(text), "body": text}

    return {
        "requests": [
            {
                "id": str(number),
                "request": {
                    "url": call.path,
                    "absoluteUrl": call.url,
                    "method": call.method,
                    "headers": call.sent_headers,
                    "loggedDate": call.at * 1000,
                    **kept(call.sent_body),
                },
                "responseDefinition": {"status": 200, "proxyBaseUrl": HOST},
                "response": {
                    "status": call.status,
                    "headers": {"Content-Type": call.media_type},
                    **kept(call.body),
                },
                "wasMatched": True,
                "timing": {"addedDelay": 0, "totalTime": 5},
            }
            for number, call in enumerate(calls)
        ],
        "meta": {"total": len(calls)},
        "requestJournalDisabled": False,
    }


def wiremock(calls: list[Call], *, kept_as: str = "jsonBody") -> Any:
    """Return it as WireMock records it."""

    def answer(call: Call) -> Any:
        return {"jsonBody": call.answer, "body": call.body, "base64Body": _base64(call.body)}[
            kept_as
        ]

    return {
        "mappings": [
            {
                "id": str(number),
                "name": "runs",
                "request": {"url": call.path, "method": call.method},
                "response": {
                    "status": call.status,
                    kept_as: answer(call),
                    "headers": {"Content-Type": call.media_type},
                },
                "persistent": True,
            }
            for number, call in enumerate(calls)
        ],
        "meta": {"total": len(calls)},
    }


def azure_proxy(calls: list[Call]) -> Any:
    """Return it as the test proxy of the Azure SDKs does."""
    return {
        "Entries": [
            {
                "RequestUri": call.url,
                "RequestMethod": call.method,
                "RequestHeaders": call.sent_headers,
                "RequestBody": call.sent,
                "StatusCode": call.status,
                "ResponseHeaders": {"Content-Type": call.media_type},
                "ResponseBody": call.answer,
            }
            for call in calls
        ],
        "Variables": {},
    }


def nock(calls: list[Call], *, is_gzipped: bool = False) -> Any:
    """Return it as nock's recorder does."""

    def definition(call: Call) -> dict[str, Any]:
        kept = {
            "scope": HOST,
            "method": call.method,
            "path": call.path,
            "body": "" if call.sent is None else call.sent,
            "status": call.status,
            "response": call.answer,
            "rawHeaders": ["Content-Type", call.media_type, "Vary", "Accept"],
            "responseIsBinary": False,
        }
        if is_gzipped:
            packed = gzip.compress(call.body.encode()).hex()
            kept["response"] = [packed[:40], packed[40:]]
            kept["rawHeaders"] = {"content-type": call.media_type, "content-encoding": "gzip"}
        return kept

    return [definition(call) for call in calls]


def postman(calls: list[Call]) -> Any:
    """Return it as Postman saves examples."""

    def asked(call: Call) -> dict[str, Any]:
        return {
            "method": call.method,
            "header": [{"key": name, "value": text} for name, text in call.sent_headers.items()],
            "body": {"mode": "raw", "raw": call.sent_body},
            "url": {"raw": "{{baseUrl}}" + call.path},
        }

    items = [
        {
            "name": call.path,
            "request": asked(call),
            "response": [
                {
                    "name": "an example",
                    "originalRequest": asked(call),
                    "status": "OK",
                    "code": call.status,
                    "header": [{"key": "Content-Type", "value": call.media_type}],
                    "body": call.body,
                }
            ],
        }
        for call in calls
    ]
    schema = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
    return {
        "info": {"name": "runs", "schema": schema},
        "item": [{"name": "a folder", "item": items}],
    }


def mockoon(calls: list[Call]) -> Any:
    """Return it as Mockoon keeps routes."""
    return {
        "uuid": "1",
        "lastMigration": 33,
        "name": "runs",
        "endpointPrefix": "v1",
        "routes": [
            {
                "uuid": str(number),
                "type": "http",
                "method": call.method.lower(),
                "endpoint": call.path.partition("?")[0].removeprefix("/v1/"),
                "responses": [
                    {
                        "body": call.body,
                        "statusCode": call.status,
                        "headers": [{"key": "Content-Type", "value": call.media_type}],
                        "bodyType": "INLINE",
                    }
                ],
            }
            for number, call in enumerate(calls)
        ],
    }


def _attributes(call: Call) -> dict[str, Any]:
    return {
        "http.request.method": call.method,
        "url.full": call.url,
        "http.response.status_code": call.status,
        "http.request.body": call.sent_body,
        "http.response.body": call.body,
        "http.response.header.content-type": call.media_type,
    }


def otlp(calls: list[Call], *, names: tuple[str, str, str] = ("Spans", "spans", "s")) -> Any:
    """Return it as exporters of OpenTelemetry do, in its protocol."""

    def typed(value: Any) -> dict[str, Any]:
        is_number = isinstance(value, int)
        return {"intValue": str(value)} if is_number else {"stringValue": value}

    spans = [
        {
            "name": call.method,
            "startTimeUnixNano": str(int(call.at * 1e9)),
            "timeUnixNano": str(int(call.at * 1e9)),
            "attributes": [
                {"key": name, "value": typed(value)} for name, value in _attributes(call).items()
            ],
        }
        for call in calls
    ]
    outer, inner, _ = names
    return {f"resource{outer}": [{"resource": {}, f"scope{outer}": [{"scope": {}, inner: spans}]}]}


def langfuse(calls: list[Call]) -> Any:
    """Return it as Langfuse exports it."""
    return {
        "data": [
            {
                "id": str(number),
                "traceId": "t",
                "type": "SPAN",
                "startTime": _iso(call.at),
                "input": call.sent,
                "output": call.answer,
            }
            for number, call in enumerate(calls)
        ]
    }


WRITERS: dict[str, Writer] = {
    "HAR": har,
    "HAR in base64": lambda calls: har(calls, is_base64=True),
    "vcrpy": vcr,
    "vcrpy, body as bytes": lambda calls: vcr(calls, body=lambda text: {"string": text.encode()}),
    "vcrpy, body in base64": lambda calls: vcr(
        calls, body=lambda text: {"base64_string": _base64(text)}
    ),
    "vcrpy of httpx": vcr_of_httpx,
    "vcrpy, the bare list": lambda calls: vcr(calls)["interactions"],
    "Ruby's VCR": ruby_vcr,
    "Betamax": betamax,
    "WireMock, jsonBody": wiremock,
    "WireMock, body": lambda calls: wiremock(calls, kept_as="body"),
    "WireMock, base64Body": lambda calls: wiremock(calls, kept_as="base64Body"),
    "requests of WireMock": wiremock_requests,
    "Azure test proxy": azure_proxy,
    "nock": nock,
    "nock, gzip in hexadecimal": lambda calls: nock(calls, is_gzipped=True),
    "Postman": postman,
    "Postman, wrapped": lambda calls: {"collection": postman(calls)},
    "Mockoon": mockoon,
    "OpenTelemetry spans": otlp,
    "OpenTelemetry logs": lambda calls: otlp(calls, names=("Logs", "logRecords", "l")),
    "Langfuse": langfuse,
}
STUBS = frozenset(name for name in WRITERS if name.startswith(("WireMock", "Mockoon", "Postman")))
WITHOUT_REQUESTS = frozenset({"Langfuse"})
TEXTS_ONLY = frozenset({"vcrpy, body as bytes"})
"""What JSON cannot say: such a cassette is YAML."""
