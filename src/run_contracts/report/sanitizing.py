"""Text from outside made fit for where it is shown: no control of a terminal, no illegal XML."""

from __future__ import annotations

import re

_STEERING = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # controls but tab and line breaks
    "\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"  # direction and lines
    "\ud800-\udfff"  # halves of characters
)
_IN_LINES = re.compile(f"[\t\n\r{_STEERING}]")
_IN_DOCUMENTS = re.compile(f"[{_STEERING}\ufffe\uffff]")


def line(text: str) -> str:
    r"""Return a text as one line: characters that steer a terminal are shown as escapes.

    A server cannot move the cursor, turn the direction of writing or begin a line of its own.

    >>> print(line("a\x1b[2J\n::error::b"))
    a\x1b[2J\n::error::b
    """
    return _IN_LINES.sub(_escape, text)


def document(text: str) -> str:
    r"""Return a text fit for XML and HTML: what they cannot hold, or obey, is shown as escapes.

    >>> print(document("a\x00b\u202ec"))
    a\x00b\u202ec
    """
    return _IN_DOCUMENTS.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode()
