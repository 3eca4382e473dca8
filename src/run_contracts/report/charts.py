"""The life of a run as the parts of a small drawing: a line that steps from status to status."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from run_contracts.report.timeline import Life, Look

WIDTH, LEFT, RIGHT = 320, 104, 14
"""Units of the drawing: its width, what names of statuses take, and the margin at the end."""
TOP, STEP = 14, 19
MOST_LEVELS = 9
MOST_DOTS = 60
"""Looks up to which each has a dot of its own; beyond, only those at which something changes."""
LONGEST_NAME = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """One look: where it is drawn, what it says, and the exchange it leads to."""

    x: float
    y: float
    says: str
    exchange: int
    is_broken: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One status: where its line is, and its name."""

    y: float
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """The drawing of one life."""

    life: Life
    levels: tuple[Level, ...]
    path: str
    dots: tuple[Dot, ...]
    height: float

    @property
    def says(self) -> str:
        """The drawing in words, for who cannot see it."""
        course = self.life.course
        return course if len(course) <= 300 else f"{course[:300]}…"  # noqa: PLR2004 - to be heard


def chart(life: Life) -> Chart:
    """Return the drawing of a life: looks from left to right, statuses from birth to end."""
    names = life.statuses[:MOST_LEVELS]
    ys = {name: TOP + at * STEP for at, name in enumerate(names)}
    looks = [look for look in life.looks if look.status in ys]
    gap = (WIDTH - LEFT - RIGHT) / max(1, len(looks) - 1)
    points = [(round(LEFT + at * gap, 1), ys[look.status]) for at, look in enumerate(looks)]
    return Chart(
        life=life,
        levels=tuple(Level(y=y, name=_short(name)) for name, y in ys.items()),
        path=_path(points),
        dots=tuple(_dot(looks[at], points[at]) for at in _kept(looks)),
        height=TOP + (len(names) - 1) * STEP + TOP,
    )


def _path(points: Sequence[tuple[float, float]]) -> str:
    """Return a line that stays at a status until another one is seen."""
    if not points:
        return ""
    steps = [f"H{x}V{y}" for x, y in points[1:]]
    return f"M{points[0][0]} {points[0][1]}{''.join(steps)}"


def _kept(looks: list[Look]) -> list[int]:
    """Return which looks have a dot: the first and last of each stretch where there are many."""
    if len(looks) <= MOST_DOTS:
        return list(range(len(looks)))
    kept: list[int] = []
    for _, group in groupby(range(len(looks)), key=lambda at: (looks[at].status, looks[at].broken)):
        stretch = list(group)
        kept += dict.fromkeys((stretch[0], stretch[-1]))
    return kept[:MOST_DOTS]


def _dot(look: Look, point: tuple[float, float]) -> Dot:
    says = f"exchange {look.exchange}: {look.status}"
    if look.broken:
        says += f", breaks {', '.join(look.broken)}"
    return Dot(
        x=point[0], y=point[1], says=says, exchange=look.exchange, is_broken=bool(look.broken)
    )


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
