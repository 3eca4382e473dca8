"""Runs, steps and threads that are taken for one another, or named in a way of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from run_contracts.server.clock import Ids
from run_contracts.server.event_frames import Streaming
from run_contracts.server.faults.fault import Fault
from run_contracts.server.records import Run, Step, Thread, Wire

BARE = {
    "RUN-ID-001": "run_",
    "RUN-ID-002": "thread_",
    "RUN-ID-003": "asst_",
    "RUN-ID-004": "step_",
    "RUN-ID-005": "msg_",
}
"""Prefixes that ids can lack, by fault."""


def bare_ids() -> Iterator[Fault]:
    """Yield a fault for each prefix: ids without it."""
    for fault, prefix in BARE.items():
        sentence = f"Ids that should begin with {prefix} do not."
        yield Fault(id=fault, sentence=sentence, defect=_without(prefix))


def _without(lost: str) -> type[Streaming]:
    class Defect(Streaming):
        def new_id(self, ids: Ids, prefix: str) -> str:
            return super().new_id(ids, "" if prefix == lost else prefix)

    return Defect


class OtherThread(Streaming):
    """RUN-ID-010: a modified run is answered as one of another thread."""

    def modify_run(self, thread_id: str, run_id: str, body: Wire) -> Wire:
        return {**super().modify_run(thread_id, run_id, body), "thread_id": other(thread_id)}


class OtherId(Streaming):
    """RUN-ID-011: a run that has completed is answered with another id than it was asked for."""

    def get_run(self, thread_id: str, run_id: str) -> Wire:
        wire = super().get_run(thread_id, run_id)
        return {**wire, "id": other(run_id)} if wire["status"] == "completed" else wire


class OnlyAssistant(Streaming):
    """RUN-ID-012: every run names the same assistant, whichever was asked for."""

    def render_run(self, run: Run) -> Wire:
        return {**super().render_run(run), "assistant_id": "asst_default"}


class NumberedInThread(Streaming):
    """RUN-ID-013: runs created together with their thread are all the first one there."""

    def new_run(self, thread: Thread, assistant: Wire, fixed: Wire, metadata: Wire) -> Run:
        run = super().new_run(thread, assistant, fixed, metadata)
        if thread.wire["id"] not in self.threads:
            run.id = "run_1"
        return run


class ThroughOtherThread(Streaming):
    """RUN-ID-014: a run can be read through another thread."""

    def get_run(self, thread_id: str, run_id: str) -> Wire:
        self.find_thread(thread_id)
        for thread in self.threads.values():
            if any(run.id == run_id for run in thread.runs):
                return super().get_run(thread.wire["id"], run_id)
        raise self.absence("run", run_id)


class MovesAlong(ThroughOtherThread):
    """RUN-ID-014-b: a run can be read through any thread, and then says it belongs there."""

    def get_run(self, thread_id: str, run_id: str) -> Wire:
        return {**super().get_run(thread_id, run_id), "thread_id": thread_id}


class EveryThreadsCommands(Streaming):
    """RUN-ID-016: a run can be commanded, and its steps read, through another thread."""

    def find_run(self, thread_id: str, run_id: str) -> Run:
        self.find_thread(thread_id)
        for thread in self.threads.values():
            if any(run.id == run_id for run in thread.runs):
                return super().find_run(thread.wire["id"], run_id)
        raise self.absence("run", run_id)

    def get_run(self, thread_id: str, run_id: str) -> Wire:
        run = self.find_run(thread_id, run_id)
        if run.thread_id != thread_id:
            raise self.absence("run", run_id)
        return self.render_run(run)


class SameSteps(Streaming):
    """RUN-ID-015: every run has a step of the same id."""

    def new_id(self, ids: Ids, prefix: str) -> str:
        return "step_1" if prefix == "step_" else super().new_id(ids, prefix)


class NobodysMessage(Streaming):
    """RUN-OBJ-006: the messages of a run do not name it."""

    def render_message(self, **parts: Any) -> Wire:
        return {**super().render_message(**parts), "run_id": None}


class StepOfOtherRun(Streaming):
    """RUN-STEP-023: the steps of a run name another run."""

    def render_step(self, step: Step, run: Run, *, in_stream: bool = False) -> Wire:
        wire = super().render_step(step, run, in_stream=in_stream)
        return {**wire, "run_id": other(run.id)}


class StepOfOtherThread(Streaming):
    """RUN-STEP-023-b: the listed steps of a run name another thread."""

    def list_steps(self, thread_id: str, run_id: str, query: Mapping[str, str]) -> Wire:
        page = super().list_steps(thread_id, run_id, query)
        return {**page, "data": [{**one, "thread_id": other(thread_id)} for one in page["data"]]}


class OtherStep(Streaming):
    """RUN-STEP-024: a step asked for by id is answered with another id."""

    def find_step(self, thread_id: str, run_id: str, step_id: str) -> Wire:
        return {**super().find_step(thread_id, run_id, step_id), "id": other(step_id)}


def other(one: Any) -> str:
    """Return another id of the same kind.

    >>> other("run_abc")
    'run_cba'
    """
    prefix, _, rest = str(one).partition("_")
    return f"{prefix}_{rest[::-1]}"
