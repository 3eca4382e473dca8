"""Probes that read: lists, foreign threads, what does not exist, what is wrong."""

from __future__ import annotations

from collections import Counter
from typing import Any, Unpack

from run_contracts.client.request_parts import RequestParts
from run_contracts.client.session import WRONG_KEY
from run_contracts.contract.operations import JSON_TYPE, list_limit
from run_contracts.probes.absent_ids import NO_ASSISTANT, NO_RUN, NO_STEP, NO_THREAD
from run_contracts.probes.catalogue import RUN_VALUES, probe
from run_contracts.probes.context import ProbeContext
from run_contracts.probes.run_requests import METADATA_TOO_LARGE, answers
from run_contracts.traffic.exchange import Exchange, Intent

ODD_IDS = ("1234", "Z" * 300, "\N{SNOWMAN}", "'; --", "..%2f")
"""Ids that no server gives: without a prefix, long, with odd characters.

None holds what a gateway refuses by itself, a null character for example.
"""
RUNS_LISTED, PAGE, MOST_PAGES = 3, 2, 10


@probe(
    "walk the list of a thread's runs in pages, both ways, while a run is added",
    creates="1 run, and up to 3 more where other probes made none; an empty thread",
    exercises=(*RUN_VALUES, "RUN-LIST-00*", "RUN-LIST-01[0-47]", "RUN-ID-013", "RUN-LIFE-002"),
)
def listing(context: ProbeContext) -> None:
    """Page through a thread's runs while other threads have runs of their own."""
    thread_id, send = _thread_of_runs(context), context.session.send
    send("listRuns", thread_id=thread_id)
    send("listRuns", thread_id=thread_id, query={"order": "asc"})
    with context.part():
        _walk(context, thread_id)
    above_most = list_limit(context.contract.edition).most + 1
    send("listRuns", thread_id=thread_id, query={"limit": above_most})
    send("listRuns", thread_id=thread_id, query={"limit": "many"})
    with context.part():
        send("listRuns", thread_id=context.elsewhere)


def _thread_of_runs(context: ProbeContext) -> str:
    """Return the thread that most runs were seen on, after a few more if it has too few.

    Where every run has a thread of its own, one is listed.
    """
    threads = Counter(str(run["thread_id"]) for run in context.seen.values())
    thread_id = threads.most_common(1)[0][0] if threads else context.home
    with context.part():
        for _ in range(RUNS_LISTED - len(context.runs_on(thread_id))):
            is_free = context.is_free(thread_id)
            run = context.ended(context.carrying_run(thread_id)) if is_free else None
            if run is None or run["thread_id"] != thread_id:
                break
    return thread_id


def _walk(context: ProbeContext, thread_id: str) -> None:
    """Walk pages of two as SDKs do, then ask for what comes before the first one.

    A run that is added after the first page does not move the cursor. Where the pages do not say
    that more follows, the cursor is tried all the same, while runs are left that were not shown.
    """
    expected = {str(run["id"]) for run in context.runs_on(thread_id)}
    shown: list[str] = []
    for number in range(MOST_PAGES):
        query: dict[str, str | int] = {"limit": PAGE}
        if number:
            query["after"] = shown[-1]
        page = context.session.send("listRuns", thread_id=thread_id, query=query)
        ids = _ids(page)
        is_moving = bool(set(ids) - set(shown))
        shown += ids
        says_more = isinstance(page.answered, dict) and page.answered.get("has_more") is True
        if not is_moving or (number and not says_more and expected <= set(shown)):
            break
        if number == 0 and context.is_free(thread_id):
            with context.part():
                context.ended(context.carrying_run(thread_id))
    if shown:
        query = {"limit": PAGE, "before": shown[0]}
        context.session.send("listRuns", thread_id=thread_id, query=query)


def _ids(page: Exchange) -> list[str]:
    """Return the ids of a page's items, as far as they have any."""
    answered = page.answered if page.is_success else None
    items = answered.get("data") if isinstance(answered, dict) else answered
    objects = [one for one in items if isinstance(one, dict)] if isinstance(items, list) else []
    return [one["id"] for one in objects if isinstance(one.get("id"), str)]


@probe(
    "read and change a run through a thread it does not belong to",
    creates="1 empty thread, shared with other probes",
    exercises=("RUN-ID-01[046]",),
)
def isolation(context: ProbeContext) -> None:
    """Ask one thread for another thread's run."""
    thread_id, run_id = context.elsewhere, context.any_run["id"]
    context.session.send("getRun", thread_id=thread_id, run_id=run_id)
    context.session.send("listRunSteps", thread_id=thread_id, run_id=run_id)
    body = {"metadata": {"from": "elsewhere"}}
    context.session.send("modifyRun", json_body=body, thread_id=thread_id, run_id=run_id)


@probe(
    "ask for what does not exist, and send what is wrong",
    creates="nothing",
    exercises=("RUN-ERR-*", "RUN-HTTP-00[34]"),
)
def refusals(context: ProbeContext) -> None:
    """Be refused in every common way."""
    run = context.any_run
    thread_id, send = run["thread_id"], context.session.send
    send("getRun", thread_id=thread_id, run_id=NO_RUN, intent=Intent.ABSENT)
    body = {"assistant_id": NO_ASSISTANT}
    _ask_wrongly(context, json_body=body, intent=Intent.NO_ASSISTANT)
    odd = "".join(ODD_IDS)
    send("getRun", thread_id=thread_id, run_id=odd, intent=Intent.ABSENT)
    _ask_wrongly(context, json_body={})
    _ask_wrongly(context, json_body={"assistant_id": 7})
    _ask_wrongly(context, json_body={"assistant_id": context.assistant_id, "temperature": 9})
    says_json = {"Content-Type": JSON_TYPE}
    _ask_wrongly(context, content=b'{"assistant_id": ', headers=says_json)
    wrong = {"Authorization": f"Bearer {WRONG_KEY}"}
    send("getRun", of=run, headers=wrong, intent=Intent.WRONG_KEY)
    send("getRun", of=run, headers={"OpenAI-Beta": None}, intent=Intent.NO_EDITION)
    context.session.send_raw("PUT", f"{_url(context, run)}", headers={}, content=b"")


def _ask_wrongly(
    context: ProbeContext, *, intent: Intent = Intent.NONE, **parts: Unpack[RequestParts]
) -> None:
    """Ask for a run that is to be refused, where no other keeps it away; wait for one let in."""
    parts["thread_id"] = context.home
    exchange = context.session.send("createRun", intent=intent, **parts)
    if exchange.shown("run"):
        with context.part():
            context.wait(context.run_in(exchange))


def _url(context: ProbeContext, run: dict[str, str], run_id: str | None = None) -> str:
    """Return the URL of a run, or of another one on its thread."""
    return f"{context.session.target.url}/threads/{run['thread_id']}/runs/{run_id or run['id']}"


@probe(
    "ask for more that does not exist, and send more that is wrong",
    creates="nothing",
    exercises=("RUN-ERR-00[15678]", "RUN-ERR-01[01]", "RUN-HTTP-00[34]", "RUN-LIST-01[79]"),
    is_smoke=False,
)
def rarer_refusals(context: ProbeContext) -> None:
    """Be refused in less common ways; a run's unknown neighbours are safe to delete."""
    run = context.any_run
    thread_id, send, absent = run["thread_id"], context.session.send, Intent.ABSENT
    send("getRun", thread_id=NO_THREAD, run_id=NO_RUN, intent=absent)
    send("cancelRun", thread_id=thread_id, run_id=NO_RUN, intent=absent)
    send("getRunStep", of=run, step_id=NO_STEP, intent=absent)
    body = {"assistant_id": context.assistant_id}
    send("createRun", thread_id=NO_THREAD, json_body=body, intent=absent)
    send("getRun", thread_id=thread_id, run_id=NO_THREAD, intent=absent)
    send("listRuns", thread_id=" ", intent=absent)
    for odd in ODD_IDS:
        send("getRun", thread_id=thread_id, run_id=odd, intent=absent)
        send("listRuns", thread_id=odd, intent=absent)
    send("getRun", thread_id=NO_THREAD, run_id=run["id"], intent=absent)
    for query in ({"limit": 0}, {"order": "up"}, {"after": NO_RUN}):
        send("listRuns", thread_id=thread_id, query=query)
    context.session.send_raw("DELETE", _url(context, run, NO_RUN), headers={}, content=b"")
    _wrong_bodies(context, run)


def _wrong_bodies(context: ProbeContext, run: dict[str, str]) -> None:
    """Send bodies that no server can take."""
    send = context.session.send
    messages = [{"role": "nobody", "content": "Hello."}]
    wrong = {"assistant_id": context.assistant_id, "additional_messages": messages}
    bodies: tuple[Any, ...] = ([], "run", None, wrong)
    for body in bodies:
        _ask_wrongly(context, json_body=body)
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        headers = {"Content-Type": kind}
        _ask_wrongly(context, content=b"assistant_id=7", headers=headers)
    _ask_wrongly(context, content=b"", headers={"Content-Type": JSON_TYPE})
    _ask_wrongly(context, json_body={"assistant_id": context.assistant_id, **METADATA_TOO_LARGE})
    send("modifyRun", json_body={"metadata": "none"}, of=run)
    bodies = ({"outputs": []}, {"tool_outputs": [{"tool_call_id": 7}]}, answers([""]))
    for body in bodies:
        send("submitToolOutputs", json_body=body, of=run)
