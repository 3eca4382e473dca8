"""Inside GitHub Actions: summary and annotations."""

from __future__ import annotations

import re
from dataclasses import replace

from run_contracts.events import (
    Cause,
    Decided,
    Event,
    ExitCode,
    Finished,
    OperationSeen,
    Surveyed,
)
from run_contracts.report import github
from run_contracts.report.summary import Summary
from tests.report.checks_made import SEVERAL, seen, without


def _repeated(times: int) -> Summary:
    """Return a check in which every broken rule is there so many times, by other ids."""
    events: list[Event] = []
    for one in seen(*SEVERAL):
        is_broken = isinstance(one, Decided) and one.result == "fail"
        if isinstance(one, Decided) and is_broken:
            events += [replace(one, requirement=f"{one.requirement}-{n}") for n in range(times)]
        else:
            events.append(one)
    return Summary.of(events)


def test_the_summary_says_what_to_act_on() -> None:
    """Verdict, a table by area, and each broken rule folded."""
    text = github.step_summary(Summary.of(seen(*SEVERAL)))
    assert text.startswith("## Run contract: the contract is broken\n")
    assert "| Lists | 1 |" in text
    assert re.search("<details><summary>(fix first&#58;|[0-9]+&#46;) RUN-LIST-005 MUST", text)
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
    assert f"and {len(list(summary.actionable())) - shown:,} causes more than fit here" in text
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


def test_a_cause_is_told_once() -> None:
    """The first to mend comes first; what follows from it is counted, or named."""
    broken = [one for one in seen(*SEVERAL) if isinstance(one, Decided) and one.outcome == "broken"]
    lead, *rest = (one.requirement for one in broken[::-1])
    cause = Cause(
        rank=1,
        title="everything is wrong",
        requirements=(lead, *rest),
        request="GET /",
        exchange=1,
        seen=1,
        is_red=True,
    )
    *events, end = without(seen(*SEVERAL), Cause)
    summary = Summary.of((*events, cause, end))
    (line,) = (line for line in github.commands(summary) if line.startswith("::error "))
    assert line.startswith(f"::error title={lead} ")
    assert line.endswith(f"{len(rest)} more follow from this: {', '.join(rest)}")
    text = github.step_summary(summary)
    assert f"<summary>fix first&#58; {lead} MUST" in text
    assert len(re.findall("<summary>[^<]* MUST ", text)) == 1


def test_operations_that_are_not_offered_are_named() -> None:
    """With the answer that says so; and how many are there."""
    missing = OperationSeen(operation="getRun", what="GET /r", state="missing", reason="404")
    there = replace(missing, operation="listRuns", state="offered", reason="")
    *events, end = without(seen(), Surveyed)
    summary = Summary.of((*events, Surveyed(operations=(missing, there)), end))
    text = github.step_summary(summary)
    assert "## Run contract: the contract holds for 1 of 2 operations\n" in text
    assert "**Operations:** 1 of 2 offered" in text
    assert "- getRun is missing: 404\n" in text


def test_what_was_not_verified_is_an_error() -> None:
    """Green means seen: what was not is annotated, and in the summary."""
    end = replace(Summary.of(seen()).finished, exit_code=3, unverified=("no run was listed",))
    summary = Summary.of((*seen()[:-1], end))
    assert "::error title=run-contracts not verified::no run was listed" in list(
        github.commands(summary)
    )
    text = github.step_summary(summary)
    assert text.startswith("## Run contract: not verified\n")
    assert "**Not verified:** no run was listed" in text


def test_what_ended_a_check_that_holds_is_a_warning() -> None:
    """Nothing is an error about a server of which nothing is wrong."""
    *begin, end = seen()
    assert isinstance(end, Finished)
    spent = replace(end, exit_code=ExitCode.HOLDS, error="80 requests at most")
    lines = list(github.commands(Summary.of((begin[0], spent))))
    assert lines == ["::warning title=run-contracts stopped::80 requests at most"]


def test_annotations_are_escaped_by_the_rules_of_github() -> None:
    """Percent, colon and comma in the title; percent and line breaks in the message."""
    end = Summary.of(seen()).finished
    stopped = replace(end, exit_code=3, error="50%: a,b\nnext")
    verdict = replace(
        next(one for one in seen() if isinstance(one, Decided)),
        result="error",
        is_red=True,
        sentence="10%: a, b",
        reason="x: y, 5%",
    )
    lines = list(github.commands(Summary.of((seen()[0], verdict, stopped))))
    assert isinstance(end, Finished)
    assert lines[0] == r"::error title=run-contracts stopped::50%25: a,b\nnext"
    assert lines[1].endswith(" 10%25%3A a%2C b::x: y, 5%25")
