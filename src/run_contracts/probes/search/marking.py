"""Marks in generated requests, by which a cleanup finds what they create if no answer ever came.

A mark stands where a request may have metadata or none, and a body or none. Metadata that is wrong
stays as it was made, for its refusal is what it is for.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from run_contracts.contract.operations import JSON_TYPE, match
from run_contracts.probes.search.walking import WITH_THREAD
from run_contracts.traffic.exchange import Request
from run_contracts.types import Edition

MADE_ALONE = ("createAssistant", "createThread")
MOST_PAIRS = 16
"""Pairs that metadata may have."""


class Marker:
    """Puts a mark into the metadata of what requests create; all others stay as they are.

    Of runs that come without a thread the first stays so, for that may be done: one is enough.

    >>> asked = Request(method="POST", url="http://a.invalid/v1/threads", body=b"{}")
    >>> Marker("v2", {"made": "here"})(asked).body
    b'{"metadata": {"made": "here"}}'
    """

    def __init__(self, edition: Edition, mark: dict[str, str]) -> None:
        """Nothing was without a thread so far."""
        self._edition, self._mark = edition, mark
        self._without_thread: bytes | None = None

    def __call__(self, request: Request) -> Request:
        """Return a request with the mark, if it creates an assistant or a thread."""
        matched = match(self._edition, request.method, request.url)
        operation = matched[0].id if matched else ""
        if operation not in (*MADE_ALONE, WITH_THREAD):
            return request
        try:
            body = json.loads(request.body or b"{}")
        except ValueError:
            return request
        marked = self._marked(body) if operation in MADE_ALONE else self._inside(body, request.body)
        if marked == body:
            return request
        others = tuple(one for one in request.headers if one[0].lower() != "content-type")
        headers = (*others, ("Content-Type", JSON_TYPE))
        return replace(request, headers=headers, body=json.dumps(marked).encode())

    def _inside(self, body: Any, sent: bytes) -> Any:
        """Return a body whose thread is marked."""
        if not isinstance(body, dict):
            return body
        thread = body.get("thread")
        if thread is None:
            self._without_thread = self._without_thread or sent
            if sent == self._without_thread:
                return body
        return {**body, "thread": self._marked({} if thread is None else thread)}

    def _marked(self, created: Any) -> Any:
        """Return fields of what is created with the mark; as they are where it has no place."""
        if not isinstance(created, dict):
            return created
        metadata = created.get("metadata")
        metadata = {} if metadata is None else metadata
        if not isinstance(metadata, dict) or len(metadata) > MOST_PAIRS:
            return created
        kept = list(metadata.items())[: MOST_PAIRS - len(self._mark)]
        return {**created, "metadata": {**dict(kept), **self._mark}}
