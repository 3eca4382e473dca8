"""The verdict on each requirement, by what passed: counted in full, shown by the places kept."""

from __future__ import annotations

from run_contracts.contract.requirements import Requirement
from run_contracts.engine import recording
from run_contracts.events import Broken, Decided, Result
from run_contracts.watching.judge_messages import LiveFinding, Numbers

NOT_PASSED = "nothing that passed shows it"
PLACE_LOST = "(not kept)"
"""What is said for a place that was withdrawn with its session, while others showed the same."""
COUNTED_ALONE = "what breaks it, as was counted; where is not kept any more"


def verdict_of_passed(
    requirement: Requirement, numbers: Numbers, findings: tuple[LiveFinding, ...]
) -> Decided:
    """Return the verdict on a requirement: of what breaks it the places that were kept."""
    shown: list[Broken] = [
        one.seen.broken for one in findings if one.seen.requirement == requirement.id
    ]
    broken = numbers.broken[requirement.id]
    held = max(0, numbers.exercised[requirement.id] - broken)
    if broken and not shown:
        shown = [_somewhere(requirement, numbers)]
    result, reason = Result.INCONCLUSIVE, NOT_PASSED
    if shown:
        result, reason = Result.FAIL, ""
    elif held:
        result, reason = Result.PASS, ""
    more = max(0, broken - len(shown))
    return recording.decided(requirement, result, reason, held=held, broken=shown, more=more)


def _somewhere(requirement: Requirement, numbers: Numbers) -> Broken:
    """Return a violation that was counted while its place was lost, with a withdrawn session."""
    return Broken(
        exchange=max(1, numbers.judged),
        request=PLACE_LOST,
        pointer="",
        found=COUNTED_ALONE,
        expected=requirement.sentence,
    )
