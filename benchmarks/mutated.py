"""How many changed answers probes, checks and reports see without an error of ours."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st
from tests.engine.test_mutated_answers import DRAWS, checked, reported

from run_contracts.events import Finished

WANTED = 2_000
"""Changed answers, each seen by one probe, and with all others by every check and report."""
DRAWN_AT_ONCE = 10
FULL_SHARE = 0.1
"""How many of the answers of a full check are changed: few, so that all probes come far."""


def measure(options: list[str]) -> None:
    """Print the changes that were seen, and each error of ours; options are how many, and a seed.

    Exits with 1 if there is an error, so that it can stand in a pipeline.
    """
    wanted, seed = (*map(int, options), *(WANTED, 1_000)[len(options) :])
    started, seen, checks, errors = time.process_time(), 0, 0, dict[str, int]()
    with tempfile.TemporaryDirectory() as folder:
        for number in count(seed):
            for changes, texts in tried(number, Path(folder)):
                seen, checks = seen + changes, checks + 1
                for text in texts:
                    errors.setdefault(text, number)
            if seen >= wanted:
                break
    for text, at in errors.items():
        print(f"seed {at}: {text}")
    print(
        f"{seen} changed answers in {checks} checks, in all reports: {len(errors)} errors of "
        f"ours; {time.process_time() - started:.0f} cpu seconds"
    )
    if errors:
        raise SystemExit(1)


def tried(seed: int, folder: Path) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield the changes and the errors of each check: of smoke checks, and of one with all probes.

    For a full check hypothesis draws the seed of its changes: as choices they would be too many.
    """
    full = st.fixed_dictionaries(
        {
            "draw": st.randoms(use_true_random=True),
            "share": st.just(FULL_SHARE),
            "edition": st.sampled_from(("v1", "v2")),
            "profile": st.just("full"),
        }
    )
    for draws, examples in ((DRAWS, DRAWN_AT_ONCE), (full, 1)):
        for events, changes in drawn_by(draws, examples, seed):
            footer = events[-1]
            assert isinstance(footer, Finished)
            reported(events, folder)
            yield changes, footer.own_errors


def drawn_by(draws: st.SearchStrategy[Any], examples: int, seed: int) -> list[Any]:
    """Return what checks of drawn changes gave."""
    results: list[Any] = []

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(draws)
    def draw(drawn: dict[str, Any]) -> None:
        results.append(checked(**drawn))

    draw()
    return results
