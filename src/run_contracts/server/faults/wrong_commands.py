"""Commands that are refused without reason, accepted without reason, or have no effect."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from run_contracts.server.event_frames import Streaming
from run_contracts.server.records import Run, Thread, Wire
from run_contracts.server.refusal import Refusal

BAD_REQUEST = 400


class CancelNeedsType(Streaming):
    """RUN-CANCEL-001: a cancel that names no content type is refused."""

    def read_cancel_body(self, content_type: str, data: bytes) -> None:
        if not content_type:
            raise Refusal("Unsupported content type.", status=415)


class QueuedStays(Streaming):
    """RUN-CANCEL-001-b: a run that is still queued cannot be cancelled."""

    def begin_cancel(self, run: Run, moment: float) -> None:
        if run.status == "queued":
            raise Refusal(f"Cannot cancel run with status '{run.status}'.")
        super().begin_cancel(run, moment)


class CancelAnyTime(Streaming):
    """RUN-CANCEL-002: cancelling a run that has ended is answered 200, and changes nothing."""

    def refuse_cancel(self, run: Run) -> None:
        """Accept it."""


class CancelOfEndedConflicts(Streaming):
    """RUN-CANCEL-002-b: cancelling a run that has ended is refused with 409."""

    def refuse_cancel(self, run: Run) -> None:
        raise Refusal(f"Run is {run.status}.", status=409)


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


class CancelAnswersBefore(Streaming):
    """RUN-CANCEL-005: a cancel answers the run as it was before."""

    def cancel_run(self, thread_id: str, run_id: str) -> Wire:
        before = self.get_run(thread_id, run_id)
        super().cancel_run(thread_id, run_id)
        return before


class OutputsNeverFit(Streaming):
    """RUN-SUBMIT-001: outputs are refused, whichever they are."""

    def outputs(self, run: Run, given: list[Wire]) -> dict[str, str]:
        raise Refusal("Unknown tool_call_id.")


class SubmitAnswersNothing(Streaming):
    """RUN-SUBMIT-001-b: a submit is answered 200, without the run."""

    def submitted(self, run: Run) -> Wire:
        return {"success": True}


class SubmitUnasked(Streaming):
    """RUN-SUBMIT-002: outputs are accepted by a run that asked for none."""

    def refuse_submit(self, run: Run) -> None:
        """Accept them."""


class SomeOutputsDo(Streaming):
    """RUN-SUBMIT-003: a submit that lacks outputs is accepted."""

    def outputs(self, run: Run, given: list[Wire]) -> dict[str, str]:
        named = {one.get("tool_call_id"): one for one in given}
        missing: list[Any] = [
            {"tool_call_id": call["id"]} for call in run.calls if call["id"] not in named
        ]
        return super().outputs(run, [*given, *missing])


class OtherOutputsDo(Streaming):
    """RUN-SUBMIT-004: outputs of calls that the run did not make are accepted beside the others."""

    def outputs(self, run: Run, given: list[Wire]) -> dict[str, str]:
        known = {call["id"] for call in run.calls}
        return super().outputs(run, [one for one in given if one.get("tool_call_id") in known])


class CompletedIsFixed(Streaming):
    """RUN-MODIFY-001: the metadata of a completed run cannot be changed."""

    def modify_run(self, thread_id: str, run_id: str, body: Wire) -> Wire:
        status = self.find_run(thread_id, run_id).status
        if status == "completed":
            raise Refusal(f"Cannot update run with status '{status}'.")
        return super().modify_run(thread_id, run_id, body)


class ModifyAnswersBefore(Streaming):
    """RUN-MODIFY-001-b: a modify answers the run with its old metadata."""

    def modify_run(self, thread_id: str, run_id: str, body: Wire) -> Wire:
        before = self.get_run(thread_id, run_id)
        super().modify_run(thread_id, run_id, body)
        return before


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


class MessageMeanwhile(Streaming):
    """RUN-THREAD-002: a message is accepted while the thread has an active run."""

    def create_message(self, thread_id: str, body: Wire) -> Wire:
        thread = self.find_thread(thread_id)
        message = self.new_message(thread, body)
        thread.messages.append(message)
        return message


class WaitingStays(Streaming):
    """RUN-CANCEL-006: a run that requires action cannot be cancelled."""

    def begin_cancel(self, run: Run, moment: float) -> None:
        if run.status == "requires_action":
            raise Refusal(f"Cannot cancel run with status '{run.status}'.")
        super().begin_cancel(run, moment)


class CancelOfOtherEnds(Streaming):
    """RUN-CANCEL-007: cancelling a run that failed, expired or is incomplete is answered 200."""

    def refuse_cancel(self, run: Run) -> None:
        if run.status not in ("failed", "expired", "incomplete"):
            super().refuse_cancel(run)


class RefusedSubmitChanges(Streaming):
    """RUN-SUBMIT-005: a refused submit lets the run go on all the same."""

    def outputs(self, run: Run, given: list[Wire]) -> dict[str, str]:
        try:
            return super().outputs(run, given)
        except Refusal:
            self.answer(run, {call["id"]: "" for call in run.calls}, self.clock.now())
            raise


class SubmitToOtherEnds(Streaming):
    """RUN-SUBMIT-006: outputs are accepted by runs that failed, expired or were cancelled."""

    def refuse_submit(self, run: Run) -> None:
        if run.status not in ("failed", "expired", "incomplete", "cancelled"):
            super().refuse_submit(run)


class SubmitTwice(Streaming):
    """RUN-SUBMIT-007: outputs are accepted again while the run takes them in."""

    def refuse_submit(self, run: Run) -> None:
        if run.status not in ("queued", "in_progress"):
            super().refuse_submit(run)


class ModifyRestarts(Streaming):
    """RUN-MODIFY-003: a modify sets the end of the run anew."""

    def keep_metadata(self, run: Run, metadata: Wire) -> None:
        super().keep_metadata(run, metadata)
        run.ended_at = None if run.ended_at is None else self.clock.now() + 1


class RefusedModifyChanges(Streaming):
    """RUN-MODIFY-004: a refused modify empties the metadata of the run."""

    def leaving(self, request: Request, response: Response) -> Response:
        names = request.path_params
        is_modify = request.method == "POST" and request.url.path.endswith(names.get("run_id", "/"))
        if is_modify and response.status_code == BAD_REQUEST:
            self.find_run(names["thread_id"], names["run_id"]).metadata = {}
        return super().leaving(request, response)


class QueuedIsNoLock(Streaming):
    """RUN-THREAD-003: a second run is accepted while the first one is queued."""

    def refuse_second_run(self, thread: Thread) -> None:
        active = self.active_run(thread)
        if active is not None and active.status != "queued":
            super().refuse_second_run(thread)


class LockConflicts(Streaming):
    """RUN-THREAD-004: what a thread's active run forbids is refused with 409."""

    def refuse_second_run(self, thread: Thread) -> None:
        try:
            super().refuse_second_run(thread)
        except Refusal as refusal:
            raise Refusal(refusal.message, status=409) from None
