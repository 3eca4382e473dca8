"""HTTP Archives (HAR 1.2): what browsers, proxies and schemathesis write."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from run_contracts.recordings.formats.entry_by_entry import each_read
from run_contracts.recordings.formats.entry_parts import body, moment, request, response
from run_contracts.recordings.formats.format import Format
from run_contracts.recordings.formats.own_reports import as_checked
from run_contracts.recordings.recorded import Entry, Recorded, Unread
from run_contracts.report.own_names import OWN_NAME

SAYS_WHY_CUT = ("_error", "_failureText")
"""Where Chromium and Playwright say why an answer did not come to its end."""
FILE_OF_BODY = "_file"
"""Where Playwright names the file of a body that is beside the archive."""
OF_CONTENT = frozenset({"size", "compression", "mimeType", "text", "encoding", "comment"})
"""All that HAR has around a body; what others add begins with an underscore."""


def _recognises(document: Any) -> bool:
    log = document.get("log") if isinstance(document, dict) else None
    return isinstance(log, dict) and isinstance(log.get("entries"), list)


def _read(document: Any) -> Iterator[Entry]:
    return each_read(document["log"]["entries"], _recorded, "entry")


def _is_entry(value: Any) -> bool:
    """Say whether a value is an entry alone, as tools write that take archives apart."""
    if not isinstance(value, dict):
        return False
    asked, answered = value.get("request"), value.get("response")
    if not (isinstance(asked, dict) and isinstance(answered, dict)):
        return False
    content, has_moment = answered.get("content"), "startedDateTime" in value
    if not isinstance(content, dict) or not (has_moment or "mimeType" in content):
        return False
    names = {name for name in content if not str(name).startswith("_")}
    return names <= OF_CONTENT and {"method", "url"} <= asked.keys()


def _are_entries(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_is_entry, value))


def _read_entries(value: Any) -> Iterator[Entry]:
    return each_read(value, _recorded, "item")


def _read_entry(value: Any) -> Iterator[Entry]:
    for entry in each_read([value], _recorded, "entry"):
        yield entry._replace(place="") if isinstance(entry, Unread) else replace(entry, place="")


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
HAR_ENTRIES = Format("entries of HAR 1.2", "json", _are_entries, _read_entries)
HAR_ENTRY = Format("an entry of HAR 1.2", "json", _is_entry, _read_entry)
