"""What the answers of recorded files amount to, and the few findings that are printed of many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from run_contracts.events import ExitCode
from run_contracts.filesystem.single_line import name_of
from run_contracts.recordings.judging.findings import Said
from run_contracts.recordings.judging.part_verdict import PartVerdict
from run_contracts.recordings.judging.standings import Standing, counted, exit_code
from run_contracts.recordings.spoken import Spoken

MOST_SAID = 1000
"""Findings that are printed of all files together; the others are counted."""
LEAST_SAID = 20
"""Findings that are printed of each file, whatever was printed of others."""
MOST_ALIKE_SAID = 3
"""Findings of one file that are printed of those that say the same of several answers."""
LARGE = 4 * 1024**2
"""Bytes of a file whose answers are counted for people."""
ALL = "all"
"""Stands for a requirement where a line is about several."""


class Tally:
    """What is known of one file so far."""

    def __init__(self, file: str, printed: int) -> None:
        """Begin with a file, after so many findings of others were printed."""
        self.name, self.size = name_of(file), 0
        self.said = 0
        self.answers: Counter[Standing] = Counter()
        self.spoken: Counter[Spoken] = Counter()
        self._most = max(LEAST_SAID, MOST_SAID - printed)
        self._unsaid: Counter[str] = Counter()
        self._alike: Counter[tuple[str, str]] = Counter()

    def add(self, verdict: PartVerdict) -> tuple[Said, ...]:
        """Count the answers of a part, and return what is printed of it.

        Of findings that say the same the first few are.
        """
        self.size += verdict.size
        self.answers += verdict.answers
        self.spoken += verdict.spoken
        self._unsaid += verdict.unsaid
        kept = []
        for finding in verdict.said:
            key = finding.requirement, finding.alike
            self._alike[key] += 1
            if self._alike[key] <= MOST_ALIKE_SAID and self.said < self._most:
                kept.append(finding)
                self.said += 1
            elif self._alike[key] <= MOST_ALIKE_SAID:
                self._alike[key] -= 1
                self._unsaid[finding.requirement] += 1
        return tuple(kept)

    def ending(self) -> Iterator[Said]:
        """Yield what is said of a file at its end: of what was not printed, and of a large one."""
        for (requirement, alike), times in self._alike.items():
            if times > MOST_ALIKE_SAID:
                more = f"{self.name}: {times - MOST_ALIKE_SAID:,} more alike: {alike}"
                yield Said(more, requirement, alike)
        reasons = self._unsaid.pop("", 0)
        if self._unsaid:
            by_times = sorted(self._unsaid.items(), key=lambda one: (-one[1], one[0]))
            rules = ", ".join(f"{id_} {times:,}" for id_, times in by_times)
            total = self._unsaid.total()
            yield Said(f"{self.name}: {total:,} more findings, not printed: {rules}", ALL, "")
        if reasons:
            yield Said(f"{self.name}: {reasons:,} more not judged, not printed", "", "")
        if self.size >= LARGE or self._unsaid:
            yield Said(f"{self.name}: {_answers(self.answers)}", ALL, "")


class Total:
    """What all files amount to."""

    def __init__(self) -> None:
        """Begin with no file."""
        self.said = self._files = 0
        self._answers: Counter[Standing] = Counter()
        self._spoken: Counter[Spoken] = Counter()
        self._is_empty = False

    def add(self, tally: Tally, *, is_named: bool) -> None:
        """Count a file; one that was named and holds nothing keeps all from being verified."""
        self._files += 1
        self._is_empty |= is_named and not tally.answers
        self.said += tally.said
        self._answers += tally.answers
        self._spoken += tally.spoken

    @property
    def code(self) -> ExitCode:
        """The exit code of all answers."""
        code = exit_code(self._answers)
        is_right = code is ExitCode.HOLDS and self._is_empty
        return ExitCode.NOTHING_VERIFIED if is_right else code

    def lines(self) -> Iterator[str]:
        """Yield what was spoken, as far as it was found out, and the count of all answers."""
        by_contract: dict[tuple[str, str | None], list[Spoken]] = {}
        for spoken in self._spoken:
            by_contract.setdefault(spoken[:2], []).append(spoken)
        for alike in by_contract.values():
            number = sum(self._spoken[one] for one in alike)
            of = f" ({number:,} answers)" if len(by_contract) > 1 else ""
            yield f"read as {max(alike, key=self._spoken.__getitem__)}{of}"
        files = f"{self._files:,} file{'' if self._files == 1 else 's'}"
        yield f"{files}, {_answers(self._answers)}"


def _answers(answers: Counter[Standing]) -> str:
    """Return how many answers there are, and what they amount to."""
    total = answers.total()
    return f"{total:,} answer{'' if total == 1 else 's'}: {counted(answers) or 'nothing'}"
