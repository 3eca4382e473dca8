"""Ids that were taken out of a recording: what they were is read off the answer."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from run_contracts.contract.operations import match
from run_contracts.contract.requirements import EDITIONS
from run_contracts.recordings.recorded import UNKNOWN_ID, Recorded

_REDACTED = re.compile(
    r"(?i)^(?:[<\[({*#%].*|:\w+|x{3,}|\.{3,}|.*(?:redacted|sanitized|scrubbed|placeholder|filtered"
    r"|hidden|removed|dummy).*|.*(?:_|-)x{3,})$"
)
"""What stands in a path, or in a body, in place of an id."""


def is_redacted(text: str) -> bool:
    """Say whether a text stands in place of an id that somebody took out.

    >>> [is_redacted(one) for one in ("REDACTED", "{thread_id}", "***", "thread_1", "t")]
    [True, True, True, False, False]
    """
    return text == UNKNOWN_ID or _REDACTED.match(unquote(text)) is not None


def with_its_ids(recorded: Recorded) -> Recorded:
    """Return an exchange whose path has the ids again that its answer shows.

    What was taken out says nothing: neither that an answer is about something else, nor that two
    requests were about the same. A body that lacks an id is taken for one that was not kept.
    """
    if not recorded.has_request:
        return recorded
    request = recorded.request
    if any(map(is_redacted, urlsplit(request.url).path.split("/"))):
        request = replace(request, url=_completed(recorded))
    if request.body and any(map(is_redacted, request.payload.ids)):
        request = replace(request, body=b"")
    return recorded if request is recorded.request else replace(recorded, request=request)


def _completed(recorded: Recorded) -> str:
    """Return a URL in which each id that was taken out is that of the answer, if it shows one."""
    url = recorded.request.url
    matched = match(EDITIONS[-1], recorded.request.method, url)
    if matched is None:
        return url
    shown = _shown(recorded)
    operation, ids = matched
    known = {name: shown.get(name, id_) if is_redacted(id_) else id_ for name, id_ in ids.items()}
    path = urlsplit(url).path
    base = path[: len(path) - len(_tail(path, operation.path))]
    filled = operation.url(**{name: quote(id_, safe="") for name, id_ in known.items()})
    return urlsplit(url)._replace(path=base + filled).geturl()


def _tail(path: str, template: str) -> str:
    """Return the end of a path that has as many segments as the path of its operation."""
    return "/" + "/".join(path.split("/")[-template.count("/") :])


def _shown(recorded: Recorded) -> dict[str, str]:
    """Return the ids that an answer shows, by the names that paths have for them."""
    shown: dict[str, str] = {}
    for kind, own in (("run", "run_id"), ("run_step", "step_id"), ("message", "message_id")):
        for placed in recorded.response.payload.objects.get(kind, ())[:1]:
            _take(placed.value, own, shown)
    return shown


def _take(value: dict[str, Any], own: str, shown: dict[str, str]) -> None:
    for name, field in ((own, "id"), ("run_id", "run_id"), ("thread_id", "thread_id")):
        if isinstance(value.get(field), str):
            shown.setdefault(name, value[field])
