"""Marks in generated requests, by which a cleanup finds what they create if no answer ever came.

A mark stands where a request may have metadata or none, and a body or none. Metadata that is wrong
stays as it was made, for its refusal is what it is for, and so does a run that comes without a
thread: what a server makes of that is worth to be seen.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from run_contracts.contract.operations import JSON_TYPE, match
from run_contracts.traffic.exchange import Request
from run_contracts.types import Edition

MOST_PAIRS = 16
"""Pairs that metadata may have."""


def with_mark(edition: Edition, request: Request, mark: dict[str, str]) -> Request:
    """Return a request with a mark in the metadata of what it creates, if it creates something.

    >>> asked = Request(method="POST", url="http://a.invalid/v1/threads", body=b"{}")
    >>> with_mark("v2", asked, {"made": "here"}).body
    b'{"metadata": {"made": "here"}}'
    """
    matched = match(edition, request.method, request.url)
    operation = matched[0].id if matched else ""
    if operation not in ("createAssistant", "createThread", "createThreadAndRun"):
        return request
    try:
        body = json.loads(request.body or b"{}")
    except ValueError:
        return request
    marked = body
    if operation != "createThreadAndRun":
        marked = _marked(body, mark)
    elif isinstance(body, dict) and isinstance(body.get("thread"), dict):
        marked = {**body, "thread": _marked(body["thread"], mark)}
    if marked == body:
        return request
    others = tuple(one for one in request.headers if one[0].lower() != "content-type")
    headers = (*others, ("Content-Type", JSON_TYPE))
    return replace(request, headers=headers, body=json.dumps(marked).encode())


def _marked(created: Any, mark: dict[str, str]) -> Any:
    """Return fields of what is created with a mark; as they are where it has no place."""
    if not isinstance(created, dict):
        return created
    metadata = created.get("metadata") or {}
    if not isinstance(metadata, dict) or len(metadata) > MOST_PAIRS:
        return created
    kept = list(metadata.items())[: MOST_PAIRS - len(mark)]
    return {**created, "metadata": {**dict(kept), **mark}}
