"""What ``curl -v`` prints, with what it answers among it, as plain text of HTTP."""

from __future__ import annotations

import re

REMARK_STARTS = (b"*", b">", b"<", b"  % Total", b"Note: ")
"""How what curl says of itself begins."""
_STATUS_LINE = re.compile(rb"^< HTTP/\d(?:\.\d)? \d{3}", re.MULTILINE)
_METER = re.compile(
    rb"  % Total    % Received[^\n]{0,99}\n {1,60}Dload[^\n]{0,99}\n"
    rb"|(?:^|\r)[ \d.kMG]{1,99}(?:[\d-]{2,4}:[\d-]{2}:[\d-]{2} {1,9}){3}[\d.kMG]{1,8}",
    re.MULTILINE,
)
"""The meter of progress, which is drawn over itself."""
_REMARK = re.compile(rb"^(?:\*[^\n]*|[{}] \[\d+ bytes data\]\r?)(?:\n|\Z)", re.MULTILINE)
"""A line about the connection, or that bytes came or went."""
_REMARK_AFTER_BODY = re.compile(
    rb"(?<=[}\]])(?=(?:  % Total    % Received"
    rb"|\* +(?:Trying|Connect|Re-using|Found|Host|[Cc]los|[Ss]hutting)))"
)
"""Where a remark follows a body that ends without a line break."""
_DIRECTION = re.compile(rb"^[<>](?: |\r?$)", re.MULTILINE)
"""What is before the lines of heads, by which way they went."""


def is_verbose(start: bytes) -> bool:
    r"""Say whether a text begins as one of curl does, and has the head of an answer.

    >>> is_verbose(b"* Trying 127.0.0.1\n> GET / HTTP/1.1\n> \n< HTTP/1.1 200 OK\n")
    True
    >>> is_verbose(b"* a point\n* another\n")
    False
    """
    return start.startswith(REMARK_STARTS) and _STATUS_LINE.search(start) is not None


def plain(data: bytes) -> bytes:
    r"""Return the messages alone, each head with the blank line after it.

    >>> plain(b"* Connected\n> GET / HTTP/1.1\n> \n< HTTP/1.1 200 OK\n< \n{ [2 bytes data]\n{}")
    b'GET / HTTP/1.1\n\nHTTP/1.1 200 OK\n\n{}'
    """
    split = _REMARK_AFTER_BODY.sub(b"\n", data)
    return _DIRECTION.sub(_unmarked, _REMARK.sub(b"", _METER.sub(b"", split)))


def _unmarked(found: re.Match[bytes]) -> bytes:
    return found[0][1:].lstrip(b" ")
