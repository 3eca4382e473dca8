"""Creates that are refused, answered too early or too late, or that forget what was asked."""

from __future__ import annotations

from typing import Any

from run_contracts.server.event_frames import Streaming
from run_contracts.server.faults.rows import Wrong
from run_contracts.server.records import Run, Thread, Wire
from run_contracts.server.refusal import Refusal

LOWEST = 256
"""The least number of tokens that the published document lets a request ask for."""
AUTO = {"type": "auto", "last_messages": None}
ROWS = (
    Wrong(fault="RUN-ECHO-001", kind="run", field="model", value="gpt-4o-2024-08-06"),
    Wrong(fault="RUN-ECHO-002", kind="run", field="instructions", value="Be helpful."),
    Wrong(fault="RUN-ECHO-003", kind="run", field="metadata", value={}),
    Wrong(fault="RUN-ECHO-004", kind="run", field="max_completion_tokens", value=None),
    Wrong(fault="RUN-ECHO-005", kind="run", field="tools", value=[]),
    Wrong(fault="RUN-ECHO-006", kind="run", field="temperature", value=1.0),
    Wrong(fault="RUN-ECHO-007", kind="run", field="top_p", value=0.99),
    Wrong(fault="RUN-ECHO-008", kind="run", field="tool_choice", value="auto"),
    Wrong(fault="RUN-ECHO-009", kind="run", field="response_format", value="auto"),
    Wrong(fault="RUN-ECHO-010", kind="run", field="truncation_strategy", value=AUTO),
    Wrong(fault="RUN-ECHO-011", kind="run", field="parallel_tool_calls", value=True),
)
"""What a run can forget of its request: it says the same whatever was asked."""


class LowLimitRefused(Streaming):
    """RUN-CREATE-005: a run with a low token limit is refused."""

    def create_run(self, thread: Thread, body: Wire) -> Run:
        if (body.get("max_completion_tokens") or LOWEST) < LOWEST:
            raise Refusal("max_completion_tokens must be at least 256.")
        return super().create_run(thread, body)


class IdAlone(Streaming):
    """RUN-CREATE-001: the create of a run in the second of its thread answers its id alone."""

    def created(self, run: Run) -> Wire:
        made = super().created(run)
        return {"id": run.id} if is_as_young_as_its_thread(run) else made


class MessagesForgotten(Streaming):
    """RUN-CREATE-004: messages given with the create of a run are not kept."""

    def create_run(self, thread: Thread, body: Wire) -> Run:
        kept = list(thread.messages)
        run = super().create_run(thread, body)
        thread.messages = kept
        return run


class NothingToAnswer(Streaming):
    """RUN-CREATE-006: a run that has nothing to answer is accepted."""

    def refuse_empty_thread(self, messages: list[Wire], fixed: Wire) -> None:
        """Accept it."""


class AssistantForgotten(Streaming):
    """RUN-ECHO-012: a run does not take over the instructions and tools of its assistant."""

    def find_assistant(self, assistant_id: str) -> Wire:
        return {**super().find_assistant(assistant_id), "instructions": None, "tools": []}


class OneModel(Streaming):
    """RUN-ECHO-013: a run that names no model has the server's own."""

    def find_assistant(self, assistant_id: str) -> Wire:
        return {**super().find_assistant(assistant_id), "model": "gpt-4o-mini"}


class NoMetadata(Streaming):
    """RUN-META-005: the metadata of a run that has none is null."""

    def render_run(self, run: Run) -> Wire:
        return {**super().render_run(run), "metadata": run.metadata or None}


class BornCompleted(Streaming):
    """RUN-CREATE-002: the run has already completed when the create is answered."""

    def created(self, run: Run) -> Wire:
        run.calls = []
        self.begin(run, run.created_at)
        run.written, run.unwritten = "".join(run.unwritten), []
        self.finish(run, run.created_at)
        return super().created(run)


class BornWorking(Streaming):
    """RUN-CREATE-002-b: the run is already in progress when the create is answered."""

    def created(self, run: Run) -> Wire:
        self.begin(run, run.created_at)
        return super().created(run)


class LateThread(Streaming):
    """RUN-CREATE-003: a run created in the second of its thread is not found before it works."""

    def find_run(self, thread_id: str, run_id: str) -> Run:
        run = super().find_run(thread_id, run_id)
        if run.status == "queued" and is_as_young_as_its_thread(run):
            raise self.absence("run", run_id)
        return run


def is_as_young_as_its_thread(run: Run) -> bool:
    """Say whether a run was created in the same second as its thread."""
    stamp: Any = run.thread.wire["created_at"]
    return bool(stamp == int(run.created_at))
