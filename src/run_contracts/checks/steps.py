"""Steps: lists and reads agree, calls show their outputs, and all is closed with the run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

from run_contracts.checks.command_evidence import asked_calls
from run_contracts.checks.lists import ListedPage, cursor_walks, pages
from run_contracts.checks.registry import Outcome, decided, decides
from run_contracts.checks.unseen_changes import is_refused_as_gone
from run_contracts.contract.lifecycle import COMPLETED, IN_PROGRESS, REQUIRES_ACTION
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import OK, Exchange
from run_contracts.traffic.history import Observation
from run_contracts.traffic.server_traits import NOT_OFFERED
from run_contracts.types import JSONObject

INCLUDE = "include"
INCLUDES = (INCLUDE, f"{INCLUDE}[]")
INCLUDABLE = "step_details.tool_calls[*].file_search.results[*].content"
"""What can be included, and how that is asked for."""


def seen_steps(evidence: Evidence) -> tuple[tuple[Exchange, str, JSONObject], ...]:
    """Return each step that was read, by itself or in a list, with its place in the answer."""
    return evidence.derived(_seen_steps)


def _seen_steps(evidence: Evidence) -> Iterator[tuple[Exchange, str, JSONObject]]:
    for exchange in evidence.of("getRunStep"):
        step = exchange.answered_as("run_step")
        if step is not None:
            yield exchange, "", step
    for page in pages(evidence, "listRunSteps"):
        for placed in page.exchange.shown("run_step"):
            yield page.exchange, placed.place, placed.value


def steps_of_ended(evidence: Evidence) -> tuple[tuple[Exchange, str, JSONObject, str], ...]:
    """Return each step read after its run was seen to have ended, with the run's status."""
    return evidence.derived(_steps_of_ended)


def _steps_of_ended(evidence: Evidence) -> Iterator[tuple[Exchange, str, JSONObject, str]]:
    for exchange, place, step in seen_steps(evidence):
        before = run_before(evidence, exchange)
        if before is not None and before.status in evidence.contract.lifecycle.terminal:
            yield exchange, place, step, before.status


def run_before(evidence: Evidence, exchange: Exchange) -> Observation | None:
    """Return the last observation of the run whose steps were read, surely made before."""
    history = evidence.history(exchange)
    return history.before(exchange) if history else None


WholeList = tuple[tuple[ListedPage, ...], list[JSONObject]]


def whole_lists(evidence: Evidence, operation: str) -> tuple[WholeList, ...]:
    """Return each list that was surely read to its end, in one page or more, with all its items.

    Its last page says so. That a full page is the last counts only where a page before it said
    that more follows: some servers never say that.
    """
    return evidence.derived(_whole_lists, operation)


def _whole_lists(evidence: Evidence, operation: str) -> Iterator[WholeList]:
    for walk in cursor_walks(evidence, operation):
        last = walk[-1]
        is_sure = len(last.items) < last.limit or any(page.has_more is True for page in walk)
        if last.has_more is False and is_sure:
            yield walk, [item for page in walk for item in page.items]


@decides("RUN-STEP-025")
def steps_add_up(evidence: Evidence) -> Iterator[Outcome]:
    """Judge that the usage of a completed run's steps, listed whole, adds up to the run's."""
    for walk, steps in whole_lists(evidence, "listRunSteps"):
        first, last = walk[0].exchange, walk[-1].exchange
        before = run_before(evidence, first)
        usages = [step["usage"] for step in steps if isinstance(step.get("usage"), dict)]
        if before is None or before.status != COMPLETED or len(usages) < len(steps) or not usages:
            continue
        if not isinstance(before.run.get("usage"), dict):
            continue
        total = sum(usage.get("total_tokens", 0) for usage in usages)
        yield decided(
            evidence,
            "RUN-STEP-025",
            last,
            holds=total == before.run["usage"].get("total_tokens"),
            actual=total,
            code="sum-of-steps",
            total=before.run["usage"].get("total_tokens"),
        )


@decides("RUN-STEP-028", "RUN-STEP-030")
def calls_while_waiting(evidence: Evidence) -> Iterator[Outcome]:
    """Judge steps read between two observations of their run waiting for the same calls.

    Outputs are null (028), if the key is there at all, and the calls are listed (030).
    """
    for walk, steps in whole_lists(evidence, "listRunSteps"):
        exchange = walk[0].exchange
        calls = _awaited(evidence, walk)
        if not calls:
            continue
        shown = {str(call.get("id")): call for step in steps for call in calls_of_step(step)}
        for call_id in calls:
            function = shown.get(call_id, {}).get("function")
            if isinstance(function, dict) and "output" in function:
                why = f"the output of {call_id} is not submitted yet"
                yield _null(evidence, "RUN-STEP-028", exchange, function["output"], why)
        yield decided(
            evidence,
            "RUN-STEP-030",
            exchange,
            holds=set(calls) <= shown.keys(),
            actual=[*shown],
            code="calls-lost",
            calls=list(calls),
        )


def _null(  # noqa: PLR0913, PLR0917 - what is compared, and where
    evidence: Evidence, requirement: str, exchange: Exchange, actual: Any, why: str, place: str = ""
) -> Outcome:
    """Return whether a field that is there is null."""
    return decided(
        evidence,
        requirement,
        exchange,
        holds=actual is None,
        actual=actual,
        code="too-early",
        why=why,
        pointer=place,
    )


def _awaited(evidence: Evidence, walk: tuple[ListedPage, ...]) -> list[str]:
    """Return the calls a run surely waited for all the time its steps were listed."""
    history = evidence.history(walk[0].exchange)
    before = history.before(walk[0].exchange) if history else None
    after = history.after(walk[-1].exchange) if history else None
    if before is None or after is None or evidence.is_commanded_between(before, after):
        return []
    waits = before.status == after.status == REQUIRES_ACTION
    return asked_calls(before) if waits and asked_calls(before) == asked_calls(after) else []


@decides("RUN-STEP-031")
def read_as_listed(evidence: Evidence) -> Iterator[Outcome]:
    """Judge the fields that a step shows by itself and in the list, once its run has ended.

    Details may hold more where more was asked for by include[], so only their type counts there.
    """
    listed: dict[str, JSONObject] = {}
    steps = sorted(steps_of_ended(evidence), key=lambda seen: seen[0].number)
    for exchange, place, step, _ in steps:
        if place:
            listed[str(step.get("id"))] = step
        elif str(step.get("id")) in listed:
            other = listed[str(step["id"])]
            bare = INCLUDE in exchange.request.url
            names = sorted(step.keys() & other.keys() - ({"step_details"} if bare else set()))
            changed = {name: step[name] for name in names if step[name] != other[name]}
            yield decided(
                evidence,
                "RUN-STEP-031",
                exchange,
                holds=not changed,
                actual=changed,
                code="other-step",
            )


@decides("RUN-STEP-033", "RUN-STEP-034")
def closed_with_the_run(evidence: Evidence) -> Iterator[Outcome]:
    """Judge steps read after their run was seen to have ended: closed (033), not expiring (034)."""
    for exchange, place, step, status in steps_of_ended(evidence):
        why = f"the run is {status}"
        yield decided(
            evidence,
            "RUN-STEP-033",
            exchange,
            holds=step.get("status") != IN_PROGRESS,
            actual=step.get("status"),
            code="not-closed",
            status=IN_PROGRESS,
            why=why,
            pointer=f"{place}/status",
        )
        if "expires_at" in step:
            where = f"{place}/expires_at"
            yield _null(evidence, "RUN-STEP-034", exchange, step["expires_at"], why, where)


@decides("RUN-STEP-036")
def contents_can_be_included(evidence: Evidence) -> Iterator[Outcome]:
    """Judge reads of steps of a run that is there, with the one thing that can be included.

    Who knows no more than the request was refused for that if the refusal says so.
    """
    for exchange in filter(evidence.is_offered, evidence.of("listRunSteps", "getRunStep")):
        query = parse_qs(urlsplit(exchange.request.url).query)
        asked = [value for name in INCLUDES for value in query.get(name, ())]
        is_known = exchange.is_ordinary or (asked == [INCLUDABLE] and _says_why(exchange))
        if asked and is_known and not is_refused_as_gone(evidence, exchange):
            yield decided(
                evidence,
                "RUN-STEP-036",
                exchange,
                holds=exchange.is_success,
                actual=exchange.response.status,
                code="http-status",
                statuses=[OK],
            )


def _says_why(exchange: Exchange) -> bool:
    """Say whether a request was accepted, or refused for what it asked to include."""
    said, is_named = exchange.answer, INCLUDE in exchange.answer.texts
    is_named |= any(word in said.text for word in (INCLUDES[-1], INCLUDABLE))
    is_about_it = exchange.is_refusal and exchange.response.status not in NOT_OFFERED and is_named
    return exchange.is_success or is_about_it


def calls_of_step(step: JSONObject) -> list[JSONObject]:
    """Return the tool calls of a step."""
    details = step.get("step_details")
    calls = details.get("tool_calls") if isinstance(details, dict) else None
    return [call for call in calls if isinstance(call, dict)] if isinstance(calls, list) else []
