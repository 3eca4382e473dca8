"""The table of docs/safety.md: every behaviour, and how a check of it ended."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path

from tests.hostile.behaviours import BEHAVIOURS
from tests.hostile.trial import Trial

PAGE = Path(__file__).parents[2] / "docs" / "safety.md"
BEGIN, END = "<!-- behaviours: begin -->\n", "<!-- behaviours: end -->\n"
LIMITS = (15, 30, 60)
"""Seconds by which the table tells how long a check took; finer ones would change each time."""
ROW = re.compile(r"^\| `([^`]+)` \| (.+?) \| ([^|]*) \| ([^|]*) \|$", re.MULTILINE)
Row = tuple[str, str]
"""How a check ended, and how long that took, as the table says it."""


def rows(text: str) -> dict[str, tuple[str, Row]]:
    """Return what a page says of each behaviour by its name: the sentence, and how it ended."""
    return {name: (sentence, (how, took)) for name, sentence, how, took in ROW.findall(text)}


def row(trial: Trial) -> Row:
    """Return what the table says of a trial."""
    took = next((f"< {limit} s" for limit in LIMITS if trial.seconds < limit), f"{LIMITS[-1]} s")
    how = str(trial.exit_code) if trial.has_survived else f"**{'; '.join(trial.wrong)}**"
    return how.replace("|", "/").replace("\n", " "), took


def written(text: str, trials: Iterable[Trial]) -> str:
    """Return a page with its table made anew; behaviours that were not tried stay as they were."""
    known = {name: how for name, (_, how) in rows(text).items()}
    known |= {trial.behaviour.name: row(trial) for trial in trials}
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}{''.join(_tables(known))}{END}{rest.partition(END)[2]}"


def _tables(known: Mapping[str, Row]) -> Iterator[str]:
    for kind, group in groupby(BEHAVIOURS.values(), key=lambda one: one.kind):
        found = [*group]
        yield f"\n### {kind.capitalize()}: {len(found)}\n\n"
        yield "| behaviour | the server | exit code | took |\n| --- | --- | --- | --- |\n"
        for one in found:
            how, took = known.get(one.name, ("not tried", ""))
            yield f"| `{one.name}` | {told(one.sentence)} | {how} | {took} |\n"
    yield "\n"


def told(sentence: str) -> str:
    """Return a sentence as it stands in a table."""
    return sentence.replace("|", "/").replace("*", r"\*").replace("<", "&lt;")
