"""Commands: cancel, submit and modify, and the lock an active run puts on its thread."""

from __future__ import annotations

from collections.abc import Iterator

from run_contracts.checks._registry import Outcome, decided, decides, held
from run_contracts.evidence import Evidence, Observation, is_kind
from run_contracts.exchange import BAD_REQUEST, OK, Exchange
from run_contracts.lifecycle import CANCELLED, CANCELLING, COMPLETED, REQUIRES_ACTION
from run_contracts.violation import shown


def _commands(
    evidence: Evidence, operation: str
) -> Iterator[tuple[Exchange, Observation, Observation | None]]:
    """Yield each command with what was last seen of its run before, and first seen after."""
    for exchange in evidence.of(operation):
        if exchange.is_turned_away or not evidence.is_offered(exchange):
            continue
        history = evidence.history(exchange)
        before = history.before(exchange) if history else None
        homely = before is not None and before.run.get("thread_id") == exchange.ids["thread_id"]
        if history is not None and before is not None and homely:
            yield exchange, before, history.after(exchange)


@decides("RUN-CANCEL-001", "RUN-CANCEL-003", "RUN-CANCEL-005")
def cancel_alive(evidence: Evidence) -> Iterator[Outcome]:
    """Judge cancels of a run last seen alive.

    The run may end between the look and the cancel: a refusal counts as wrong only if the run
    is seen alive again afterwards. A cancel without a body that says it sends JSON, as SDKs do,
    is RUN-CANCEL-003.
    """
    life = evidence.contract.lifecycle
    for exchange, before, after in _commands(evidence, "cancelRun"):
        if before.status not in life.live or before.status == CANCELLING:
            continue
        requirement = _cancel_requirement(exchange)
        if exchange.is_success:
            yield held(requirement, exchange)
            yield from _cancelled(evidence, exchange)
        elif exchange.is_refusal and after is not None and after.status in life.live:
            yield decided(
                evidence,
                requirement,
                exchange,
                holds=after.status == CANCELLING,
                found=f"{exchange.response.status} while the run was {before.status}",
                expected="200 with the run",
            )


def _cancel_requirement(exchange: Exchange) -> str:
    """Return which requirement a cancel exercises: SDKs name a type for a body they don't send."""
    headers = {name.lower(): value for name, value in exchange.request.headers}
    says_json = "json" in headers.get("content-type", "")
    return "RUN-CANCEL-003" if says_json and not exchange.request.body else "RUN-CANCEL-001"


def _cancelled(evidence: Evidence, exchange: Exchange) -> Iterator[Outcome]:
    """Judge the run that an accepted cancel answers (RUN-CANCEL-005)."""
    if not is_kind(exchange.answered, "thread.run"):
        return
    status = exchange.answered.get("status")
    wanted = {CANCELLING, CANCELLED} | evidence.contract.lifecycle.terminal
    yield decided(
        evidence,
        "RUN-CANCEL-005",
        exchange,
        holds=status in wanted,
        found=status,
        expected=f"{CANCELLING}, {CANCELLED} or another end",
        pointer="/status",
    )


@decides("RUN-CANCEL-002")
def cancel_ended(evidence: Evidence) -> Iterator[Outcome]:
    """Judge cancels of a run that was seen to have ended."""
    life = evidence.contract.lifecycle
    for exchange, before, _ in _commands(evidence, "cancelRun"):
        if before.status in life.terminal and (exchange.is_success or exchange.is_refusal):
            status = exchange.response.status
            yield decided(
                evidence,
                "RUN-CANCEL-002",
                exchange,
                holds=status == BAD_REQUEST,
                found=f"{status} while the run was {before.status}",
                expected="400",
            )


@decides("RUN-CANCEL-004")
def refused_cancel_changes_nothing(evidence: Evidence) -> Iterator[Outcome]:
    """Judge the run after a cancel that was refused because it had ended."""
    life = evidence.contract.lifecycle
    for exchange, before, after in _commands(evidence, "cancelRun"):
        if before.status in life.terminal and exchange.is_refusal and after is not None:
            changed = sorted(
                name
                for name in before.run.keys() | after.run.keys()
                if before.run.get(name) != after.run.get(name)
            )
            yield decided(
                evidence,
                "RUN-CANCEL-004",
                after.exchange,
                holds=not changed,
                found={name: after.run.get(name) for name in changed},
                expected="the run as it was before the refused cancel",
            )


@decides("RUN-SUBMIT-001")
def submit_answers(evidence: Evidence) -> Iterator[Outcome]:
    """Judge submits of every output that was asked for, and only those."""
    for exchange, before, _ in _commands(evidence, "submitToolOutputs"):
        asked = _asked_calls(before)
        if before.status != REQUIRES_ACTION or not asked or sorted(asked) != _given(exchange):
            continue
        first = next(iter(evidence.observations(exchange)), None)
        status = first.status if first is not None else None
        is_right = exchange.response.status == OK and first is not None
        yield decided(
            evidence,
            "RUN-SUBMIT-001",
            exchange,
            holds=is_right and status != REQUIRES_ACTION,
            found=f"{exchange.response.status} with status {status}",
            expected=f"200 with the run, no longer {REQUIRES_ACTION}",
        )


@decides("RUN-SUBMIT-002")
def submit_unasked(evidence: Evidence) -> Iterator[Outcome]:
    """Judge submits to a run that was seen to have ended, so that nothing can be asked."""
    life = evidence.contract.lifecycle
    for exchange, before, _ in _commands(evidence, "submitToolOutputs"):
        if before.status not in life.terminal or not _given(exchange):
            continue
        if exchange.is_success or exchange.is_refusal:
            status = exchange.response.status
            yield decided(
                evidence,
                "RUN-SUBMIT-002",
                exchange,
                holds=status == BAD_REQUEST,
                found=f"{status} while the run was {before.status}",
                expected="400",
            )


@decides("RUN-SUBMIT-003", "RUN-SUBMIT-004")
def submit_wrong(evidence: Evidence) -> Iterator[Outcome]:
    """Judge submits with outputs missing (003), or for calls never made (004)."""
    for exchange, before, _ in _commands(evidence, "submitToolOutputs"):
        asked, given = set(_asked_calls(before)), set(_given(exchange))
        if before.status != REQUIRES_ACTION or not asked or not isinstance(exchange.asked, dict):
            continue
        if not (exchange.is_success or exchange.is_refusal) or asked == given:
            continue
        requirement = "RUN-SUBMIT-004" if given - asked else "RUN-SUBMIT-003"
        yield decided(
            evidence,
            requirement,
            exchange,
            holds=exchange.is_refusal,
            found=exchange.response.status,
            expected=f"a refusal, for the run asked for {', '.join(sorted(asked))}",
        )


def _asked_calls(observation: Observation) -> list[str]:
    """Return the ids of the calls that a run asks for."""
    action = observation.run.get("required_action")
    outputs = action.get("submit_tool_outputs") if isinstance(action, dict) else None
    calls = outputs.get("tool_calls") if isinstance(outputs, dict) else None
    found = [call.get("id") for call in calls or [] if isinstance(call, dict)]
    return [one for one in found if isinstance(one, str)]


def _given(exchange: Exchange) -> list[str]:
    """Return, sorted, the ids of the calls that a submit answers."""
    outputs = exchange.asked.get("tool_outputs") if isinstance(exchange.asked, dict) else None
    items = outputs if isinstance(outputs, list) else []
    found = [one.get("tool_call_id") for one in items if isinstance(one, dict)]
    return sorted(one for one in found if isinstance(one, str))


@decides("RUN-MODIFY-001")
def modify_ended(evidence: Evidence) -> Iterator[Outcome]:
    """Judge changes to the metadata of a completed run."""
    for exchange, before, _ in _commands(evidence, "modifyRun"):
        wanted = _metadata(exchange)
        if before.status != COMPLETED or wanted is None or not exchange.is_ordinary:
            continue
        found = exchange.answered.get("metadata") if isinstance(exchange.answered, dict) else None
        holds = exchange.response.status == OK and _holds_all(found, wanted)
        yield decided(
            evidence,
            "RUN-MODIFY-001",
            exchange,
            holds=holds,
            found=f"{exchange.response.status} with metadata {shown(found)}",
            expected=f"200 with metadata {shown(wanted)}",
        )


@decides("RUN-MODIFY-002")
def modify_is_kept(evidence: Evidence) -> Iterator[Outcome]:
    """Judge the first look at a run after its metadata was changed."""
    for exchange, _, after in _commands(evidence, "modifyRun"):
        wanted = _metadata(exchange)
        if wanted is None or not exchange.is_success or after is None:
            continue
        if after.exchange.operation is not None and after.exchange.operation.id == "modifyRun":
            continue
        found = after.run.get("metadata")
        yield decided(
            evidence,
            "RUN-MODIFY-002",
            after.exchange,
            holds=_holds_all(found, wanted),
            found=found,
            expected=f"the metadata saved by {exchange}: {shown(wanted)}",
            pointer="/metadata",
        )


def _metadata(exchange: Exchange) -> dict[str, str] | None:
    """Return the metadata a modify asks for, if it is plain strings."""
    wanted = exchange.asked.get("metadata") if isinstance(exchange.asked, dict) else None
    if not isinstance(wanted, dict) or not all(isinstance(one, str) for one in wanted.values()):
        return None
    return wanted


def _holds_all(found: object, wanted: dict[str, str]) -> bool:
    """Say whether metadata holds all pairs; whether others are kept is not stated anywhere."""
    return isinstance(found, dict) and wanted.items() <= found.items()


@decides("RUN-THREAD-001", "RUN-THREAD-002")
def thread_is_locked(evidence: Evidence) -> Iterator[Outcome]:
    """Judge second runs (001) and messages (002) while a run of the thread waits for action.

    Only a run that requires action surely stays active; any other may end between two requests.
    """
    waiting: dict[str, str] = {}
    for exchange in evidence.exchanges:
        run_id = waiting.get(exchange.ids.get("thread_id", ""))
        if run_id is not None and exchange.operation and exchange.operation.id in LOCKED:
            yield from _locked(evidence, exchange, run_id)
        for observation in evidence.observations(exchange):
            thread_id = str(observation.run.get("thread_id"))
            if observation.status == REQUIRES_ACTION:
                waiting[thread_id] = str(observation.run.get("id"))
            elif waiting.get(thread_id, "") == observation.run.get("id"):
                del waiting[thread_id]


LOCKED = {"createRun": "RUN-THREAD-001", "createMessage": "RUN-THREAD-002"}
"""What an active run keeps from its thread."""


def _locked(evidence: Evidence, exchange: Exchange, run_id: str) -> Iterator[Outcome]:
    """Judge one request against a locked thread, if it was well formed.

    An acceptance is wrong only if the run is seen alive again: it might have expired meanwhile.
    """
    operation = exchange.operation
    if operation is None or operation.request is None or exchange.is_turned_away:
        return
    is_well_formed = evidence.contract.validator(operation.request).is_valid(exchange.asked)
    after = evidence.histories[run_id].after(exchange)
    is_alive = after is not None and after.status in evidence.contract.lifecycle.live
    if is_well_formed and (exchange.is_refusal or (exchange.is_success and is_alive)):
        yield decided(
            evidence,
            LOCKED[operation.id],
            exchange,
            holds=exchange.is_refusal,
            found=exchange.response.status,
            expected=f"a refusal, for run {run_id} is {REQUIRES_ACTION}",
        )
