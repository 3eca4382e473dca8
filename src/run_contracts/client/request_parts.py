"""What a request of the contract is made of, and how it is put together."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypedDict
from urllib.parse import quote, urlsplit

import httpx2

from run_contracts.client.checked_target import Target
from run_contracts.client.outgoing import OutgoingRequest
from run_contracts.contract.operations import JSON_TYPE, operations
from run_contracts.validation.found import shown

LONGEST_ID = 4096
"""Characters of an id that is put into a path; servers read lines of 8 KB."""


class RequestParts(TypedDict, total=False):
    """What a request is made of.

    `json_body` is sent as JSON, `content` as it is. A value of `headers` replaces a standard one,
    None leaves it out. The ids in the path are those of the run `of`, unless they are given.
    """

    json_body: Any
    content: bytes
    query: Mapping[str, str | int]
    headers: Mapping[str, str | None]
    of: Mapping[str, Any]
    thread_id: str
    run_id: str
    step_id: str


def _path_ids(parts: RequestParts) -> dict[str, str]:
    """Return the ids of a path by name."""
    run = parts.get("of")
    of_run = {"thread_id": run["thread_id"], "run_id": run["id"]} if run is not None else {}
    given = {name: parts.get(name) for name in ("thread_id", "run_id", "step_id")}
    return of_run | {name: str(one) for name, one in given.items() if one is not None}


def standard_headers(target: Target) -> dict[str, str]:
    """Return the headers that every request to a target carries."""
    headers = {"OpenAI-Beta": f"assistants={target.edition}"}
    if target.key:
        headers |= target.key_headers(target.key)
    return headers | dict(target.headers)


def built_request(
    client: httpx2.Client, target: Target, operation: str, parts: RequestParts
) -> OutgoingRequest:
    """Return a request of the contract to a target."""
    known = operations(target.edition)[operation]
    path = known.url(**{name: path_segment(path_id) for name, path_id in _path_ids(parts).items()})
    wanted: dict[str, str | None] = {**standard_headers(target), **parts.get("headers", {})}
    headers = {name: value for name, value in wanted.items() if value is not None}
    content = parts.get("content")
    if "json_body" in parts:
        content = json.dumps(parts["json_body"]).encode()
        headers.setdefault("Content-Type", JSON_TYPE)
    unfit = next(filter(is_unfit, _path_ids(parts).values()), None)
    wire, cannot = sendable(
        client,
        known.method,
        target.url + path,
        params=dict(parts["query"]) if "query" in parts else None,
        headers=headers,
        content=content,
    )
    if unfit is not None:
        cannot = f"the id {shown(unfit)} cannot stand in a path"
    return OutgoingRequest(
        edition=target.edition, wire=wire, content=content or b"", cannot_be_sent=cannot
    )


def sendable(
    client: httpx2.Client, method: str, url: str, **rest: Any
) -> tuple[httpx2.Request, str]:
    """Return a request for the transport, and why it cannot be sent; empty if it can.

    One that cannot stands for the server as a whole, and nobody sends it.
    """
    try:
        return client.build_request(method, url, **rest), ""
    except (httpx2.InvalidURL, UnicodeError, ValueError) as error:
        place = urlsplit(url)
        base = httpx2.URL(scheme=place.scheme, host=place.hostname or "", port=place.port)
        return client.build_request("GET", base), f"it cannot be sent: {error}"


def is_unfit(path_id: str) -> bool:
    """Say whether an id would name another place in a path than its own, or none at all.

    >>> [is_unfit(one) for one in ("", ".", "..", "run_1", "...")]
    [True, True, True, False, False]
    """
    return path_id in {"", ".", ".."} or len(path_id) > LONGEST_ID


def path_segment(path_id: str) -> str:
    """Return an id as one segment of a path, whatever the server made it of.

    No reader takes it for a step upwards, either.

    >>> path_segment("run_1/../.."), path_segment("..")
    ('run_1%2F..%2F..', '%2E%2E')
    """
    quoted = quote(path_id, safe="", errors="surrogatepass")
    return quoted.replace(".", "%2E") if is_unfit(path_id) else quoted
