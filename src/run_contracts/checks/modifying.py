"""Modifying: new metadata is answered and kept, and nothing else changes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from run_contracts.checks.command_evidence import commands, left_as_it_was, sole_refusal
from run_contracts.checks.registry import Outcome, decided, decides
from run_contracts.checks.unseen_changes import is_refused_as_gone
from run_contracts.contract.lifecycle import COMPLETED
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import OK, Exchange
from run_contracts.traffic.history import Observation
from run_contracts.traffic.server_traits import NOT_OFFERED
from run_contracts.validation.found import shown

MODIFY = "modifyRun"


@decides("RUN-MODIFY-001")
def modify_ended(evidence: Evidence) -> Iterator[Outcome]:
    """Judge changes to the metadata of a completed run.

    Who knows no more than the request was refused for that if only the refusal names the status.
    """
    for exchange, before, _ in commands(evidence, MODIFY):
        wanted = _metadata(evidence, exchange)
        is_known = exchange.is_ordinary or _is_modified(exchange) or _is_for_its_status(exchange)
        if before.status != COMPLETED or wanted is None or not is_known:
            continue
        if is_refused_as_gone(evidence, exchange):
            continue
        actual = exchange.answered.get("metadata") if isinstance(exchange.answered, dict) else None
        is_right = exchange.response.status == OK if exchange.is_ordinary else exchange.is_success
        holds = is_right and _holds_all(actual, wanted)
        yield decided(
            evidence,
            "RUN-MODIFY-001",
            exchange,
            holds=holds,
            actual=f"{exchange.response.status} with metadata {shown(actual)}",
            code="not-modified",
            wanted=wanted,
        )


def _is_modified(exchange: Exchange) -> bool:
    """Say whether an object was answered; other statuses than 200 are RUN-HTTP-001."""
    return exchange.is_success and isinstance(exchange.answered, dict)


def _is_for_its_status(exchange: Exchange) -> bool:
    """Say whether a refusal names the status of a completed run, and the request did not."""
    is_refused = exchange.is_refusal and exchange.response.status not in NOT_OFFERED
    is_named = COMPLETED in exchange.answer.text
    return is_refused and is_named and COMPLETED not in exchange.request.payload.text


@decides("RUN-MODIFY-002")
def modify_is_kept(evidence: Evidence) -> Iterator[Outcome]:
    """Judge the first observation after a run's metadata was changed, and before it is again.

    Of several changes at once any may have been the last, and the run must hold that one whole.
    Where somebody unseen may have changed it since, another one shows nothing.
    """
    for exchange, _, after in commands(evidence, MODIFY):
        wanted = _metadata(evidence, exchange)
        if wanted is None or not exchange.is_success or after is None:
            continue
        if not _is_modified_again(evidence, exchange, after):
            yield from _kept(evidence, after, exchange, [wanted])
    for raced in _raced_modifies(evidence):
        after = _after_a_race(evidence, raced)
        metadata = [_metadata(evidence, one) for one in raced]
        wishes = [wanted for wanted in metadata if wanted is not None]
        if after is not None and len(wishes) == len(raced):
            yield from _kept(evidence, after, raced[-1], wishes)


def _kept(
    evidence: Evidence, after: Observation, modify: Exchange, wishes: list[dict[str, str]]
) -> Iterator[Outcome]:
    """Yield whether an observation holds what one modify at least asked for."""
    actual = after.run.get("metadata")
    holds = any(_holds_all(actual, wanted) for wanted in wishes)
    if not (holds or evidence.is_alone):
        return
    yield decided(
        evidence,
        "RUN-MODIFY-002",
        after.exchange,
        holds=holds,
        actual=actual,
        code="not-saved",
        by=str(modify),
        wanted=wishes[-1],
        pointer=after.at("metadata"),
    )


def _raced_modifies(evidence: Evidence) -> Iterator[list[Exchange]]:
    """Yield the modifies of one run that were under way at once, or beside something else.

    Those that were plainly refused change nothing. One whose answer never came may come yet, and
    what it asked for stands in no answer: a race with such a one shows nothing.
    """
    races: dict[tuple[int, str], list[Exchange]] = {}
    for exchange in evidence.of(MODIFY):
        if exchange.together and not exchange.is_refusal:
            races.setdefault((exchange.together, exchange.ids["run_id"]), []).append(exchange)
    lost = {one.ids["run_id"] for one in evidence.unanswered_of(MODIFY)}
    for (_, run_id), raced in races.items():
        if run_id not in lost and all(map(_is_modified, raced)):
            yield raced


def _after_a_race(evidence: Evidence, raced: list[Exchange]) -> Observation | None:
    """Return the first observation of a run after its modifies, if no other came before it.

    A modify through another thread than the run's own is none.
    """
    history = evidence.history(raced[-1])
    after = history.after(raced[-1]) if history else None
    if after is None or _is_modified_again(evidence, raced[-1], after):
        return None
    owner = after.run.get("thread_id")
    return after if all(one.ids["thread_id"] == owner for one in raced) else None


def _is_modified_again(evidence: Evidence, exchange: Exchange, after: Observation) -> bool:
    """Say whether another modify of the run may have come between a modify and an observation."""
    run_id = exchange.ids["run_id"]
    return any(
        other.operation_id == MODIFY
        and other.ids["run_id"] == run_id
        and not (other.is_refusal or other is exchange or other.is_beside(exchange))
        and (
            exchange.number < other.number <= after.exchange.number
            or other.is_beside(after.exchange)
        )
        for other in chain(evidence.about(run_id), evidence.unanswered_of(MODIFY))
    )


def _metadata(evidence: Evidence, exchange: Exchange) -> dict[str, str] | None:
    """Return the metadata a modify asks for, if it is plain strings, and no more than allowed."""
    if exchange in evidence.wrong_requests:
        return None
    wanted = exchange.asked.get("metadata") if isinstance(exchange.asked, dict) else None
    if not isinstance(wanted, dict) or not all(isinstance(value, str) for value in wanted.values()):
        return None
    return wanted


def _holds_all(actual: object, wanted: dict[str, str]) -> bool:
    """Say whether metadata holds all pairs; whether others are kept is not stated anywhere.

    Null holds no pair as well as an empty object does.
    """
    if actual is None:
        return not wanted
    return isinstance(actual, dict) and wanted.items() <= actual.items()


@decides("RUN-MODIFY-003")
def modify_changes_nothing_else(evidence: Evidence) -> Iterator[Outcome]:
    """Judge the run that a modify of an ended run answers, against the observation before.

    Keys that only one of them has are left alone: lists and streams of some servers show less.
    """
    lifecycle = evidence.contract.lifecycle
    for exchange, before, _ in commands(evidence, MODIFY):
        run = exchange.answered_as("run")
        if before.status not in lifecycle.terminal or run is None:
            continue
        after = Observation(run=run, exchange=exchange)
        if not evidence.is_commanded_between(before, after, but=exchange):
            yield from left_as_it_was(evidence, "RUN-MODIFY-003", before, after, but=("metadata",))


@decides("RUN-MODIFY-004")
def refused_modify_changes_nothing(evidence: Evidence) -> Iterator[Outcome]:
    """Judge the run after a modify that was refused, if it had ended before."""
    lifecycle = evidence.contract.lifecycle
    for exchange, before, after in commands(evidence, MODIFY):
        if before.status not in lifecycle.terminal or not exchange.is_refusal or after is None:
            continue
        is_sole = sole_refusal(evidence, exchange, before)
        if is_sole and not evidence.is_commanded_between(before, after):
            yield from left_as_it_was(evidence, "RUN-MODIFY-004", before, after)
