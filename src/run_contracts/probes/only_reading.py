"""The probe of a target that is only read: what is there, by GET alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from run_contracts.client.session import WRONG_KEY
from run_contracts.contract.operations import list_limit
from run_contracts.probes.absent_ids import NO_RUN, NO_STEP, NO_THREAD
from run_contracts.probes.catalogue import RUN_VALUES, STEP_VALUES, probe
from run_contracts.probes.context import ProbeContext
from run_contracts.probes.reading import listed_ids, says_more
from run_contracts.probes.run_requests import RunValue
from run_contracts.probes.shortfall import Inconclusive
from run_contracts.traffic.exchange import Exchange, Intent

THREADS_READ, RUNS_READ, STEPS_READ, PAGES = 3, 5, 3, 10
"""What is read at most: threads, runs of one, steps of one, pages of a list."""
NO_THREADS = (
    "the target is only read, and no thread is known; give one by --thread-id, "
    "or --write to let runs be created"
)


@probe(
    "read what is there, and send nothing but GET",
    creates="nothing",
    exercises=(
        *RUN_VALUES,
        STEP_VALUES,
        "RUN-LIST-*",
        "RUN-ERR-*",
        "RUN-ID-*",
        "RUN-OBJ-*",
        "RUN-STEP-*",
        "RUN-HTTP-00[345]",
    ),
)
def only_reading(context: ProbeContext) -> None:
    """Read the runs of the thread that was named, or else of those that are listed."""
    _read_nothing(context)
    threads = list(_threads(context))
    for thread_id in threads:
        with context.part():
            _read_thread(context, thread_id)
    if not threads:
        raise Inconclusive(NO_THREADS)


def _threads(context: ProbeContext) -> Iterator[str]:
    """Yield the thread that was named, or some of those that a server lists, which few do."""
    target = context.session.target
    if target.thread_id is not None:
        yield target.thread_id
        return
    listed = context.session.send_raw("GET", f"{target.url}/threads", headers={}, content=b"")
    yield from listed_ids(listed)[:THREADS_READ]


def _read_nothing(context: ProbeContext) -> None:
    """Ask for what does not exist, and with a wrong key."""
    send, absent = context.session.send, Intent.ABSENT
    send("listRuns", thread_id=NO_THREAD, intent=absent)
    send("getRun", thread_id=NO_THREAD, run_id=NO_RUN, intent=absent)
    send("listRunSteps", thread_id=NO_THREAD, run_id=NO_RUN, intent=absent)
    wrong = context.session.target.key_headers(WRONG_KEY)
    send("getRun", thread_id=NO_THREAD, run_id=NO_RUN, headers=wrong, intent=Intent.WRONG_KEY)


def _read_thread(context: ProbeContext, thread_id: str) -> None:
    """Read a thread: its list both ways and in pages, its messages, and some of its runs."""
    send = context.session.send
    run_ids = listed_ids(send("listRuns", thread_id=thread_id))
    for query in _queries(context):
        send("listRuns", thread_id=thread_id, query=query)
    _walk(context, thread_id)
    send("listMessages", thread_id=thread_id)
    send("getRun", thread_id=thread_id, run_id=NO_RUN, intent=Intent.ABSENT)
    named = context.session.target.run_id
    for run_id in dict.fromkeys([*([named] if named else []), *run_ids[:RUNS_READ]]):
        with context.part():
            _read_run(context, context.run_in(send("getRun", thread_id=thread_id, run_id=run_id)))


def _queries(context: ProbeContext) -> Iterator[dict[str, str | int]]:
    """Yield what a list is asked for, rightly and wrongly."""
    yield {"order": "asc"}
    for limit in (0, list_limit(context.contract.edition).most + 1, "many"):
        yield {"limit": limit}
    yield {"order": "up"}
    yield {"after": NO_RUN}


def _walk(context: ProbeContext, thread_id: str) -> None:
    """Walk a few pages of a thread's runs, and ask for what comes before the last cursor."""
    shown: list[str] = []
    for _ in range(PAGES):
        query: dict[str, Any] = {"limit": 2} | ({"after": shown[-1]} if shown else {})
        page = context.session.send("listRuns", thread_id=thread_id, query=query)
        ids = listed_ids(page)
        if not set(ids) - set(shown):
            break
        shown += ids
        if not says_more(page):
            break
    if shown:
        query = {"limit": 2, "before": shown[-1]}
        context.session.send("listRuns", thread_id=thread_id, query=query)


def _read_run(context: ProbeContext, run: RunValue) -> None:
    """Read a run's steps, in a list and one by one."""
    send = context.session.send
    steps: Exchange = send("listRunSteps", of=run)
    for step_id in listed_ids(steps)[:STEPS_READ]:
        send("getRunStep", of=run, step_id=step_id)
    send("getRunStep", of=run, step_id=NO_STEP, intent=Intent.ABSENT)
