"""Checks side by side: what is fixed, what is new, what is the same, what only some decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from run_contracts.errors import UsageError
from run_contracts.events import Decided, ExitCode
from run_contracts.report import plain
from run_contracts.report.summary import OUTCOMES, Summary, outcome

CHANGES = {
    "new": "newly broken",
    "fixed": "fixed",
    "changed": "decided otherwise",
    "some": "only in some",
    "same": "the same",
}
"""What can become of a requirement from the first check to the last one."""
QUIET = frozenset({"some", "same"})
"""Changes of which a terminal only shows what is bad somewhere."""
BAD = frozenset({"broken", "error", "blocked", "advice", "known"})
RED = BAD - {"advice", "known"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One requirement in every check: its outcomes, None where it was not judged."""

    verdict: Decided
    outcomes: tuple[str | None, ...]

    @property
    def change(self) -> str:
        """What became of it, a key of `CHANGES`."""
        first, last = self.outcomes[0], self.outcomes[-1]
        if first is None or last is None:
            return "some"
        if (first in BAD) != (last in BAD):
            return "new" if last in BAD else "fixed"
        if first != last:
            return "new" if last in RED and first not in RED else "changed"
        return "same"

    @property
    def is_red(self) -> bool:
        """Whether it makes a comparison fail: red in the last check, judged and not red before."""
        return self.change == "new" and self.outcomes[-1] in RED

    @property
    def words(self) -> tuple[str, ...]:
        """The outcomes in words."""
        return tuple("not judged" if one is None else OUTCOMES[one] for one in self.outcomes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Several checks, by the names of their files, and every requirement in them."""

    names: tuple[str, ...]
    checks: tuple[Summary, ...]
    rows: tuple[Row, ...]

    @property
    def by_change(self) -> Mapping[str, tuple[Row, ...]]:
        """The rows of each change, the gravest first; none is left out."""
        return {name: tuple(row for row in self.rows if row.change == name) for name in CHANGES}

    @property
    def differences(self) -> tuple[str, ...]:
        """What makes the checks unlike one another, in words."""
        profiles = [check.started.profile for check in self.checks]
        versions = [check.started.version for check in self.checks]
        told = [
            (profiles, "the profiles differ: {}; what only one of them sends is not a difference"),
            (versions, "the versions of run-contracts differ: {}; the rules may, too"),
        ]
        return tuple(
            sentence.format(_each(self.names, values))
            for values, sentence in told
            if len(set(values)) > 1
        )

    @property
    def exit_code(self) -> ExitCode:
        """Broken if something is new, nothing verified if no requirement is in first and last."""
        if any(row.is_red for row in self.rows):
            return ExitCode.BROKEN
        if all(row.change == "some" for row in self.rows):
            return ExitCode.NOTHING_VERIFIED
        return ExitCode.HOLDS

    @property
    def verdict(self) -> str:
        """What the comparison comes to, in words."""
        match self.exit_code:
            case ExitCode.BROKEN:
                return "something is newly broken"
            case ExitCode.HOLDS:
                return "nothing is newly broken"
            case _:
                return "nothing can be compared: no requirement is in the first and the last"


def compared(checks: Sequence[tuple[str, Summary]]) -> Comparison:
    """Return checks side by side, each with the name of its file, the oldest first.

    Raises `UsageError` for fewer than two, and for checks of different editions.
    """
    names, told = [name for name, _ in checks], [check for _, check in checks]
    if len(told) < 2:  # noqa: PLR2004 - a pair
        raise UsageError("a comparison needs two reports or more")
    editions = [check.started.edition for check in told]
    if len(set(editions)) > 1:
        raise UsageError(
            f"the editions differ: {_each(names, editions)}; compare reports of one edition"
        )
    verdicts = [{one.requirement: one for one in check.verdicts} for check in told]
    every = {name: one for found in verdicts for name, one in found.items()}
    rows = [
        Row(
            verdict=one,
            outcomes=tuple(outcome(found[name]) if name in found else None for found in verdicts),
        )
        for name, one in every.items()
    ]
    return Comparison(names=tuple(names), checks=tuple(told), rows=tuple(rows))


def _each(names: Sequence[str], values: Sequence[str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in zip(names, values, strict=True))


def lines(comparison: Comparison) -> Iterator[str]:
    """Yield the comparison for a person at a terminal: what differs in full, the rest counted."""
    yield from map(plain.line, _lines(comparison))


def _lines(comparison: Comparison) -> Iterator[str]:
    for name, check in zip(comparison.names, comparison.checks, strict=True):
        yield f"{name}: {check.started.target}, edition {check.started.edition}, {check.verdict}"
    for difference in comparison.differences:
        yield f"note: {difference}"
    for change, rows in comparison.by_change.items():
        notable = [row for row in rows if change not in QUIET or BAD.intersection(row.outcomes)]
        if notable:
            yield ""
            yield f"{CHANGES[change]}:"
            yield from (f"  {_told(row)}" for row in notable)
    yield ""
    counts = [f"{len(rows)} {CHANGES[name]}" for name, rows in comparison.by_change.items() if rows]
    yield ", ".join(counts) or "no requirement was judged"
    yield comparison.verdict


def _told(row: Row) -> str:
    course = " → ".join(row.words)
    return f"{row.verdict.requirement:<15} {row.verdict.level:<6} {course}  {row.verdict.sentence}"
