"""Paths of stubs: patterns and parameters become paths whose ids are not known."""

from __future__ import annotations

import re

from run_contracts.recordings.formats.entry_parts import Misshapen, check_length
from run_contracts.recordings.recorded import UNKNOWN_ID

STUB_HOST = "http://stub.invalid"
"""Where a stub answers that does not say where: a name that never resolves."""
TEMPLATE = "{{"
"""What a body has in it that is filled in when it is sent."""
_PARAMETER = re.compile(r"^(?:\{[^}]*\}|:\w[\w-]*|\{\{.*\}\}|\*+)$")
_PATTERN = re.compile(r"^(?=.*[\\\[\]()+*?|^$.]).*$")
_SPLIT = re.compile(r"/(?![^\[]*\])")


def stub_url(path: str, *, is_pattern: bool = False) -> str:
    """Return the URL of a stub whose path has parameters, or is a regular expression.

    Raises `Misshapen` for an expression that is not plainly a path with something in its segments.

    >>> stub_url("/v1/threads/{thread_id}/runs/:run")
    'http://stub.invalid/v1/threads/run-contracts-any-id/runs/run-contracts-any-id'
    >>> stub_url("/v1/threads/[^/]+/runs/.*", is_pattern=True)
    'http://stub.invalid/v1/threads/run-contracts-any-id/runs/run-contracts-any-id'
    """
    check_length(path)
    bare, _, query = path.partition("?") if not is_pattern else (_plain(path), "", "")
    inner = bare.strip("/")
    split = _SPLIT.split(inner) if "[" in inner else inner.split("/")
    segments = [_segment(one, is_pattern=is_pattern) for one in split]
    url = f"{STUB_HOST}/{'/'.join(segments)}"
    return f"{url}?{query}" if query else url


def _plain(pattern: str) -> str:
    """Return a pattern without its anchors, and without what it says of a query."""
    inner = pattern.removeprefix("^").removesuffix("$")
    inner = re.sub(r"\\\?.*$|\(\?:?\\\?.*$", "", inner)
    if inner.startswith(("/", ".*/")):
        return inner.removeprefix(".*").replace(r"\/", "/").replace(r"\.", ".")
    raise Misshapen("its path is a pattern that is no path with gaps")


def _segment(segment: str, *, is_pattern: bool) -> str:
    if _PARAMETER.match(segment) and not (is_pattern and segment in ("*", "**")):
        return UNKNOWN_ID
    if is_pattern and _PATTERN.match(segment) and not re.fullmatch(r"[\w.-]+", segment):
        return UNKNOWN_ID
    return segment
