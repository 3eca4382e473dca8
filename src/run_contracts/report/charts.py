"""The life of a run as the parts of a small drawing: a line that steps from status to status."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from run_contracts.report.timeline import Timeline, TimelinePoint

CHART_WIDTH, LEFT, RIGHT = 320, 104, 14
"""Units of the drawing: its width, what names of statuses take, and the margin at the end."""
TOP, LEVEL_HEIGHT = 14, 19
MOST_LEVELS = 9
MOST_DOTS = 60
"""Observations up to which each has a dot; beyond, only those at which something changes."""
LONGEST_LABEL = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """One observation: where it is drawn, what it says, and the exchange it leads to."""

    x: float
    y: float
    says: str
    exchange: int
    is_broken: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusLevel:
    """One status: where its line is, and its name."""

    y: float
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """The drawing of one life."""

    timeline: Timeline
    levels: tuple[StatusLevel, ...]
    path: str
    dots: tuple[Dot, ...]
    height: float

    @property
    def says(self) -> str:
        """The drawing in words, for who cannot see it."""
        transitions = self.timeline.transitions
        return transitions if len(transitions) <= 300 else f"{transitions[:300]}…"  # noqa: PLR2004 - to be heard


def chart(timeline: Timeline) -> Chart:
    """Return the drawing of a life: observations from left to right, statuses from birth to end."""
    names = timeline.statuses[:MOST_LEVELS]
    ys = {name: TOP + at * LEVEL_HEIGHT for at, name in enumerate(names)}
    points = [point for point in timeline.points if point.status in ys]
    gap = (CHART_WIDTH - LEFT - RIGHT) / max(1, len(points) - 1)
    corners = [(round(LEFT + at * gap, 1), ys[point.status]) for at, point in enumerate(points)]
    return Chart(
        timeline=timeline,
        levels=tuple(StatusLevel(y=y, name=_short(name)) for name, y in ys.items()),
        path=_path(corners),
        dots=tuple(_dot(points[at], corners[at]) for at in _kept(points)),
        height=TOP + (len(names) - 1) * LEVEL_HEIGHT + TOP,
    )


def _path(corners: Sequence[tuple[float, float]]) -> str:
    """Return a line that stays at a status until another one is seen."""
    if not corners:
        return ""
    steps = [f"H{x}V{y}" for x, y in corners[1:]]
    return f"M{corners[0][0]} {corners[0][1]}{''.join(steps)}"


def _kept(points: list[TimelinePoint]) -> list[int]:
    """Return which observations have a dot: where they are many, the ends of each stretch."""
    if len(points) <= MOST_DOTS:
        return list(range(len(points)))
    kept: list[int] = []
    for _, group in groupby(
        range(len(points)), key=lambda at: (points[at].status, points[at].broken)
    ):
        stretch = list(group)
        kept += dict.fromkeys((stretch[0], stretch[-1]))
    return kept[:MOST_DOTS]


def _dot(point: TimelinePoint, corner: tuple[float, float]) -> Dot:
    says = f"exchange {point.exchange}: {point.status}"
    if point.broken:
        says += f", breaks {', '.join(point.broken)}"
    return Dot(
        x=corner[0], y=corner[1], says=says, exchange=point.exchange, is_broken=bool(point.broken)
    )


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_LABEL else f"{name[: LONGEST_LABEL - 1]}…"
