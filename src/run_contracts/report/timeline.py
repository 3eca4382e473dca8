"""The lives of the runs in a check: which status each answer showed, in the order of exchanges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from run_contracts.contract.lifecycle import lifecycle
from run_contracts.events import Decided
from run_contracts.traffic.exchange import Exchange
from run_contracts.traffic.payload import Placed

BIRTHS = frozenset({"createRun", "createThreadAndRun"})
"""Operations whose streams show a run from its birth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelinePoint:
    """The status of a run as one exchange shows it.

    `place` is a JSON pointer to the run, or the line of a stream; `broken` are the ids of the
    requirements that are broken there.
    """

    exchange: int
    status: str
    place: str
    broken: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """Everything that was seen of one run, in order."""

    run_id: str
    source: str
    points: tuple[TimelinePoint, ...]

    @property
    def is_broken(self) -> bool:
        """Whether an observation of the run breaks a MUST."""
        return any(point.broken for point in self.points)

    @property
    def statuses(self) -> tuple[str, ...]:
        """The statuses in the order of life; those the contract does not know come last."""
        seen = dict.fromkeys(point.status for point in self.points)
        return tuple(sorted(seen, key=_rank))

    @property
    def transitions(self) -> str:
        """The statuses as they followed one another, in words."""
        transitions: list[str] = []
        for point in self.points:
            if transitions[-1:] != [point.status]:
                transitions.append(point.status)
        return ", then ".join(transitions)


def timelines(exchanges: Iterable[Exchange], verdicts: Iterable[Decided]) -> tuple[Timeline, ...]:
    """Return the life of every run that the answers show, in the order they were first seen."""
    broken = _broken(verdicts)
    points: dict[str, list[TimelinePoint]] = {}
    sources: dict[str, str] = {}
    for exchange in exchanges:
        runs = [run for run in exchange.shown("run") if _names_itself(run.value)]
        if exchange.operation_id in BIRTHS and exchange.is_stream:
            for run in runs[:1]:
                # What was seen before its birth was seen while the stream was read: no order.
                points.pop(run.value["id"], None)
        for run in runs:
            run_id = run.value["id"]
            points.setdefault(run_id, []).append(_point(exchange.number, run, broken))
            sources.setdefault(run_id, exchange.source)
    return tuple(
        Timeline(run_id=run_id, source=sources[run_id], points=tuple(of_run))
        for run_id, of_run in points.items()
    )


def _point(number: int, run: Placed, broken: Mapping[int, list[tuple[str, str]]]) -> TimelinePoint:
    place = run.place
    here = [rule for pointer, rule in broken.get(number, ()) if _is_below(pointer, place)]
    return TimelinePoint(
        exchange=number, status=run.value["status"], place=place, broken=tuple(dict.fromkeys(here))
    )


def _broken(verdicts: Iterable[Decided]) -> dict[int, list[tuple[str, str]]]:
    """Return, for each exchange, where it breaks a MUST, and which."""
    by_exchange: dict[int, list[tuple[str, str]]] = {}
    for verdict in verdicts:
        for broken in verdict.broken if verdict.is_red else ():
            rules = by_exchange.setdefault(broken.exchange, [])
            rules.append((broken.pointer, verdict.requirement))
    return by_exchange


def _is_below(pointer: str, place: str) -> bool:
    """Say whether a pointer leads to a place or into it."""
    return not place or pointer == place or pointer.startswith((f"{place}/", f"{place}:"))


def _names_itself(run: dict[str, Any]) -> bool:
    return isinstance(run.get("id"), str) and isinstance(run.get("status"), str)


def _rank(status: str) -> tuple[bool, bool, bool, int, str]:
    """Order statuses from birth to end; v2 knows those of both editions."""
    timeline = lifecycle("v2")
    after = len(timeline.reachable.get(status, ()))
    is_known, is_first = status in timeline.statuses, status == timeline.initial
    return not is_known, timeline.is_terminal(status), not is_first, -after, status
