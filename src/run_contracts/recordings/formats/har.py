"""HTTP Archives (HAR 1.2): what browsers, proxies and schemathesis write."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from run_contracts.recordings.formats.entry_by_entry import each_read
from run_contracts.recordings.formats.entry_parts import body, moment, request, response
from run_contracts.recordings.formats.format import Format
from run_contracts.recordings.formats.own_reports import as_checked
from run_contracts.recordings.recorded import Entry, Recorded
from run_contracts.report.http_archive import OWN_NAME

SAYS_WHY_CUT = ("_error", "_failureText")
"""Where Chromium and Playwright say why an answer did not come to its end."""
FILE_OF_BODY = "_file"
"""Where Playwright names the file of a body that is beside the archive."""


def _recognises(document: Any) -> bool:
    log = document.get("log") if isinstance(document, dict) else None
    return isinstance(log, dict) and isinstance(log.get("entries"), list)


def _read(document: Any) -> Iterator[Entry]:
    return each_read(document["log"]["entries"], _recorded, "entry")


def _recorded(entry: Any) -> Recorded | None:
    """Return an entry; None for one that was never answered, of which the status is 0.

    Browsers say in a field of their own that an answer did not come to its end, for its reader left
    or the connection was lost.
    """
    asked, answered = entry["request"], entry["response"]
    if not answered.get("status"):
        return None
    posted = asked.get("postData") or {}
    content = answered.get("content") or {}
    milliseconds = entry.get("time") or 0
    received = response(
        answered["status"],
        answered.get("headers"),
        body(content.get("text"), encoding=content.get("encoding")),
        seconds=milliseconds / 1000,
    )
    recorded = Recorded(
        request=request(asked["method"], asked["url"], asked.get("headers"), _sent(posted)),
        response=replace(received, is_whole=not any(map(answered.get, SAYS_WHY_CUT))),
        at=moment(entry.get("startedDateTime")),
        request_file=_text(posted.get(FILE_OF_BODY)),
        response_file=_text(content.get(FILE_OF_BODY)),
    )
    return as_checked(recorded, asked[OWN_NAME]) if OWN_NAME in asked else recorded


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _sent(posted: dict[str, Any]) -> bytes:
    return body(posted.get("text"), encoding=posted.get("encoding"))


HAR = Format("HAR 1.2", "json", _recognises, _read)
