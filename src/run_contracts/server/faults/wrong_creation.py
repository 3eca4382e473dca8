"""Creates that are refused, answered too early or too late, or that forget what was asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from run_contracts.contract.lifecycle import QUEUED
from run_contracts.server.faults.fault import after, around, before, instead_of
from run_contracts.server.faults.rows import Wrong
from run_contracts.server.parts.edition_server import EditionServer
from run_contracts.server.parts.records import RunRecord, ThreadRecord, Wire
from run_contracts.server.parts.renderer import Renderer
from run_contracts.server.parts.service import Service
from run_contracts.server.parts.store import Store
from run_contracts.server.requests.refusal import Refusal

LOWEST = 256
"""The least number of tokens that the published document lets a request ask for."""
AUTO_TRUNCATION = {"type": "auto", "last_messages": None}
ECHO_ROWS = (
    Wrong(fault="RUN-ECHO-001", kind="run", field="model", value="gpt-4o-2024-08-06"),
    Wrong(fault="RUN-ECHO-002", kind="run", field="instructions", value="Be helpful."),
    Wrong(fault="RUN-ECHO-003", kind="run", field="metadata", value={}),
    Wrong(fault="RUN-ECHO-004", kind="run", field="max_completion_tokens", value=None),
    Wrong(fault="RUN-ECHO-005", kind="run", field="tools", value=[]),
    Wrong(fault="RUN-ECHO-006", kind="run", field="temperature", value=1.0),
    Wrong(fault="RUN-ECHO-007", kind="run", field="top_p", value=0.99),
    Wrong(fault="RUN-ECHO-008", kind="run", field="tool_choice", value="auto"),
    Wrong(fault="RUN-ECHO-009", kind="run", field="response_format", value="auto"),
    Wrong(fault="RUN-ECHO-010", kind="run", field="truncation_strategy", value=AUTO_TRUNCATION),
    Wrong(fault="RUN-ECHO-011", kind="run", field="parallel_tool_calls", value=True),
)
"""What a run can forget of its request: it says the same whatever was asked."""


@before(Service.create_run)
def low_limit_refused(server: EditionServer, thread: ThreadRecord, body: Wire) -> None:
    """RUN-CREATE-005: a run with a low token limit is refused."""
    if (body.get("max_completion_tokens") or LOWEST) < LOWEST:
        raise Refusal("max_completion_tokens must be at least 256.")


@after(Service.created)
def id_alone(server: EditionServer, wire: Wire, run: RunRecord) -> Wire:
    """RUN-CREATE-001: the create of a run in the second of its thread answers its id alone."""
    return {"id": run.id} if is_as_young_as_its_thread(run) else wire


@around(Service.create_run)
def messages_forgotten(
    server: EditionServer,
    inner: Callable[[ThreadRecord, Wire], RunRecord],
    thread: ThreadRecord,
    body: Wire,
) -> RunRecord:
    """RUN-CREATE-004: messages given with the create of a run are not kept."""
    kept = list(thread.messages)
    run = inner(thread, body)
    thread.messages = kept
    return run


@instead_of(Service.refuse_empty_thread)
def nothing_to_answer(server: EditionServer, messages: list[Wire], settings: Wire) -> None:
    """RUN-CREATE-006: a run that has nothing to answer is accepted."""


@after(Store.find_assistant)
def assistant_forgotten(server: EditionServer, assistant: Wire, assistant_id: str) -> Wire:
    """RUN-ECHO-012: a run does not take over the instructions and tools of its assistant."""
    return {**assistant, "instructions": None, "tools": []}


@after(Store.find_assistant)
def only_model(server: EditionServer, assistant: Wire, assistant_id: str) -> Wire:
    """RUN-ECHO-013: a run that names no model has the server's own."""
    return {**assistant, "model": "gpt-4o-mini"}


@after(Renderer.run)
def no_metadata(server: EditionServer, wire: Wire, run: RunRecord) -> Wire:
    """RUN-META-005: the metadata of a run that has none is null."""
    return {**wire, "metadata": run.metadata or None}


@before(Service.created)
def born_completed(server: EditionServer, run: RunRecord) -> None:
    """RUN-CREATE-002: the run has already completed when the create is answered."""
    run.calls = []
    server.engine.begin(run, run.created_at)
    run.written, run.unwritten = "".join(run.unwritten), []
    server.engine.finish(run, run.created_at)


@before(Service.created)
def born_working(server: EditionServer, run: RunRecord) -> None:
    """RUN-CREATE-002-b: the run is already in progress when the create is answered."""
    server.engine.begin(run, run.created_at)


@after(Service.find_run)
def late_thread(server: EditionServer, run: RunRecord, thread_id: str, run_id: str) -> RunRecord:
    """RUN-CREATE-003: a run created in the second of its thread is not found before it works."""
    if run.status == QUEUED and is_as_young_as_its_thread(run):
        raise server.store.not_found("run", run_id)
    return run


def is_as_young_as_its_thread(run: RunRecord) -> bool:
    """Say whether a run was created in the same second as its thread."""
    stamp: Any = run.thread.wire["created_at"]
    return bool(stamp == int(run.created_at))
