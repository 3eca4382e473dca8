"""Creating runs: the answer, the first status, what is there afterwards."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from run_contracts.checks.assistants import assistant_before
from run_contracts.checks.created_runs import RUN_CREATES, creations
from run_contracts.checks.refusals import NOT_FOUND
from run_contracts.checks.registry import Outcome, decided, decides, not_offered, refused
from run_contracts.checks.unseen_changes import is_refused_as_gone
from run_contracts.traffic.deletions import may_be_gone
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import OK, Exchange, Intent


@decides("RUN-CREATE-001")
def answered_with_a_run(evidence: Evidence) -> Iterator[Outcome]:
    """Judge creates that nothing speaks against: 200 with a run.

    One that was accepted shows that nothing did, unless only a part of the answer is there, in
    which the run may not have come yet; that its status is another is RUN-HTTP-001. In a thread
    that somebody unseen uses, too, a run of theirs may speak against it. A server that never
    streams may refuse to: it does not offer that.
    """
    for exchange in evidence.of(*RUN_CREATES):
        is_ours = evidence.is_alone or exchange.operation_id == "createThreadAndRun"
        if exchange.is_refusal and not is_ours:
            continue
        if exchange.response.is_lost or not (exchange.is_ordinary or _is_accepted(exchange)):
            continue
        if not evidence.is_offered(exchange) or evidence.server.refuses_streams(exchange):
            yield not_offered("RUN-CREATE-001", exchange)
            continue
        status = exchange.response.status
        has_run = any(True for _ in evidence.observations(exchange))
        yield decided(
            evidence,
            "RUN-CREATE-001",
            exchange,
            holds=has_run and (status == OK or not exchange.is_ordinary),
            actual=f"{status} with a run" if has_run else _without_run(exchange),
            code="no-run",
        )


def _is_accepted(exchange: Exchange) -> bool:
    """Say whether an object was answered with success, not a stream, which may have been left."""
    return exchange.is_success and isinstance(exchange.answered, dict)


def _without_run(exchange: Exchange) -> str:
    """Return that no run was answered, and what was: the field refused, or why it is no JSON."""
    said = exchange.answer.text if exchange.is_refusal else ""
    if exchange.is_success and not exchange.is_stream:
        said = next((str(one.parameters.get("reason", "")) for one in exchange.body.violations), "")
    return f"{exchange.response.status} without a run{': ' if said else ''}{said}"


@decides("RUN-CREATE-002")
def queued_at_first(evidence: Evidence) -> Iterator[Outcome]:
    """Judge the status a run is born with."""
    initial = evidence.contract.lifecycle.initial
    for first, _ in creations(evidence):
        exchange, run = first.exchange, first.run
        status = run.get("status")
        yield decided(
            evidence,
            "RUN-CREATE-002",
            exchange,
            holds=status == initial,
            actual=status,
            code="status",
            statuses=[initial],
            pointer=first.at("status"),
        )


@decides("RUN-CREATE-007")
def not_started_at_first(evidence: Evidence) -> Iterator[Outcome]:
    """Judge when a run that is born queued says it was started."""
    for first, _ in creations(evidence):
        if first.status == evidence.contract.lifecycle.initial and "started_at" in first.run:
            yield decided(
                evidence,
                "RUN-CREATE-007",
                first.exchange,
                holds=first.run["started_at"] is None,
                actual=first.run["started_at"],
                code="too-early",
                why="the run was just created, and waits",
                pointer=first.at("started_at"),
            )


REFUSED_FOR_ITSELF = (Intent.WRONG_KEY, Intent.NO_EDITION)
"""Why a read may be refused whatever it asks for."""


@decides("RUN-CREATE-003")
def readable_at_once(evidence: Evidence) -> Iterator[Outcome]:
    """Judge the first read of every created run.

    Where nobody knows that nothing speaks against a read, as in a recording, only an answer of 404
    says that the run is not there; any other refusal may speak of something else in the request. Of
    a thread that may have been deleted by then, by whomever, nothing is said.
    """
    for created, _ in creations(evidence):
        exchange, run = created.exchange, created.run
        reads = (
            read
            for read in evidence.about(str(run.get("id")))
            if read.operation_id == "getRun"
            and read.ids["thread_id"] == run.get("thread_id")
            and read.number > exchange.number
            and not (read.is_put_off or read.is_turned_away or may_be_gone(evidence, read))
            and read.intent not in REFUSED_FOR_ITSELF
            and (read.is_ordinary or read.response.status == NOT_FOUND or not read.is_refusal)
        )
        first = next(reads, None)
        if first is not None and not evidence.is_offered(first):
            yield not_offered("RUN-CREATE-003", first)
        elif first is not None and is_refused_as_gone(evidence, first):
            continue
        elif first is not None and (first.is_success or first.is_refusal):
            status = first.response.status
            yield decided(
                evidence,
                "RUN-CREATE-003",
                first,
                holds=first.is_success,
                actual=status,
                code="not-readable",
            )


@decides("RUN-ID-013")
def ids_are_new(evidence: Evidence) -> Iterator[Outcome]:
    """Judge that no two creates answered the same run id."""
    seen: dict[str, Exchange] = {}
    for first, _ in creations(evidence):
        exchange, run = first.exchange, first.run
        run_id = run.get("id")
        if not isinstance(run_id, str):
            continue
        earlier = seen.setdefault(run_id, exchange)
        yield decided(
            evidence,
            "RUN-ID-013",
            exchange,
            holds=earlier is exchange,
            actual=f"{run_id}, already created by {earlier}",
            code="id-again",
            pointer=first.at("id"),
        )


@decides("RUN-CREATE-005")
def low_limit_is_accepted(evidence: Evidence) -> Iterator[Outcome]:
    """Judge creates that nothing speaks against but the published least of a token limit.

    Nothing else does where they were accepted, or where the refusal names the limit and the least.
    """
    for exchange in evidence.of(*RUN_CREATES):
        is_known = exchange.intent is Intent.LOW_LIMIT or _shows_low_limit(exchange)
        if is_known and evidence.is_offered(exchange):
            yield decided(
                evidence,
                "RUN-CREATE-005",
                exchange,
                holds=exchange.is_success,
                actual=exchange.response.status,
                code="no-run",
            )


LOW_LIMITS = range(16, 256)
"""Limits that were recorded, below the published least."""
PUBLISHED_LEAST = re.compile(rf"(?<!\w){LOW_LIMITS.stop}(?!\w)")
"""The published least, where it is no part of an id."""
LOW_LIMITED = "max_completion_tokens"


def _shows_low_limit(exchange: Exchange) -> bool:
    """Say whether an answer alone shows what a server does with a low limit."""
    asked = exchange.asked if isinstance(exchange.asked, dict) else {}
    if asked.get(LOW_LIMITED) not in LOW_LIMITS:
        return False
    said = exchange.answer.text if exchange.is_refusal else ""
    return exchange.is_success or (LOW_LIMITED in said and PUBLISHED_LEAST.search(said) is not None)


@decides("RUN-CREATE-006")
def needs_something_to_answer(evidence: Evidence) -> Iterator[Outcome]:
    """Judge runs without a word to answer: an empty thread, and no instructions anywhere.

    That the thread is empty must be known from its create, and that the assistant is silent from
    when it was shown last. A thread is not known to be empty if something for it had no answer
    until then, or somebody unseen may have written to it.
    """
    if not evidence.is_alone:
        return
    empty = set[str]()
    unanswered = [one for one in evidence.unanswered if "thread_id" in one.ids]
    for exchange in evidence.exchanges:
        operation = exchange.operation.id if exchange.operation else ""
        asked = exchange.asked if isinstance(exchange.asked, dict) else {}
        thread_id = exchange.ids.get("thread_id", "")
        if operation == "createThread" and (made := exchange.answered_as("thread")):
            empty |= set() if asked.get("messages") else {str(made.get("id"))}
        elif operation == "createRun" and thread_id in empty - _written_to(unanswered, exchange):
            assistant = assistant_before(evidence, asked.get("assistant_id"), exchange)
            is_silent = assistant is not None and not assistant.get("instructions")
            if is_silent and not any(map(asked.get, PROMPTS)) and not exchange.is_turned_away:
                why = "there is nothing to answer"
                yield from refused(evidence, "RUN-CREATE-006", exchange, why)
        if operation in ("createRun", "createMessage") and exchange.is_success:
            empty.discard(thread_id)


def _written_to(unanswered: Iterable[Exchange], exchange: Exchange) -> set[str]:
    """Return the threads for which something was sent before an exchange ended, or beside it."""
    return {
        lost.ids["thread_id"]
        for lost in unanswered
        if lost.number < exchange.number
        or lost.is_beside(exchange)
        or (lost.seen_at and lost.sent_at < exchange.seen_at)
    }


PROMPTS = ("instructions", "additional_instructions", "additional_messages")
"""What gives a run something to answer, beside its thread and its assistant."""
