"""The operations of an edition, read from its OpenAPI document."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote, urlsplit

from run_contracts.contract.files import read_json

JSON_TYPE = "application/json"
STREAM_TYPE = "text/event-stream"
BETA = "openai-beta"
"""The header that names an edition."""
POLL_AFTER = "openai-poll-after-ms"
"""The header that says in how many milliseconds to read a run again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One endpoint: its id, method, path below the base URL, and the kinds of its bodies."""

    id: str
    method: str
    path: str
    request: str | None
    response: str
    streams: bool

    def url(self, **ids: str) -> str:
        """Return the path with its ids filled in.

        >>> operations("v2")["getRun"].url(thread_id="t", run_id="r")
        '/threads/t/runs/r'
        """
        return self.path.format(**ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLimit:
    """How many items a page holds: unless asked otherwise, and at least and at most if asked."""

    default: int
    least: int
    most: int


@cache
def list_limit(edition: str) -> ListLimit:
    """Return the bounds of the query parameter `limit` (RUN-LIST-007, 015 and 017).

    >>> list_limit("v2")
    ListLimit(default=20, least=1, most=100)
    """
    schema = read_json(f"{edition}/openapi.json")["components"]["parameters"]["limit"]["schema"]
    return ListLimit(default=schema["default"], least=schema["minimum"], most=schema["maximum"])


@cache
def operations(edition: str) -> Mapping[str, Operation]:
    """Return the operations of an edition by id, the run endpoints first."""
    document = read_json(f"{edition}/openapi.json")
    by_id: dict[str, Operation] = {}
    for path, item in document["paths"].items():
        for method, described in item.items():
            if method in ("get", "post", "delete"):
                by_id[described["operationId"]] = _operation(method.upper(), path, described)
    return MappingProxyType(by_id)


def run_operations(edition: str) -> tuple[Operation, ...]:
    """Return the operations about runs, those that a server of the protocol is checked for.

    >>> len(run_operations("v2"))
    9
    """
    return tuple(one for one in operations(edition).values() if "/runs" in one.path)


def _operation(method: str, path: str, described: dict[str, Any]) -> Operation:
    """Read one operation; the kind of a body is the name of the file its schema refers to."""
    content = described["responses"]["200"]["content"]
    body = described.get("requestBody", {}).get("content", {}).get(JSON_TYPE)
    return Operation(
        id=described["operationId"],
        method=method,
        path=path,
        request=_kind(body) if body else None,
        response=_kind(content[JSON_TYPE]),
        streams=STREAM_TYPE in content,
    )


def _kind(media: dict[str, Any]) -> str:
    """Return ``run`` for ``{"schema": {"$ref": "run.json"}}``."""
    reference: str = media["schema"]["$ref"]
    return reference.removesuffix(".json")


LONGEST_REMEMBERED = 512
"""Characters of a method and a path of which it is remembered what they match."""
Matched = tuple[Operation, Mapping[str, str]]


def match(edition: str, method: str, path: str) -> Matched | None:
    """Return the operation a request was meant for, with its path's ids; None if there is none.

    `path` may carry a base path before the operation's own and a query after it. The ids are what
    is quoted there.

    >>> operation, ids = match("v2", "GET", "/v1/threads/t%3A1/runs/r_1?x=1")
    >>> operation.id, ids
    ('getRun', {'thread_id': 't:1', 'run_id': 'r_1'})
    """
    bare = path.partition("?")[0]
    is_short = len(method) + len(bare) <= LONGEST_REMEMBERED
    return (_remembered if is_short else _matched)(edition, method, bare)


def _matched(edition: str, method: str, bare: str) -> Matched | None:
    for operation, pattern in _patterns_of(edition, method):
        matched = pattern.search(bare)
        if matched:
            return operation, {name: unquoted(one) for name, one in matched.groupdict().items()}
    return None


_remembered = lru_cache(maxsize=4096)(_matched)
"""The same: what is polled is asked for again and again."""


def unquoted(segment: str) -> str:
    """Return what a segment of a path quotes, half a letter as it is; noise is replaced.

    >>> unquoted("t%3A1"), unquoted("%ED%A0%80") == chr(0xD800), unquoted("%FF") == chr(0xFFFD)
    ('t:1', True, True)
    """
    try:
        return unquote(segment, errors="surrogatepass")
    except UnicodeDecodeError:
        return unquote(segment)


def is_run_path(edition: str, url: str) -> bool:
    """Say whether a URL is that of a run endpoint, with whatever method.

    Threads and messages have published methods that are not the contract's business.

    >>> is_run_path("v2", "/v1/threads/t_1/runs/r_1"), is_run_path("v2", "/v1/threads/t_1")
    (True, False)
    """
    bare = urlsplit(url).path
    return any("/runs" in one.path and pattern.search(bare) for one, pattern in _patterns(edition))


@lru_cache(maxsize=64)
def _patterns_of(edition: str, method: str) -> tuple[tuple[Operation, re.Pattern[str]], ...]:
    """Return those of a method of the patterns of paths; methods may be any word."""
    return tuple(one for one in _patterns(edition) if one[0].method == method)


@cache
def _patterns(edition: str) -> tuple[tuple[Operation, re.Pattern[str]], ...]:
    """Return each operation with the pattern of its path; fixed segments win over ids."""
    ordered = sorted(operations(edition).values(), key=lambda one: one.path.count("{"))
    return tuple(
        (one, re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", one.path) + "$")) for one in ordered
    )
