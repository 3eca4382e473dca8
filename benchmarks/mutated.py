"""How many changed answers probes, checks and reports see without an error of ours."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from tests.engine.test_mutated_answers import checked, reported

from run_contracts.events import Finished

WANTED = 2_000
"""Changed answers, each seen by one probe, and with all others by every check and report."""
FULL_EVERY = 10
"""One check in so many has every probe; the others those of a smoke check, for they are quick."""


def measure(options: list[str]) -> None:
    """Print the changes that were seen, and each error of ours; options are how many, and a seed.

    Exits with 1 if there is an error, so that it can stand in a pipeline.
    """
    wanted, seed = (*map(int, options), *(WANTED, 1_000)[len(options) :])
    started, first, seen, errors = time.process_time(), seed, 0, dict[str, int]()
    with tempfile.TemporaryDirectory() as folder:
        while seen < wanted:
            profile = "smoke" if seed % FULL_EVERY else "full"
            events, changes = checked(seed, ("v2", "v1")[seed // 4 % 2], profile=profile)
            seen += changes
            footer = events[-1]
            assert isinstance(footer, Finished)
            for text in footer.own_errors:
                errors.setdefault(text, seed)
            reported(events, Path(folder))
            seed += 1
    for text, at in errors.items():
        print(f"seed {at}: {text}")
    print(
        f"{seen} changed answers in {seed - first} checks, in all reports: {len(errors)} errors of "
        f"ours; {time.process_time() - started:.0f} cpu seconds"
    )
    if errors:
        raise SystemExit(1)
