"""Calls as programs log them: a record of JSON for each, under the names of common loggers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from tests.recordings.calls import Call

Recorder = Callable[[Call], dict[str, Any]]


def _iso(at: float) -> str:
    return dt.datetime.fromtimestamp(at, dt.UTC).isoformat()


def plain(call: Call) -> dict[str, Any]:
    """Return it as plainly as can be."""
    return {
        "method": call.method,
        "url": call.url,
        "request_body": call.sent,
        "status": call.status,
        "response_body": call.answer,
    }


def structlog(call: Call) -> dict[str, Any]:
    """Return it as structlog does."""
    return {
        "event": "request_finished",
        "level": "info",
        "logger": "proxy",
        "timestamp": _iso(call.at),
        "method": call.method,
        "path": call.path,
        "status_code": call.status,
        "request_body": call.sent_body,
        "response_body": call.body,
        "duration_ms": 12.5,
    }


def loguru(call: Call) -> dict[str, Any]:
    """Return it as loguru does, which puts what is bound into the record of its message."""
    extra = plain(call) | {"request_body": call.sent_body, "response_body": call.body}
    level = {"icon": "i", "name": "INFO", "no": 20}
    at = {"repr": _iso(call.at), "timestamp": call.at}
    record = {"elapsed": {"seconds": 0.1}, "extra": extra, "level": level, "message": "call"}
    return {"text": "call\n", "record": record | {"name": "__main__", "time": at}}


def pino(call: Call) -> dict[str, Any]:
    """As pino-http logs with the bodies added."""
    return {
        "level": 30,
        "time": int(call.at * 1000),
        "pid": 7,
        "hostname": "h",
        "req": {
            "id": 1,
            "method": call.method,
            "url": call.path,
            "headers": call.sent_headers,
            "body": call.sent,
        },
        "res": {
            "statusCode": call.status,
            "headers": {"content-type": call.media_type},
            "body": call.answer,
        },
        "responseTime": 12,
        "msg": "request completed",
    }


def bunyan(call: Call) -> dict[str, Any]:
    """As bunyan logs: `res` is its serialized head, the body stands beside it."""
    return {
        "name": "proxy",
        "hostname": "h",
        "pid": 7,
        "level": 30,
        "req": {"method": call.method, "url": call.path, "headers": call.sent_headers},
        "res": {"statusCode": call.status, "header": "HTTP/1.1 200 OK"},
        "req_body": call.sent,
        "body": call.answer,
        "msg": "",
        "time": _iso(call.at),
        "v": 0,
    }


def google_cloud(call: Call) -> dict[str, Any]:
    """Return it as Google Cloud logs it."""
    return {
        "insertId": "1",
        "timestamp": _iso(call.at),
        "severity": "INFO",
        "httpRequest": {
            "requestMethod": call.method,
            "requestUrl": call.url,
            "status": call.status,
            "latency": "0.0125s",
        },
        "jsonPayload": {"request_body": call.sent, "response_body": call.answer},
        "resource": {"type": "cloud_run_revision", "labels": {}},
    }


def winston(call: Call) -> dict[str, Any]:
    """Return it as winston does, with express-winston."""
    return {
        "level": "info",
        "message": "HTTP",
        "timestamp": _iso(call.at),
        "meta": {
            "req": {"method": call.method, "url": call.path, "body": call.sent},
            "res": {"statusCode": call.status, "body": call.answer},
            "responseTime": 12,
        },
    }


def k6(call: Call) -> dict[str, Any]:
    """As a k6 script logs `{request: res.request, response: res}`."""
    return {
        "request": {"method": call.method, "url": call.url, "body": call.sent_body},
        "response": {
            "status": call.status,
            "headers": {"Content-Type": call.media_type},
            "body": call.body,
            "timings": {"duration": 12.5},
        },
    }


def helicone(call: Call) -> dict[str, Any]:
    """Return it as Helicone exports it."""
    return {
        "request_created_at": _iso(call.at),
        "request_path": call.url,
        "method": call.method,
        "request_body": call.sent,
        "response_status": call.status,
        "response_body": call.answer,
        "request_model": "gpt-4o",
    }


def elastic(call: Call) -> dict[str, Any]:
    """In the names of the Elastic Common Schema."""
    return {
        "@timestamp": _iso(call.at),
        "http": {
            "request": {"method": call.method, "body": {"content": call.sent_body}},
            "response": {"status_code": call.status, "body": {"content": call.body}},
        },
        "url": {"full": call.url, "path": call.path},
    }


def litellm(call: Call) -> dict[str, Any]:
    """As a callback of a gateway writes: the answer alone, with much beside it."""
    return {
        "id": "1",
        "call_type": "arun_thread",
        "model": "gpt-4o",
        "startTime": _iso(call.at),
        "status": "success",
        "response": call.answer,
    }


RECORDERS: dict[str, Recorder] = {
    "plain names": plain,
    "structlog": structlog,
    "loguru": loguru,
    "pino": pino,
    "bunyan": bunyan,
    "Google Cloud": google_cloud,
    "winston": winston,
    "k6": k6,
    "Helicone": helicone,
    "Elastic Common Schema": elastic,
    "LiteLLM": litellm,
}
ALONE = frozenset({"LiteLLM"})
"""Recorders that keep no request."""
