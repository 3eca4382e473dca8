"""Known failures, and how a check ended, in every report."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from lxml import etree

from run_contracts.engine.baseline import EMPTY, Baseline, unknown
from run_contracts.engine.policy import Policy
from run_contracts.events import Event, ExitCode
from run_contracts.report import badge, github, html, junit
from run_contracts.report.comparing import compared
from run_contracts.report.summary import Summary
from run_contracts.report.text import TextReport
from tests.report.checks_made import seen
from tests.report.test_junit import FORM

FAULT = "RUN-LIST-005"
REASON = "our gateway cuts <the last> page"
TODAY = date(2027, 1, 15)


def _known(expires: date = TODAY) -> tuple[Event, ...]:
    """Return a check with one known failure; it is red if the entry has expired."""
    entries = (replace(one, reason=REASON, expires=expires) for one in unknown(seen(FAULT), EMPTY))
    policy = Policy(baseline=Baseline(entries=tuple(entries)), today=TODAY)
    return tuple(policy.applied(seen(FAULT)))


EXPIRED = date(2027, 1, 14)


def _text(events: tuple[Event, ...]) -> list[str]:
    report = TextReport()
    return [line for event in events for line in report.lines(event)]


def test_the_text_folds_what_is_known_by_its_reason() -> None:
    """No five lines to act on, but the reason, the ids and a count."""
    lines = _text(_known())
    at = lines.index(f"known: {REASON}, until 2027-01-15")
    assert lines[at + 1] == f"  {FAULT}"
    assert not any(line.startswith(FAULT) for line in lines)
    assert ", 1 known, " in lines[-2]
    assert lines[-1] == "the contract holds"


def test_the_text_has_a_line_for_each_entry_that_is_out_of_date() -> None:
    """Beside the failure itself."""
    lines = _text(_known(EXPIRED))
    assert sum(line.startswith(f"known failures: {FAULT}: expired on") for line in lines) == 1
    assert any(line.startswith(f"{FAULT} MUST broken") for line in lines)


def test_junit_skips_what_is_known_with_its_reason() -> None:
    """And fails for an entry that is out of date, in a case of its own."""
    known, expired = (etree.fromstring(junit.document(_known(day))) for day in (TODAY, EXPIRED))
    FORM.assertValid(known)
    FORM.assertValid(expired)
    (case,) = (one for one in known.iter("testcase") if one.get("name") == FAULT)
    assert case[-1].tag == "skipped"
    assert case[-1].get("message") == f"known failure: {REASON}, until 2027-01-15"
    assert (known[0].get("failures"), expired[0].get("failures")) == ("0", "2")
    assert [one.get("name") for one in expired.iter("testcase")][-1] == "known failures"


def test_the_page_has_a_group_of_known_failures() -> None:
    """With the reason as its cause, and everything that is seen of a broken rule."""
    page = html.page(_known())
    assert "<h2>Known failures" in page
    assert "our gateway cuts &lt;the last&gt; page, until 2027-01-15" in page
    assert f'<details class="rule known" id="{FAULT}"' in page
    assert "<b>Known failures.</b>" in html.page(_known(EXPIRED))


def test_github_annotates_no_known_failure_but_an_old_entry() -> None:
    """The summary has it, folded."""
    known, expired = Summary.of(_known()), Summary.of(_known(EXPIRED))
    assert list(github.commands(known)) == []
    assert "| known |" in github.step_summary(known)
    assert FAULT in github.step_summary(known)
    errors = list(github.commands(expired))
    assert errors[0].startswith("::error title=run-contracts known failures::")
    assert len(errors) == 2


def test_the_badge_counts_what_is_known() -> None:
    """And is green."""
    picture = badge.picture(Summary.of(_known()))
    assert "1 known" in picture
    assert badge.COLOURS[ExitCode.HOLDS] in picture


def test_a_comparison_calls_a_known_failure_new_but_not_red() -> None:
    """It was not there before; who accepted it is not stopped."""
    comparison = compared([("a", Summary.of(seen())), ("b", Summary.of(_known()))])
    assert [row.verdict.requirement for row in comparison.by_change["new"]] == [FAULT]
    assert comparison.exit_code == ExitCode.HOLDS


@pytest.mark.parametrize("code", [ExitCode.STOPPED, ExitCode.INTERRUPTED])
def test_every_report_says_that_a_check_ended_early(code: ExitCode) -> None:
    """The reason, and what was left behind."""
    *events, last = seen()
    footer = replace(
        last, exit_code=code, is_cut=True, error="in x: y", left_behind=("/threads/t",)
    )
    ended = (*events, footer)
    lines = _text(ended)
    assert "stopped: in x: y" in lines
    assert any(line.startswith("left behind") and "/threads/t;" in line for line in lines)
    assert "could not be deleted" in html.page(ended)
    assert "could not be deleted" in github.step_summary(Summary.of(ended))
    assert badge.COLOURS[ExitCode.HOLDS] not in badge.picture(Summary.of(ended))


def test_the_lines_of_probes_are_aligned() -> None:
    """Also those of the longest names."""
    lines = [line for line in _text(seen()) if line.startswith("  ") and " done, " in line]
    assert len(lines) > 10
    assert len({line.index(" done, ") for line in lines}) == 1
