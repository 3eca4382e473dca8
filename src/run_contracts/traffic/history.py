"""Evidence: exchanges in order, and what they show together.

An observation is one run object seen at one moment, wherever it appeared: as an answer, in a
list, in a stream. All observations of one run, in order, are its history.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from run_contracts.contract.lifecycle import StreamEventType
from run_contracts.contract.loading import Contract
from run_contracts.errors import UnreadableBody
from run_contracts.traffic.exchange import Exchange
from run_contracts.traffic.sse import Frame
from run_contracts.validation.json_text import Body, decode_json

COMMANDS = ("modifyRun", "cancelRun", "submitToolOutputs")
NOT_OFFERED = frozenset({404, 405, 501})
DONE = "done"
DONE_DATA = "[DONE]"
NAMELESS = {
    "thread.run": StreamEventType(kind="run", status=None),
    "thread.run.step": StreamEventType(kind="run_step", status=None),
    "thread.run.step.delta": StreamEventType(kind="run_step_delta", status=None),
    "thread.message": StreamEventType(kind="message", status=None),
    "thread.message.delta": StreamEventType(kind="message_delta", status=None),
}
"""What a frame without a name is about, by what its data calls itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamedEvent:
    """One event of a stream: its frame, its data as JSON, and what the contract knows of it."""

    frame: Frame
    body: Body
    known: StreamEventType | None

    @property
    def name(self) -> str:
        """The event's name; empty if the frame has none."""
        return self.frame.name or ""

    @property
    def data(self) -> Any:
        """The decoded data; None for the end marker and for what is not JSON."""
        return self.body.value

    def is_about(self, kind: str) -> bool:
        """Say whether the data is an object of this kind."""
        return self.known is not None and self.known.kind == kind and isinstance(self.data, dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One run object seen in one exchange; `place` is a JSON pointer, or the stream's line."""

    run: dict[str, Any]
    exchange: Exchange
    place: str = ""

    @property
    def status(self) -> Any:
        """The run's status, if it has one."""
        return self.run.get("status")

    @property
    def is_listed(self) -> bool:
        """Whether it is an item of a list."""
        return self.place.startswith("/data/")


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """All observations of one run, in the order they were made."""

    run_id: str
    observations: tuple[Observation, ...]

    def before(self, exchange: Exchange) -> Observation | None:
        """Return the last observation surely made before an exchange; None if there was none."""
        earlier = [
            one
            for one in self.observations
            if one.exchange.number < exchange.number and not one.exchange.is_beside(exchange)
        ]
        return earlier[-1] if earlier else None

    def after(self, exchange: Exchange) -> Observation | None:
        """Return the first observation surely made after an exchange; None if there was none."""
        return next(self.all_after(exchange), None)

    def all_after(self, exchange: Exchange) -> Iterator[Observation]:
        """Yield every observation surely made after an exchange."""
        for one in self.observations:
            if one.exchange.number > exchange.number and not one.exchange.is_beside(exchange):
                yield one

    def pairs(self) -> Iterator[tuple[Observation, Observation]]:
        """Yield each two observations that follow one another in an order that is known."""
        for earlier, later in pairwise(self.observations):
            if not earlier.exchange.is_beside(later.exchange):
                yield earlier, later


@dataclass(frozen=True, kw_only=True, eq=False)
class Evidence:
    """The exchanges of one check, oldest first, read by one contract.

    It `is_whole` if nobody else touched the runs in it: what is not here was not done.
    `patience` is how many seconds a run may take that somebody waits for.
    """

    contract: Contract
    exchanges: tuple[Exchange, ...]
    is_whole: bool = False
    patience: float = 60.0

    def of(self, *operation_ids: str) -> Iterator[Exchange]:
        """Yield the exchanges of these operations, in order."""
        found = (one for id_ in operation_ids for one in self._by_operation.get(id_, ()))
        return iter(sorted(found, key=lambda one: one.number))

    @cached_property
    def _by_operation(self) -> dict[str, list[Exchange]]:
        """The exchanges of each operation, in order."""
        found: dict[str, list[Exchange]] = {}
        for exchange in self.exchanges:
            if exchange.operation is not None:
                found.setdefault(exchange.operation.id, []).append(exchange)
        return found

    @cached_property
    def histories(self) -> dict[str, History]:
        """The history of every run seen, by run id, in the order they were first seen."""
        seen: dict[str, list[Observation]] = {}
        for exchange in self.exchanges:
            for observation in self.observations(exchange):
                run_id = observation.run.get("id")
                if isinstance(run_id, str):
                    seen.setdefault(run_id, []).append(observation)
        return {
            run_id: History(run_id=run_id, observations=tuple(found))
            for run_id, found in seen.items()
        }

    def history(self, exchange: Exchange) -> History | None:
        """Return the history of the run that an exchange's path names."""
        return self.histories.get(exchange.ids.get("run_id", ""))

    @cached_property
    def _commands(self) -> dict[str, list[Exchange]]:
        """The commands that may have changed each run: all that were not plainly refused."""
        found: dict[str, list[Exchange]] = {}
        for exchange in self.of(*COMMANDS):
            if not exchange.is_refusal:
                found.setdefault(exchange.ids["run_id"], []).append(exchange)
        return found

    def commanded(
        self, earlier: Observation, later: Observation, *, but: Exchange | None = None
    ) -> bool:
        """Say whether a command may have changed a run between two looks at it.

        The command whose answer is the earlier look is not between, that of the later one is;
        `but` is a command that does not count.
        """
        first, last = earlier.exchange, later.exchange
        return any(
            one.is_beside(first) or one.is_beside(last) or first.number < one.number <= last.number
            for one in self._commands.get(str(earlier.run.get("id")), ())
            if one is not but
        )

    def observations(self, exchange: Exchange) -> tuple[Observation, ...]:
        """Return the run objects an exchange shows."""
        if exchange.number not in self._observed:
            self._observed[exchange.number] = tuple(self._observe(exchange))
        return self._observed[exchange.number]

    @cached_property
    def _observed(self) -> dict[int, tuple[Observation, ...]]:
        return {}

    def _observe(self, exchange: Exchange) -> Iterator[Observation]:
        if not exchange.is_success:
            return
        for event in self.events(exchange):
            if event.is_about("run"):
                place = f"line {event.frame.line}"
                yield Observation(run=event.data, exchange=exchange, place=place)
        value = exchange.answered
        if is_kind(value, "thread.run"):
            yield Observation(run=value, exchange=exchange)
        if is_kind(value, "list") and isinstance(value.get("data"), list):
            for at, item in enumerate(value["data"]):
                if is_kind(item, "thread.run"):
                    yield Observation(run=item, exchange=exchange, place=f"/data/{at}")

    @cached_property
    def _events(self) -> dict[int, tuple[StreamedEvent, ...]]:
        return {}

    def events(self, exchange: Exchange) -> tuple[StreamedEvent, ...]:
        """Return the events of a streamed answer, decoded; none if it is not a stream."""
        if not exchange.is_stream:
            return ()
        if exchange.number not in self._events:
            self._events[exchange.number] = tuple(self._event(f) for f in exchange.frames)
        return self._events[exchange.number]

    def _event(self, frame: Frame) -> StreamedEvent:
        if frame.data is None or frame.data == DONE_DATA:
            body = Body(value=None, is_json=False, violations=())
        else:
            try:
                body = decode_json(frame.data.encode("utf-8", errors="surrogatepass"))
            except UnreadableBody:
                body = Body(value=None, is_json=False, violations=())
        known = self.contract.lifecycle.events.get(frame.name or "")
        if frame.name is None and isinstance(body.value, dict):
            known = NAMELESS.get(str(body.value.get("object")))
        return StreamedEvent(frame=frame, body=body, known=known)

    def is_offered(self, exchange: Exchange) -> bool:
        """Say whether the server offers the operation of an exchange at all.

        It does not if it answers only 404, 405 or 501 to it, and never with an error envelope:
        then it was the router that answered, which knows nothing of runs.
        """
        if exchange.operation is None or exchange.response.status not in NOT_OFFERED:
            return True
        return any(one.is_success or has_envelope(one) for one in self.of(exchange.operation.id))


def has_envelope(exchange: Exchange) -> bool:
    """Say whether an answer is an error envelope, whatever is inside."""
    answered = exchange.answered
    return isinstance(answered, dict) and isinstance(answered.get("error"), dict)


def is_kind(value: Any, name: str) -> bool:
    """Say whether a value is an object that calls itself by this name, e.g. ``thread.run``."""
    return isinstance(value, dict) and value.get("object") == name
