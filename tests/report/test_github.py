"""Inside GitHub Actions: summary and annotations."""

from __future__ import annotations

from dataclasses import replace

from run_contracts.events import Decided, Event, Finished
from run_contracts.report import github
from run_contracts.report.summary import Summary
from tests.report.checks_made import SEVERAL, seen


def _repeated(times: int) -> Summary:
    """Return a check in which every broken rule is there so many times."""
    events: list[Event] = []
    for one in seen(*SEVERAL):
        is_broken = isinstance(one, Decided) and one.result == "fail"
        events += [one] * times if is_broken else [one]
    return Summary.of(events)


def test_the_summary_says_what_to_act_on() -> None:
    """Verdict, a table by area, and each broken rule folded."""
    text = github.step_summary(Summary.of(seen(*SEVERAL)))
    assert text.startswith("## Run contract: the contract is broken\n")
    assert "| Lists | 1 |" in text
    assert "<details><summary>RUN-LIST-005 MUST" in text
    assert "expected  true, " in text


def test_the_summary_of_a_right_server_is_short() -> None:
    """There is nothing to act on."""
    text = github.step_summary(Summary.of(seen()))
    assert "the contract holds" in text
    assert "<details>" not in text


def test_the_summary_keeps_to_the_limit_and_says_what_is_missing() -> None:
    """GitHub drops a summary that is too large; ours counts what does not fit instead."""
    summary = _repeated(400)
    text = github.step_summary(summary)
    shown = text.count("<details>")
    assert len(text.encode()) <= github.SUMMARY_LIMIT
    assert 100 < shown < len(list(summary.actionable()))
    assert f"and {len(list(summary.actionable())) - shown:,} rules more than fit here" in text
    assert github.step_summary(summary, limit=100) == ""


def test_broken_rules_are_errors_and_advice_is_a_warning() -> None:
    """Each names its rule, its place, and what was expected and found."""
    lines = list(github.commands(Summary.of(seen(*SEVERAL))))
    (one,) = [line for line in lines if "RUN-LIST-005" in line]
    assert one.startswith("::error title=RUN-LIST-005 `has_more` says whether")
    assert "/runs?limit=2 at /has_more: expected true, " in one
    assert any(line.startswith("::warning title=RUN-ID-001") for line in lines)


def test_no_more_annotations_than_github_shows() -> None:
    """Ten of a kind, then a notice of how many more there are."""
    summary = _repeated(30)
    lines = list(github.commands(summary))
    errors = [line for line in lines if line.startswith("::error ")]
    warnings = [line for line in lines if line.startswith("::warning ")]
    notices = [line for line in lines if line.startswith("::notice ")]
    assert [len(errors), len(warnings)] == [10, 10]
    assert f"::{len(summary.by_outcome['broken']) - 10} errors more" in notices[0]


def test_annotations_are_escaped_by_the_rules_of_github() -> None:
    """Percent, colon and comma in the title; percent and line breaks in the message."""
    end = Summary.of(seen()).finished
    stopped = replace(end, exit_code=3, error="50%: a,b\nnext")
    verdict = replace(
        next(one for one in seen() if isinstance(one, Decided)),
        result="blocked",
        is_red=True,
        sentence="10%: a, b",
        reason="x: y, 5%",
    )
    lines = list(github.commands(Summary.of((seen()[0], verdict, stopped))))
    assert isinstance(end, Finished)
    assert lines[0] == r"::error title=run-contracts stopped::50%25: a,b\nnext"
    assert lines[1].endswith(" 10%25%3A a%2C b::x: y, 5%25")
