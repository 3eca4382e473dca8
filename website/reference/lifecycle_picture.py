"""The life cycle as a picture: statuses in columns, as far as they are from the start, and edges.

An edge is a curve; one that would run through another status goes around all of them, above or
below. It is drawn in the colour of the text around it, so that it is seen on a dark page, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from run_contracts.contract.lifecycle import Edge, Lifecycle
from website.reference.lifecycle_layout import (
    HEIGHT,
    LANE,
    MARGIN,
    START,
    STATED,
    WIDTH,
    Box,
    Layout,
    Point,
    curve_of,
    laid_out,
)

CORNER = 8
"""Radius of the corners of an edge that goes around."""


def picture(life: Lifecycle, edition: str) -> str:
    """Return the life cycle of an edition as SVG, without an empty line, ready to be in a page."""
    title, tip = f"The life cycle of a run in edition {edition}", f"arrow-{edition}"
    layout = laid_out(life)
    top, bottom = layout.lines
    width = max(box.x for box in layout.boxes.values()) + WIDTH / 2 + MARGIN
    height = bottom - top + 2 * MARGIN
    start = layout.boxes[""]
    drawn = [
        *(_edge(edge, layout, tip) for edge in life.edges if edge.mark != STATED),
        *(_edge(edge, layout, tip) for edge in life.edges if edge.mark == STATED),
        *(_box(status, box, life) for status, box in layout.boxes.items() if status),
        f'<circle cx="{_n(start.x)}" cy="{_n(start.y)}" r="{START}" fill="currentColor"/>',
    ]
    head = (
        f'<svg viewBox="0 {_n(top - MARGIN)} {_n(width)} {_n(height)}" width="{_n(width)}" '
        f'role="img" aria-label="{escape(title)}" xmlns="http://www.w3.org/2000/svg" '
        'style="max-width:100%;height:auto" font-family="sans-serif" font-size="14" '
        'stroke="currentColor" fill="none">'
    )
    arrow = (
        f'<defs><marker id="{tip}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" '
        'markerHeight="7" orient="auto-start-reverse"><path d="M0 0 10 5 0 10z" '
        'fill="currentColor" stroke="none"/></marker></defs>'
    )
    return "\n".join(['<figure style="width:100%">', head, arrow, *drawn, "</svg>", "</figure>"])


def _n(number: float) -> str:
    return f"{number:.4g}"


def _edge(edge: Edge, layout: Layout, tip: str) -> str:
    dashes = "" if edge.mark == STATED else ' stroke-dasharray="5 4" stroke-opacity="0.65"'
    path = " ".join(_path(edge, layout))
    words = f"{edge.source or 'nothing'} to {edge.target}: {edge.trigger} ({edge.mark})"
    return (
        f'<path d="{path}"{dashes} marker-end="url(#{tip})"><title>{escape(words)}</title></path>'
    )


def _path(edge: Edge, layout: Layout) -> Iterator[str]:
    begin, end = layout.boxes[edge.source], layout.boxes[edge.target]
    if edge in layout.lanes:
        yield from _around(edge, layout)
    elif begin.column == end.column:
        yield from _within(begin, end)
    elif begin.column > end.column:
        yield from _back(begin, end)
    else:
        first, *others = curve_of(edge, layout.boxes)
        yield f"M{_at(first)} C{' '.join(map(_at, others))}"


def _at(point: Point) -> str:
    return f"{_n(point[0])} {_n(point[1])}"


def _around(edge: Edge, layout: Layout) -> Iterator[str]:
    """Yield the path that leaves a status downwards or upwards, and runs in its lane to another."""
    begin, end = layout.boxes[edge.source], layout.boxes[edge.target]
    side, y = (1 if layout.lanes[edge] > 0 else -1), layout.y_of(layout.lanes[edge])
    x = begin.x - WIDTH / 2 + LANE * layout.place_of(edge, at_end=False)
    turn = layout.turn_of(edge)
    entry = end.y + side * CORNER
    yield f"M{_n(x)} {_n(begin.y + side * HEIGHT / 2)} V{_n(y - side * CORNER)}"
    yield f"q0 {side * CORNER} {CORNER} {side * CORNER} H{_n(turn - CORNER)}"
    yield f"q{CORNER} 0 {CORNER} {-side * CORNER} V{_n(entry + side * CORNER)}"
    yield f"q0 {-side * CORNER} {CORNER} {-side * CORNER} H{_n(end.x - WIDTH / 2)}"


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
