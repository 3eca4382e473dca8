"""Smaller requests: what to send instead of a request that broke something, to see if less does it.

The query loses its parameters one by one, a JSON body its members and items, and what is left
becomes plain. Other bodies are halved. Each is a step; whoever asks goes on from what still breaks.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from run_contracts.traffic.exchange import Request

PLAINEST: tuple[Any, ...] = (None, False, 0, "", [], {})
"""The plainest value of each type."""


def smaller(request: Request) -> Iterator[Request]:
    """Yield requests like this one, each smaller by one thing; those that lose most come first.

    >>> asked = Request(method="POST", url="http://a.invalid/x?limit=2", body=b'{"a": "b"}')
    >>> [(one.url[16:], one.body) for one in smaller(asked)]
    [('/x', b'{"a": "b"}'), ('/x?limit=2', b'{}'), ('/x?limit=2', b'{"a": ""}')]
    """
    for url in _smaller_urls(request.url):
        yield replace(request, url=url)
    for body in _smaller_bodies(request.body):
        yield replace(request, body=body)


def halves(request: Request) -> Iterator[Request]:
    """Yield a request with every other member of its JSON body, then with the rest of them.

    None where there are less than two: a half would be empty, or the whole.
    """
    try:
        value = json.loads(request.body)
    except ValueError:
        return
    if isinstance(value, dict) and len(value) > 1:
        pairs = list(value.items())
        for half in (pairs[::2], pairs[1::2]):
            yield replace(request, body=json.dumps(dict(half)).encode())


def _smaller_urls(url: str) -> Iterator[str]:
    parts = urlsplit(url)
    pairs = parts.query.split("&") if parts.query else []
    for left in _without_one(pairs):
        yield parts._replace(query="&".join(left)).geturl()


def _smaller_bodies(body: bytes) -> Iterator[bytes]:
    try:
        value = json.loads(body)
    except ValueError:  # no JSON, or no text at all
        if len(body) > 1:
            yield body[: len(body) // 2]
            yield body[len(body) // 2 :]
        return
    for less in _smaller_values(value):
        yield json.dumps(less).encode()


def _smaller_values(value: Any) -> Iterator[Any]:
    """Yield a JSON value without one of its parts, then plain, then with a part made smaller."""
    match value:
        case dict():
            pairs = list(value.items())
            yield from map(dict, _without_one(pairs))
            for name, inner in pairs:
                yield from ({**value, name: less} for less in _smaller_values(inner))
        case list():
            yield from _without_one(value)
            for at, inner in enumerate(value):
                yield from (
                    [*value[:at], less, *value[at + 1 :]] for less in _smaller_values(inner)
                )
        case _:
            # By type and not by value: 0 equals False.
            yield from (one for one in PLAINEST if type(one) is type(value) and one != value)


def _without_one(parts: list[Any]) -> Iterator[list[Any]]:
    """Yield a list without all of its parts, and without each."""
    if len(parts) > 1:
        yield []
    yield from (parts[:at] + parts[at + 1 :] for at in range(len(parts)))
