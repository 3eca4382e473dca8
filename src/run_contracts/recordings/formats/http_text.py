"""HTTP as text: what ``curl -i`` and ``curl -v`` print, with or without the requests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from run_contracts.recordings.formats.curl_verbose import is_verbose, plain
from run_contracts.recordings.formats.entry_parts import Misshapen, headers, request, response
from run_contracts.recordings.recorded import NOT_KEPT, Entry, Recorded, Unread
from run_contracts.traffic.exchange import OK, Request

_STATUS = re.compile(rb"HTTP/\d(?:\.\d)? (\d{3})(?: [^\r\n]*)?\r?\n")
_REQUEST = re.compile(rb"([A-Z]{3,7}) (\S+) HTTP/\d(?:\.\d)?\r?\n")
_MESSAGE_START = re.compile(rb"(?:HTTP/\d(?:\.\d)? \d{3}|[A-Z]{3,7} \S+ HTTP/\d)")
_MESSAGE = re.compile(rb"(?:^|(?<=[}\]]))" + _MESSAGE_START.pattern, re.MULTILINE)
"""Where a message begins: with a line, or after a body that ended without a line break."""
_CONNECTED = re.compile(rb"HTTP/\d(?:\.\d)? 200 Connection established", re.IGNORECASE)
"""What a proxy says before the server behind it speaks."""
_BLANK = re.compile(rb"\r?\n\r?\n")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[^\r\n]*(\r?\n)")


class _Message(NamedTuple):
    start: bytes
    lines: list[str]
    body: bytes


def is_http_text(start: bytes) -> bool:
    """Say whether a text begins as an answer of HTTP, or a request, does.

    >>> is_http_text(b"HTTP/1.1 200 OK"), is_http_text(b"{}")
    (True, False)
    """
    return _MESSAGE_START.match(start.lstrip()) is not None or is_verbose(start)


def answers(data: bytes) -> Iterator[Entry]:
    """Yield the answers of a text in order; those that only ask to go on are passed over."""
    asked: Request = NOT_KEPT
    number = 0
    for message in _messages((plain(data) if is_verbose(data) else data).lstrip()):
        if found := _REQUEST.match(message.start):
            asked = _asked(found, message)
            continue
        if _CONNECTED.match(message.start):
            continue
        number += 1
        status = _STATUS.match(message.start)
        place = f"answer {number}"
        if status is None or int(status[1]) < OK:
            continue
        try:
            read = response(int(status[1]), headers(message.lines), _unchunked(message))
        except Misshapen as wrong:
            yield Unread(place, str(wrong))
            continue
        yield Recorded(response=read, request=asked, place=place)
        asked = NOT_KEPT


def _messages(data: bytes) -> Iterator[_Message]:
    """Yield each message: a body ends where the next message begins at the start of a line."""
    at = 0
    while at < len(data):
        blank = _BLANK.search(data, at)
        head_end = blank.end() if blank else len(data)
        following = _MESSAGE.search(data, head_end)
        end = following.start() if following else len(data)
        head = data[at : blank.start() if blank else len(data)] + b"\n"
        start, _, rest = head.partition(b"\n")
        lines = [line.strip() for line in rest.decode("latin-1").split("\n") if ":" in line]
        yield _Message(start + b"\n", lines, data[head_end:end])
        at = end


def _asked(found: re.Match[bytes], message: _Message) -> Request:
    method, target = found[1].decode(), found[2].decode("latin-1")
    host = next((v for name, v in headers(message.lines) if name.lower() == "host"), "")
    url = f"http://{host}{target}" if target.startswith("/") and host else target
    try:
        return request(method, url, message.lines, message.body.strip())
    except Misshapen:
        return NOT_KEPT


def _unchunked(message: _Message) -> bytes:
    """Return the body of an answer without the sizes of its chunks, where they were kept."""
    is_chunked = any(
        name.lower() == "transfer-encoding" and "chunked" in value.lower()
        for name, value in headers(message.lines)
    )
    chunks: list[bytes] = []
    at = 0
    while is_chunked and (size := _CHUNK.match(message.body, at)):
        length = int(size[1], 16)
        if not length:
            return b"".join(chunks)
        chunks.append(message.body[size.end() : size.end() + length])
        at = size.end() + length + len(size[2])
    return message.body
