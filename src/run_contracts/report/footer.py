"""The end of a check in lines for a person: what somebody must know, the counts, the verdict."""

from __future__ import annotations

from collections.abc import Iterator

from run_contracts.events import ADVICE, KNOWN, Finished, Result, Started, Surveyed
from run_contracts.report.folding import counted
from run_contracts.report.words import RESULT_WORDS, conclusion

FOLDED = (Result.ERROR, Result.BLOCKED, KNOWN, Result.INCONCLUSIVE, Result.SKIP)
"""Outcomes that are printed at the end, folded by their reason."""


def footer(finished: Finished, surveyed: Surveyed | None, started: Started | None) -> Iterator[str]:
    """Yield the last lines of a check; the very last is what it comes to."""
    yield ""
    yield from remarks(finished)
    if finished.unreached and finished.counts:
        yield f"statuses never seen: {', '.join(finished.unreached)}"
    yield _counts(finished)
    yield conclusion(finished, surveyed, started)


def remarks(finished: Finished) -> Iterator[str]:
    """Yield what somebody must know of the end of a check beside its verdicts, a line each."""
    if finished.error:
        yield f"stopped: {finished.error}"
    yield from (f"required: {missing}" for missing in finished.required)
    if not finished.is_cut:
        yield from (f"not verified: {missing}" for missing in finished.unverified)
    yield from (f"not seen: {missing}" for missing in finished.explained)
    if finished.left_behind:
        yield (
            f"left behind, for they could not be deleted: {', '.join(finished.left_behind)}; "
            "run-contracts cleanup deletes them"
        )
    yield from (f"perhaps left behind: {doubt}" for doubt in finished.may_stay)
    yield from (f"known failures: {wrong}" for wrong in finished.baseline)
    for error in finished.own_errors:
        yield from error.splitlines()


def _counts(finished: Finished) -> str:
    counts = finished.counts
    named = (Result.PASS, Result.FAIL, ADVICE, *FOLDED)
    decisions = ", ".join(f"{counts[n]} {RESULT_WORDS[n]}" for n in named if counts.get(n))
    waited = f", {finished.waited:.1f} s of them waited because the server asked for it"
    return (
        f"{decisions or 'no requirement decided'}; {counted(finished.requests, 'request')} "
        f"in {finished.seconds:.1f} s{waited if finished.waited else ''}"
    )
