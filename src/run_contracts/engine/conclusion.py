"""Concluding: what the verdicts of a check amount to: counts, and the exit code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from run_contracts.engine.verdicts import Ending
from run_contracts.events import (
    ADVICE,
    BROKEN,
    KNOWN,
    Decided,
    ExitCode,
    Finished,
    ProbeEnded,
    Result,
)

FIRM = frozenset({ExitCode.INTERRUPTED, ExitCode.TERMINATED, ExitCode.USAGE, ExitCode.OUR_ERROR})
"""Codes that say something else than what the verdicts amount to."""


def concluded(
    footer: Finished, verdicts: Sequence[Decided], probes: Sequence[ProbeEnded]
) -> Finished:
    """Return a footer with the counts, the exit code and the error that follow from the rest.

    What is broken weighs more than that a check was stopped: nothing it left out could mend it.
    A probe that was blocked is red even where every requirement was decided by others: a server
    that stops answering half way has not been verified.
    """
    code = _code(footer, verdicts, probes)
    blocked = next((one for one in probes if one.ending == Ending.BLOCKED), None)
    error = footer.error
    if error is None and blocked is not None and not any(one.is_red for one in verdicts):
        error = f"{blocked.probe} was blocked: {blocked.reason}"
    return replace(footer, counts=counts(verdicts), exit_code=code, error=error)


def _code(footer: Finished, verdicts: Sequence[Decided], probes: Sequence[ProbeEnded]) -> ExitCode:
    if footer.exit_code in FIRM:
        return ExitCode(footer.exit_code)
    if any(one.outcome == BROKEN for one in verdicts) or footer.baseline:
        return ExitCode.BROKEN
    if not any(one.result in (Result.PASS, Result.FAIL) for one in verdicts):
        return ExitCode.STOPPED if footer.is_cut else ExitCode.NOTHING_VERIFIED
    if any(one.is_red for one in verdicts) or any(one.ending == Ending.BLOCKED for one in probes):
        return ExitCode.BROKEN
    return ExitCode.STOPPED if footer.is_cut else ExitCode.HOLDS


def counts(verdicts: Sequence[Decided]) -> dict[str, int]:
    """Return how many verdicts there are of each result; none if there are no verdicts at all.

    A broken SHOULD counts as advice, a known failure as known.
    """
    found = Counter(verdict.outcome for verdict in verdicts)
    kinds = [*(one.value for one in Result), ADVICE, KNOWN] if verdicts else []
    return {kind: found[BROKEN if kind == Result.FAIL else kind] for kind in kinds}
