"""A request as it is matched: its path below any base, its query, and the JSON of its body."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from propcache.api import cached_property

from run_contracts.contract.azure import VERSION_PARAMETER
from run_contracts.contract.operations import match, unquoted
from run_contracts.contract.requirements import EDITIONS
from run_contracts.recordings.redacted import is_redacted
from run_contracts.traffic.exchange import Request
from run_contracts.traffic.payload import Payload
from run_contracts.validation.found import MISSING

ROOTS = frozenset({"assistants", "threads", "files", "vector_stores", "models"})
"""The segments with which paths of the protocol begin, below their base."""
READS = frozenset({"GET", "HEAD"})
MULTIPART = b"--"
"""How a body of several parts begins; what parts them is drawn anew each time."""
LONGEST_PLACEHOLDER = 60
Difference = tuple[str, Any, Any]
"""A JSON pointer, what was sent there, and what was recorded."""


@dataclass(frozen=True, kw_only=True)
class PlainRequest:
    """What is asked for, by whatever base path. `operation` is its name, for people."""

    method: str
    segments: tuple[str, ...]
    query: tuple[tuple[str, str], ...]
    body: bytes
    operation: str

    @property
    def path(self) -> str:
        """Its path below the base."""
        return "/" + "/".join(self.segments)

    @property
    def is_read(self) -> bool:
        """Whether it changes nothing."""
        return self.method in READS

    @property
    def scope(self) -> tuple[str, ...]:
        """What it is about: a thread, an assistant."""
        return self.segments[:2]

    @cached_property
    def value(self) -> Any:
        """The JSON of its body; an empty object if it has none, nothing if it is no JSON."""
        if not self.body.strip():
            return {}
        body = Payload(self.body).body
        return body.value if body.is_json else MISSING


def plain(request: Request) -> PlainRequest:
    """Return a request as it is matched.

    >>> plain(Request(method="GET", url="http://h/openai/threads/t%3A1/runs?x=1")).path
    '/threads/t:1/runs'
    """
    url = urlsplit(request.url)
    segments = tuple(map(unquoted, url.path.strip("/").split("/")))
    matched = match(EDITIONS[-1], request.method, url.path)
    if matched:
        tail = segments[-matched[0].path.count("/") :]
    else:
        first = next((n for n, one in enumerate(segments) if one in ROOTS), 0)
        tail = segments[first:]
    query = sorted(
        one for one in parse_qsl(url.query, keep_blank_values=True) if one[0] != VERSION_PARAMETER
    )
    return PlainRequest(
        method=request.method,
        segments=tail,
        query=tuple(query),
        body=request.body,
        operation=matched[0].id if matched else f"{request.method} /{tail[0]}",
    )


def is_same_place(recorded: PlainRequest, asked: PlainRequest) -> bool:
    """Say whether method and path are those recorded; an id that was taken out is any."""
    return (
        recorded.method == asked.method
        and len(recorded.segments) == len(asked.segments)
        and all(map(_is_same_text, recorded.segments, asked.segments))
    )


def fits(recorded: PlainRequest, asked: PlainRequest) -> bool:
    """Say whether a request is the one recorded; a body that nobody kept is any."""
    is_there = is_same_place(recorded, asked) and is_same_query(recorded, asked)
    return is_there and next(body_differences(recorded, asked), None) is None


def is_same_query(recorded: PlainRequest, asked: PlainRequest) -> bool:
    """Say whether two requests have the same parameters, in whatever order."""
    return len(recorded.query) == len(asked.query) and all(
        mine[0] == other[0] and _is_same_text(mine[1], other[1])
        for mine, other in zip(recorded.query, asked.query, strict=True)
    )


def body_differences(recorded: PlainRequest, asked: PlainRequest) -> Iterator[Difference]:
    """Yield where the body of a request is another than was recorded."""
    is_any = not recorded.body.strip() or recorded.body == asked.body
    if is_any or (recorded.body.startswith(MULTIPART) and asked.body.startswith(MULTIPART)):
        return
    if recorded.value is MISSING:
        yield "", MISSING if asked.value is MISSING else asked.value, recorded.value
        return
    yield from _differences(recorded.value, asked.value, "")


def _differences(recorded: Any, asked: Any, pointer: str) -> Iterator[Difference]:
    if isinstance(recorded, dict) and isinstance(asked, dict):
        for name in dict.fromkeys((*recorded, *asked)):
            inner = f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"
            yield from _differences(recorded.get(name, MISSING), asked.get(name, MISSING), inner)
    elif isinstance(recorded, list) and isinstance(asked, list) and len(recorded) == len(asked):
        for number, pair in enumerate(zip(recorded, asked, strict=True)):
            yield from _differences(*pair, f"{pointer}/{number}")
    elif not _is_same_value(recorded, asked):
        yield pointer, asked, recorded


def _is_same_value(recorded: Any, asked: Any) -> bool:
    """Say whether two values of JSON are equal: 1 and 1.0 are, 1 and true are not."""
    if isinstance(recorded, str) and isinstance(asked, str):
        return _is_same_text(recorded, asked)
    is_same_kind = isinstance(recorded, bool) == isinstance(asked, bool)
    return is_same_kind and bool(recorded == asked)


def _is_same_text(recorded: str, asked: str) -> bool:
    if recorded == asked:
        return True
    is_short = len(recorded) <= LONGEST_PLACEHOLDER and '"' not in recorded
    return is_short and is_redacted(recorded)
