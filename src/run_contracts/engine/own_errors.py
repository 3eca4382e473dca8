"""Errors of ours: what fails by a defect of this package costs its own part, and is named."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from itertools import islice

from run_contracts.errors import UsageError

MOST_ERRORS = 20
"""How many errors a check names; of the rest it says how many there are."""
FRAMES_NAMED = 8
"""How many of the last frames of an error are named."""
LONGEST_REASON = 300
"""Characters of an error's own words, which may repeat what a server said."""
LONGEST_TRACEBACK = 4_000


class OwnErrors:
    """The errors of ours in one check, in order; two that say the same are one.

    >>> ours = OwnErrors()
    >>> with ours.costing("the survey"):
    ...     raise ValueError("no such thing")
    >>> ours.texts[0].splitlines()[0]
    'the survey failed by an error of run-contracts: ValueError: no such thing'
    """

    def __init__(self) -> None:
        """Begin with none."""
        self._by_reason: dict[str, str] = {}

    def __bool__(self) -> bool:
        return bool(self._by_reason)

    @property
    def texts(self) -> tuple[str, ...]:
        """Each error as a line that says what it cost, and its traceback in lines below."""
        left = len(self._by_reason) - MOST_ERRORS
        more = (f"{left} more errors of run-contracts",) if left > 0 else ()
        return (*islice(self._by_reason.values(), MOST_ERRORS), *more)

    def keep(self, part: str, error: Exception) -> str:
        """Remember what failed of a check; return it in one line.

        What a system refuses, such as a full disk, is not called ours.
        """
        whose = "" if isinstance(error, OSError) else " by an error of run-contracts"
        reason = f"{part} failed{whose}: {in_words(error)}"
        self._by_reason.setdefault(reason, f"{reason}\n{_frames(error)}")
        return reason

    def costing(self, part: str) -> _Costing:
        """Let an error inside cost this part of a check, and nothing else."""
        return _Costing(self, part)


@dataclass(frozen=True, slots=True)
class _Costing:
    """Keeps an error of what is inside.

    That nobody reads what is printed is passed on, and that a file cannot be written.
    """

    ours: OwnErrors
    part: str

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, _: object, error: BaseException | None, __: object) -> bool:
        """Keep what was raised, but for what a person or a system ends a check by."""
        if not isinstance(error, Exception) or isinstance(error, BrokenPipeError | UsageError):
            return False
        self.ours.keep(self.part, error)
        return True


def in_words(error: Exception) -> str:
    """Return an error in one short line, even if it cannot say what it is."""
    try:
        words = " ".join(str(error).split())
    except Exception:
        words = "it cannot be written"
    name = type(error).__name__
    reason = f"{name}: {words}" if words else name
    return reason if len(reason) <= LONGEST_REASON else f"{reason[:LONGEST_REASON]}..."


def _frames(error: Exception) -> str:
    """Return the last frames of an error."""
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES_NAMED:]
    return "".join(traceback.format_list(frames)).rstrip()[-LONGEST_TRACEBACK:]
