"""Results: what a process, a verdict and a fail come to."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class ExitCode(IntEnum):
    """What a process says about a check."""

    HOLDS = 0
    """The contract holds, as far as it was asked for and seen; or what was asked for is done."""
    BROKEN = 1
    """The contract is broken: a MUST, or what the policy of the check makes red."""
    USAGE = 2
    """Wrong usage: an option, a file or a name that cannot be. One line says what to do."""
    NOTHING_VERIFIED = 3
    """Nothing was verified, or nothing was reachable; what had to be seen was not."""
    OUR_ERROR = 4
    """An error of run-contracts itself; please report it."""
    STOPPED = 5
    """Stopped early by a budget, or by a server that asks for quiet; nothing broken until then."""
    INTERRUPTED = 130
    """Interrupted by Ctrl-C; what was seen is judged, and what was created is deleted."""
    TERMINATED = 143
    """Ended by SIGTERM; what was seen is judged, and what was created is deleted."""


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


BROKEN = "broken"
"""What a fail comes to that is red."""
ADVICE = "advice"
"""What a fail comes to that is not red."""
KNOWN = "known"
"""What a fail comes to that was accepted."""
