"""Checks side by side: what is fixed, what is new, what is the same, what only some decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from run_contracts.errors import UsageError
from run_contracts.events import Decided, ExitCode, Offer
from run_contracts.report import coverage_table, sanitizing
from run_contracts.report.summary import Summary
from run_contracts.report.words import OUTCOME_WORDS, RED_OUTCOMES

CHANGE_WORDS = {
    "new": "newly broken",
    "fixed": "fixed",
    "changed": "decided otherwise",
    "some": "only in some",
    "same": "the same",
}
"""What can become of a requirement from the first check to the last one, in words."""
QUIET = frozenset({"some", "same"})
"""Changes of which a terminal only shows what is bad somewhere."""
BAD_OUTCOMES = frozenset({*RED_OUTCOMES, "advice", "known"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One requirement in every check: its outcomes, None where it was not judged."""

    verdict: Decided
    outcomes: tuple[str | None, ...]

    @property
    def change(self) -> str:
        """What became of it, a key of `CHANGE_WORDS`."""
        first, last = self.outcomes[0], self.outcomes[-1]
        if first is None or last is None:
            return "some"
        if (first in BAD_OUTCOMES) != (last in BAD_OUTCOMES):
            return "new" if last in BAD_OUTCOMES else "fixed"
        if first != last:
            return "new" if last in RED_OUTCOMES and first not in RED_OUTCOMES else "changed"
        return "same"

    @property
    def is_red(self) -> bool:
        """Whether it makes a comparison fail: red in the last check, judged and not red before."""
        return self.change == "new" and self.outcomes[-1] in RED_OUTCOMES

    @property
    def words(self) -> tuple[str, ...]:
        """The outcomes in words."""
        return tuple(
            "not judged" if outcome is None else OUTCOME_WORDS[outcome] for outcome in self.outcomes
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Several checks, by the names of their files, and every requirement in them."""

    names: tuple[str, ...]
    summaries: tuple[Summary, ...]
    rows: tuple[Row, ...]

    @property
    def by_change(self) -> Mapping[str, tuple[Row, ...]]:
        """The rows of each change, the gravest first; none is left out."""
        return {
            name: tuple(row for row in self.rows if row.change == name) for name in CHANGE_WORDS
        }

    @property
    def differences(self) -> tuple[str, ...]:
        """What makes the checks unlike one another, in words."""
        profiles = [summary.started.profile for summary in self.summaries]
        versions = [summary.started.version for summary in self.summaries]
        sentences = [
            (profiles, "the profiles differ: {}; what only one of them sends is not a difference"),
            (versions, "the versions of run-contracts differ: {}; the rules may, too"),
        ]
        return tuple(
            sentence.format(_each(self.names, values))
            for values, sentence in sentences
            if len(set(values)) > 1
        )

    @property
    def coverage(self) -> tuple[str, ...]:
        """How much of the contract each saw if not as much, and what the last saw no more."""
        seen = [one.covered for one in self.summaries if one.covered is not None]
        if len(seen) < len(self.summaries):
            return ()
        shares = [f"{covered.percent:.1f} %" for covered in seen]
        lost = coverage_table.some(coverage_table.lost(seen[0], seen[-1]))
        return (
            *([f"coverage: {' → '.join(shares)}"] if len(set(shares)) > 1 else []),
            *([f"not seen any more: {lost}"] if lost else []),
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
    def conclusion(self) -> str:
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
    names, summaries = [name for name, _ in checks], [summary for _, summary in checks]
    if len(summaries) < 2:  # noqa: PLR2004 - a pair
        raise UsageError("a comparison needs two reports or more")
    editions = [summary.started.edition for summary in summaries]
    if len(set(editions)) > 1:
        raise UsageError(
            f"the editions differ: {_each(names, editions)}; compare reports of one edition"
        )
    verdicts = [{one.requirement: one for one in summary.verdicts} for summary in summaries]
    every = {name: verdict for by_id in verdicts for name, verdict in by_id.items()}
    rows = [
        Row(
            verdict=verdict,
            outcomes=tuple(by_id[name].outcome if name in by_id else None for by_id in verdicts),
        )
        for name, verdict in every.items()
    ]
    return Comparison(names=tuple(names), summaries=tuple(summaries), rows=tuple(rows))


def _each(names: Sequence[str], values: Sequence[str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in zip(names, values, strict=True))


def lines(comparison: Comparison) -> Iterator[str]:
    """Yield the comparison for a person at a terminal: what differs in full, the rest counted."""
    yield from map(sanitizing.line, _lines(comparison))


def _lines(comparison: Comparison) -> Iterator[str]:
    for name, summary in zip(comparison.names, comparison.summaries, strict=True):
        started = summary.started
        yield f"{name}: {started.subject}, {started.spoken}, {summary.conclusion}"
    for difference in comparison.differences:
        yield f"note: {difference}"
    for change, rows in comparison.by_change.items():
        notable = [
            row for row in rows if change not in QUIET or BAD_OUTCOMES.intersection(row.outcomes)
        ]
        if notable:
            yield ""
            yield f"{CHANGE_WORDS[change]}:"
            yield from (f"  {_line(row)}" for row in notable)
    yield from _operations(comparison)
    yield from comparison.coverage
    yield ""
    counts = [
        f"{len(rows)} {CHANGE_WORDS[name]}" for name, rows in comparison.by_change.items() if rows
    ]
    yield ", ".join(counts) or "no requirement was judged"
    yield comparison.conclusion


def _operations(comparison: Comparison) -> Iterator[str]:
    """Yield the operations that one check saw otherwise than another."""
    states = [
        {one.operation: one.state for one in summary.surveyed.operations}
        for summary in comparison.summaries
        if summary.surveyed is not None
    ]
    if len(states) < len(comparison.summaries):
        return
    for name in states[0]:
        seen = [by_name.get(name, Offer.UNTRIED.value) for by_name in states]
        if len(set(seen)) > 1:
            yield f"operation {name}: {' → '.join(seen)}"


def _line(row: Row) -> str:
    verdict, words = row.verdict, " → ".join(row.words)
    return f"{verdict.requirement:<15} {verdict.level:<6} {words}  {verdict.sentence}"
