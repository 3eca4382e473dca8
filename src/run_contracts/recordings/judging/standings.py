"""What a recorded answer amounts to, and what all of a file, or of several, do."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum

from run_contracts.events import ExitCode


class Standing(StrEnum):
    """What one answer amounts to, in the word that its count stands before."""

    HOLDS = "hold"
    BROKEN = "broken"
    NOT_JUDGED = "not judged"
    OUR_ERROR = "not judged for an error of run-contracts"
    UNREADABLE = "cannot be read"
    NOT_READ = "not read"
    BESIDE = "of other endpoints"


ALONE_SINGULAR = {Standing.HOLDS: "holds"}
DEMANDING = (
    (Standing.BROKEN, ExitCode.BROKEN),
    (Standing.OUR_ERROR, ExitCode.OUR_ERROR),
    (Standing.UNREADABLE, ExitCode.USAGE),
    (Standing.NOT_JUDGED, ExitCode.NOTHING_VERIFIED),
    (Standing.HOLDS, ExitCode.HOLDS),
    (Standing.NOT_READ, ExitCode.USAGE),
)
"""What decides the exit code, the first of them that there is."""


def exit_code(answers: Counter[Standing]) -> ExitCode:
    """Return the exit code of answers: a broken contract outweighs an error of ours, and so on.

    What was not read, or is of other endpoints, decides only if there is nothing else.

    >>> exit_code(Counter([Standing.HOLDS, Standing.NOT_READ])).name
    'HOLDS'
    """
    for standing, code in DEMANDING:
        if answers[standing]:
            return code
    return ExitCode.NOTHING_VERIFIED


def counted(answers: Counter[Standing]) -> str:
    """Return how many amount to what, in words.

    >>> counted(Counter([Standing.HOLDS, Standing.BROKEN, Standing.HOLDS]))
    '2 hold, 1 broken'
    """
    return ", ".join(f"{answers[one]:,} {one}" for one in Standing if answers[one])
