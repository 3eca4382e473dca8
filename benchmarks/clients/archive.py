"""What was recorded, written as a HAR, as a browser or a proxy writes it, and judged as a file."""

from __future__ import annotations

import base64
import json
import tempfile
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from run_contracts.recordings.file_reading import file_parts
from run_contracts.recordings.judging.asked_for import AskedFor
from run_contracts.recordings.judging.file_verdicts import verdicts
from run_contracts.traffic.exchange import Exchange, Headers

ROOM = 10**6
"""Findings that are asked for: all of them."""


def broken_in_file(exchanges: Collection[Exchange]) -> frozenset[str]:
    """Return the requirements that ``run-contracts validate`` finds broken in a HAR of them."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "recorded.har")
        file.write_text(json.dumps(archive(exchanges)), encoding="utf-8")
        return broken_in(file)


def broken_in(file: Path) -> frozenset[str]:
    """Return the requirements that ``run-contracts validate`` finds broken in a recording."""
    judged = verdicts(file_parts(file), AskedFor(), ROOM)
    return frozenset(said.requirement for one in judged for said in one.said if said.requirement)


def archive(exchanges: Collection[Exchange]) -> dict[str, Any]:
    """Return exchanges as a HAR."""
    creator = {"name": "benchmarks", "version": "1"}
    return {
        "log": {"version": "1.2", "creator": creator, "entries": [_entry(one) for one in exchanges]}
    }


def _entry(exchange: Exchange) -> dict[str, Any]:
    request, response = exchange.request, exchange.response
    began = datetime.fromtimestamp(exchange.sent_at, UTC)
    posted = {"mimeType": "application/json", "text": request.body.decode()}
    status = {"status": response.status, "statusText": "", "headers": _pairs(response.headers)}
    left = {} if response.is_whole else {"_error": response.failure or "net::ERR_ABORTED"}
    return {
        "startedDateTime": began.isoformat(timespec="milliseconds"),
        "time": response.seconds * 1000,
        "request": {
            "method": request.method,
            "url": request.url,
            "headers": _pairs(request.headers),
            **({"postData": posted} if request.body else {}),
        },
        "response": {**status, "content": _content(response.body), **left},
    }


def _pairs(headers: Headers) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers]


def _content(body: bytes) -> dict[str, Any]:
    """Return a body as text, or in base64 where it is none."""
    try:
        return {"size": len(body), "text": body.decode()}
    except UnicodeDecodeError:
        text = base64.b64encode(body).decode()
        return {"size": len(body), "text": text, "encoding": "base64"}
