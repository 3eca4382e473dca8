"""Probes that read: lists, and through foreign threads."""

from __future__ import annotations

from collections import Counter

from run_contracts.contract.lifecycle import FAILED
from run_contracts.contract.operations import list_limit
from run_contracts.probes.catalogue import RUN_VALUES, probe
from run_contracts.probes.context import ProbeContext
from run_contracts.probes.run_requests import RunValue
from run_contracts.traffic.exchange import Exchange

RUNS_LISTED, PAGE, MOST_PAGES = 3, 2, 10


@probe(
    "walk the list of a thread's runs in pages, both ways, while a run is added",
    creates="1 run, and up to 3 more where other probes made none; an empty thread",
    exercises=(
        *RUN_VALUES,
        "RUN-LIST-00*",
        "RUN-LIST-01[0-47]",
        "RUN-LIST-020",
        "RUN-ID-013",
        "RUN-LIFE-002",
    ),
)
def listing(context: ProbeContext) -> None:
    """Page through a thread's runs while other threads have runs of their own.

    After the oldest run comes nothing, so that an empty list is seen, too.
    """
    thread_id, send = _thread_of_runs(context), context.session.send
    send("listRuns", thread_id=thread_id)
    oldest_first = listed_ids(send("listRuns", thread_id=thread_id, query={"order": "asc"}))
    if oldest_first:
        after_the_last: dict[str, str | int] = {"order": "asc", "after": oldest_first[-1]}
        send("listRuns", thread_id=thread_id, query=after_the_last)
    with context.part():
        _walk(context, thread_id)
    above_most = list_limit(context.contract.edition).most + 1
    send("listRuns", thread_id=thread_id, query={"limit": above_most})
    send("listRuns", thread_id=thread_id, query={"limit": "many"})
    if context.is_full or not oldest_first:
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
    """Walk two pages or more as SDKs do, then ask for what comes before the first one.

    A run that is added after the first page does not move the cursor. Where the pages do not say
    that more follows, the cursor is tried all the same, while runs are left that were not shown.
    """
    expected = {str(run["id"]) for run in context.runs_on(thread_id)}
    shown: list[str] = []
    page_size = max(PAGE, -(-len(expected) // 2))
    for number in range(MOST_PAGES):
        query: dict[str, str | int] = {"limit": page_size}
        if number:
            query["after"] = shown[-1]
        page = context.session.send("listRuns", thread_id=thread_id, query=query)
        ids = listed_ids(page)
        is_moving = bool(set(ids) - set(shown))
        shown += ids
        if not is_moving or (number and not says_more(page) and expected <= set(shown)):
            break
        if number == 0 and context.is_free(thread_id):
            with context.part():
                context.ended(_added_run(context, thread_id))
    if shown:
        query = {"limit": page_size, "before": shown[0]}
        context.session.send("listRuns", thread_id=thread_id, query=query)


def _added_run(context: ProbeContext, thread_id: str) -> RunValue:
    """Return one more run; in smoke one that may fail, as long as none was seen to."""
    has_failed = any(run.get("status") == FAILED for run in context.seen.values())
    run = None if context.is_full or has_failed else context.hopeless_run(thread_id)
    return run or context.carrying_run(thread_id)


def says_more(page: Exchange) -> bool:
    """Say whether a page says that more follows."""
    return isinstance(page.answered, dict) and page.answered.get("has_more") is True


def listed_ids(page: Exchange) -> list[str]:
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
