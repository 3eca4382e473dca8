"""What a create gives and a later look lacks, what comes unasked, and lists that break."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from run_contracts.contract.lifecycle import COMPLETED
from run_contracts.server.faults.fault import after, around, before
from run_contracts.server.faults.wrong_lists import Paging
from run_contracts.server.parts.edition_server import EditionServer
from run_contracts.server.parts.gate import Gate
from run_contracts.server.parts.list_pages import ListPages
from run_contracts.server.parts.records import RunRecord, ThreadRecord, Wire
from run_contracts.server.parts.service import Service
from run_contracts.server.parts.store import Store
from run_contracts.server.requests.query_string import PageQuery

Creating = Callable[[ThreadRecord, Wire], RunRecord]
"""What makes a run on a thread, by the body of a request."""
CALLING = "tool_calls"
STREAMING = ("create_run_request", "create_thread_and_run_request")


@after(Service.get_run)
def read_by_default(server: EditionServer, wire: Wire, thread_id: str, run_id: str) -> Wire:
    """RUN-ECHO-006-b: a run that is read has the default temperature, whatever its create says."""
    return {**wire, "temperature": 1.0}


@around(Service.create_run)
def nothing_added(
    server: EditionServer, inner: Creating, thread: ThreadRecord, body: Wire
) -> RunRecord:
    """RUN-ECHO-014: additional instructions are dropped."""
    return inner(thread, {**body, "additional_instructions": None})


@after(Service.created)
def started_at_once(server: EditionServer, wire: Wire, run: RunRecord) -> Wire:
    """RUN-CREATE-007: a run that waits says that it was started when it was created."""
    return {**wire, "started_at": wire["created_at"]}


@after(Store.new_message)
def messages_unmarked(
    server: EditionServer, message: Wire, thread: ThreadRecord, body: Wire
) -> Wire:
    """RUN-CREATE-008: messages lose the metadata that they are given with."""
    return {**message, "metadata": {}}


@around(Service.create_run)
def messages_doubled(
    server: EditionServer, inner: Creating, thread: ThreadRecord, body: Wire
) -> RunRecord:
    """RUN-CREATE-008-b: messages given with the create of a run are added twice."""
    messages = body.get("additional_messages") or []
    return inner(thread, {**body, "additional_messages": [*messages, *messages]})


@after(ListPages.page)
def no_empty_page(server: EditionServer, page: Wire, items: list[Wire], query: PageQuery) -> Wire:
    """RUN-LIST-020: a page without items is not found."""
    if not page["data"]:
        raise server.store.not_found("list", str(query.after))
    return page


@around(ListPages.runs)
def words_are_limits(
    server: EditionServer,
    inner: Callable[[str, Mapping[str, str]], Wire],
    thread_id: str,
    query: Mapping[str, str],
) -> Wire:
    """RUN-LIST-017-b: a limit that is a word is ignored."""
    is_word = query.get("limit", "").isalpha()
    known = {name: value for name, value in query.items() if name != "limit" or not is_word}
    return inner(thread_id, known)


@before(Service.get_step)
def step_not_found(server: EditionServer, thread_id: str, run_id: str, step_id: str) -> None:
    """RUN-STEP-024-b: no step is found by its id, not even one that is listed."""
    server.service.find_run(thread_id, run_id)
    raise server.store.not_found("run step", step_id)


@around(ListPages.page)
def calls_vanish(server: EditionServer, inner: Paging, items: list[Wire], query: PageQuery) -> Wire:
    """RUN-STEP-029-b: the step of a function call is not listed any more once it is completed."""
    kept = [one for one in items if one.get("type") != CALLING or one["status"] != COMPLETED]
    return inner(kept, query)


@around(ListPages.page)
def steps_vanish(server: EditionServer, inner: Paging, items: list[Wire], query: PageQuery) -> Wire:
    """RUN-STEP-038: no step is listed any more once it is completed."""
    kept = [one for one in items if "step_details" not in one or one["status"] != COMPLETED]
    return inner(kept, query)


@after(Gate.read_body)
def always_streamed(
    server: EditionServer, body: dict[str, Any], data: bytes, kind: str
) -> dict[str, Any]:
    """RUN-STREAM-021: creates of runs that do not say whether to stream are answered with one."""
    return {"stream": True, **body} if kind in STREAMING else body
