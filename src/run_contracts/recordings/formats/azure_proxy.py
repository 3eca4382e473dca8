"""Recordings of the test proxy of the Azure SDKs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from run_contracts.recordings.formats.entry_by_entry import each_read
from run_contracts.recordings.formats.entry_parts import body, request, response
from run_contracts.recordings.formats.format import Format
from run_contracts.recordings.recorded import Entry, Recorded

KEPT = {"RequestUri", "RequestMethod", "StatusCode"}


def _recognises(document: Any) -> bool:
    entries = document.get("Entries") if isinstance(document, dict) else None
    return (
        isinstance(entries, list)
        and bool(entries)
        and all(isinstance(one, dict) and one.keys() >= KEPT for one in entries[:3])
    )


def _read(document: Any) -> Iterator[Entry]:
    return each_read(document["Entries"], _recorded, "entry")


def _recorded(entry: Mapping[str, Any]) -> Recorded:
    return Recorded(
        request=request(
            entry["RequestMethod"],
            entry["RequestUri"],
            entry.get("RequestHeaders"),
            _body(entry.get("RequestBody")),
        ),
        response=response(
            entry["StatusCode"], entry.get("ResponseHeaders"), _body(entry.get("ResponseBody"))
        ),
    )


def _body(kept: Any) -> bytes:
    """Return a body: JSON as a value, other text as text or as a list of its lines."""
    if isinstance(kept, list) and kept and all(isinstance(one, str) for one in kept):
        return "".join(kept).encode("utf-8", "surrogatepass")
    return body(kept)


AZURE_PROXY = Format("Azure test proxy recording", "json", _recognises, _read)
