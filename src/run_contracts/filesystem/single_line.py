"""Text from outside on one line: a name of a file, a word of a server, a value of a report."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from urllib.parse import unquote

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
LONGEST_SEARCHED = 2_000
"""Characters of a text in which secrets are looked for; what comes after them is left away."""
SHORTEST_SECRET = 4
"""Characters of what is hidden wherever it stands; shorter parts of a URL let nobody in."""
LONGEST_UNKNOWN = 100
"""Characters of a name that nothing has that are shown."""
OF_URL = re.compile("[a-z][a-z0-9+.-]+://", re.IGNORECASE)
"""How a name begins that is a URL, and not that of a file of this machine."""
_USER = re.compile("//(?:[^/?]*:[^?]*|[^/]*)@")
"""Who asks, and a key, which may have a slash in it."""
_QUERY = re.compile(r"\?(?=[^/?]*=).*", re.DOTALL)
_WEB = re.compile("https?:", re.IGNORECASE)
_IN_TEXT = re.compile(r"\b[a-z][a-z0-9+.-]+://\S+", re.IGNORECASE)
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
        name = _without_secrets(name)
    return shortened(line(name), LONGEST_SHOWN_NAME)


def without_urls_secrets(text: str, url: str) -> str:
    """Return a text without what lets in: that of each URL in it, and what a URL itself has.

    >>> url = "https://host/a.har?Signature=x-y-z"
    >>> without_urls_secrets(f"403, url='{url}', of x-y-z", url)
    "403, url='https://host/a.har?*** of ***"
    """
    if len(text) > LONGEST_SEARCHED:  # what is cut might show the half of a secret
        text = text[:LONGEST_SEARCHED].rpartition(" ")[0]
    shown = _IN_TEXT.sub(lambda found: _without_secrets(found[0]), text)
    for secret in sorted(_secrets_of(url), key=len, reverse=True):
        shown = shown.replace(secret, "***")
    return shown


def _without_secrets(url: str) -> str:
    """Return a URL without who asks and what comes after the path; as little as is sure."""
    user = _USER.search(url)
    if user is not None and "?" in user[0] and "=" in user[0]:
        return f"{url[: user.start()]}//***"
    shown = _USER.sub("//***@", url, count=1)
    if _WEB.match(url):
        before, mark, _ = shown.partition("?")
        return f"{before}{mark}{'***' if mark else ''}"
    return _QUERY.sub("?***", shown)


def _secrets_of(url: str) -> Iterator[str]:
    """Yield the user, the key and the values of the query of a URL, as they may be repeated."""
    user = _USER.search(url)
    given = [] if user is None else user[0][2:-1].split(":", 1)
    query = url.partition("?")[2] if _WEB.match(url) or _QUERY.search(url) else ""
    values = [one.partition("=")[2] or one for one in query.split("&")]
    for secret in (*given, *values, query):
        for form in {secret, unquote(secret)}:
            if len(form) >= SHORTEST_SECRET:
                yield form
