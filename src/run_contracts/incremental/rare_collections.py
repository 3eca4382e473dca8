"""Garbage of processes that judge: what they make is let go as a whole, hardly ever in circles.

Python looks for circles after so many new objects; where much is kept for a while and none of it is
one, a seventh of the time would go into looking.
"""

from __future__ import annotations

import gc

AFTER = (50_000, 20, 50)
"""After how many objects, and then collections of the generation before, each is collected."""


def collect_rarely() -> None:
    """Look for garbage in circles rarely, and never in what is there now: it stays."""
    gc.freeze()
    gc.set_threshold(*AFTER)
