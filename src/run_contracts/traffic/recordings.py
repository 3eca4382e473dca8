"""Recordings: files of JSON, JSON lines and server-sent events, read as exchanges."""

from __future__ import annotations

from pathlib import Path

from run_contracts.contract.operations import JSON_TYPE, STREAM_TYPE
from run_contracts.errors import UsageError
from run_contracts.traffic.exchange import OK, Exchange, Request, Response
from run_contracts.types import Edition

LINES = (".jsonl", ".ndjson")
STREAMS = (".sse", ".event-stream")


def read(path: Path, *, edition: Edition) -> tuple[Exchange, ...]:
    """Return what a file holds: one answer, or one for each line that is not blank.

    The ending tells the form: .jsonl and .ndjson are lines, .sse is a stream, anything else is
    JSON unless it begins like a stream. Raises `UsageError` for a file that cannot be read.
    """
    try:
        if path.is_dir():
            raise UsageError(f"{path}: is a directory; name the files in it")
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: {(error.strerror or str(error)).lower()}") from None
    if path.suffix in LINES:
        parts = [
            (line, f"{path}, line {number}")
            for number, line in enumerate(data.split(b"\n"), start=1)
            if line.strip()
        ]
        return tuple(
            _answer(body, JSON_TYPE, name, edition, number)
            for number, (body, name) in enumerate(parts, start=1)
        )
    is_stream = path.suffix in STREAMS or data.lstrip().startswith((b"event:", b"data:"))
    kind = STREAM_TYPE if is_stream else JSON_TYPE
    return (_answer(data, kind, str(path), edition, 1),) if data.strip() else ()


def _answer(body: bytes, kind: str, name: str, edition: Edition, number: int) -> Exchange:
    """Return a recorded body as the answer to an unknown request."""
    return Exchange(
        number=number,
        edition=edition,
        request=Request(method="", url=""),
        response=Response(status=OK, headers=(("Content-Type", kind),), body=body),
        source=name,
    )
