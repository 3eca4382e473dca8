"""What judges of a session counted that were followed by another one."""

from __future__ import annotations

from collections import Counter

from run_contracts.incremental.judge import IncrementalJudge


class JudgedBefore:
    """The sums of what judges counted that are no longer there."""

    def __init__(self) -> None:
        """Begin with nothing counted."""
        self.exercised: Counter[str] = Counter()
        self.broken: Counter[str] = Counter()
        self.errors: Counter[str] = Counter()

    def add(self, judge: IncrementalJudge) -> None:
        """Add what a judge counted."""
        self.exercised += judge.exercised
        self.broken += judge.broken
        self.errors += judge.own_errors
