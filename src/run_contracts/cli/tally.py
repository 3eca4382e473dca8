"""What the answers of a recorded file amount to, and the few findings that are printed of many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from run_contracts.engine.recorded.part_verdict import PartVerdict, Said
from run_contracts.events import ExitCode
from run_contracts.filesystem.single_line import name_of

MOST_SAID = 1000
"""Findings that are printed of all files together; the others are counted."""
LEAST_SAID = 20
"""Findings that are printed of each file, whatever was printed of others."""
LARGE = 4 * 1024**2
"""Bytes of a file whose answers are counted for people."""
CODE_WORDS = {
    ExitCode.HOLDS: "hold",
    ExitCode.BROKEN: "broken",
    ExitCode.NOTHING_VERIFIED: "not judged",
    ExitCode.OUR_ERROR: "not judged for an error of run-contracts",
    ExitCode.USAGE: "not read",
}
OUTWEIGHING = (
    ExitCode.BROKEN,
    ExitCode.OUR_ERROR,
    ExitCode.USAGE,
    ExitCode.NOTHING_VERIFIED,
)


class Tally:
    """What is known of one file so far."""

    def __init__(self, file: str, printed: int) -> None:
        """Begin with a file, after so many findings of others were printed."""
        self.name, self.size = name_of(file), 0
        self.said = 0
        self.answers: Counter[ExitCode] = Counter()
        self._most = max(LEAST_SAID, MOST_SAID - printed)
        self._unsaid: Counter[str] = Counter()

    @property
    def room(self) -> int:
        """How many findings may still be printed."""
        return self._most - self.said

    @property
    def code(self) -> ExitCode:
        """What the file amounts to; one without answers verifies nothing."""
        return worst(self.answers) if self.answers else ExitCode.NOTHING_VERIFIED

    def add(self, verdict: PartVerdict) -> tuple[Said, ...]:
        """Count the answers of a part, and return what is printed of it."""
        self.size += verdict.size
        self.answers += verdict.answers
        self._unsaid += verdict.unsaid
        kept, others = verdict.said[: self.room], verdict.said[self.room :]
        self._unsaid.update(one.requirement for one in others)
        self.said += len(kept)
        return kept

    def ending(self) -> Iterator[Said]:
        """Yield what is said of a file at its end: of what was not printed, and of a large one."""
        reasons = self._unsaid.pop("", 0)
        if self._unsaid:
            rules = ", ".join(f"{id_} {times:,}" for id_, times in self._unsaid.most_common())
            total = self._unsaid.total()
            yield Said(f"{self.name}: {total:,} more findings, not printed: {rules}", "all")
        if reasons:
            yield Said(f"{self.name}: {reasons:,} more not judged, not printed", "")
        if self.size >= LARGE or self._unsaid:
            total = self.answers.total()
            answers = f"{total:,} answer{'' if total == 1 else 's'}"
            yield Said(f"{self.name}: {answers}: {counted(self.answers)}", "all")


def worst(codes: Counter[ExitCode]) -> ExitCode:
    """Return the code that outweighs the others.

    A broken contract does, then an error of ours, then wrong usage, then nothing verified.
    """
    return next((code for code in OUTWEIGHING if codes[code]), ExitCode.HOLDS)


def counted(codes: Counter[ExitCode]) -> str:
    """Return how many amount to what, in words.

    >>> counted(Counter([ExitCode.HOLDS, ExitCode.BROKEN, ExitCode.HOLDS]))
    '2 hold, 1 broken'
    """
    return ", ".join(f"{codes[code]:,} {word}" for code, word in CODE_WORDS.items() if codes[code])
