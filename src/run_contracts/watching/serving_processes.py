"""Whether several processes may serve one application, each with a part of what passes."""

from __future__ import annotations

import multiprocessing
import os
from pathlib import Path

OF_GUNICORN = "gunicorn"
"""How the software that serves is called where it forks its workers and says so."""


def is_one_of_several() -> bool:
    """Say whether this process may be one of several that serve.

    Servers start their workers by `multiprocessing`; gunicorn forks them, and names itself.
    """
    is_forked = os.environ.get("SERVER_SOFTWARE", "").startswith(OF_GUNICORN)
    return multiprocessing.parent_process() is not None or is_forked


def of_this_process(path: Path) -> Path:
    """Return where this process writes what several would write to a file."""
    return path.with_stem(f"{path.stem}-{os.getpid()}") if is_one_of_several() else path
