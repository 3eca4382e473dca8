"""Where Hypothesis keeps what it computed once: not in the folder where a check is started."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

VARIABLE = "HYPOTHESIS_STORAGE_DIRECTORY"
"""What names the folder to Hypothesis, in this process and in those that a night starts."""


@contextmanager
def kept_apart() -> Iterator[None]:
    """Let Hypothesis keep its tables in the cache of this user, unless another place is named.

    Among them are constants of the application in this process: nobody else may read them.
    """
    if os.environ.get(VARIABLE):
        yield
        return
    from platformdirs import user_cache_path  # noqa: PLC0415 - only who searches needs it

    folder = user_cache_path("run-contracts", appauthor=False) / "hypothesis"
    with suppress(OSError):  # Hypothesis does without one, too
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.environ[VARIABLE] = str(folder)
    try:
        yield
    finally:
        os.environ.pop(VARIABLE, None)
