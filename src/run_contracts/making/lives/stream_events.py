"""Streams: the events of a run's life in the order and form that were recorded."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from run_contracts.contract.lifecycle import (
    CANCELLED,
    CANCELLING,
    COMPLETED,
    EXPIRED,
    FAILED,
    IN_PROGRESS,
    INCOMPLETE,
    REQUIRES_ACTION,
)
from run_contracts.contract.loading import Contract
from run_contracts.errors import UsageError
from run_contracts.making.choosing import plain_plans
from run_contracts.making.forms import Choice, Make, copied
from run_contracts.making.lives.distinct_ids import distinct
from run_contracts.making.lives.life_wishes import LifeWishes, checked_on
from run_contracts.making.lives.paths import path_of
from run_contracts.making.lives.reply import deltas, parts_of
from run_contracts.making.lives.snapshots import NO_WISHES
from run_contracts.making.lives.step_objects import (
    closed_message,
    closed_step,
    open_calls,
    opened_message,
    opened_step,
    step_deltas,
)
from run_contracts.making.lives.story import Story, story
from run_contracts.making.lives.work import (
    CALLED,
    MESSAGE,
    Step,
    steps_of,
)
from run_contracts.traffic.streamed_events import DONE, DONE_DATA
from run_contracts.types import JSONObject

STREAM_ENDINGS = (COMPLETED, INCOMPLETE, FAILED, EXPIRED, CANCELLED, REQUIRES_ACTION)
"""How a stream may end, the plainest first."""
ERROR_EVENT, HAS_ERROR = "error", Choice(values=(False, True, True))
"""Whether the stream of a run that fails says so by an event of its own, too."""
Events = list[JSONObject]


def stream(  # noqa: PLR0913 - what a stream may be of
    contract: Contract,
    make: Make,
    ending: str,
    wishes: LifeWishes = NO_WISHES,
    *,
    resumed: bool | None = None,
    with_thread: bool = False,
) -> Events:
    """Return the events of a stream that ends in a status.

    It is of a run just created, or `resumed`: the one that answers a submit. Calls that are
    fixed are asked for in it if it ends so; those of earlier rounds were answered.
    """
    path = checked_stream(contract, ending, wishes, resumed=resumed)
    if with_thread and REQUIRES_ACTION in path[:-1]:
        raise UsageError(
            "with_thread and a stream that answers a submit contradict each other: its thread was "
            "there before; leave one out"
        )
    plot = story(contract, make, path, wishes)
    parts = steps_of(plot, make)  # before the snapshots: tools that are used are offered
    script = _Script(plot=plot, make=make, parts=parts, snapshots=plot.snapshots())
    return list(script.events(with_thread=with_thread))


def checked_stream(
    contract: Contract, ending: str, wishes: LifeWishes, *, resumed: bool | None
) -> list[str]:
    """Return the path of a life whose stream ends so; raise `UsageError` for what does not fit."""
    checked_ending(contract, ending)
    rounds = _rounds(ending, wishes, resumed=resumed)
    path = path_of(contract.lifecycle, ending, rounds=rounds, works_on=ending != REQUIRES_ACTION)
    checked_on(contract, wishes, path)
    return path


def _rounds(ending: str, wishes: LifeWishes, *, resumed: bool | None) -> int:
    """Return how often the run asks for outputs; raise `UsageError` for what does not fit."""
    asks = int(ending == REQUIRES_ACTION)
    if asks and wishes.pieces is not None:
        raise UsageError(f"a stream that ends {ending!r} has no reply; leave text out")
    if wishes.rounds is None:
        return asks + int(bool(resumed))
    answered = len(wishes.rounds) - asks
    if answered < 0 or (resumed is not None and resumed != (answered > 0)):
        raise UsageError(
            f"resumed={resumed} and calls contradict each other in a stream that ends {ending!r}: "
            f"of {len(wishes.rounds)} times that the run asks, {max(answered, 0)} were before it"
        )
    return len(wishes.rounds)


@dataclass(frozen=True, kw_only=True)
class _Script:
    """The last stream of a life: a run in each of its statuses, and what it did between them."""

    plot: Story
    make: Make
    parts: list[list[Step]]
    snapshots: list[JSONObject]
    step_ids: set[str] = field(default_factory=set)

    def events(self, *, with_thread: bool) -> Iterator[JSONObject]:
        """Yield the events from the creation, or from the last submit, to the end."""
        path, ending = self.plot.path, self.plot.path[-1]
        asked = [at for at, status in enumerate(path[:-1]) if status == REQUIRES_ACTION]
        begin = asked[-1] + 1 if asked else 0
        if asked:
            yield from self._answered(asked[-1])
        else:
            yield from self._created(with_thread=with_thread)
        work = path.index(IN_PROGRESS, begin)
        for at in range(begin, work + 1):
            yield self._of_run(at)
        yield from self._worked(work, ending)
        if ending == FAILED and self.make(HAS_ERROR):
            yield _event(ERROR_EVENT, _error(self.snapshots[-1]["last_error"]))
        yield self._of_run(len(self.snapshots) - 1)
        yield _event(DONE, DONE_DATA)

    def _opened(self, details: JSONObject, moment: int) -> JSONObject:
        """Return a step that begins, with an id of its own."""
        step = opened_step(self.plot, self.make, details, moment)
        distinct([step], self.step_ids)
        return step

    def _of_run(self, at: int, name: str = "") -> JSONObject:
        return _event(f"thread.run.{name or self.plot.path[at]}", self.snapshots[at])

    def _created(self, *, with_thread: bool) -> Iterator[JSONObject]:
        if with_thread:
            plan = plain_plans(self.plot.contract, "thread", None)[0]
            own = {"id": self.plot.run["thread_id"], "created_at": self.plot.timing.moments[0]}
            yield _event("thread.created", {**plan.made(self.make), **own})
        yield self._of_run(0, "created")

    def _answered(self, asked: int) -> Iterator[JSONObject]:
        """Yield how the step of the calls that were answered is closed."""
        part = self.parts[self.plot.path[:asked].count(REQUIRES_ACTION)]
        moment = self.plot.timing.moments[asked]
        step = self._opened(part[-1].details, moment)
        after = self.plot.timing.moments[asked + 1]
        usage = part[-1].usage
        closed = closed_step(self.plot, self.make, step, COMPLETED, moment=after, usage=usage)
        yield _event(f"thread.run.step.{COMPLETED}", closed)

    def _worked(self, work: int, ending: str) -> Iterator[JSONObject]:
        """Yield the last part of the work."""
        *done, last = self.parts[-1]
        start, end = self.plot.timing.moments[work], self.plot.timing.moments[-1]
        moments = [start + (end - start) * at // (len(done) + 1) for at in range(len(done) + 1)]
        for at, step in enumerate(done):
            yield from self._called(step, moments[at], moments[at + 1])
        if ending == REQUIRES_ACTION:
            yield from self._asking(last, moments[-1])
        else:
            yield from self._written(last, moments[-1], work)

    def _called(self, step: Step, moment: int, after: int) -> Iterator[JSONObject]:
        opened = self._opened({"type": CALLED, CALLED: []}, moment)
        yield from _opening(opened)
        for piece in step_deltas(opened, step.calls):
            yield _event("thread.run.step.delta", piece)
        whole = {**opened, "step_details": step.details}
        closed = closed_step(self.plot, self.make, whole, COMPLETED, moment=after, usage=step.usage)
        yield _event(f"thread.run.step.{COMPLETED}", closed)

    def _asking(self, step: Step, moment: int) -> Iterator[JSONObject]:
        opened = self._opened({"type": CALLED, CALLED: []}, moment)
        yield from _opening(opened)
        for piece in step_deltas(opened, open_calls(step)):
            yield _event("thread.run.step.delta", piece)

    def _written(self, last: Step, moment: int, work: int) -> Iterator[JSONObject]:
        """Yield how a message is written, piece by piece, also when the run ends too early."""
        plot, make, ending = self.plot, self.make, self.plot.path[-1]
        message = opened_message(plot, make, moment)
        details = {"type": MESSAGE, MESSAGE: {"message_id": message["id"]}}
        step = self._opened(details, moment)
        yield from _opening(step)
        for name in ("created", IN_PROGRESS):
            yield _event(f"thread.message.{name}", message)
        parts = parts_of(last.reply, make, plot)
        for piece in deltas(message, parts):
            yield _event("thread.message.delta", piece)
        for at in range(work + 1, len(plot.path) - 1):
            if plot.path[at] == CANCELLING:
                yield self._of_run(at)
        end = plot.timing.moments[-1]
        closed = closed_message(plot, message, parts, ending, end)
        yield _event(f"thread.message.{closed['status']}", closed)
        status = ending if ending in plot.contract.lifecycle.steps else COMPLETED
        ended = closed_step(plot, make, step, status, moment=end, usage=last.usage)
        yield _event(f"thread.run.step.{status}", ended)


def _opening(step: JSONObject) -> Iterator[JSONObject]:
    for name in ("created", IN_PROGRESS):
        yield _event(f"thread.run.step.{name}", step)


def _event(name: str, data: Any) -> JSONObject:
    """Return an event; its data stays as it is now, whatever happens later."""
    return {"event": name, "data": copied(data)}


def _error(last_error: Mapping[str, Any]) -> JSONObject:
    """Return what an error event carries: the error of the run, in the envelope of errors."""
    error = {"type": "server_error", "message": last_error["message"]}
    return {"error": {**error, "param": None, "code": last_error["code"]}}


def checked_ending(contract: Contract, ending: str) -> str:
    """Return an ending as it is; raise `UsageError` if no stream of the edition ends so."""
    allowed = [one for one in STREAM_ENDINGS if one in contract.lifecycle.statuses]
    if ending not in allowed:
        raise UsageError(f"no stream ends {ending!r}; it may end {', '.join(allowed)}")
    return ending


def as_sse(events: Sequence[Mapping[str, Any]]) -> str:
    r"""Return events as the text of a stream, to be sent as UTF-8.

    >>> as_sse([{"event": "done", "data": "[DONE]"}])
    'event: done\ndata: [DONE]\n\n'
    """
    return "".join(f"event: {one['event']}\ndata: {_data(one['data'])}\n\n" for one in events)


def _data(data: Any) -> str:
    return data if isinstance(data, str) else json.dumps(data)
