"""Faults: deliberate defects of the kinds real servers have, each one overridden method.

A fault carries the id of the requirement it breaks; how that is noticed is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from run_contracts.errors import UsageError
from run_contracts.server.queries import PageQuery
from run_contracts.server.records import Run, Step, Thread, Wire
from run_contracts.server.refusal import Refusal
from run_contracts.server.streams import Streaming, frame


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A deliberate defect: the requirement it breaks, what it does, and the class that does it."""

    id: str
    sentence: str
    defect: type[Streaming]

    @property
    def area(self) -> str:
        """The area of the requirement: ``list`` for RUN-LIST-005."""
        return self.id.split("-")[1].lower()


class CreatedAtIsFloat(Streaming):
    """RUN-SHAPE-003: created_at of a run is a decimal number."""

    def render_run(self, run: Run) -> Wire:
        return {**super().render_run(run), "created_at": int(run.created_at) + 0.5}


class Milliseconds(Streaming):
    """RUN-TIME-004: every timestamp counts milliseconds."""

    def stamp(self, moment: float | None) -> Any:
        return None if moment is None else int(moment * 1000)


class CompletedTooEarly(Streaming):
    """RUN-STATUS-006: completed_at is set while the run is in progress."""

    def render_run(self, run: Run) -> Wire:
        wire = super().render_run(run)
        if run.status == "in_progress":
            wire["completed_at"] = wire["started_at"]
        return wire


class ActionStays(Streaming):
    """RUN-STATUS-012: required_action is still there after the outputs were submitted."""

    def render_run(self, run: Run) -> Wire:
        wire = super().render_run(run)
        asked = [step for step in run.steps if step.type == "tool_calls"]
        if asked and run.status in ("queued", "in_progress") and not run.calls:
            calls = [dict(call) for call in asked[0].details["tool_calls"]]
            functions = [c for c in calls if c["type"] == "function"]
            for call in functions:
                call["function"] = {k: v for k, v in call["function"].items() if k != "output"}
            action = {"tool_calls": functions}
            wire["required_action"] = {"type": "submit_tool_outputs", "submit_tool_outputs": action}
        return wire


class UsageTooEarly(Streaming):
    """RUN-STATUS-017: usage is reported while the run is in progress."""

    def render_run(self, run: Run) -> Wire:
        wire = super().render_run(run)
        if run.status == "in_progress":
            wire["usage"] = {"prompt_tokens": 1, "completion_tokens": 0, "total_tokens": 1}
        return wire


class WrongTotal(Streaming):
    """RUN-USAGE-001: total_tokens of a run is one too many."""

    def render_run(self, run: Run) -> Wire:
        wire = super().render_run(run)
        if wire["usage"] is not None:
            wire["usage"] = {**wire["usage"], "total_tokens": wire["usage"]["total_tokens"] + 1}
        return wire


class CompletedBecomesCancelled(Streaming):
    """RUN-LIFE-002: cancelling a run that ended is answered 200 and turns it into cancelled."""

    def refuse_cancel(self, run: Run) -> None:
        run.status = "cancelled"


class BornCompleted(Streaming):
    """RUN-CREATE-002: the run has already completed when the create is answered."""

    def created(self, run: Run) -> Wire:
        run.calls = []
        self.begin(run, run.created_at)
        run.written, run.unwritten = "".join(run.unwritten), []
        self.finish(run, run.created_at)
        return super().created(run)


class CancelNeedsBody(Streaming):
    """RUN-CANCEL-003: a cancel that says it sends JSON is refused for its empty body."""

    def read_cancel_body(self, content_type: str, data: bytes) -> None:
        if "json" in content_type and not data:
            raise Refusal("We could not parse the JSON body of your request.")


class RefusedCancelChanges(Streaming):
    """RUN-CANCEL-004: a refused cancel marks the run as cancelled all the same."""

    def refuse_cancel(self, run: Run) -> None:
        run.metadata = {**run.metadata, "cancel_requested": "true"}
        super().refuse_cancel(run)


class SubmitUnasked(Streaming):
    """RUN-SUBMIT-002: outputs are accepted by a run that asked for none."""

    def refuse_submit(self, run: Run) -> None:
        """Accept them."""


class MetadataForgotten(Streaming):
    """RUN-MODIFY-002: new metadata is answered but not kept."""

    def modify_run(self, thread_id: str, run_id: str, body: Wire) -> Wire:
        before = self.find_run(thread_id, run_id).metadata
        answer = super().modify_run(thread_id, run_id, body)
        self.find_run(thread_id, run_id).metadata = before
        return answer


class SecondRun(Streaming):
    """RUN-THREAD-001: a second run is accepted while the thread has an active one."""

    def refuse_second_run(self, thread: Thread) -> None:
        """Accept it."""


class NeverMore(Streaming):
    """RUN-LIST-005: has_more is always false."""

    def has_more(self, rest: int) -> bool:
        return False


class CursorIgnored(Streaming):
    """RUN-LIST-008: the cursor is ignored, so that paging never ends."""

    def after_cursor(self, items: list[Wire], query: PageQuery) -> list[Wire]:
        return items


class EveryThreadsRuns(Streaming):
    """RUN-LIST-012: the list of a thread's runs holds those of every thread."""

    def runs_of(self, thread_id: str) -> list[Run]:
        self.find_thread(thread_id)
        found = [run for thread in self.threads.values() for run in thread.runs]
        return sorted(found, key=lambda run: run.created_at)


class OtherId(Streaming):
    """RUN-ID-011: a run asked for by id is answered with another id."""

    def get_run(self, thread_id: str, run_id: str) -> Wire:
        return {**super().get_run(thread_id, run_id), "id": f"run_{run_id[:3:-1]}"}


class ThroughOtherThread(Streaming):
    """RUN-ID-014: a run can be read through another thread."""

    def get_run(self, thread_id: str, run_id: str) -> Wire:
        self.find_thread(thread_id)
        for thread in self.threads.values():
            if any(run.id == run_id for run in thread.runs):
                return super().get_run(thread.wire["id"], run_id)
        raise self.absence("run", run_id)


class BareErrors(Streaming):
    """RUN-ERR-001: refusals come without the error envelope."""

    def refusal_body(self, refusal: Refusal) -> Wire:
        return {"detail": refusal.message}


class UnknownIsFailure(Streaming):
    """RUN-ERR-008: an unknown id is answered 500."""

    def absence(self, kind: str, wanted: str) -> Refusal:
        return Refusal("Internal server error", status=500)


class NamelessFrames(Streaming):
    """RUN-STREAM-002: the frames of a stream have no event names."""

    def event(self, name: str, data: Wire) -> bytes:
        return super().event(name, data).partition(b"\n")[2]

    def ending(self) -> list[bytes]:
        return [frame(None, "[DONE]")]


class NoDone(Streaming):
    """RUN-STREAM-003: a stream ends without its end marker."""

    def ending(self) -> list[bytes]:
        return []


class LostDelta(Streaming):
    """RUN-STREAM-008: one piece of each message is lost."""

    def events(self, run: Run) -> list[tuple[str, Wire]]:
        deltas = [at for at, (name, _) in enumerate(run.log) if name == "thread.message.delta"]
        lost = deltas[1] if len(deltas) > 1 else None
        return [event for at, event in enumerate(run.log) if at != lost]


class StepOfOtherRun(Streaming):
    """RUN-STEP-023: the steps of a run name another run."""

    def render_step(self, step: Step, run: Run, *, in_stream: bool = False) -> Wire:
        wire = super().render_step(step, run, in_stream=in_stream)
        return {**wire, "run_id": f"run_{run.id[:3:-1]}"}


def _catalogue() -> dict[str, Fault]:
    """Return every fault by the requirement its class names first in its docstring."""
    found = {}
    for defect in Streaming.__subclasses__():
        requirement, _, sentence = (defect.__doc__ or "").partition(": ")
        found[requirement] = Fault(id=requirement, sentence=sentence.strip(), defect=defect)
    return dict(sorted(found.items()))


FAULTS: Mapping[str, Fault] = _catalogue()
"""Every fault by the id of the requirement it breaks."""


def composed(service: type[Streaming], faults: tuple[str, ...]) -> type[Streaming]:
    """Return a service with these faults; raise `UsageError` for one that does not exist."""
    for fault in faults:
        if fault not in FAULTS:
            near = get_close_matches(fault.upper(), FAULTS, n=3, cutoff=0.5)
            hint = (
                f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(FAULTS)}"
            )
            raise UsageError(f"no fault {fault!r}; {hint}")
    defects = tuple(FAULTS[fault].defect for fault in dict.fromkeys(faults))
    return type("Faulty", (*defects, service), {}) if defects else service
