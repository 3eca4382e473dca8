"""How streams end: with their marker, once, at a run that rests, and when it does."""

from __future__ import annotations

from collections.abc import Iterator

from run_contracts.checks.registry import Outcome, decided, decides
from run_contracts.checks.streams import streams
from run_contracts.checks.unseen_changes import may_be_deleted
from run_contracts.traffic.deletions import is_deleted_beside
from run_contracts.traffic.evidence import ANY_TIME, CHECK_PATIENCE, Evidence
from run_contracts.traffic.exchange import Exchange
from run_contracts.traffic.streamed_events import DONE, DONE_DATA, StreamedEvent
from run_contracts.validation.json_text import BODY_LIMIT

SOON = 1.0
"""Seconds within which a read after a stream says how its run was when the stream was left."""


@decides("RUN-STREAM-003")
def ends_with_done(evidence: Evidence) -> Iterator[Outcome]:
    """Judge the last frame.

    Nothing says how a stream ends that reported an error, or whose thread was deleted meanwhile.
    Somebody unseen may have done that before its run came to rest; after that nothing is left to
    come but the end.
    """
    for exchange, events in streams(evidence):
        if any(event.known is not None and event.known.kind == "error" for event in events):
            continue
        if _is_deleted_meanwhile(evidence, exchange, events):
            continue
        last = events[-1].frame if events else None
        is_done = last is not None and last.whole and last.data == DONE_DATA
        holds = is_done and last is not None and last.name in (DONE, None)
        if not (holds or _has_rested(evidence, events)) and may_be_deleted(
            evidence, exchange, _thread_of(exchange, events)
        ):
            continue
        yield decided(
            evidence,
            "RUN-STREAM-003",
            exchange,
            holds=holds,
            actual=f"{last.name} {'' if last.whole else '(cut off)'}".strip()
            if last
            else "no frame",
            code="no-done",
            pointer=f"line {last.line}" if last else "",
        )


@decides("RUN-STREAM-007")
def ends_at_rest(evidence: Evidence) -> Iterator[Outcome]:
    """Judge the last run a stream with its end marker shows."""
    for exchange, events in streams(evidence):
        runs = [event for event in events if event.is_about("run")]
        if not runs or events[-1].frame.data != DONE_DATA:
            continue
        if _is_deleted_meanwhile(evidence, exchange, events):
            continue
        status = runs[-1].data.get("status")
        holds = evidence.contract.lifecycle.rests(status)
        if not holds and may_be_deleted(evidence, exchange, _thread_of(exchange, events)):
            continue
        yield decided(
            evidence,
            "RUN-STREAM-007",
            exchange,
            holds=holds,
            actual=status,
            code="no-rest",
            pointer=f"line {runs[-1].frame.line}: /status",
        )


def _is_deleted_meanwhile(
    evidence: Evidence, exchange: Exchange, events: tuple[StreamedEvent, ...]
) -> bool:
    """Say whether somebody was seen to delete the thread of a stream before the stream ended."""
    return is_deleted_beside(evidence, exchange, _thread_of(exchange, events))


def _has_rested(evidence: Evidence, events: tuple[StreamedEvent, ...]) -> bool:
    """Say whether a stream showed its run at rest."""
    shown = (str(event.data.get("status")) for event in events if event.is_about("run"))
    return any(map(evidence.contract.lifecycle.rests, shown))


def _thread_of(exchange: Exchange, events: tuple[StreamedEvent, ...]) -> str:
    """Return the id of the thread of a stream: as its path names it, or its run."""
    shown = (event.data.get("thread_id") for event in events if event.is_about("run"))
    return str(exchange.ids.get("thread_id") or next(shown, None))


@decides("RUN-STREAM-012")
def done_once(evidence: Evidence) -> Iterator[Outcome]:
    """Judge how often a stream says that it is done; whether it does is RUN-STREAM-003."""
    for exchange, events in streams(evidence):
        ends = [e.frame for e in events if e.name == DONE or e.frame.data == DONE_DATA]
        if ends:
            yield decided(
                evidence,
                "RUN-STREAM-012",
                exchange,
                holds=len(ends) == 1,
                actual=f"{len(ends)} times done",
                code="done-again",
                pointer=f"line {ends[0].line}",
            )


@decides("RUN-STREAM-020")
def ends_with_its_run(evidence: Evidence) -> Iterator[Outcome]:
    """Judge streams whose run is at rest when it is read right afterwards.

    A stream that was left because nothing more came has not ended. That its run came to rest in
    just that moment cannot be ruled out, so this is advice.
    """
    for exchange in evidence.exchanges:
        events = evidence.events(exchange) if exchange.is_success else ()
        runs = [event.data.get("id") for event in events if event.is_about("run")]
        history = evidence.histories.get(str(runs[-1])) if runs else None
        after = history.after(exchange) if history else None
        if after is None or not evidence.contract.lifecycle.rests(str(after.status)):
            continue
        is_over = exchange.response.is_whole or any(e.frame.data == DONE_DATA for e in events)
        if is_over or _is_left_in_silence(evidence, exchange, after.exchange):
            yield decided(
                evidence,
                "RUN-STREAM-020",
                exchange,
                holds=is_over,
                actual=f"still open after {exchange.response.seconds:.1f} seconds",
                code="left-open",
                status=after.status,
                pointer=f"line {events[-1].frame.line}",
            )


def _is_left_in_silence(evidence: Evidence, stream: Exchange, read: Exchange) -> bool:
    """Say whether a stream was left because nothing more came, and its run was read soon after.

    One that is left for its length lasts longer than anybody waits; of one whose client hung up, or
    whose connection broke, nobody knows what more would have come.
    """
    response = stream.response
    longest = CHECK_PATIENCE if evidence.patience == ANY_TIME else evidence.patience
    is_short = response.seconds <= longest and len(response.body) < BODY_LIMIT
    is_in_silence = is_short and not (response.is_left or response.broken_off)
    return is_in_silence and read.seen_at - stream.seen_at <= SOON
