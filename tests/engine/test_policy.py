"""What a policy makes of a verdict: red or not, and the outcome that every report reads."""

from __future__ import annotations

import pytest

from run_contracts.engine.policy import Policy, policy_of
from run_contracts.events import Decided, Finished, Result
from run_contracts.report.html import MARKS
from run_contracts.report.words import OUTCOME_WORDS

FOOTER = Finished(counts={}, unreached=(), requests=0, seconds=0.0, exit_code=0)


def _judged(policy: Policy, level: str, result: str, *, is_red: bool) -> tuple[Decided, Finished]:
    verdict = Decided(
        requirement="RUN-LIST-005",
        area="list",
        level=level,
        sentence="",
        why="",
        source="",
        result=result,
        is_red=is_red,
        held=0,
        broken=(),
        reason="",
    )
    decided, footer = policy.applied([verdict, FOOTER])
    assert isinstance(decided, Decided)
    assert isinstance(footer, Finished)
    return decided, footer


@pytest.mark.parametrize("was_red", [False, True])
@pytest.mark.parametrize(
    ("level", "result", "strict", "outcome", "is_red", "code"),
    [
        ("MUST", "fail", False, "broken", True, 1),
        ("MUST", "fail", True, "broken", True, 1),
        ("SHOULD", "fail", False, "advice", False, 0),
        ("SHOULD", "fail", True, "broken", True, 1),
        ("SHOULD", "blocked", False, "blocked", False, 3),
        ("SHOULD", "error", False, "error", True, 4),
        ("MUST", "pass", True, "pass", False, 0),
        ("MUST", "skip", True, "skip", False, 3),
        ("MUST", "inconclusive", True, "inconclusive", False, 3),
    ],
)
def test_the_policy_colours_a_verdict(  # noqa: PLR0913, PLR0917 - a row
    level: str, result: str, strict: bool, outcome: str, is_red: bool, code: int, was_red: bool
) -> None:
    """By its level, its result and how strict it is, whatever colour it had before."""
    decided, footer = _judged(Policy(strict=strict), level, result, is_red=was_red)
    assert (decided.outcome, decided.is_red, footer.exit_code) == (outcome, is_red, code)
    assert footer.counts["fail" if outcome == "broken" else outcome] == 1
    assert sum(footer.counts.values()) == 1


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("result", ["fail", "blocked", "pass"])
def test_a_report_tells_how_strict_its_policy_was(result: str, strict: bool) -> None:
    """By a SHOULD that is broken and red; what was blocked never is."""
    events = _judged(Policy(strict=strict), "SHOULD", result, is_red=False)
    assert policy_of(events).strict == (strict and result == "fail")


def test_every_outcome_has_its_word_and_its_mark() -> None:
    """A fail is broken, advice or known; every other result is an outcome."""
    outcomes = {one.value for one in Result} - {"fail"} | {"broken", "advice", "known"}
    assert set(OUTCOME_WORDS) == outcomes == set(MARKS)
