"""The life cycle as a picture: statuses in columns, as far as they are from the start, and edges.

An edge between neighbouring columns is a curve; one that goes further runs below all of them. It is
drawn in the colour of the text around it, so that it is seen on a dark page, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape

from run_contracts.contract.lifecycle import Edge, Lifecycle

WIDTH, HEIGHT = 132, 34
"""Of the box of a status."""
APART, BELOW = 226, 78
"""From a column to the next, and from a box to the next in a column."""
MARGIN, LANE = 26, 14
"""Around the picture, and between two edges that run below it."""
STATED = "STATED"
START = 10
"""Radius of the dot that a run is born of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """Where a status is drawn: its middle."""

    x: float
    y: float
    column: int


def picture(life: Lifecycle, title: str) -> str:
    """Return the life cycle as SVG, without an empty line, ready to stand in a page."""
    boxes = _boxes(life)
    lanes = _lanes(life, boxes)
    width = max(box.x for box in boxes.values()) + WIDTH / 2 + MARGIN
    bottom = max(box.y for box in boxes.values()) + HEIGHT / 2
    height = bottom + MARGIN + LANE * (len(lanes) + 1)
    drawn = [
        *(_edge(edge, boxes, lanes, bottom) for edge in life.edges),
        *(_box(status, box, life) for status, box in boxes.items() if status),
        f'<circle cx="{_n(boxes[""].x)}" cy="{_n(boxes[""].y)}" r="{START}" fill="currentColor"/>',
    ]
    head = (
        f'<svg viewBox="0 0 {_n(width)} {_n(height)}" role="img" aria-label="{escape(title)}" '
        'xmlns="http://www.w3.org/2000/svg" style="max-width:100%;height:auto" '
        'font-family="sans-serif" font-size="14" stroke="currentColor" fill="none">'
    )
    arrow = (
        '<defs><marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" '
        'markerHeight="7" orient="auto-start-reverse"><path d="M0 0 10 5 0 10z" '
        'fill="currentColor" stroke="none"/></marker></defs>'
    )
    return "\n".join(["<figure>", head, arrow, *drawn, "</svg>", "</figure>"])


def _n(number: float) -> str:
    return f"{number:.4g}"


def columns(life: Lifecycle) -> Mapping[str, int]:
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
    places = columns(life)
    tallest = max(list(places.values()).count(column) for column in places.values())
    middle = MARGIN + HEIGHT / 2 + (tallest - 1) * BELOW / 2
    boxes = {}
    for status, column in places.items():
        alike = [one for one, other in places.items() if other == column]
        apart = BELOW if len(alike) == tallest else BELOW * 2
        boxes[status] = Box(
            x=MARGIN + START + max(0, column - 1) * APART + (WIDTH / 2 + 50 if column else 0),
            y=middle + (alike.index(status) - (len(alike) - 1) / 2) * apart,
            column=column,
        )
    return boxes


def _lanes(life: Lifecycle, boxes: Mapping[str, Box]) -> Mapping[Edge, int]:
    """Return the edges that run below the picture, each with the number of its lane."""
    far = [edge for edge in life.edges if boxes[edge.target].column - boxes[edge.source].column > 1]
    far = [edge for edge in far if not _is_free(edge, boxes)]
    far.sort(key=lambda edge: (-boxes[edge.target].y, boxes[edge.source].x))
    return {edge: lane for lane, edge in enumerate(far)}


def _is_free(edge: Edge, boxes: Mapping[str, Box]) -> bool:
    """Say whether nothing stands on the straight line between two statuses."""
    begin, end = boxes[edge.source], boxes[edge.target]
    between = [box for box in boxes.values() if begin.column < box.column < end.column]
    for box in between:
        part = (box.x - begin.x) / (end.x - begin.x)
        if abs(begin.y + part * (end.y - begin.y) - box.y) < HEIGHT:
            return False
    return True


def _edge(edge: Edge, boxes: Mapping[str, Box], lanes: Mapping[Edge, int], bottom: float) -> str:
    dashes = "" if edge.mark == STATED else ' stroke-dasharray="5 4" stroke-opacity="0.65"'
    path = " ".join(_path(edge, boxes, lanes, bottom))
    words = f"{edge.source or 'nothing'} to {edge.target}: {edge.trigger} ({edge.mark})"
    return f'<path d="{path}"{dashes} marker-end="url(#arrow)"><title>{escape(words)}</title></path>'


def _path(
    edge: Edge, boxes: Mapping[str, Box], lanes: Mapping[Edge, int], bottom: float
) -> Iterator[str]:
    begin, end = boxes[edge.source], boxes[edge.target]
    half = WIDTH / 2
    if edge in lanes:
        lane = lanes[edge]
        x, y = begin.x - half + LANE * (lane + 1), bottom + LANE * (lane + 1)
        turn = end.x - half - LANE * (lane + 2)
        yield f"M{_n(x)} {_n(begin.y + HEIGHT / 2)} V{_n(y - 8)} q0 8 8 8 H{_n(turn - 8)}"
        yield f"q8 0 8 -8 V{_n(end.y + 16)} q0 -8 8 -8 H{_n(end.x - half)}"
    elif begin.column == end.column:
        yield from _within(begin, end)
    elif begin.column > end.column:
        yield from _back(begin, end)
    else:
        start = begin.x + (half if edge.source else START)
        bend = (end.x - half - start) / 2
        yield f"M{_n(start)} {_n(begin.y)}"
        yield f"C{_n(start + bend)} {_n(begin.y)} {_n(end.x - half - bend)} {_n(end.y)}"
        yield f"{_n(end.x - half)} {_n(end.y)}"


def _within(begin: Box, end: Box) -> Iterator[str]:
    """Yield the path to another status of the same column."""
    side = HEIGHT / 2 if end.y > begin.y else -HEIGHT / 2
    yield f"M{_n(begin.x)} {_n(begin.y + side)} L{_n(end.x)} {_n(end.y - side)}"


def _back(begin: Box, end: Box) -> Iterator[str]:
    """Yield the path to a status in a column before, above what goes on."""
    x, y = begin.x - WIDTH / 4, begin.y - HEIGHT / 2
    above = min(begin.y, end.y) - HEIGHT / 2 - 30 * (begin.column - end.column)
    yield f"M{_n(x)} {_n(y)}"
    yield f"C{_n(x)} {_n(above)} {_n(end.x)} {_n(above)} {_n(end.x)} {_n(end.y - HEIGHT / 2)}"


def _box(status: str, box: Box, life: Lifecycle) -> str:
    """Return the box of a status; one at which a run ends has a thick border."""
    thick = 2.5 if life.is_terminal(status) else 1
    dashes = ' stroke-dasharray="2 2"' if status in life.pauses else ""
    return (
        f'<g><rect x="{_n(box.x - WIDTH / 2)}" y="{_n(box.y - HEIGHT / 2)}" width="{WIDTH}" '
        f'height="{HEIGHT}" rx="8" stroke-width="{thick}"{dashes}/>'
        f'<text x="{_n(box.x)}" y="{_n(box.y + 5)}" text-anchor="middle" fill="currentColor" '
        f'stroke="none">{escape(status)}</text></g>'
    )
