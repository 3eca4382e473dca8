"""Dumps of mitmproxy, read by its own library."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from run_contracts.errors import UsageError
from run_contracts.recordings.formats.entry_parts import Misshapen, request, response
from run_contracts.recordings.recorded import Entry, Recorded, Unread

EXTRA = "run-contracts[mitmproxy]"
_DUMP_START = re.compile(rb"\d{1,12}:\d{1,12}:[a-z_]+[;!]")
"""A dump begins with the size of its first flow, and the name of a field of it."""


def starts_like_flows(start: bytes) -> bool:
    """Say whether a file begins as a dump does.

    >>> starts_like_flows(b"1998:9:websocket;0:~8:response;"), starts_like_flows(b"{}")
    (True, False)
    """
    return _DUMP_START.match(start) is not None


def flows(reading: BinaryIO) -> Iterator[Entry]:
    """Yield the flows of a dump; one that is damaged ends it.

    Raises `UsageError` without mitmproxy.
    """
    try:
        from mitmproxy.exceptions import FlowReadException  # noqa: PLC0415 - an extra
        from mitmproxy.io import FlowReader  # noqa: PLC0415
    except ImportError:
        raise UsageError(
            "this is a dump of mitmproxy, which it reads itself: with Python 3.12 or later "
            f"pip install '{EXTRA}'"
        ) from None
    number = 0
    try:
        for number, flow in enumerate(FlowReader(reading).stream(), start=1):
            entry = _entry(flow, f"flow {number}")
            if entry is not None:
                yield entry
    except (FlowReadException, ValueError, TypeError) as error:
        yield Unread(f"flow {number + 1}", f"the dump is damaged: {error}")


def _entry(flow: Any, place: str) -> Entry | None:
    """Return a flow; None for what is no HTTP, or was not answered."""
    asked, answered = getattr(flow, "request", None), getattr(flow, "response", None)
    is_http = getattr(flow, "type", "http") == "http"
    if not is_http or asked is None or answered is None:
        return None
    try:
        return Recorded(
            request=request(
                asked.method,
                asked.pretty_url,
                _fields(asked),
                asked.get_content(strict=False) or b"",
            ),
            response=response(
                answered.status_code,
                _fields(answered),
                answered.get_content(strict=False) or b"",
                seconds=(answered.timestamp_end or 0) - (asked.timestamp_start or 0),
            ),
            place=place,
            at=asked.timestamp_start or 0.0,
        )
    except (Misshapen, ValueError, AttributeError) as wrong:
        return Unread(place, str(wrong) or "it has not the form of a flow")


def _fields(message: Any) -> list[tuple[str, str]]:
    return list(message.headers.items(multi=True))
