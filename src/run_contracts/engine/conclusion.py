"""Concluding: what the verdicts of a check amount to: counts, and the exit code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from run_contracts.events import (
    ADVICE,
    BROKEN,
    KNOWN,
    Decided,
    ExitCode,
    Finished,
    Result,
)

FIRM = frozenset({ExitCode.INTERRUPTED, ExitCode.TERMINATED, ExitCode.USAGE, ExitCode.OUR_ERROR})
"""Codes that say something else than what the verdicts amount to."""


def concluded(footer: Finished, verdicts: Sequence[Decided]) -> Finished:
    """Return a footer with the counts, the exit code and the error that follow from the rest.

    What is broken weighs more than that a check was stopped: nothing it left out could mend it.
    What could not be exercised is not broken; whether enough was seen without it, the footer says.
    An error of ours weighs less than what is broken, for that is shown, and more than all else.
    """
    return replace(footer, counts=counts(verdicts), exit_code=_code(footer, verdicts))


def _code(footer: Finished, verdicts: Sequence[Decided]) -> ExitCode:
    if footer.exit_code in FIRM:
        return ExitCode(footer.exit_code)
    if any(one.outcome == BROKEN for one in verdicts) or footer.baseline or footer.required:
        return ExitCode.BROKEN
    if footer.own_errors or any(one.result == Result.ERROR for one in verdicts):
        return ExitCode.OUR_ERROR
    if footer.is_cut:
        return ExitCode.STOPPED
    is_decided = any(one.result in (Result.PASS, Result.FAIL) for one in verdicts)
    if not is_decided or footer.unverified:
        return ExitCode.NOTHING_VERIFIED
    return ExitCode.HOLDS


def beside_own_errors(code: int) -> int:
    """Return the code of a check of which something could not be told, by an error of ours."""
    stays = code in FIRM or code == ExitCode.BROKEN
    return code if stays else ExitCode.OUR_ERROR


def counts(verdicts: Sequence[Decided]) -> dict[str, int]:
    """Return how many verdicts there are of each result; none if there are no verdicts at all.

    A broken SHOULD counts as advice, a known failure as known.
    """
    found = Counter(verdict.outcome for verdict in verdicts)
    kinds = [*(one.value for one in Result), ADVICE, KNOWN] if verdicts else []
    return {kind: found[BROKEN if kind == Result.FAIL else kind] for kind in kinds}
