"""Credentials: which headers let somebody in, and what in their values is secret alone, too."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator
from urllib.parse import unquote, unquote_plus

SECRET_WORDS = ("auth", "cookie", "credential", "key", "password", "secret", "session", "token")
"""Words in the name of a header, whatever their case, by which its value is secret."""
LEAST_OF_COOKIE = 4
"""Characters from which the value of a cookie is secret alone: "1" and "en" stand everywhere."""
PLAIN_WORDS = frozenset({"true", "false", "null", "none"})
"""Values of cookies that are no secrets, and stand everywhere."""
_SCHEME = re.compile(r"[A-Za-z][\w-]*[ \t]+(\S.*)")
"""How a value begins that says in its first word what the rest is: ``Bearer abc``."""
SIGNING_NAMES = frozenset({"code", "sig", "signature", "x-amz-signature"})
"""What lets somebody in by other names, in the queries of signed URLs and functions."""
LEAST_OF_QUERY = 6
"""Characters of a value in a query from which it is taken for a secret."""
_IN_QUERY = re.compile(r"""[?&#]([^\s?&#=;,"'<>]{1,100})=([^\s&#;,"'<>]+)""")
"""A name and its value in a query, or a fragment, wherever a URL stands."""


def is_secret_name(header: str) -> bool:
    """Say whether a header is a credential by its name.

    >>> is_secret_name("X-Api-Key"), is_secret_name("cookie"), is_secret_name("X-Version")
    (True, True, False)
    """
    return any(word in header.lower() for word in SECRET_WORDS)


def in_queries(text: str) -> Iterator[tuple[str, str]]:
    """Yield what lets somebody in by its name in the queries of URLs that stand in a text.

    >>> list(in_queries("<https://h/v1?api_key=s3cret%21&limit=100000>; rel=next"))
    [('api_key', 's3cret!')]
    """
    for pair in _IN_QUERY.finditer(text):
        name, value = map(unquote_plus, pair.groups())
        is_named = is_secret_name(name) or name.lower() in SIGNING_NAMES
        if is_named and len(value) >= LEAST_OF_QUERY:
            yield name, value


def parts(header: str, value: str) -> Iterator[str]:
    """Yield what in the value of a secret header is secret when it stands alone.

    >>> list(parts("Authorization", "Bearer abc")), list(parts("Cookie", "id=s3cret; lang=en"))
    (['abc'], ['s3cret'])
    >>> list(parts("Authorization", "Basic bWU6cHc="))
    ['bWU6cHc=', 'me:pw', 'pw']
    """
    if header.lower() == "cookie":
        yield from _of_cookies(value)
        return
    scheme = _SCHEME.fullmatch(value)
    if scheme is None:
        return
    yield scheme[1]
    if value.lower().startswith("basic"):
        yield from _of_user(scheme[1])


def _of_cookies(value: str) -> Iterator[str]:
    for cookie in value.split(";"):
        alone = cookie.partition("=")[2].strip().strip('"')
        for form in dict.fromkeys((alone, unquote(alone))):
            if len(form) >= LEAST_OF_COOKIE and form.lower() not in PLAIN_WORDS:
                yield form


def _of_user(encoded: str) -> Iterator[str]:
    """Yield user and password as they were before they were encoded, and the password.

    Without a password, the user is what lets somebody in.
    """
    try:
        pair = b64decode(encoded).decode()
    except ValueError:
        return
    user, _, password = pair.partition(":")
    yield pair
    yield password or user
