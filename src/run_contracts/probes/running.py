"""Probes that run: create, poll to the end, read what the run did."""

from __future__ import annotations

from typing import Any

from run_contracts.contract.lifecycle import COMPLETED, FAILED, INCOMPLETE, OUTCOME_KEY
from run_contracts.contract.requirements import FOUNDING
from run_contracts.probes.catalogue import RUN_VALUES, STEP_VALUES, probe
from run_contracts.probes.context import ProbeContext
from run_contracts.probes.resources import MOST_READ
from run_contracts.probes.run_requests import (
    FOREIGN_TEXT,
    NO_MODEL,
    RunValue,
    answers,
    user_messages,
)
from run_contracts.probes.shortfall import Inconclusive, NotOffered
from run_contracts.traffic.exchange import Exchange, Intent
from run_contracts.traffic.server_traits import NOT_OFFERED

LOWEST_LIMIT, PUBLISHED_LIMIT = 16, 256
"""The lowest token limit that was ever seen accepted, and the lowest that is published."""
MANY_MESSAGES = 21
"""One more than a page holds by default."""


@probe(
    "create a run, poll it to its end, read its steps and messages",
    creates="an assistant, 1 thread, 1 run",
    exercises=(
        *RUN_VALUES,
        "RUN-ID-01[01235]",
        STEP_VALUES,
        "RUN-CREATE-00[12378]",
        "RUN-ECHO-00[123679]",
        "RUN-ECHO-01[024]",
        "RUN-LIFE-00[123569]",
        "RUN-STEP-02[01234567]",
        "RUN-STEP-03[123459]",
        "RUN-STEP-04*",
        "RUN-OBJ-00[123679]",
        "RUN-OBJ-01*",
        "RUN-LIST-00[1-4]",
        "RUN-LIST-01[03689]",
        "RUN-LIST-020",
        "RUN-STEP-038",
        "RUN-STREAM-021",
    ),
)
def lifecycle(context: ProbeContext) -> None:
    """Run once in the plainest way, with everything that a run echoes."""
    run = context.carrying_run()
    with context.part():
        run = context.ended(run)
    steps = context.session.send("listRunSteps", of=run)
    step_id = first_id(steps)
    if step_id is not None:
        context.session.send("getRunStep", of=run, step_id=step_id)
    context.session.send("listMessages", thread_id=run["thread_id"])


def first_id(page: Exchange) -> str | None:
    """Return the id of the first item of a page."""
    items = page.answered.get("data") if isinstance(page.answered, dict) else None
    first = items[0] if isinstance(items, list) and items else None
    found = first.get("id") if isinstance(first, dict) else None
    return found if isinstance(found, str) else None


@probe(
    "run under the lowest token limit on a thread of many messages, to see a run end early",
    creates="1 thread with 21 short messages, 1 run of at most 16 tokens; in full 2",
    exercises=(
        *RUN_VALUES,
        "RUN-CREATE-005",
        "RUN-ECHO-004",
        "RUN-LIST-015",
        "RUN-OBJ-001",
        "RUN-CANCEL-007",
    ),
    reaches=(INCOMPLETE,),
)
def limits(context: ProbeContext) -> None:
    """Let a token limit end a run."""
    exchange = _limited(context)
    run = context.run_in(exchange)
    if context.session.target.thread_id is None:
        context.session.send("listMessages", thread_id=run["thread_id"])
    run = context.ended(run)
    if context.is_full:
        _stream_under(context, run["thread_id"], exchange.asked["max_completion_tokens"])
    if run.get("status") == INCOMPLETE:
        _cancel_ended(context, run)
    elif run.get("status") == COMPLETED and not run.get("incomplete_details"):
        raise Inconclusive("the run completed within its limit of tokens")


def _stream_under(context: ProbeContext, thread_id: str, limit: int) -> None:
    """Stream a run that ends early, where its limits are shown by events, too."""
    limits = {"max_completion_tokens": limit, "max_prompt_tokens": MOST_READ}
    body = {"assistant_id": context.assistant_id, "stream": True, **limits}
    with context.part():
        context.session.send("createRun", json_body=body, thread_id=thread_id)


def _limited(context: ProbeContext) -> Exchange:
    """Ask for a run under a low limit together with its thread, or after it where that is refused.

    A limit that is refused is not tried again, but the published least is.
    """
    chapters = [f"Chapter {number}." for number in range(1, MANY_MESSAGES)]
    texts = [*chapters, "Tell a story of at least a hundred words."]
    body = {"assistant_id": context.assistant_id, "max_completion_tokens": LOWEST_LIMIT}
    send, intent, least = context.session.send, Intent.LOW_LIMIT, LOWEST_LIMIT
    if context.session.target.thread_id is None:
        thread = {"messages": user_messages(texts), **context.mark}
        exchange = send("createThreadAndRun", json_body={**body, "thread": thread}, intent=intent)
        if not exchange.is_refusal:
            return exchange
        least = LOWEST_LIMIT if exchange.response.status in NOT_OFFERED else PUBLISHED_LIMIT
    thread_id = context.new_thread(*texts)
    if least == LOWEST_LIMIT:
        exchange = send("createRun", json_body=body, thread_id=thread_id, intent=intent)
        if not exchange.is_refusal:
            return exchange
    return context.create(thread_id, max_completion_tokens=PUBLISHED_LIMIT)


@probe(
    f"ask by metadata {OUTCOME_KEY}={FAILED} for a run that fails, which servers are free to "
    "ignore, and stream it; or else for one that cannot be done",
    creates="1 thread, up to 3 runs",
    exercises=(
        *RUN_VALUES,
        STEP_VALUES,
        "RUN-CREATE-002",
        "RUN-CANCEL-007",
        "RUN-SUBMIT-006",
        "RUN-STEP-037",
        "RUN-STREAM-*",
        "RUN-OBJ-002",
    ),
    reaches=(FAILED,),
)
def failing(context: ProbeContext) -> None:
    """Reach failed, on a server that cooperates."""
    metadata = {OUTCOME_KEY: FAILED, FOREIGN_TEXT: FOREIGN_TEXT}
    run = context.carrying_thread_and_run(stream=True, metadata=metadata)
    run = context.read(run) if context.has_ended(run) else context.ended(run)
    if run.get("status") != FAILED:
        if not context.is_full:
            raise Inconclusive("the run did not fail; one for an unknown model is asked for later")
        run = _failed_by_itself(context)
    _cancel_ended(context, run)
    context.session.send("submitToolOutputs", json_body=answers(["call_of_no_run"]), of=run)


def _cancel_ended(context: ProbeContext, run: RunValue) -> None:
    """Cancel a run that ended otherwise than completed; in smoke the first one alone."""
    cancels = [one for one in context.session.exchanges if one.operation_id == "cancelRun"]
    if context.is_full or not cancels:
        context.session.send("cancelRun", of=run)


def _failed_by_itself(context: ProbeContext) -> RunValue:
    """Return a run that failed for an ordinary reason: no such model, or no room for an answer."""
    for hopeless in HOPELESS:
        body = {"assistant_id": context.assistant_id, **hopeless}
        exchange = context.session.send("createRun", json_body=body, thread_id=context.home)
        if exchange.is_success:
            run = context.wait(context.run_in(exchange))
            if run.get("status") == FAILED:
                return run
    raise Inconclusive("no run failed, not even for an unknown model")


HOPELESS: tuple[dict[str, Any], ...] = (
    {"model": NO_MODEL},
    {"max_prompt_tokens": 1},
)
"""What no run can be done with; servers may refuse it, or let the run fail."""


@probe(
    "ask for a run on an empty thread by an assistant without instructions, and for one with some",
    creates="an assistant, 2 threads, 1 run",
    exercises=("RUN-CREATE-006",),
    is_smoke=False,
)
def nothing_to_answer(context: ProbeContext) -> None:
    """Ask for an answer to nothing."""
    if context.session.target.assistant_id is not None:
        raise NotOffered("only one assistant was given, by --assistant-id")
    thread_id = context.elsewhere
    assistant_id = context.new_assistant()
    body = {"assistant_id": assistant_id}
    context.session.send("createRun", json_body=body, thread_id=thread_id)
    limits = context.limits("createThreadAndRun")
    with_words = {**body, "thread": {}, "instructions": "Say hello.", **limits}
    context.session.send("createThreadAndRun", json_body=with_words)


@probe(
    "read a step with the contents of its file searches, and the messages of a new thread's run",
    creates="1 thread, 1 run, another shared with other probes",
    exercises=("RUN-STEP-036", "RUN-CREATE-004", "RUN-STEP-031", "RUN-ID-013"),
    is_smoke=False,
)
def asking_for_more(context: ProbeContext) -> None:
    """Use what few clients use."""
    run = context.ended(context.carrying_thread_and_run())
    context.session.send("listMessages", thread_id=run["thread_id"])
    send = context.session.send
    step_id = first_id(send("listRunSteps", of=run, query={"order": "asc"}))
    if step_id is None:
        return
    send("listRunSteps", of=run, query={"before": step_id})
    with context.part():
        send("getRunStep", thread_id=context.elsewhere, run_id=run["id"], step_id=step_id)
    if context.contract.edition == FOUNDING:
        return
    send("getRunStep", of=run, step_id=step_id, query=CONTENTS, intent=Intent.ORDINARY)
    send("listRunSteps", of=run, query=CONTENTS)
    body = {"assistant_id": context.assistant_id, **context.limits()}
    with context.part():
        asked = send("createRun", json_body=body, thread_id=context.home, query=CONTENTS)
        context.wait(context.run_in(asked))


CONTENTS = {"include[]": "step_details.tool_calls[*].file_search.results[*].content"}
"""What asks for the contents of file searches in steps."""
