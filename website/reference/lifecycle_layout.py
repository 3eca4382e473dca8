"""Where the life cycle is drawn: statuses in columns, and edges that go around them in lanes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from run_contracts.contract.lifecycle import Edge, Lifecycle

WIDTH, HEIGHT = 132, 34
"""Of the box of a status."""
APART, BELOW = 226, 78
"""From a column to the next, and from a box to the next in a column."""
MARGIN, LANE = 26, 14
"""Around the picture; between two edges that run around it, and from a box."""
STATED = "STATED"
START = 10
"""Radius of the dot that a run is born of."""
Point = tuple[float, float]
SAMPLES = 24
"""Points of a curve that are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """Where a status is drawn: its middle."""

    x: float
    y: float
    column: int

    def holds(self, point: Point) -> bool:
        """Say whether a point lies in it, or nearly."""
        near = LANE / 2
        return (
            abs(point[0] - self.x) < WIDTH / 2 + near and abs(point[1] - self.y) < HEIGHT / 2 + near
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where all is drawn: the boxes of statuses, and the edges that run around, by their lane.

    Lanes below the boxes are counted from 1 on, those above from -1 downwards.
    """

    boxes: Mapping[str, Box]
    lanes: Mapping[Edge, int]

    def y_of(self, lane: int) -> float:
        """Return how high a lane runs."""
        ys = [box.y for box in self.boxes.values()]
        edge = max(ys) + HEIGHT / 2 if lane > 0 else min(ys) - HEIGHT / 2
        return edge + LANE * lane

    def place_of(self, edge: Edge, *, at_end: bool) -> int:
        """Return the place of an edge, from 1, among those around on its side that end there too.

        Or those that begin where it does.
        """
        lane = self.lanes[edge]
        alike = [
            abs(other)
            for one, other in self.lanes.items()
            if (other > 0) == (lane > 0) and self._meets(one, edge, at_end=at_end)
        ]
        return 1 + sum(other < abs(lane) for other in alike)

    def turn_of(self, edge: Edge) -> float:
        """Return how far to the right an edge runs in its lane."""
        end = self.boxes[edge.target].x - WIDTH / 2
        return end - LANE * (self.place_of(edge, at_end=True) + 1)

    def _meets(self, one: Edge, other: Edge, *, at_end: bool) -> bool:
        if not at_end:
            return one.source == other.source
        return self.boxes[one.target].column == self.boxes[other.target].column

    @property
    def lines(self) -> tuple[float, float]:
        """The highest and the lowest that anything is drawn at."""
        every = self.lanes.values()
        return self.y_of(min([-1, *every])), self.y_of(max([1, *every]))


def laid_out(life: Lifecycle) -> Layout:
    """Return where all is drawn."""
    boxes = _boxes(life)
    around = [edge for edge in life.edges if _runs_through(edge, boxes)]
    middle = boxes[""].y
    below = [edge for edge in around if boxes[edge.target].y >= middle]
    above = [edge for edge in around if boxes[edge.target].y < middle]
    below.sort(key=lambda edge: (-boxes[edge.target].y, -boxes[edge.source].x))
    above.sort(key=lambda edge: (boxes[edge.target].y, -boxes[edge.source].x))
    lanes = {edge: lane for lane, edge in enumerate(below, start=1)}
    return Layout(boxes=boxes, lanes=lanes | {edge: -n for n, edge in enumerate(above, start=1)})


def _columns(life: Lifecycle) -> Mapping[str, int]:
    """Return the column of each status: by stated edges from the start, the ends in the last."""
    found = {"": 0}
    waiting = [""]
    while waiting:
        status = waiting.pop(0)
        for edge in life.edges:
            is_next = edge.source == status and edge.target not in found
            if is_next and edge.mark == STATED and not life.is_terminal(edge.target):
                found[edge.target] = found[status] + 1
                waiting.append(edge.target)
    last = max(found.values()) + 1
    return {**found, **{edge.target: last for edge in life.edges if life.is_terminal(edge.target)}}


def _boxes(life: Lifecycle) -> Mapping[str, Box]:
    """Return where statuses are drawn; a column is centred on the others."""
    places = _columns(life)
    tallest = max(list(places.values()).count(column) for column in places.values())
    boxes = {}
    for status, column in places.items():
        alike = [one for one, other in places.items() if other == column]
        apart = BELOW if len(alike) == tallest else BELOW * 2
        boxes[status] = Box(
            x=MARGIN + START + max(0, column - 1) * APART + (WIDTH / 2 + 50 if column else 0),
            y=(alike.index(status) - (len(alike) - 1) / 2) * apart,
            column=column,
        )
    return boxes


def _runs_through(edge: Edge, boxes: Mapping[str, Box]) -> bool:
    """Say whether the curve of an edge would run through a status that it does not join."""
    begin, end = boxes[edge.source], boxes[edge.target]
    if begin.column >= end.column:
        return False
    others = [box for status, box in boxes.items() if status not in (edge.source, edge.target)]
    curve = curve_of(edge, boxes)
    points = [_point(curve, at / SAMPLES) for at in range(SAMPLES + 1)]
    return any(box.holds(point) for box in others for point in points)


def curve_of(edge: Edge, boxes: Mapping[str, Box]) -> tuple[Point, Point, Point, Point]:
    """Return the points of the Bezier curve from a status to one of a later column."""
    begin, end = boxes[edge.source], boxes[edge.target]
    start = begin.x + (WIDTH / 2 if edge.source else START)
    stop = end.x - WIDTH / 2
    bend = (stop - start) / 2
    return (start, begin.y), (start + bend, begin.y), (stop - bend, end.y), (stop, end.y)


def _point(curve: tuple[Point, Point, Point, Point], at: float) -> Point:
    """Return the point of a Bezier curve after a part of it, from 0 to 1."""
    rest = 1 - at
    weights = (rest**3, 3 * rest**2 * at, 3 * rest * at**2, at**3)
    x, y = (sum(w * p[k] for w, p in zip(weights, curve, strict=True)) for k in (0, 1))
    return x, y
