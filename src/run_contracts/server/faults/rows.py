"""Faults as rows of a table: a field of an object that has a wrong value, or is not there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from run_contracts.server.event_frames import Streaming
from run_contracts.server.faults.fault import Fault
from run_contracts.server.queries import PageQuery
from run_contracts.server.records import Run, Step, Thread, Wire
from run_contracts.server.refusal import Refusal

GONE: Any = object()
"""In place of a value: the field is not there."""


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
        state = "missing" if self.value is GONE else json.dumps(self.value)
        shown = state if len(state) <= LONGEST else f"{state[:LONGEST]}..."
        when = f" while it is {' or '.join(self.when)}" if self.when else ""
        where = " where it is not null" if self.if_set else ""
        return f"{self.field} of a {self.kind.replace('_', ' ')} is {shown}{when}{where}."

    def __call__(self, wire: Wire) -> Wire:
        """Return an object with the wrong value, where it has the field at all."""
        is_meant = not self.when or wire.get("status") in self.when
        is_there = self.field in wire and not (self.if_set and wire[self.field] is None)
        if not (is_meant and is_there):
            return wire
        if self.value is GONE:
            return {name: one for name, one in wire.items() if name != self.field}
        return {**wire, self.field: self.value}


LONGEST = 60
"""Characters of a wrong value that a sentence shows."""


def _run(wrong: Wrong) -> type[Streaming]:
    class Defect(Streaming):
        def render_run(self, run: Run) -> Wire:
            return wrong(super().render_run(run))

    return Defect


def _listed_run(wrong: Wrong) -> type[Streaming]:
    class Defect(Streaming):
        def list_runs(self, thread_id: str, query: Mapping[str, str]) -> Wire:
            page = super().list_runs(thread_id, query)
            return {**page, "data": [wrong(run) for run in page["data"]]}

    return Defect


def _step(wrong: Wrong) -> type[Streaming]:
    class Defect(Streaming):
        def render_step(self, step: Step, run: Run, *, in_stream: bool = False) -> Wire:
            return wrong(super().render_step(step, run, in_stream=in_stream))

    return Defect


def _message(wrong: Wrong) -> type[Streaming]:
    class Defect(Streaming):
        def render_message(self, **parts: Any) -> Wire:
            return wrong(super().render_message(**parts))

    return Defect


def _thread(wrong: Wrong) -> type[Streaming]:
    class Defect(Streaming):
        def new_thread(self, body: Wire) -> Thread:
            thread = super().new_thread(body)
            thread.wire = wrong(thread.wire)
            return thread

    return Defect


def _assistant(wrong: Wrong) -> type[Streaming]:
    class Defect(Streaming):
        def create_assistant(self, body: Wire) -> Wire:
            return wrong(super().create_assistant(body))

    return Defect


def _list(wrong: Wrong) -> type[Streaming]:
    class Defect(Streaming):
        def page(self, oldest_first: list[Wire], query: PageQuery) -> Wire:
            return wrong(super().page(oldest_first, query))

    return Defect


def _refusal(wrong: Wrong) -> type[Streaming]:
    class Defect(Streaming):
        def refusal_body(self, refusal: Refusal) -> Wire:
            return {"error": wrong(super().refusal_body(refusal)["error"])}

    return Defect


def _streamed(name: str) -> Callable[[Wrong], type[Streaming]]:
    """Return what makes faults in the data of an object's events; other answers are right."""

    def make(wrong: Wrong) -> type[Streaming]:
        class Defect(Streaming):
            def event(self, event: str, data: Wire) -> bytes:
                is_meant = data.get("object") == name
                return super().event(event, wrong(data) if is_meant else data)

        return Defect

    return make


MAKERS: Mapping[str, Callable[[Wrong], type[Streaming]]] = {
    "run": _run,
    "listed_run": _listed_run,
    "streamed_run": _streamed("thread.run"),
    "step": _step,
    "streamed_step": _streamed("thread.run.step"),
    "piece_of_a_step": _streamed("thread.run.step.delta"),
    "message": _message,
    "streamed_message": _streamed("thread.message"),
    "piece_of_a_message": _streamed("thread.message.delta"),
    "thread": _thread,
    "assistant": _assistant,
    "list": _list,
    "refusal": _refusal,
}
"""What makes a fault of a row, by the kind of object that is wrong."""


def of_table(rows: Iterable[Wrong]) -> Iterator[Fault]:
    """Yield the fault of each row."""
    for row in rows:
        yield Fault(id=row.fault, sentence=row.sentence, defect=MAKERS[row.kind](row))
