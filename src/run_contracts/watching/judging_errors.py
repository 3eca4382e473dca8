"""Errors of ours while live traffic is judged: counted by what they cost."""

from __future__ import annotations

import traceback
from collections import Counter

from run_contracts.engine.own_errors import FRAMES_NAMED, LONGEST_TRACEBACK

MOST_RAISED = 20
"""Errors of ours of which it is said where they were raised."""


class JudgingErrors:
    """Counts errors of ours; where one was raised is said, its own words may hold secrets."""

    def __init__(self) -> None:
        """Begin with none."""
        self.counts: Counter[str] = Counter()
        self.raised_at: dict[str, str] = {}

    def keep(self, part: str, error: Exception) -> None:
        """Count an error, which cost this part."""
        self.counts[part] += 1
        if part not in self.raised_at and len(self.raised_at) < MOST_RAISED:
            frames = traceback.extract_tb(error.__traceback__)[-FRAMES_NAMED:]
            lines = "".join(traceback.format_list(frames)).rstrip()
            self.raised_at[part] = f"{type(error).__name__}\n{lines[-LONGEST_TRACEBACK:]}"
