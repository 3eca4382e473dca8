"""The words that every report uses for outcomes, and for what a check comes to."""

from __future__ import annotations

from collections.abc import Mapping

from run_contracts.events import (
    ADVICE,
    BROKEN,
    KNOWN,
    ExitCode,
    Finished,
    Result,
    Started,
    Surveyed,
)

OUTCOME_WORDS: dict[str, str] = {
    BROKEN: "broken",
    Result.ERROR: "error",
    ADVICE: "advice",
    KNOWN: "known",
    Result.BLOCKED: "blocked",
    Result.INCONCLUSIVE: "inconclusive",
    Result.SKIP: "not offered",
    Result.PASS: "hold",
}
"""Every outcome with the word for it, the gravest first."""
RED_OUTCOMES = (BROKEN, Result.ERROR.value)
"""Those that make a check red, the gravest first."""
RESULT_WORDS = {**OUTCOME_WORDS, Result.FAIL: OUTCOME_WORDS[BROKEN]}
"""Every result with the word for it, where it is not asked how much it matters."""
CONCLUSIONS = {
    ExitCode.HOLDS: "the contract holds",
    ExitCode.BROKEN: "the contract is broken",
    ExitCode.USAGE: "the check was not asked for rightly",
    ExitCode.NOTHING_VERIFIED: "nothing was verified",
    ExitCode.OUR_ERROR: "the check itself failed; please report it",
    ExitCode.STOPPED: "stopped early; nothing was broken until then",
    ExitCode.INTERRUPTED: "interrupted",
    ExitCode.TERMINATED: "terminated",
}
"""What a check comes to, in words."""


OWN_ERROR = "error of run-contracts"
"""What errors of ours are called beside what else is red about a check."""


def concerns(finished: Finished) -> Mapping[str, tuple[str, ...]]:
    """Return what is red about a check beside its verdicts, in sentences, by what it is about."""
    is_unverified = finished.exit_code == ExitCode.NOTHING_VERIFIED
    by_name = {
        "required": finished.required,
        "not verified": finished.unverified if is_unverified else (),
        "known failures": finished.baseline,
        OWN_ERROR: finished.own_errors,
    }
    return {name: sentences for name, sentences in by_name.items() if sentences}


def conclusion(finished: Finished, surveyed: Surveyed | None, started: Started | None) -> str:
    """Return what a check comes to, in words: the line that everybody reads.

    How many operations are offered is said unless all are, or only some were asked for.
    """
    words = CONCLUSIONS[ExitCode(finished.exit_code)]
    if finished.exit_code == ExitCode.NOTHING_VERIFIED and finished.unverified:
        return "not verified"
    is_partial = surveyed is None or (started is not None and bool(started.only))
    if surveyed is None or is_partial or surveyed.offered == surveyed.size:
        return words
    share = f"{surveyed.offered} of {surveyed.size} operations"
    match finished.exit_code:
        case ExitCode.HOLDS:
            return f"{words} for {share}"
        case ExitCode.BROKEN:
            return f"{words}; {share} {'is' if surveyed.offered == 1 else 'are'} offered"
        case _:
            return words
