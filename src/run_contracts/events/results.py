"""Results: what a process, a verdict and a fail come to."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class ExitCode(IntEnum):
    """What a process says about a check."""

    HOLDS = 0
    BROKEN = 1
    USAGE = 2
    NOTHING_VERIFIED = 3
    OUR_ERROR = 4
    STOPPED = 5
    INTERRUPTED = 130
    TERMINATED = 143


class Result(StrEnum):
    """What all evidence says of one requirement."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    SKIP = "skip"
    BLOCKED = "blocked"
    INCONCLUSIVE = "inconclusive"
    ERROR = "error"


class Ending(StrEnum):
    """How a probe ended."""

    DONE = "done"
    SKIP = "skip"
    BLOCKED = "blocked"
    INCONCLUSIVE = "inconclusive"
    ERROR = "error"


BROKEN, ADVICE, KNOWN = "broken", "advice", "known"
"""What a fail comes to: it is red, it is not, or it was accepted."""
