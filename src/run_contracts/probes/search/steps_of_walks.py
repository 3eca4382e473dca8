"""The steps of walks: everything that clients do with threads and runs, rightly and wrongly."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from run_contracts.contract.lifecycle import FAILED, OUTCOME_KEY
from run_contracts.contract.operations import JSON_TYPE
from run_contracts.probes.absent_ids import NO_RUN, NO_THREAD
from run_contracts.probes.covering import bodies
from run_contracts.probes.refusing import ODD_IDS
from run_contracts.probes.run_requests import (
    FOREIGN_TEXT,
    METADATA_TOO_LARGE,
    answers,
    asked_calls,
)
from run_contracts.probes.search.walking import WITH_THREAD, Walk, WalkStep
from run_contracts.traffic.exchange import Intent

NO_CALL = "call_of_no_run"
CREATE, SUBMIT = "createRun", "submitToolOutputs"
ORDERS = ("asc", "desc")
STREAMED = {"stream": True}
FAILING = {"metadata": {OUTCOME_KEY: FAILED}}
GIVEN_METADATA: tuple[Any, ...] = (
    {"team": "red"},
    {"team": ""},
    {},
    None,
    {FOREIGN_TEXT: FOREIGN_TEXT},
    METADATA_TOO_LARGE["metadata"],
    "none",
)
"""Metadata that runs are given, legal and not."""
ABROAD: dict[str, dict[str, Any]] = {
    "getRun": {},
    "listRunSteps": {},
    "modifyRun": {"json_body": {"metadata": {"from": "elsewhere"}}},
    SUBMIT: {"json_body": answers([NO_CALL])},
    "cancelRun": {"content": b""},
}
"""What is sent about a run through a thread that it does not belong to."""


def _at_once(_walk: Walk) -> None:
    """Do nothing before."""


MOMENTS: tuple[WalkStep, ...] = (_at_once, partial(Walk.read, pause=0.5), Walk.wait)
"""Moments of a run: at once, when it is at work, and when it rests."""


def creates() -> Iterator[WalkStep]:
    """Yield the ways to ask for runs, the plainest first."""
    for fields in ({}, STREAMED):
        yield from (partial(_create, operation=one, fields=fields) for one in (CREATE, WITH_THREAD))
    yield partial(_create, operation=CREATE, fields=FAILING)
    yield partial(_create, operation=WITH_THREAD, fields={**FAILING, **STREAMED})
    for number in range(4):
        yield partial(_create_carrying, number=number)
    yield partial(Walk.cut, fields={})
    yield from (partial(_race, fields=fields) for fields in ({}, FAILING))
    for fields in ({}, STREAMED):
        yield partial(_create_calling, fields=fields, then=Walk.wait)
    for at, submit in enumerate(_submits()):
        yield partial(_create_calling, fields=STREAMED if at % 2 else {}, then=submit)


def _create(walk: Walk, operation: str, fields: dict[str, Any]) -> None:
    walk.create(operation, fields, is_plain=True)


def _create_calling(walk: Walk, fields: dict[str, Any], then: WalkStep) -> None:
    """Ask for a run that calls, on a thread of its own where ours is locked, and go on with it."""
    operation = CREATE if walk.is_free else WITH_THREAD
    walk.create(operation, walk.context.forced_fields() | fields, is_plain=True)
    walk.wait()
    then(walk)


def _create_carrying(walk: Walk, number: int) -> None:
    """Ask for a run with one body of the covering design."""
    context = walk.context
    design = bodies(context.contract, CREATE, context.session.target.model)
    walk.create(CREATE, design[number % len(design)], is_plain=False)


def _race(walk: Walk, fields: dict[str, Any]) -> None:
    """Ask for two runs at once, and look at what became of them."""
    for run in walk.race(CREATE, **walk.asked(CREATE, fields)):
        walk.keep(walk.context.read(run))


def uses() -> Iterator[WalkStep]:
    """Yield what is done with runs and threads that are there, or are not."""
    yield from (partial(Walk.read, pause=pause) for pause in (0.0, 0.0, 0.5, 1.0))
    yield from (Walk.wait, Walk.wait)
    for content_type in ({}, {"Content-Type": JSON_TYPE}):
        for moment in MOMENTS:
            yield partial(_cancel, headers=content_type, moment=moment)
    yield from (_submit_late, _submit_and_wait)
    yield from (partial(_modify, metadata=one) for one in GIVEN_METADATA)
    yield from (partial(_list_steps, order=o, limit=n) for o in ORDERS for n in (None, 1))
    yield from _thread_uses()
    for order in ORDERS:
        yield from (partial(_list_around, order=order, at=at) for at in ("after", "before"))
    yield from (partial(_abroad, operation=one) for one in ABROAD)
    for odd in (NO_RUN, *ODD_IDS):
        yield partial(_absent_run, operation="getRun", run_id=odd)
    yield partial(_absent_run, operation="cancelRun", run_id=NO_RUN)
    yield from (partial(_absent_thread, thread_id=one) for one in (NO_THREAD, ODD_IDS[1]))


def _cancel(walk: Walk, headers: dict[str, str], moment: WalkStep) -> None:
    """Cancel a run at some moment, and look at it."""
    moment(walk)
    walk.command("cancelRun", walk.run, headers=headers, content=b"")
    walk.read(0.0)


def _submits() -> Iterator[WalkStep]:
    """Yield answers to the calls that a run asks for; where none does, to anything."""
    yield _submit_and_wait
    for streamed in ({}, STREAMED):
        yield partial(_submit, extra=[NO_CALL], fields=streamed)
        yield partial(_submit_twice, fields=streamed)
    yield partial(_submit, extra=[], fields=STREAMED)
    yield partial(_submit, extra=None, fields={})


def _submit(walk: Walk, extra: list[str] | None, fields: dict[str, Any]) -> None:
    """Give all outputs that are asked for and these, or none at all."""
    asked = asked_calls(walk.asking) or [NO_CALL]
    calls = [] if extra is None else [*asked, *extra]
    walk.command(SUBMIT, walk.asking, json_body=answers(calls) | fields)


def _submit_and_wait(walk: Walk) -> None:
    """Give what is asked for, and wait for what becomes of it."""
    _submit(walk, extra=[], fields={})
    walk.wait()


def _submit_late(walk: Walk) -> None:
    """Give outputs to a run that rests, and look at it."""
    walk.wait()
    walk.command(SUBMIT, walk.run, json_body=answers([NO_CALL]))
    walk.read(0.0)


def _submit_twice(walk: Walk, fields: dict[str, Any]) -> None:
    """Give the same outputs twice at once, and look at what became of the run."""
    run = walk.asking
    body = answers(asked_calls(run) or [NO_CALL]) | fields
    walk.race(SUBMIT, of=run, json_body=body)
    walk.keep(walk.context.read(run))


def _modify(walk: Walk, metadata: Any) -> None:
    """Change the metadata of a run, and read it."""
    walk.command("modifyRun", walk.run, json_body={"metadata": metadata})
    walk.read(0.0)


def _list_steps(walk: Walk, order: str, limit: int | None) -> None:
    """Page through the steps of a run between two looks at it, and read one of them."""
    run = walk.asking
    ids = walk.walk_pages("listRunSteps", _query(order, limit), of=run)
    walk.keep(walk.context.read(run))
    if ids:
        walk.session.send("getRunStep", of=run, step_id=ids[0])


def _thread_uses() -> Iterator[WalkStep]:
    for _ in range(2):
        yield _say
    for order in ORDERS:
        for limit in (1, 2):
            yield partial(_list, operation="listRuns", query=_query(order, limit))
        yield partial(_list, operation="listMessages", query=_query(order, 1))
    yield from (partial(_list, operation=one, query={}) for one in ("listRuns", "listMessages"))


def _say(walk: Walk) -> None:
    """Add a message to the thread, whatever its runs do."""
    message = {"role": "user", "content": "And now?"}
    walk.session.send("createMessage", json_body=message, thread_id=walk.thread)


def _list(walk: Walk, operation: str, query: dict[str, Any]) -> None:
    walk.walk_pages(operation, query, thread_id=walk.thread)


def _list_around(walk: Walk, order: str, at: str) -> None:
    """List the runs of a thread on one side of a run."""
    run = walk.run
    query = {"order": order, at: run["id"]}
    walk.session.send("listRuns", thread_id=run["thread_id"], query=query)


def _abroad(walk: Walk, operation: str) -> None:
    """Read or command a run through a thread that it does not belong to."""
    where = walk.context.elsewhere
    walk.session.send(operation, thread_id=where, run_id=walk.run["id"], **ABROAD[operation])


def _absent_run(walk: Walk, operation: str, run_id: str) -> None:
    """Ask the thread for a run that does not exist."""
    walk.session.send(operation, thread_id=walk.thread, run_id=run_id, intent=Intent.ABSENT)


def _absent_thread(walk: Walk, thread_id: str) -> None:
    walk.session.send("listRuns", thread_id=thread_id, intent=Intent.ABSENT)


def _query(order: str, limit: int | None) -> dict[str, Any]:
    return {"order": order} | ({} if limit is None else {"limit": limit})
