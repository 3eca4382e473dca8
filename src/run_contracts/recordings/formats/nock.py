"""Recordings of nock, as its recorder and nock-back write them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from run_contracts.recordings.formats.encodings import GZIP
from run_contracts.recordings.formats.entry_by_entry import each_read
from run_contracts.recordings.formats.entry_parts import body, headers, request, response
from run_contracts.recordings.formats.format import Format
from run_contracts.recordings.recorded import Entry, Recorded

DEFINED = {"scope", "path", "response"}


def _recognises(document: Any) -> bool:
    return (
        isinstance(document, list)
        and bool(document)
        and all(isinstance(one, dict) and one.keys() >= DEFINED for one in document[:3])
    )


def _read(document: Any) -> Iterator[Entry]:
    return each_read(document, _recorded, "definition")


def _recorded(entry: Mapping[str, Any]) -> Recorded:
    scope = entry["scope"].removesuffix(":443").removesuffix(":80")
    received = headers(entry.get("rawHeaders") or entry.get("headers"))
    is_compressed = any(name.lower() == "content-encoding" for name, _ in received)
    return Recorded(
        request=request(
            entry.get("method", "GET"),
            scope.rstrip("/") + entry["path"],
            entry.get("reqheaders"),
            body(entry.get("body") or None),
        ),
        response=response(
            entry.get("status", 200),
            received,
            _answered(
                entry["response"],
                is_binary=bool(entry.get("responseIsBinary")),
                is_compressed=is_compressed,
            ),
        ),
    )


def _answered(kept: Any, *, is_binary: bool, is_compressed: bool) -> bytes:
    """Return a body: JSON, text, or the hexadecimal parts of one that was compressed."""
    parts = kept if isinstance(kept, list) else [kept]
    if parts and all(isinstance(one, str) for one in parts):
        joined = "".join(parts)
        try:
            raw = bytes.fromhex(joined)
        except ValueError:
            raw = b""
        is_list = isinstance(kept, list)
        if raw and (is_binary or (is_compressed and is_list) or raw.startswith(GZIP)):
            return raw
        if is_list:
            return joined.encode("utf-8", "surrogatepass")
    return body(kept)


NOCK = Format("nock recording", "json", _recognises, _read)
