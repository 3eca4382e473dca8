"""Commands that are refused without reason, accepted without reason, or have no effect."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from run_contracts.contract.lifecycle import (
    CANCELLED,
    COMPLETED,
    EXPIRED,
    FAILED,
    IN_PROGRESS,
    INCOMPLETE,
    QUEUED,
    REQUIRES_ACTION,
)
from run_contracts.server.faults.fault import after, around, before, instead_of
from run_contracts.server.parts.edition_server import EditionServer
from run_contracts.server.parts.gate import Gate
from run_contracts.server.parts.records import RunRecord, ThreadRecord, Wire
from run_contracts.server.parts.run_engine import RunEngine
from run_contracts.server.parts.service import Service
from run_contracts.server.requests.refusal import Refusal

BAD_REQUEST = 400
Refusing = Callable[[RunRecord], None]
"""What refuses a command on a run, or lets it be."""
Modifying = Callable[[str, str, Wire], Wire]
"""What changes a run of a thread, and answers it."""
Outputs = Callable[[RunRecord, list[Wire]], dict[str, str]]
"""What takes outputs, or refuses them."""


@before(Gate.read_cancel_body)
def cancel_needs_type(server: EditionServer, content_type: str, data: bytes) -> None:
    """RUN-CANCEL-001: a cancel that names no content type is refused."""
    if not content_type:
        raise Refusal("Unsupported content type.", status=415)


@before(RunEngine.begin_cancel)
def queued_stays(server: EditionServer, run: RunRecord, moment: float) -> None:
    """RUN-CANCEL-001-b: a run that is still queued cannot be cancelled."""
    if run.status == QUEUED:
        raise Refusal(f"Cannot cancel run with status '{run.status}'.")


@instead_of(Service.refuse_cancel)
def cancel_any_time(server: EditionServer, run: RunRecord) -> None:
    """RUN-CANCEL-002: cancelling a run that has ended is answered 200, and changes nothing."""


@instead_of(Service.refuse_cancel)
def cancel_of_ended_conflicts(server: EditionServer, run: RunRecord) -> None:
    """RUN-CANCEL-002-b: cancelling a run that has ended is refused with 409."""
    raise Refusal(f"Run is {run.status}.", status=409)


@before(Gate.read_cancel_body)
def cancel_needs_body(server: EditionServer, content_type: str, data: bytes) -> None:
    """RUN-CANCEL-003: a cancel that says it sends JSON is refused for its empty body."""
    if "json" in content_type and not data:
        raise Refusal("We could not parse the JSON body of your request.")


@before(Service.refuse_cancel)
def refused_cancel_changes(server: EditionServer, run: RunRecord) -> None:
    """RUN-CANCEL-004: a refused cancel marks the run as cancelled all the same."""
    run.metadata = {**run.metadata, "cancel_requested": "true"}


@around(Service.cancel_run)
def cancel_answers_before(
    server: EditionServer, inner: Callable[[str, str], Wire], thread_id: str, run_id: str
) -> Wire:
    """RUN-CANCEL-005: a cancel answers the run as it was before."""
    earlier = server.service.get_run(thread_id, run_id)
    inner(thread_id, run_id)
    return earlier


@instead_of(Service.outputs)
def outputs_never_fit(server: EditionServer, run: RunRecord, given: list[Wire]) -> dict[str, str]:
    """RUN-SUBMIT-001: outputs are refused, whichever they are."""
    raise Refusal("Unknown tool_call_id.")


@instead_of(Service.submitted)
def submit_answers_nothing(server: EditionServer, run: RunRecord) -> Wire:
    """RUN-SUBMIT-001-b: a submit is answered 200, without the run."""
    return {"success": True}


@instead_of(Service.refuse_submit)
def submit_unasked(server: EditionServer, run: RunRecord) -> None:
    """RUN-SUBMIT-002: outputs are accepted by a run that asked for none."""


@around(Service.outputs)
def some_outputs_do(
    server: EditionServer, inner: Outputs, run: RunRecord, given: list[Wire]
) -> dict[str, str]:
    """RUN-SUBMIT-003: a submit that lacks outputs is accepted."""
    named = {output.get("tool_call_id") for output in given}
    missing: list[Any] = [
        {"tool_call_id": call["id"]} for call in run.calls if call["id"] not in named
    ]
    return inner(run, [*given, *missing])


@around(Service.outputs)
def other_outputs_do(
    server: EditionServer, inner: Outputs, run: RunRecord, given: list[Wire]
) -> dict[str, str]:
    """RUN-SUBMIT-004: outputs of calls that the run did not make are accepted beside the others."""
    known = {call["id"] for call in run.calls}
    return inner(run, [output for output in given if output.get("tool_call_id") in known])


@before(Service.modify_run)
def completed_is_fixed(server: EditionServer, thread_id: str, run_id: str, body: Wire) -> None:
    """RUN-MODIFY-001: the metadata of a completed run cannot be changed."""
    status = server.service.find_run(thread_id, run_id).status
    if status == COMPLETED:
        raise Refusal(f"Cannot update run with status '{status}'.")


@around(Service.modify_run)
def modify_answers_before(
    server: EditionServer, inner: Modifying, thread_id: str, run_id: str, body: Wire
) -> Wire:
    """RUN-MODIFY-001-b: a modify answers the run with its old metadata."""
    earlier = server.service.get_run(thread_id, run_id)
    inner(thread_id, run_id, body)
    return earlier


@around(Service.modify_run)
def metadata_forgotten(
    server: EditionServer, inner: Modifying, thread_id: str, run_id: str, body: Wire
) -> Wire:
    """RUN-MODIFY-002: new metadata is answered but not kept."""
    kept = server.service.find_run(thread_id, run_id).metadata
    answer = inner(thread_id, run_id, body)
    server.service.find_run(thread_id, run_id).metadata = kept
    return answer


@instead_of(Service.refuse_second_run)
def second_run(server: EditionServer, thread: ThreadRecord) -> None:
    """RUN-THREAD-001: a second run is accepted while the thread has an active one."""


@instead_of(Service.refuse_message)
def message_meanwhile(server: EditionServer, thread: ThreadRecord) -> None:
    """RUN-THREAD-002: a message is accepted while the thread has an active run."""


@before(RunEngine.begin_cancel)
def waiting_stays(server: EditionServer, run: RunRecord, moment: float) -> None:
    """RUN-CANCEL-006: a run that requires action cannot be cancelled."""
    if run.status == REQUIRES_ACTION:
        raise Refusal(f"Cannot cancel run with status '{run.status}'.")


@around(Service.refuse_cancel)
def cancel_of_other_ends(server: EditionServer, inner: Refusing, run: RunRecord) -> None:
    """RUN-CANCEL-007: cancelling a run that failed, expired or is incomplete is answered 200."""
    if run.status not in (FAILED, EXPIRED, INCOMPLETE):
        inner(run)


@around(Service.outputs)
def refused_submit_changes(
    server: EditionServer, inner: Outputs, run: RunRecord, given: list[Wire]
) -> dict[str, str]:
    """RUN-SUBMIT-005: a refused submit lets the run go on all the same."""
    try:
        return inner(run, given)
    except Refusal:
        server.engine.answer(run, {call["id"]: "" for call in run.calls}, server.clock.now())
        raise


@around(Service.refuse_submit)
def submit_to_other_ends(server: EditionServer, inner: Refusing, run: RunRecord) -> None:
    """RUN-SUBMIT-006: outputs are accepted by runs that failed, expired or were cancelled."""
    if run.status not in (FAILED, EXPIRED, INCOMPLETE, CANCELLED):
        inner(run)


@around(Service.refuse_submit)
def submit_twice(server: EditionServer, inner: Refusing, run: RunRecord) -> None:
    """RUN-SUBMIT-007: outputs are accepted again while the run takes them in."""
    if run.status not in (QUEUED, IN_PROGRESS):
        inner(run)


@after(Service.keep_metadata)
def modify_restarts(server: EditionServer, _: None, run: RunRecord, metadata: Wire) -> None:
    """RUN-MODIFY-003: a modify sets the end of the run anew."""
    run.ended_at = None if run.ended_at is None else server.clock.now() + 1


@before(Gate.leaving)
def refused_modify_changes(server: EditionServer, request: Request, response: Response) -> None:
    """RUN-MODIFY-004: a refused modify empties the metadata of the run."""
    names = request.path_params
    is_modify = request.method == "POST" and request.url.path.endswith(names.get("run_id", "/"))
    if is_modify and response.status_code == BAD_REQUEST:
        server.service.find_run(names["thread_id"], names["run_id"]).metadata = {}


@around(Service.refuse_second_run)
def queued_is_no_lock(
    server: EditionServer, inner: Callable[[ThreadRecord], None], thread: ThreadRecord
) -> None:
    """RUN-THREAD-003: a second run is accepted while the first one is queued."""
    active = server.service.active_run(thread)
    if active is not None and active.status != QUEUED:
        inner(thread)


@around(Service.refuse_second_run)
def lock_conflicts(
    server: EditionServer, inner: Callable[[ThreadRecord], None], thread: ThreadRecord
) -> None:
    """RUN-THREAD-004: what a thread's active run forbids is refused with 409."""
    try:
        inner(thread)
    except Refusal as refusal:
        raise Refusal(refusal.message, status=409) from None
