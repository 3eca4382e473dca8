"""Streams: content type, frames, names, and deltas that add up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from run_contracts.checks.created_runs import RUN_CREATES
from run_contracts.checks.registry import Outcome, decided, decides
from run_contracts.contract.lifecycle import IN_PROGRESS
from run_contracts.contract.object_names import kind_by_object
from run_contracts.contract.operations import JSON_TYPE, STREAM_TYPE
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange
from run_contracts.traffic.streamed_events import StreamedEvent
from run_contracts.types import JSONObject

WHOLE_KINDS = ("run", "run_step", "message")
"""The kinds whose objects events carry whole."""
THREAD_CREATED = "thread.created"
RUN_CREATED = "thread.run.created"


Stream = tuple[Exchange, tuple[StreamedEvent, ...]]


def streams(evidence: Evidence) -> tuple[Stream, ...]:
    """Return every stream that was read to its end, with its events."""
    return evidence.derived(_streams)


def _streams(evidence: Evidence) -> Iterator[Stream]:
    for exchange in evidence.exchanges:
        if exchange.is_stream and exchange.is_success and exchange.response.is_whole:
            yield exchange, evidence.events(exchange)


@decides("RUN-STREAM-001")
def says_it_is_a_stream(evidence: Evidence) -> Iterator[Outcome]:
    """Judge the content type of successes that were asked to stream."""
    for exchange in evidence.exchanges:
        asked, operation = exchange.asked, exchange.operation
        if not exchange.is_success or operation is None or not operation.streams:
            continue
        if isinstance(asked, dict) and asked.get("stream") is True:
            yield decided(
                evidence,
                "RUN-STREAM-001",
                exchange,
                holds=exchange.is_stream,
                actual=exchange.response.header("content-type") or "no Content-Type",
                code="media-type",
                wanted=STREAM_TYPE,
            )


@decides("RUN-STREAM-021")
def streams_only_if_asked(evidence: Evidence) -> Iterator[Outcome]:
    """Judge the content type of successes that were not asked to stream."""
    for exchange in evidence.exchanges:
        asked, operation = exchange.asked, exchange.operation
        if not exchange.is_success or operation is None or not operation.streams:
            continue
        is_right = isinstance(asked, dict) and exchange not in evidence.wrong_requests
        if is_right and asked.get("stream") in (None, False):
            yield decided(
                evidence,
                "RUN-STREAM-021",
                exchange,
                holds=not exchange.is_stream,
                actual=exchange.response.header("content-type"),
                code="media-type",
                wanted=JSON_TYPE,
            )


@decides("RUN-STREAM-002")
def frames_are_named(evidence: Evidence) -> Iterator[Outcome]:
    """Judge that every frame has a name and data."""
    for exchange, events in streams(evidence):
        bare = [e.frame for e in events if e.frame.name is None or e.frame.data is None]
        if events:
            yield decided(
                evidence,
                "RUN-STREAM-002",
                exchange,
                holds=not bare,
                actual=f"{len(bare)} of {len(events)} frames without a name or data",
                code="bare-frame",
                pointer=f"line {bare[0].line}" if bare else "",
            )


@decides("RUN-STREAM-004")
def begins_with_created(evidence: Evidence) -> Iterator[Outcome]:
    """Judge the first known events of a stream that creates a run, if its frames have names."""
    for exchange, events in streams(evidence):
        operation = exchange.operation
        if operation is None or operation.id not in RUN_CREATES:
            continue
        names = [event.name for event in events if not event.is_foreign]
        if not all(names):
            continue
        if operation.id == "createThreadAndRun" and names[:1] == [THREAD_CREATED]:
            names = names[1:]
        first = names[0] if names else None
        yield decided(
            evidence,
            "RUN-STREAM-004",
            exchange,
            holds=first == RUN_CREATED,
            actual=first,
            code="first-event",
            name=RUN_CREATED,
        )


@decides("RUN-STREAM-005", "RUN-STREAM-006")
def names_agree(evidence: Evidence) -> Iterator[Outcome]:
    """Judge each known event: its data is of its kind (006) and in the status it names (005)."""
    names = {kind: name for name, kind in kind_by_object().items() if kind in WHOLE_KINDS}
    for exchange, events in streams(evidence):
        for event in events:
            if event.known is None or event.known.kind == "error":
                continue
            place = f"line {event.frame.line}: "
            data = event.data if isinstance(event.data, dict) else {}
            wanted = names.get(event.known.kind)
            is_kind = bool(data) and wanted in (None, data.get("object"))
            yield decided(
                evidence,
                "RUN-STREAM-006",
                exchange,
                holds=is_kind,
                actual=data.get("object") if data else event.frame.data,
                code="other-object",
                object=wanted or "an object",
                event=event.name,
                pointer=place,
            )
            if event.known.status is not None and "status" in data:
                yield decided(
                    evidence,
                    "RUN-STREAM-005",
                    exchange,
                    holds=data["status"] == event.known.status,
                    actual=data["status"],
                    code="other-status",
                    status=event.known.status,
                    event=event.name,
                    pointer=f"{place}/status",
                )


@decides("RUN-STREAM-008")
def text_adds_up(evidence: Evidence) -> Iterator[Outcome]:
    """Judge that the pieces of each message's text make the text of its last frame."""
    for exchange, events in streams(evidence):
        pieces: dict[tuple[str, int], str] = {}
        for event in events:
            if event.is_about("message_delta"):
                for part in _parts(event.data.get("delta")):
                    key = (str(event.data.get("id")), part.get("index", 0))
                    pieces[key] = pieces.get(key, "") + _text(part)
            elif event.is_about("message") and event.data.get("status") != IN_PROGRESS:
                for at, part in enumerate(_parts(event.data)):
                    streamed = pieces.get((str(event.data.get("id")), at))
                    if part.get("type") == "text" and streamed is not None:
                        yield decided(
                            evidence,
                            "RUN-STREAM-008",
                            exchange,
                            holds=streamed == _text(part),
                            actual=f"pieces that make {streamed!r}",
                            code="pieces",
                            whole=_text(part),
                            pointer=f"line {event.frame.line}: /content/{at}/text/value",
                        )


@decides("RUN-STREAM-009")
def arguments_add_up(evidence: Evidence) -> Iterator[Outcome]:
    """Judge that the pieces of each call's arguments make what the run then asks for."""
    for exchange, events in streams(evidence):
        pieces: dict[tuple[str, int], str] = {}
        calls: dict[str, tuple[str, int]] = {}
        for event in events:
            if event.is_about("run_step_delta"):
                for call in calls_of(event.data):
                    key = (str(event.data.get("id")), call.get("index", 0))
                    pieces[key] = pieces.get(key, "") + _arguments(call)
                    if isinstance(call.get("id"), str):
                        calls[call["id"]] = key
            elif event.is_about("run"):
                for call in _asked(event.data):
                    key_of_call = calls.get(str(call.get("id")))
                    if key_of_call is not None:
                        yield decided(
                            evidence,
                            "RUN-STREAM-009",
                            exchange,
                            holds=pieces[key_of_call] == _arguments(call),
                            actual=f"pieces that make {pieces[key_of_call]!r}",
                            code="pieces",
                            whole=_arguments(call),
                            pointer=f"line {event.frame.line}: /required_action",
                        )


def _parts(holder: Any) -> list[JSONObject]:
    """Return the parts of a message or of a message delta."""
    return _objects(_get(holder, "content"))


def _text(part: JSONObject) -> str:
    return str(_get(part, "text", "value") or "")


def calls_of(delta: Any) -> list[JSONObject]:
    """Return the tool calls in a piece of a step."""
    return _objects(_get(delta, "delta", "step_details", "tool_calls"))


def _asked(run: Any) -> list[JSONObject]:
    return _objects(_get(run, "required_action", "submit_tool_outputs", "tool_calls"))


def _arguments(call: JSONObject) -> str:
    return str(_get(call, "function", "arguments") or "")


def _get(value: Any, *names: str) -> Any:
    """Return a value inside objects; None where one of them is something else."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _objects(value: Any) -> list[JSONObject]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
