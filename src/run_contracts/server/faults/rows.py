"""Faults as rows of a table: a field of an object that has a wrong value, or is not there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from run_contracts.server.faults.fault import Fault, Wrap, changed, wrap
from run_contracts.server.parts.edition_server import EditionServer
from run_contracts.server.parts.list_pages import ListPages
from run_contracts.server.parts.records import ThreadRecord, Wire
from run_contracts.server.parts.renderer import Renderer
from run_contracts.server.parts.run_stream import RunStream
from run_contracts.server.parts.store import Store

MISSING_FIELD: Any = object()
"""In place of a value: the field is not there."""
MOST_SHOWN = 60
"""Characters of a wrong value that a sentence shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """One wrong field: of which kind of object, in which statuses of it, and the wrong value.

    With `if_set` the field is only wrong where it would not be null; no statuses are all of them.
    """

    fault: str
    kind: str
    field: str
    value: Any
    when: tuple[str, ...] = ()
    if_set: bool = False

    @property
    def sentence(self) -> str:
        """What is wrong, in words."""
        state = "missing" if self.value is MISSING_FIELD else json.dumps(self.value)
        shown = state if len(state) <= MOST_SHOWN else f"{state[:MOST_SHOWN]}..."
        when = f" while it is {' or '.join(self.when)}" if self.when else ""
        where = " where it is not null" if self.if_set else ""
        return f"{self.field} of a {self.kind.replace('_', ' ')} is {shown}{when}{where}."

    def __call__(self, wire: Wire) -> Wire:
        """Return an object with the wrong value, where it has the field at all."""
        is_meant = not self.when or wire.get("status") in self.when
        is_there = self.field in wire and not (self.if_set and wire[self.field] is None)
        if not (is_meant and is_there):
            return wire
        if self.value is MISSING_FIELD:
            return {name: value for name, value in wire.items() if name != self.field}
        return {**wire, self.field: self.value}


def _streamed(kind: str) -> Callable[[Wrong], Wrap]:
    """Return what makes faults in the data of an object's events; other answers are right."""

    def made(wrong: Wrong) -> Wrap:
        def advice(
            _: EditionServer, inner: Callable[[str, Wire], bytes], name: str, data: Wire
        ) -> bytes:
            return inner(name, wrong(data) if data.get("object") == kind else data)

        return wrap(RunStream.frame, advice)

    return made


def _listed_run(wrong: Wrong) -> Wrap:
    return changed(ListPages.runs, lambda page: {**page, "data": list(map(wrong, page["data"]))})


def _thread(wrong: Wrong) -> Wrap:
    def change(thread: ThreadRecord) -> ThreadRecord:
        thread.wire = wrong(thread.wire)
        return thread

    return changed(Store.new_thread, change)


def _refusal(wrong: Wrong) -> Wrap:
    return changed(Renderer.refusal, lambda body: {"error": wrong(body["error"])})


MAKERS: Mapping[str, Callable[[Wrong], Wrap]] = {
    "run": partial(changed, Renderer.run),
    "listed_run": _listed_run,
    "streamed_run": _streamed("thread.run"),
    "step": partial(changed, Renderer.step),
    "streamed_step": _streamed("thread.run.step"),
    "piece_of_a_step": _streamed("thread.run.step.delta"),
    "message": partial(changed, Renderer.message),
    "streamed_message": _streamed("thread.message"),
    "piece_of_a_message": _streamed("thread.message.delta"),
    "thread": _thread,
    "assistant": partial(changed, Store.create_assistant),
    "list": partial(changed, ListPages.page),
    "refusal": _refusal,
}
"""What makes the wrap of a row, by the kind of object that is wrong."""


def of_table(rows: Iterable[Wrong]) -> Iterator[Fault]:
    """Yield the fault of each row."""
    for row in rows:
        yield Fault(id=row.fault, sentence=row.sentence, wraps=(MAKERS[row.kind](row),))
