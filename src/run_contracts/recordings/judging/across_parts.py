"""Runs whose snapshots stand in several parts of a file: each is judged after the one before."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace

from run_contracts.recordings.file_parts import BareLines, FilePart, bare
from run_contracts.recordings.judging.asked_for import AskedFor
from run_contracts.recordings.judging.bare_answers import value_of
from run_contracts.recordings.judging.bare_histories import (
    history_findings,
    key_of,
    plainly_follows,
)
from run_contracts.recordings.judging.part_verdict import Counting, PartVerdict
from run_contracts.recordings.spoken import spoken_by

MOST_REMEMBERED = 10_000
"""Runs whose last snapshot is remembered, those that were seen last."""
Line = tuple[int, bytes]
"""The number of a line, and the line."""


class AcrossParts:
    """The last snapshot of each run in the parts of a file so far."""

    def __init__(self, asked: AskedFor) -> None:
        """Judge by what was asked for."""
        self._asked = asked
        self._last: OrderedDict[str, Line] = OrderedDict()

    def joined(self, part: FilePart, verdict: PartVerdict, room: int) -> PartVerdict:
        """Return the verdict on a part together with what came before it."""
        if not isinstance(part, BareLines) or not verdict.snapshots:
            return verdict
        lines = part.data.split(b"\n")
        counting = Counting(room - len(verdict.said))
        counting.answers += verdict.answers
        for run_id, (first, last) in verdict.snapshots.items():
            before = self._last.get(run_id)
            if before is not None:
                self._judge((before, _line(part, lines, first)), part.name, counting)
            self._remember(run_id, _line(part, lines, last))
        return replace(
            verdict,
            answers=+counting.answers,
            said=(*verdict.said, *counting.said),
            unsaid=verdict.unsaid + counting.unsaid,
            snapshots={},
        )

    def _judge(self, pair: tuple[Line, Line], name: str, counting: Counting) -> None:
        earlier, later = (value_of(body) for _, body in pair)
        if earlier and later and plainly_follows(key_of(earlier), key_of(later)):
            return
        spoken = self._asked.fixed or self._asked.settled(spoken_by(earlier))
        snapshots = [
            bare(body, f"line {number}").exchange(number, spoken.edition, name)
            for number, body in pair
        ]
        counting.add_history(history_findings([snapshots], self._asked.contract(spoken)))

    def _remember(self, run_id: str, line: Line) -> None:
        self._last[run_id] = line
        self._last.move_to_end(run_id)
        if len(self._last) > MOST_REMEMBERED:
            self._last.popitem(last=False)


def _line(part: BareLines, lines: list[bytes], number: int) -> Line:
    return number, lines[number - part.first]
