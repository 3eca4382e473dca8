"""What the checks say of made values: each is put into the exchange it would have come in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, cast
from urllib.parse import urlencode

from run_contracts import load
from run_contracts.checks import outcomes
from run_contracts.contract.operations import JSON_TYPE, STREAM_TYPE
from run_contracts.making import NearMiss
from run_contracts.making.lives.stream_events import as_sse
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange, Intent, Request, Response
from run_contracts.types import DialectName, Edition

BASE = "http://127.0.0.1/v1"
APART = 30
"""Seconds between two exchanges."""


def exchange(  # noqa: PLR0913 - the parts of an exchange
    number: int,
    edition: Edition,
    method: str,
    path: str,
    text: str,
    *,
    asked: Any = None,
    content_type: str = JSON_TYPE,
    status: int = 200,
) -> Exchange:
    """Return an exchange of a request and the text it was answered with."""
    return Exchange(
        number=number,
        edition=edition,
        request=Request(
            method=method,
            url=BASE + path,
            body=b"" if asked is None else json.dumps(asked).encode(),
        ),
        response=Response(
            status=status,
            headers=(("Content-Type", content_type),),
            body=text.encode("utf-8", errors="surrogatepass"),
        ),
        seen_at=1_767_225_700 + number * APART,
    )


def broken(
    exchanges: Iterable[Exchange],
    edition: Edition,
    *,
    dialect: DialectName | None = None,
    is_whole: bool = False,
    is_alone: bool = False,
) -> dict[str, list[str]]:
    """Return the requirements that exchanges break, each with what was found."""
    contract = load(edition, dialect=dialect)
    found: dict[str, list[str]] = {}
    evidence = Evidence(
        contract=contract, exchanges=tuple(exchanges), is_whole=is_whole, is_alone=is_alone
    )
    for one in outcomes(evidence):
        if one.violation is not None:
            found.setdefault(one.requirement, []).append(str(one.violation))
    return found


def polled(runs: Sequence[Any], edition: Edition) -> list[Exchange]:
    """Return snapshots of one run as answers to reads of it."""
    path = f"/threads/{runs[0]['thread_id']}/runs/{runs[0]['id']}"
    return [
        exchange(number, edition, "GET", path, json.dumps(run))
        for number, run in enumerate(runs, start=1)
    ]


def streamed(
    text: str,
    events: Sequence[Any],
    edition: Edition,
    kind: str = STREAM_TYPE,
    operation: str = "",
) -> Exchange:
    """Return the text of a stream as the answer to a request: the one such a stream shows."""
    runs = [one["data"] for one in events if str(one["event"]).startswith("thread.run.")]
    run = next(one for one in runs if one.get("object") == "thread.run")
    names = [one["event"] for one in events]
    thread, asked = run["thread_id"], {"assistant_id": run["assistant_id"], "stream": True}
    asked |= {"metadata": run["metadata"]} if run["metadata"] else {}
    path = f"/threads/{thread}/runs"
    if operation == "createThreadAndRun" or names[0] == "thread.created":
        path = "/threads/runs"
    elif operation == "submitToolOutputs" or names[0] == "thread.run.step.completed":
        path = f"/threads/{thread}/runs/{run['id']}/submit_tool_outputs"
        asked = {"tool_outputs": [], "stream": True}
    return exchange(1, edition, "POST", path, text, asked=asked, content_type=kind)


def made_stream(events: Sequence[Any], edition: Edition) -> Exchange:
    """Return made events as a streamed answer."""
    return streamed(as_sse(events), events, edition)


def read(text: str, edition: Edition) -> Exchange:
    """Return a text as the answer to a read of the run that it names, however broken it is."""
    run_id, thread_id = (re.findall(rf"\b{kind}_\w{{24}}", text)[0] for kind in ("run", "thread"))
    path = f"/threads/{thread_id}/runs/{run_id}"
    return exchange(1, edition, "GET", path, text)


def walked(value: Any, edition: Edition) -> list[Exchange]:
    """Return the creates and the pages of a walk."""
    created = value["created"]
    path = f"/threads/{created[0]['thread_id']}/runs"
    asked = {name: created[0][name] for name in ("assistant_id", "metadata")}
    found = [
        exchange(number, edition, "POST", path, json.dumps(run), asked=asked)
        for number, run in enumerate(created, start=1)
    ]
    for number, one in enumerate(value["pages"], start=len(found) + 1):
        query = f"?{urlencode(one['query'])}" if one["query"] else ""
        text = json.dumps(one["page"])
        found.append(exchange(number, edition, "GET", path + query, text))
    return found


def exchanged(value: Sequence[Any], edition: Edition) -> list[Exchange]:
    """Return the exchanges that a near miss tells of."""
    return [_exchanged(number, one, edition) for number, one in enumerate(value, start=1)]


def _exchanged(number: int, one: Any, edition: Edition) -> Exchange:
    events = one.get("events")
    text = json.dumps(one["answer"]) if events is None else as_sse(events)
    kind = one.get("content_type", JSON_TYPE if events is None else STREAM_TYPE)
    bare = exchange(
        number,
        edition,
        one["method"],
        one["path"],
        text,
        asked=one["body"],
        content_type=kind,
        status=one["status"],
    )
    return replace(
        bare,
        request=replace(bare.request, headers=tuple(one.get("headers", {}).items())),
        intent=Intent(one.get("intent", "")),
        together=one.get("together", 0),
    )


def of_miss(miss: NearMiss) -> list[Exchange]:
    """Return a near miss that is no value as exchanges."""
    edition = cast("Edition", miss.edition)
    if miss.kind == "history":
        return polled(miss.value, edition)
    if miss.kind == "exchanges":
        return exchanged(miss.value, edition)
    if miss.kind == "walk":
        return walked(miss.value, edition)
    if miss.kind == "stream":
        events = miss.value
        return [streamed(miss.text, events, edition, miss.content_type, miss.operation)]
    return [read(miss.text, edition)]
