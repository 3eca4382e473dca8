"""The parts that all recorders keep, in the ways they are written: headers, bodies, moments."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from run_contracts.contract.operations import JSON_TYPE, STREAM_TYPE
from run_contracts.recordings.formats.encodings import inflated
from run_contracts.traffic.exchange import Headers, Request, Response
from run_contracts.traffic.sse import starts_like_a_stream

CONTENT_TYPE = "Content-Type"
LONGEST_READ_URL = 65_536
"""Characters of a URL that is looked at; servers read 8 to 16 KiB."""
MILLISECONDS = 1e11
"""Numbers from here on are no seconds since the epoch: in them, this is the year 5138."""
LATEST = MILLISECONDS * 1e9
"""Numbers from here on are no nanoseconds either."""


class Misshapen(ValueError):
    """A part is not of a form that its recorder writes; the message says which, in a clause."""


def headers(value: Any) -> Headers:
    """Return headers in order, each value by itself.

    They may be a list of names and values (HAR, Postman: ``name`` or ``key``), of pairs, of lines,
    a flat list of names and values in turn (nock), or an object of values or lists of values.

    >>> headers([{"name": "A", "value": "1"}]), headers({"A": ["1", "2"]})
    ((('A', '1'),), (('A', '1'), ('A', '2')))
    >>> headers(["A", "1", "B", "2"]), headers(["A: 1"])
    ((('A', '1'), ('B', '2')), (('A', '1'),))
    """
    if isinstance(value, Mapping):
        return tuple(
            (str(name), _text(one))
            for name, given in value.items()
            for one in (given if isinstance(given, list | tuple) else [given])
        )
    return tuple(_listed_headers(value)) if isinstance(value, list | tuple) else ()


def _listed_headers(value: Sequence[Any]) -> Iterator[tuple[str, str]]:
    if value and all(isinstance(header, str) for header in value):
        if all(":" in header for header in value):
            yield from ((name, rest.strip()) for name, _, rest in (v.partition(":") for v in value))
        else:
            yield from zip(value[::2], value[1::2], strict=False)
        return
    for header in value:
        if isinstance(header, Mapping):
            name = header.get("name", header.get("key"))
            if isinstance(name, str):
                yield name, _text(header.get("value", header.get("values", "")))
        elif isinstance(header, list | tuple) and len(header) == 2:  # noqa: PLR2004 - name and value
            yield _text(header[0]), _text(header[1])


def body(value: Any, *, encoding: str | None = None) -> bytes:
    """Return a body that was kept as text, as bytes, in base64, or as the JSON it was.

    Raises `Misshapen` for what is said to be base64 and is not.

    >>> body({"a": 1}), body("QQ==", encoding="base64"), body(None)
    (b'{"a": 1}', b'A', b'')
    """
    if value is None:
        return b""
    if isinstance(value, bytes):
        return value
    if not isinstance(value, str):
        try:
            text = json.dumps(value, ensure_ascii=False)
        except (TypeError, ValueError, RecursionError):
            raise Misshapen("a body is no JSON, or nested too deep") from None
        return text.encode("utf-8", errors="surrogatepass")
    if encoding == "base64":
        try:
            return base64.b64decode(value, validate=False)
        except (binascii.Error, ValueError):
            raise Misshapen("a body is said to be base64 and is not") from None
    return value.encode("utf-8", errors="surrogatepass")


def request(method: Any, url: Any, given: Any = (), content: bytes = b"") -> Request:
    """Return a request; raise `Misshapen` for one without a method, or a URL that is one."""
    if not (isinstance(method, str) and method and isinstance(url, str) and url):
        raise Misshapen("a request has no method or no URL")
    check_url(url)
    sent = headers(given)
    return Request(method=method.upper(), url=url, headers=sent, body=inflated(content, sent))


def check_length(url: str) -> None:
    """Raise `Misshapen` for a URL that is longer than any server would read."""
    if len(url) > LONGEST_READ_URL:
        raise Misshapen(f"the URL of a request has {len(url):,} characters")


def check_url(url: str) -> None:
    """Raise `Misshapen` for a URL that cannot be taken apart, or that no server would read."""
    check_length(url)
    try:
        urlsplit(url)
    except ValueError as wrong:
        raise Misshapen(f"the URL of a request is none: {wrong}") from None


def response(status: Any, given: Any = (), content: bytes = b"", *, seconds: Any = 0) -> Response:
    """Return a response as its reader saw it, no longer compressed.

    One without a Content-Type gets that of its body, for many recorders drop it. Raises `Misshapen`
    for what is no status.
    """
    code = _status(status)
    received = headers(given)
    plain = inflated(content, received)
    names = {name.lower() for name, _ in received}
    if plain and CONTENT_TYPE.lower() not in names:
        received = (*received, (CONTENT_TYPE, media_type(plain)))
    took = seconds if isinstance(seconds, int | float) and 0 < seconds < MILLISECONDS else 0
    return Response(status=code, headers=received, body=plain, seconds=float(took))


def media_type(content: bytes) -> str:
    """Return what a body is by itself: a stream of events, or JSON."""
    return STREAM_TYPE if starts_like_a_stream(content) else JSON_TYPE


def _status(value: Any) -> int:
    try:
        code = int(value)
    except (TypeError, ValueError, OverflowError):
        raise Misshapen("an answer has no status") from None
    if not 100 <= code <= 599:  # noqa: PLR2004 - the statuses that HTTP has
        raise Misshapen(f"{code} is no status of an answer")
    return code


def moment(value: Any) -> float:
    """Return a moment in seconds since the epoch: a number, ISO 8601, or a date of HTTP; else 0.

    >>> moment("2025-08-13T00:00:00Z") == moment("Wed, 13 Aug 2025 00:00:00 GMT") == 1755043200.0
    True
    >>> moment(1755043200000), moment("soon")
    (1755043200.0, 0.0)
    """
    if isinstance(value, bool):
        return 0.0
    if isinstance(value, int | float):
        return _seconds(value)
    if isinstance(value, dt.datetime):
        return _stamp(value)
    for read in (dt.datetime.fromisoformat, parsedate_to_datetime):
        try:
            return _stamp(read(value))
        except (TypeError, ValueError, OverflowError, AttributeError):
            continue
    return 0.0


def _seconds(value: float) -> float:
    """Return a number of seconds, or of parts of them, in seconds; 0 for what is no moment."""
    if not 0 < value < LATEST:
        return 0.0
    while value >= MILLISECONDS:
        value /= 1000
    return float(value)


def _stamp(value: dt.datetime) -> float:
    return (value if value.tzinfo else value.replace(tzinfo=dt.UTC)).timestamp()


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)
