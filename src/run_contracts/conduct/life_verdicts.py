"""What a life that was played says of its client: requirements that hold, and those it breaks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from run_contracts.checks import Outcome
from run_contracts.checks.clients import client_outcomes
from run_contracts.checks.registry import OnError
from run_contracts.conduct.life_trial import LifeTrial
from run_contracts.conduct.life_watch import FEW_READS, MANY_READS, without_marks
from run_contracts.conduct.played_life import (
    COMES_THROUGH,
    COMES_TO_END,
    CREATES_RUN,
    NEEDS_STREAMS,
    SAYS_STATUS,
)
from run_contracts.contract.lifecycle import COMPLETED, FAILED, REQUIRES_ACTION
from run_contracts.contract.loading import load
from run_contracts.contract.requirements import EDITIONS, client_register
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange, Request, Response
from run_contracts.validation.violation import broken

NO_SUCCESS, WHOLE_TEXT, CALLS_REACH, SAYS_WHY = (
    "CLIENT-END-003",
    "CLIENT-END-004",
    "CLIENT-END-005",
    "CLIENT-END-010",
)


OF_OUTCOMES = "CLIENT-END-"
"""How the requirements begin on what comes of a life."""


def undecided(trial: LifeTrial, outcomes: Iterable[Outcome]) -> str:
    """Return why nothing is known of what a client makes of a life; empty if something is.

    Green would then be green on nothing.
    """
    if any(outcome.requirement.startswith(OF_OUTCOMES) for outcome in outcomes):
        return ""
    if trial.ran.is_stopped:
        return f"it was stopped after {trial.ran.seconds:.0f} s, and may only be slow"
    return "it deleted its run before anybody knew what became of that"


def outcomes_of(trial: LifeTrial, on_error: OnError) -> Iterator[Outcome]:
    """Yield what a life says of its client: by its requests, and by what came of it."""
    edition = trial.exchanges[0].edition if trial.exchanges else EDITIONS[-1]
    contract = load(edition)
    evidence = Evidence(contract=contract, exchanges=trial.exchanges, is_of_one_client=True)
    if trial.played.is_legal:
        yield from client_outcomes(evidence, on_error=on_error)
    if trial.exchanges and not trial.is_lost:
        yield from _ends(trial) if trial.ran.is_stopped else _says(trial)


def _ends(trial: LifeTrial) -> Iterator[Outcome]:
    """Yield that a client did not come to its end, if it is clear that it never would.

    One that does nothing after its run has failed may wait to try again.
    """
    status = trial.runs[-1] if trial.runs else ""
    is_waiting = trial.reads_after_end < FEW_READS and status == FAILED
    if trial.shown_end is not None and not is_waiting:
        seen = f"it went on for {trial.shown_end:.0f} s after it was shown that, and was stopped"
        is_trouble = trial.played.requirement == COMES_THROUGH
        rule = COMES_THROUGH if is_trouble else COMES_TO_END
        yield _broken(trial, rule, seen, "client-ended", status=status)
    elif trial.reads_waiting >= MANY_READS:
        seen = f"it read its run {trial.reads_waiting} times while that waited for outputs"
        yield _broken(trial, CALLS_REACH, seen, "calls-reached", status=trial.played.status)


def _says(trial: LifeTrial) -> Iterator[Outcome]:
    """Yield what a client that has ended says, beside what its run came to."""
    says, played = trial.said, trial.played
    if played.no_run and not trial.runs:
        yield from _without_run(trial)
        return
    if not trial.has_ended and (says.error is None or not _may_fail(trial)):
        yield from _left_alone(trial)
        return
    yield _held(trial, COMES_TO_END)
    if says.status in trial.runs:
        yield _held(trial, SAYS_STATUS)
        yield _held(trial, played.requirement)
        yield from _of_end(trial)
    elif says.claims_success:
        yield _broken(trial, NO_SUCCESS, str(says), "success-only-if-so", status=_came_to(trial))
    elif says.error is None:
        yield _broken(trial, SAYS_STATUS, str(says), "status-said", status=_came_to(trial))
    elif played.status == COMPLETED and not played.may_give_up:
        code = "status-said" if played.requirement == SAYS_STATUS else "comes-through"
        yield _broken(trial, played.requirement, str(says), code, status=COMPLETED)
    elif COMPLETED not in trial.runs:
        yield _held(trial, NO_SUCCESS)
    if says.is_crashed and played.requirement != COMES_THROUGH:
        yield _broken(trial, SAYS_WHY, str(says), "words-of-its-own")


def _came_to(trial: LifeTrial) -> str:
    return trial.runs[-1] if trial.runs else "no run"


def _may_fail(trial: LifeTrial) -> bool:
    """Tell whether a client may end in an error before its run does: by what else went wrong."""
    return trial.played.may_give_up or trial.played.requirement not in (SAYS_STATUS, COMES_TO_END)


def _of_end(trial: LifeTrial) -> Iterator[Outcome]:
    """Yield what is right about an end that a client tells, and whether its text is whole."""
    says, played = trial.said, trial.played
    if COMPLETED not in trial.runs:
        yield _held(trial, NO_SUCCESS)
    if played.rounds:
        yield _held(trial, CALLS_REACH)
    if says.text is None or not says.claims_success:
        return
    if trial.text is not None and trial.text in without_marks(says.text):
        yield _held(trial, WHOLE_TEXT)
    elif trial.text is not None and len(trial.runs) == 1:
        rule = played.requirement if played.needs == NEEDS_STREAMS else WHOLE_TEXT
        yield _broken(trial, rule, says.text, "text-said", text=trial.text)


def _left_alone(trial: LifeTrial) -> Iterator[Outcome]:
    """Yield that a client ended before its run, without a word of why."""
    says, status = trial.said, trial.played.status
    where = trial.runs[-1] if trial.runs else "not there: none was created"
    seen = f"it ended, saying {says}; its run is {where}"
    if REQUIRES_ACTION in trial.runs:
        yield _broken(trial, CALLS_REACH, seen, "calls-reached", status=status)
    elif says.claims_success:
        yield _broken(trial, NO_SUCCESS, seen, "success-only-if-so", status=where)
    elif says.status is not None:
        yield _broken(trial, SAYS_STATUS, seen, "status-said", status=status)
    else:
        yield _broken(trial, COMES_TO_END, seen, "run-followed", status=status)


def _without_run(trial: LifeTrial) -> Iterator[Outcome]:
    """Yield what a client says where no run could begin."""
    if trial.said.claims_success:
        seen = str(trial.said)
        yield _broken(trial, NO_SUCCESS, seen, "success-only-if-so", status="nothing")
    else:
        yield _held(trial, NO_SUCCESS)
        yield _held(trial, COMES_TO_END)


def _held(trial: LifeTrial, requirement: str) -> Outcome:
    return Outcome(requirement, _shown_in(trial))


def _broken(trial: LifeTrial, requirement: str, seen: str, code: str, **parameters: Any) -> Outcome:
    rule = client_register(EDITIONS[-1])[requirement]
    return Outcome(requirement, _shown_in(trial), broken(rule, "", seen, code, **parameters))


def _shown_in(trial: LifeTrial) -> Exchange:
    """Return the exchange by which a client was shown what it then says: the last about its run."""
    about_runs = [one for one in trial.exchanges if one.ids.get("run_id")]
    creates = [one for one in trial.exchanges if one.operation_id in CREATES_RUN]
    every = about_runs or creates or list(trial.exchanges)
    return every[-1] if every else NO_EXCHANGE()


NO_EXCHANGE = partial(
    Exchange,
    number=0,
    edition=EDITIONS[-1],
    request=Request(method="", url=""),
    response=Response(status=0),
)
