"""Creates that are refused, answered too early or too late, or that forget what was asked."""

from __future__ import annotations

from typing import Any

from run_contracts.server.faults.wrong import Wrong
from run_contracts.server.records import Run, Thread, Wire
from run_contracts.server.refusal import Refusal
from run_contracts.server.streams import Streaming

LOWEST = 256
"""The least number of tokens that the published document lets a request ask for."""
ROWS = (
    Wrong(fault="RUN-ECHO-001", kind="run", field="model", value="gpt-4o-2024-08-06"),
    Wrong(fault="RUN-ECHO-002", kind="run", field="instructions", value="Be helpful."),
    Wrong(fault="RUN-ECHO-003", kind="run", field="metadata", value={}),
    Wrong(fault="RUN-ECHO-004", kind="run", field="max_completion_tokens", value=None),
    Wrong(fault="RUN-ECHO-005", kind="run", field="tools", value=[]),
    Wrong(fault="RUN-ECHO-006", kind="run", field="temperature", value=1.0),
)
"""What a run can forget of its request: it says the same whatever was asked."""


class LowLimitRefused(Streaming):
    """RUN-CREATE-001: a run with a low token limit is refused."""

    def create_run(self, thread: Thread, body: Wire) -> Run:
        if (body.get("max_completion_tokens") or LOWEST) < LOWEST:
            raise Refusal("max_completion_tokens must be at least 256.")
        return super().create_run(thread, body)


class IdAlone(Streaming):
    """RUN-CREATE-001-b: the create of a run in the second of its thread answers its id alone."""

    def created(self, run: Run) -> Wire:
        made = super().created(run)
        return {"id": run.id} if is_as_young_as_its_thread(run) else made


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
