"""Runs, steps and threads that are taken for one another, or named in a way of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from run_contracts.contract.lifecycle import COMPLETED
from run_contracts.contract.requirements import EDITIONS, register
from run_contracts.server.clock import Ids
from run_contracts.server.faults.fault import Fault, after, around, wrap
from run_contracts.server.parts.edition_server import EditionServer
from run_contracts.server.parts.list_pages import ListPages
from run_contracts.server.parts.records import RunRecord, StepRecord, ThreadRecord, Wire
from run_contracts.server.parts.renderer import Renderer
from run_contracts.server.parts.service import Service
from run_contracts.server.parts.store import Store

Naming = Callable[[Ids, str], str]
"""What returns a new id of a sequence for a field."""
RunReading = Callable[[str, str], Any]
"""What returns a run of a thread by its id."""


def bare_ids() -> Iterator[Fault]:
    """Yield a fault for each prefix: ids without it."""
    rules = register(EDITIONS[-1])
    for rule in rules.ruled("prefix"):
        sentence = f"Ids that should begin with {rule.prefix} do not."
        name = next(name for name, prefix in rules.prefixes.items() if prefix == rule.prefix)
        yield Fault(id=rule.id, sentence=sentence, wraps=(wrap(Renderer.new_id, _without(name)),))


def _without(lost: str) -> Callable[[EditionServer, Naming, Ids, str], str]:
    def new_id(_: EditionServer, inner: Naming, ids: Ids, name: str) -> str:
        return ids.new("") if name == lost else inner(ids, name)

    return new_id


@after(Service.modify_run)
def other_thread(
    server: EditionServer, answer: Wire, thread_id: str, run_id: str, body: Wire
) -> Wire:
    """RUN-ID-010: a modified run is answered as one of another thread."""
    return {**answer, "thread_id": other(thread_id)}


@after(Service.get_run)
def other_id(server: EditionServer, answer: Wire, thread_id: str, run_id: str) -> Wire:
    """RUN-ID-011: a run that has completed is answered with another id than it was asked for."""
    return {**answer, "id": other(run_id)} if answer["status"] == COMPLETED else answer


@after(Renderer.run)
def only_assistant(server: EditionServer, wire: Wire, run: RunRecord) -> Wire:
    """RUN-ID-012: every run names the same assistant, whichever was asked for."""
    return {**wire, "assistant_id": "asst_default"}


@after(Store.new_run)
def numbered_in_thread(
    server: EditionServer, run: RunRecord, thread: ThreadRecord, settings: Wire, metadata: Wire
) -> RunRecord:
    """RUN-ID-013: runs created together with their thread are all the first one there."""
    if thread.id not in server.store.threads:
        run.id = "run_1"
    return run


def _through_any_thread(
    server: EditionServer, inner: RunReading, thread_id: str, run_id: str
) -> Any:
    """Return what is read of a run through its own thread, whichever thread was named."""
    server.service.find_thread(thread_id)
    for thread in server.store.threads.values():
        if any(run.id == run_id for run in thread.runs):
            return inner(thread.id, run_id)
    raise server.store.not_found("run", run_id)


@around(Service.get_run)
def through_other_thread(
    server: EditionServer, inner: RunReading, thread_id: str, run_id: str
) -> Wire:
    """RUN-ID-014: a run can be read through another thread."""
    return dict(_through_any_thread(server, inner, thread_id, run_id))


@around(Service.get_run)
def moves_along(server: EditionServer, inner: RunReading, thread_id: str, run_id: str) -> Wire:
    """RUN-ID-014-b: a run can be read through any thread, and then says it belongs there."""
    return {**_through_any_thread(server, inner, thread_id, run_id), "thread_id": thread_id}


def _only_its_own(server: EditionServer, _: RunReading, thread_id: str, run_id: str) -> Wire:
    """Return a run in wire form, or refuse it if it belongs to another thread."""
    run = server.service.find_run(thread_id, run_id)
    if run.thread_id != thread_id:
        raise server.store.not_found("run", run_id)
    return server.renderer.run(run)


EVERY_THREADS_COMMANDS = Fault(
    id="RUN-ID-016",
    sentence="a run can be commanded, and its steps read, through another thread.",
    wraps=(
        wrap(Service.find_run, _through_any_thread),
        wrap(Service.get_run, _only_its_own),
    ),
)


@around(Renderer.new_id)
def same_steps(server: EditionServer, inner: Naming, ids: Ids, name: str) -> str:
    """RUN-ID-015: every run has a step of the same id."""
    return "step_1" if name == "step_id" else inner(ids, name)


@after(Renderer.message)
def nobodys_message(server: EditionServer, wire: Wire, **parts: Any) -> Wire:
    """RUN-OBJ-006: the messages of a run do not name it."""
    return {**wire, "run_id": None}


@after(Renderer.step)
def step_of_other_run(
    server: EditionServer, wire: Wire, step: StepRecord, run: RunRecord, *, in_stream: bool = False
) -> Wire:
    """RUN-STEP-023: the steps of a run name another run."""
    return {**wire, "run_id": other(run.id)}


@after(ListPages.steps)
def step_of_other_thread(
    server: EditionServer, page: Wire, thread_id: str, run_id: str, query: Mapping[str, str]
) -> Wire:
    """RUN-STEP-023-b: the listed steps of a run name another thread."""
    return {**page, "data": [{**step, "thread_id": other(thread_id)} for step in page["data"]]}


@after(Service.get_step)
def other_step(
    server: EditionServer, wire: Wire, thread_id: str, run_id: str, step_id: str
) -> Wire:
    """RUN-STEP-024: a step asked for by id is answered with another id."""
    return {**wire, "id": other(step_id)}


def other(known: Any) -> str:
    """Return another id of the same kind.

    >>> other("run_abc")
    'run_cba'
    """
    prefix, _, rest = str(known).partition("_")
    return f"{prefix}_{rest[::-1]}"
