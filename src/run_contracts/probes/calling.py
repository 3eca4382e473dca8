"""Probes of function calling: two runs at once, wrong and right outputs, streams."""

from __future__ import annotations

from typing import Any

from run_contracts.contract.lifecycle import REQUIRES_ACTION
from run_contracts.contract.requirements import FOUNDING
from run_contracts.probes.catalogue import RUN_VALUES, STEP_VALUES, probe
from run_contracts.probes.context import ProbeContext
from run_contracts.probes.run_requests import (
    OTHER_FUNCTION,
    RunValue,
    answers,
    asked_calls,
    function_tool,
    said,
)
from run_contracts.probes.running import first_id
from run_contracts.probes.shortfall import Blocked, NotOffered
from run_contracts.traffic.exchange import Exchange


@probe(
    "ask for two runs at once that must call a function; answer wrongly, then rightly; "
    "meanwhile try another run and a message",
    creates="1 thread, 1 run, shared with other probes; an assistant and up to 4 more runs where "
    "none calls",
    exercises=(
        *RUN_VALUES,
        STEP_VALUES,
        "RUN-SUBMIT-00[1-5]",
        "RUN-THREAD-*",
        "RUN-ID-01[06]",
        "RUN-OBJ-00[17]",
        "RUN-ERR-008",
        "RUN-ECHO-00[58]",
        "RUN-ECHO-01[123]",
        "RUN-STEP-0[234]*",
        "RUN-LIST-005",
        "RUN-LIST-008",
        "RUN-LIST-016",
        "RUN-LIFE-00[157]",
    ),
    reaches=(REQUIRES_ACTION,),
)
def tools(context: ProbeContext) -> None:
    """Take a run through requires_action."""
    run = _one_of_two(context)
    calls = asked_calls(run)
    thread_id, send = run["thread_id"], context.session.send
    second = {"assistant_id": context.assistant_id}
    exchange = send("createRun", json_body=second, thread_id=thread_id)
    if exchange.shown("run"):
        _give_up(context, context.run_in(exchange))
    message = {"role": "user", "content": "And order 8?"}
    send("createMessage", json_body=message, thread_id=thread_id)
    send("listRunSteps", of=run)
    with context.part():
        send("cancelRun", thread_id=context.elsewhere, run_id=run["id"])
    send("submitToolOutputs", json_body=answers([]), of=run)
    send("submitToolOutputs", json_body=answers([*calls, "call_of_no_run"]), of=run)
    run = context.read(run)
    if run.get("status") == REQUIRES_ACTION:
        send("submitToolOutputs", json_body=answers(asked_calls(run)), of=run)
    run = context.ended(run)
    page = send("listRunSteps", of=run, query={"limit": 1})
    step_id = first_id(page)
    if step_id is not None:
        send("listRunSteps", of=run, query={"limit": 1, "after": step_id})


def _one_of_two(context: ProbeContext) -> RunValue:
    """Ask for two runs at once and return one that waits; any other is cancelled."""
    thread_id, means = context.home, next(iter(context.forcing.left), None)
    if means is not None:
        owner = {"assistant_id": context.assistant_id, **context.limits()}
        body = {**owner, **context.forced_fields(means)}
        parts: dict[str, Any] = {"json_body": body, "thread_id": thread_id}
        with context.session.meanwhile("createRun", **parts) as others:
            exchanges: list[Exchange] = [context.session.send("createRun", **parts)]
        accepted = [one for one in [*exchanges, *others] if one.shown("run")]
        runs = [context.wait(context.run_in(one)) for one in accepted]
        for extra in runs[1:]:
            _give_up(context, extra)
        for run in runs[:1]:
            context.forcing.learn(means, run, rests=context.rests(run))
            if asked_calls(run):
                return run
    return context.calling_run()


def _give_up(context: ProbeContext, run: RunValue) -> None:
    """Cancel a run that should not be there."""
    context.session.send("cancelRun", of=run)
    context.after_cancel(run)


@probe(
    "stream forced function calls, two at once if the model will, then stream the answers in "
    "another order, and read what was streamed",
    creates="1 thread, up to 2 runs, the thread shared with other probes",
    exercises=(
        *RUN_VALUES,
        STEP_VALUES,
        "RUN-STREAM-*",
        "RUN-ID-015",
        "RUN-OBJ-00[1456]",
        "RUN-CREATE-00[24]",
        "RUN-STEP-029",
        "RUN-STEP-032",
        "RUN-LIST-018",
    ),
    reaches=(REQUIRES_ACTION,),
)
def streaming_tools(context: ProbeContext) -> None:
    """Follow a run through requires_action by its events."""
    context.check_streams("createRun")
    run = _asking_for_both(context) or context.calling_run(stream=True)
    body = {**answers(asked_calls(run)), "stream": True}
    streamed = context.session.send("submitToolOutputs", json_body=body, of=run)
    run = context.read(run) if context.is_full else context.run_in(streamed)
    run = run if context.has_ended(run) else context.ended(run)
    context.session.send("listRunSteps", of=run)
    context.session.send("listMessages", thread_id=run["thread_id"])
    context.check_streams("createRun")


def _asking_for_both(context: ProbeContext) -> RunValue | None:
    """Return a streamed run that asks for two calls at once or, as models please, for one.

    None where the edition has no word for it, the server refuses it, or nothing is called.
    """
    if context.contract.edition == FOUNDING or not context.forcing.left:
        return None
    fields: dict[str, Any] = {
        "tools": [function_tool(), function_tool(OTHER_FUNCTION)],
        "tool_choice": "required",
        "parallel_tool_calls": True,
        **said("Where are order 7 and parcel 8?"),
    }
    try:
        run = context.new_run(context.home, stream=True, **fields)
    except (Blocked, NotOffered):
        return None
    run = run if context.rests(run) else context.wait(run)
    return run if asked_calls(run) else None
