"""Text from outside on one line: a name of a file, a word of a server, a value of a report."""

from __future__ import annotations

import os
import re

STEERING = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # controls but tab and line breaks
    "\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"  # direction and lines
    "\ud800-\udfff"  # halves of characters
)
"""What steers a terminal, as the inside of a class of a regular expression."""
LONGEST_SHOWN_NAME = 300
"""Characters of a name of a file that are shown."""
LONGEST_WHY = 300
"""Characters of what a reader says of a file that are shown."""
LONGEST_UNKNOWN = 100
"""Characters of a name that nothing has that are shown."""
OF_URL = re.compile("[a-z][a-z0-9+.-]+://", re.IGNORECASE)
"""How a name begins that is a URL, and not that of a file of this machine."""
_USER = re.compile("//[^/]*@")
_QUERY = re.compile(r"\?(?=[^/?]*=).*", re.DOTALL)
_IN_LINES = re.compile(f"[\t\n\r{STEERING}]")


def line(text: str) -> str:
    r"""Return a text as one line: characters that steer a terminal are shown as escapes.

    Nobody can move the cursor, turn the direction of writing or begin a line of its own.

    >>> print(line("a\x1b[2J\n::error::b"))
    a\x1b[2J\n::error::b
    """
    return _IN_LINES.sub(escape, text)


def escape(match: re.Match[str]) -> str:
    """Return what was matched as the escapes that Python has for it."""
    return match[0].encode("unicode_escape").decode()


def shortened(text: str, longest: int) -> str:
    """Return a text, or so many characters of its beginning and its end.

    >>> shortened("abcdefghij", 7)
    'ab...ij'
    """
    half = (longest - 3) // 2
    return text if len(text) <= longest else f"{text[:half]}...{text[-half:]}"


def word(name: object) -> str:
    """Return a name that nothing has as it may be shown: quoted, of a length that can be read.

    >>> word("v3")
    "'v3'"
    """
    return repr(shortened(str(name), LONGEST_UNKNOWN))


def name_of(file: str | os.PathLike[str]) -> str:
    r"""Return the name of a file as it may be shown: on one line, of a length that can be read.

    Of a URL neither who asks is shown nor what comes after the path: both may let somebody in.

    >>> print(name_of("a\n.json"), name_of("https://me:pw@host/a.har?Signature=x"))
    a\n.json https://***@host/a.har?***
    """
    name = os.fspath(file)
    if OF_URL.match(name):
        name = _QUERY.sub("?***", _USER.sub("//***@", name, count=1))
    return shortened(line(name), LONGEST_SHOWN_NAME)
