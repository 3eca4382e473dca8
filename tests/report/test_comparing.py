"""Checks side by side."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from run_contracts.errors import UsageError
from run_contracts.events import Covered, Decided, Event, ExitCode, Started
from run_contracts.report import comparing
from run_contracts.report.comparing import Comparison, compared
from run_contracts.report.summary import Summary
from tests.report.checks_made import seen

ONE, OTHER, ADVICE = "RUN-LIST-005", "RUN-STATUS-017", "RUN-ID-001"


def _compared(*checks: tuple[Event, ...]) -> Comparison:
    return compared([(f"{at}.jsonl", Summary.of(events)) for at, events in enumerate(checks, 1)])


def _changed(comparison: Comparison, change: str) -> set[str]:
    return {row.verdict.requirement for row in comparison.by_change[change]}


def _started(events: tuple[Event, ...], **changes: Any) -> tuple[Event, ...]:
    return tuple(replace(one, **changes) if isinstance(one, Started) else one for one in events)


def test_new_and_fixed_are_told_apart() -> None:
    """Between first and last; a new broken MUST is red."""
    found = _compared(seen(ONE), seen(OTHER))
    assert ONE in _changed(found, "fixed")
    assert OTHER in _changed(found, "new")
    assert found.exit_code == ExitCode.BROKEN


def test_a_server_beside_itself_is_the_same() -> None:
    """Broken as it was is nothing new."""
    found = _compared(seen(ONE), seen(ONE))
    assert {row.change for row in found.rows} == {"same"}
    assert found.exit_code == ExitCode.HOLDS
    assert f"  {ONE}" in "\n".join(comparing.lines(found))


def test_only_the_first_and_the_last_decide() -> None:
    """What was broken only between them is shown, and is not new."""
    found = _compared(seen(), seen(ONE), seen())
    (row,) = [row for row in found.rows if row.verdict.requirement == ONE]
    assert row.words == ("hold", "broken", "hold")
    assert row.change == "same"
    assert found.exit_code == ExitCode.HOLDS


def test_new_advice_is_told_and_is_not_red() -> None:
    """A broken SHOULD never makes a check fail, nor a comparison."""
    found = _compared(seen(), seen(ADVICE))
    assert ADVICE in _changed(found, "new")
    assert found.exit_code == ExitCode.HOLDS


def test_what_was_not_judged_before_is_no_regression() -> None:
    """A requirement in one of the reports alone is told as such, broken or not."""
    before = tuple(
        one for one in seen() if not (isinstance(one, Decided) and one.requirement == ONE)
    )
    found = _compared(before, seen(ONE))
    assert _changed(found, "some") == {ONE}
    assert not any(row.is_red for row in found.rows)
    assert "not judged → broken" in "\n".join(comparing.lines(found))


def test_nothing_in_common_is_not_green() -> None:
    """Green on nothing is red."""
    verdicts = [one for one in seen() if isinstance(one, Decided)]
    first, last = ((seen()[0], *some, seen()[-1]) for some in (verdicts[:2], verdicts[2:4]))
    found = _compared(first, last)
    assert found.exit_code == ExitCode.NOTHING_VERIFIED
    assert _compared((seen()[0], seen()[-1]), seen()).exit_code == ExitCode.NOTHING_VERIFIED


def test_editions_are_not_compared() -> None:
    """One line says which report has which."""
    with pytest.raises(UsageError, match=r"editions differ: 1\.jsonl v1, 2\.jsonl v2"):
        _compared(seen(edition="v1"), seen())


def test_one_report_is_no_comparison() -> None:
    """It takes two."""
    with pytest.raises(UsageError, match="two reports or more"):
        _compared(seen())


def test_profiles_that_differ_are_told() -> None:
    """The reader knows why some requirements were not decided."""
    found = _compared(_started(seen(), profile="smoke"), seen())
    assert "profiles differ: 1.jsonl smoke, 2.jsonl full" in "\n".join(comparing.lines(found))


def test_what_is_seen_no_more_is_told() -> None:
    """Less of the contract is no regression of the server, and somebody should know."""
    whole = seen()
    coverage = next(one for one in whole if isinstance(one, Covered))
    edges, *others = coverage.parts
    unseen = tuple(replace(one, exchange=0) for one in edges.items)
    less = Covered(parts=(replace(edges, items=unseen), *others))
    found = _compared(whole, tuple(less if one is coverage else one for one in whole))
    share, lost = found.coverage
    assert share == f"coverage: {coverage.percent:.1f} % → {less.percent:.1f} %"
    assert lost.startswith("not seen any more: created > queued, queued > in_progress, ")
    assert lost.endswith(f" and {edges.seen - 3} more")
    assert found.exit_code == ExitCode.HOLDS
    assert {share, lost} <= set(comparing.lines(found))
    assert _compared(whole, whole).coverage == ()
