"""The lock that an active run puts on its thread."""

from __future__ import annotations

from collections.abc import Iterator

from run_contracts.checks.refusals import NOT_FOUND
from run_contracts.checks.registry import Outcome, decided, decides
from run_contracts.contract.lifecycle import REQUIRES_ACTION
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import BAD_REQUEST, Exchange

LOCKED = {"createRun": "RUN-THREAD-001", "createMessage": "RUN-THREAD-002"}
"""What an active run keeps from its thread."""


@decides("RUN-THREAD-001", "RUN-THREAD-002", "RUN-THREAD-004")
def thread_is_locked(evidence: Evidence) -> Iterator[Outcome]:
    """Judge second runs (001) and messages (002) while a run of the thread waits for action.

    Only a run that requires action surely stays active; any other may end between two requests.
    What was seen beside a request may have come after it. The status of the refusal is advice
    (004).
    """
    waiting: dict[str, tuple[str, Exchange]] = {}
    for exchange in evidence.exchanges:
        thread_id = exchange.ids.get("thread_id")
        locks = [
            run_id
            for run_id, (locked, seen_in) in waiting.items()
            if locked == thread_id and not seen_in.is_beside(exchange)
        ]
        if locks and exchange.operation and exchange.operation.id in LOCKED:
            yield from _locked(evidence, exchange, locks[0])
        for observation in evidence.observations(exchange):
            run_id = str(observation.run.get("id"))
            waiting.pop(run_id, None)
            if observation.status == REQUIRES_ACTION:
                waiting[run_id] = str(observation.run.get("thread_id")), exchange


def _locked(evidence: Evidence, exchange: Exchange, run_id: str) -> Iterator[Outcome]:
    """Judge one request against a locked thread, if it was well formed.

    An acceptance is wrong only if the run is seen alive again: it might have expired meanwhile.
    So might it before a refusal, whose status is judged only if the run still waits. A 404 speaks
    of something else that the request names, an assistant for example.
    """
    operation = exchange.operation
    if operation is None or operation.request is None or exchange.is_turned_away:
        return
    if not evidence.is_offered(exchange) or exchange.response.status == NOT_FOUND:
        return
    is_well_formed = evidence.contract.validator(operation.request).is_valid(exchange.asked)
    after = evidence.histories[run_id].after(exchange)
    is_alive = after is not None and after.status in evidence.contract.lifecycle.live
    if not is_well_formed or not (exchange.is_refusal or (exchange.is_success and is_alive)):
        return
    yield decided(
        evidence,
        LOCKED[operation.id],
        exchange,
        holds=exchange.is_refusal,
        actual=exchange.response.status,
        code="not-refused",
        why=f"for run {run_id} is {REQUIRES_ACTION}",
    )
    if exchange.is_refusal and is_alive:
        yield decided(
            evidence,
            "RUN-THREAD-004",
            exchange,
            holds=exchange.response.status == BAD_REQUEST,
            actual=exchange.response.status,
            code="http-status",
            statuses=[BAD_REQUEST],
        )


@decides("RUN-THREAD-003")
def one_of_two_at_once(evidence: Evidence) -> Iterator[Outcome]:
    """Judge runs that were asked for at the same time on one thread.

    Two that were accepted may have come one after the other on a fast server. They surely ran
    side by side only if the observation after the race shows each of them alive.
    """
    for group in raced_for(evidence, "createRun", "thread_id"):
        rivals = [one for one in group if one.is_success or one.is_refusal]
        accepted = [one for one in rivals if one.is_success]
        alive = [one for one in accepted if _lives_on(evidence, one)]
        if len(rivals) > 1 and (len(alive) > 1 or len(accepted) == 1):
            yield decided(
                evidence,
                "RUN-THREAD-003",
                accepted[-1],
                holds=len(alive) < 2,  # noqa: PLR2004 - two are one too many
                actual=f"{len(alive)} runs alive at once",
                code="raced",
                kept="run",
            )


def raced_for(evidence: Evidence, operation: str, name: str) -> Iterator[list[Exchange]]:
    """Yield together the requests of an operation on one thing that were under way at once.

    The thing is what the path names by this `name`. What was turned away took no part.
    """
    groups: dict[tuple[int, str], list[Exchange]] = {}
    for exchange in evidence.of(operation):
        if exchange.together and not exchange.is_turned_away:
            groups.setdefault((exchange.together, exchange.ids[name]), []).append(exchange)
    yield from groups.values()


def _lives_on(evidence: Evidence, create: Exchange) -> bool:
    """Say whether a run was alive at the first observation after the race of its create."""
    first = next(iter(evidence.observations(create)), None)
    history = evidence.histories.get(str(first.run.get("id"))) if first else None
    after = history.after(create) if history else None
    return after is not None and after.status in evidence.contract.lifecycle.live
