"""What comes before the end of a run, a step or a message in the stream of a new run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from run_contracts.checks.created_runs import RUN_CREATES
from run_contracts.checks.registry import Outcome, decided, decides
from run_contracts.checks.streams import streams
from run_contracts.contract.lifecycle import (
    COMPLETED,
    IN_PROGRESS,
    INCOMPLETE,
    QUEUED,
    REQUIRES_ACTION,
)
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange
from run_contracts.traffic.streamed_events import StreamedEvent

ANNOUNCED = "created"
EARLIER: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "run": (QUEUED, IN_PROGRESS),
        "run_step": (ANNOUNCED, IN_PROGRESS),
        "message": (ANNOUNCED, IN_PROGRESS),
    }
)
"""How the names of the events end that come before those of `WORKED_OUT`, by what they are about.

That a run is created is RUN-STREAM-004.
"""
WORKED_OUT = frozenset({COMPLETED, INCOMPLETE, REQUIRES_ACTION})
"""What nothing comes to but by work."""


@decides("RUN-STREAM-022")
def shows_what_came_before(evidence: Evidence) -> Iterator[Outcome]:
    """Judge the ends that the stream of a new run shows, if its frames have names.

    What has pieces but was not announced at all is RUN-STREAM-010; an event that is named wrongly
    counts for the status in its data, for its name is RUN-STREAM-005.
    """
    for exchange, events in streams(evidence):
        is_create = exchange.operation_id in RUN_CREATES
        if is_create and all(event.name and _is_readable(event) for event in events):
            yield from _ends(evidence, exchange, events)


def _is_readable(event: StreamedEvent) -> bool:
    """Say whether an event is of its kind; whether it must be is RUN-STREAM-006."""
    kind = event.known.kind if event.known else ""
    return kind not in EARLIER or event.is_about(kind)


def _ends(
    evidence: Evidence, exchange: Exchange, events: tuple[StreamedEvent, ...]
) -> Iterator[Outcome]:
    seen: dict[tuple[str, str], list[str]] = {}
    for event in events:
        kind = next((kind for kind in EARLIER if event.is_about(kind)), None)
        if kind is None:
            continue
        last = str(event.name).rpartition(".")[2]
        earlier = seen.setdefault((kind, str(event.data.get("id"))), [])
        missing = [word for word in EARLIER[kind] if word not in earlier]
        if last in WORKED_OUT and (kind == "run" or earlier):
            yield decided(
                evidence,
                "RUN-STREAM-022",
                exchange,
                holds=not missing,
                actual=f"{event.name} without {', '.join(missing)}",
                code="out-of-turn",
                names=", then ".join(EARLIER[kind]),
                pointer=f"line {event.frame.line}",
            )
        earlier.append(last)
        if last != ANNOUNCED:
            earlier.append(str(event.data.get("status")))
