"""The survey: which operations a server offers, by what it answered to requests for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from run_contracts.contract.operations import Operation, run_operations
from run_contracts.events import STREAMED_ANSWERS, Offer, OperationSeen, Surveyed
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import SERVER_ERROR, Exchange, Intent
from run_contracts.traffic.server_traits import NOT_OFFERED
from run_contracts.validation.found import shown

MAKES_ASSISTANTS = "createAssistant"
NOT_REACHED = "the check was stopped before"
LONGEST_ANSWER = 60
"""Characters of an answer that a reason repeats."""


def surveyed(evidence: Evidence, *, is_stopped: bool = False) -> Surveyed:
    """Return what evidence shows of each operation about runs, and of streamed answers.

    What a check that was stopped did not try, it might have tried later.
    """
    every = run_operations(evidence.contract.edition)
    seen = (*(_operation_seen(evidence, one) for one in every), _streams_seen(evidence))
    if is_stopped:
        seen = tuple(
            replace(one, reason=NOT_REACHED) if one.state == Offer.UNTRIED else one for one in seen
        )
    return Surveyed(operations=seen)


def _operation_seen(evidence: Evidence, operation: Operation) -> OperationSeen:
    what = f"{operation.method} {operation.path}"
    state, reason, exchange = _state(evidence, operation)
    return OperationSeen(
        operation=operation.id,
        what=what,
        state=state,
        reason=reason,
        exchange=exchange.number if exchange is not None else 0,
    )


State = tuple[Offer, str, Exchange | None]
"""A state, what shows it in words, and the exchange that does."""
UNTRIED: State = (Offer.UNTRIED, "nothing was there to ask it about", None)


def _state(evidence: Evidence, operation: Operation) -> State:
    answered = [one for one in evidence.of(operation.id) if not one.is_turned_away]
    sound = [one for one in answered if _is_sound(evidence, one)]
    if any(one.is_success for one in answered):
        return _offered(evidence, answered)
    if sound and not any(map(evidence.is_offered, sound)):
        return Offer.MISSING, answer_in_words(sound[0]), sound[0]
    return _failing(evidence, operation, answered, sound) or (
        (Offer.OFFERED, "", None) if sound else UNTRIED
    )


def _offered(evidence: Evidence, answered: list[Exchange]) -> State:
    """Return that an operation is offered, and to whom if there are no assistants to ask for."""
    tried = (one for one in answered if one.is_success and one.intent is Intent.NO_ASSISTANT)
    nobodys = next(tried, None)
    is_special = nobodys is not None and any(evidence.of(MAKES_ASSISTANTS))
    if not is_special or evidence.has_succeeded(MAKES_ASSISTANTS):
        return Offer.OFFERED, "", None
    return Offer.OFFERED, "takes an assistant that nobody made; none can be made", nobodys


def _failing(
    evidence: Evidence, operation: Operation, answered: list[Exchange], sound: list[Exchange]
) -> State | None:
    """Return what shows that an operation is there and never does what it is for."""
    failed = [one for one in answered if one.response.status >= SERVER_ERROR]
    declined = next((one for one in sound if one.is_ordinary and one.is_refusal), None)
    silent = next((one for one in evidence.unanswered if one.operation_id == operation.id), None)
    if declined is not None:
        return Offer.BROKEN, f"refuses a plain request: {answer_in_words(declined)}", declined
    if failed and len(failed) == len(answered):
        return Offer.BROKEN, f"never answers otherwise: {answer_in_words(failed[0])}", failed[0]
    if silent is not None and not answered:
        return Offer.BROKEN, f"never answers: {silent.response.failure}", silent
    return None


def _is_sound(evidence: Evidence, exchange: Exchange) -> bool:
    """Say whether what a request names in its path is there, as far as was seen."""
    run_id, thread_id = (exchange.ids.get(name) for name in ("run_id", "thread_id"))
    is_missing = exchange.response.status in NOT_OFFERED
    if exchange.intent is Intent.ABSENT or (exchange.intent is Intent.NO_ASSISTANT and is_missing):
        return False
    if run_id is not None:
        history = evidence.histories.get(run_id)
        return history is not None and history.observations[0].run.get("thread_id") == thread_id
    return thread_id is None or thread_id in evidence.threads


def answer_in_words(exchange: Exchange) -> str:
    """Return what was answered, short enough for a line."""
    response = exchange.response
    body = exchange.answered if exchange.body.is_json else exchange.answer.text
    text = shown(body) if response.body else "nothing"
    cut = f"{text[:LONGEST_ANSWER]}..." if len(text) > LONGEST_ANSWER else text
    return f"answers {response.status} with {cut}"


def _streams_seen(evidence: Evidence) -> OperationSeen:
    state, reason, exchange = _state_of_streams(evidence)
    return OperationSeen(
        operation=STREAMED_ANSWERS,
        what="streamed answers (stream: true)",
        state=state,
        reason=reason,
        exchange=exchange.number if exchange is not None else 0,
    )


def _state_of_streams(evidence: Evidence) -> State:
    asked = list(_asking_for_streams(evidence.exchanges))
    if any(one.is_success and one.is_stream for one in asked):
        return Offer.OFFERED, "", None
    plain = [one for one in asked if one.is_success]
    if plain:
        kind = plain[0].response.media_type or "no media type"
        return Offer.BROKEN, f"answers {plain[0].response.status} with {kind}", plain[0]
    sound = [one for one in asked if _is_sound(evidence, one) and evidence.is_offered(one)]
    if sound:
        state = Offer.MISSING if sound[0].is_refusal else Offer.BROKEN
        return state, answer_in_words(sound[0]), sound[0]
    silent = list(_asking_for_streams(evidence.unanswered))
    if silent:
        return Offer.BROKEN, f"never answers: {silent[0].response.failure}", silent[0]
    return Offer.UNTRIED, "no run could be asked for", None


def _asking_for_streams(exchanges: Iterable[Exchange]) -> Iterator[Exchange]:
    for exchange in exchanges:
        asked, operation = exchange.asked, exchange.operation
        is_sound = operation is not None and operation.streams and not exchange.is_turned_away
        if is_sound and isinstance(asked, dict) and asked.get("stream") is True:
            yield exchange
