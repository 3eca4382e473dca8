"""An entry of a corpus: a walk that showed something new, as a person reads it and a file holds it.

A file may come from anywhere. So an entry names steps that there are, or bodies of creates; it says
nothing of where they are sent, and it is bounded.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from run_contracts.contract.requirements import EDITIONS
from run_contracts.errors import UnreadableBody
from run_contracts.probes.search.named_steps import MadeCreate, steps_by_name
from run_contracts.probes.search.walking import WalkStep
from run_contracts.traffic.hiding import Hide, without_secrets
from run_contracts.validation.json_text import decode_json

ENTRY_FORMAT = 1
MOST_WALK_STEPS = 40
LONGEST_TEXT_SHOWN, MOST_NAMES_SHOWN = 200, 400
"""Characters of a name of what was new, and how many names an entry has."""
LARGEST_ENTRY = 64 * 1024
"""Bytes of a file that holds an entry."""
StepName = str | MadeCreate


class WrongEntry(ValueError):
    """What is wrong with an entry, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusEntry:
    """A walk, and what it was the first to show, in which round."""

    edition: str
    steps: tuple[StepName, ...]
    shows: tuple[str, ...] = field(compare=False)
    round: int = field(default=0, compare=False)

    @property
    def walk(self) -> tuple[WalkStep, ...]:
        """The steps to take."""
        known = steps_by_name()
        return tuple(known[step] if isinstance(step, str) else step for step in self.steps)

    @property
    def name(self) -> str:
        """The name of its file, which is the same for the same steps."""
        steps = json.dumps([self.edition, *map(_written, self.steps)], sort_keys=True)
        return f"{sha256(steps.encode('ascii')).hexdigest()[:20]}.json"

    def as_json(self, hide: Hide) -> str:
        """Return it as a file holds it, without secrets."""
        value = {
            "format": ENTRY_FORMAT,
            "edition": self.edition,
            "round": self.round,
            "shows": list(self.shows[:MOST_NAMES_SHOWN]),
            "steps": list(map(_written, self.steps)),
        }
        return json.dumps(without_secrets(value, hide, {}), indent=1) + "\n"


def _written(step: StepName) -> Any:
    return step if isinstance(step, str) else {"create": step.operation, "body": step.body}


def read_entry(data: bytes) -> CorpusEntry:
    """Return the entry in a file; raise `WrongEntry` for what is none."""
    if len(data) > LARGEST_ENTRY:
        raise WrongEntry(f"larger than {LARGEST_ENTRY // 1024} KiB")
    try:
        body = decode_json(data)
    except UnreadableBody as error:
        raise WrongEntry(str(error)) from None
    value = body.value
    if not body.is_json or not isinstance(value, dict):
        raise WrongEntry("no JSON object")
    if value.get("format") != ENTRY_FORMAT:
        raise WrongEntry(f"its format is not {ENTRY_FORMAT}, which this version reads")
    if value.get("edition") not in EDITIONS:
        raise WrongEntry("it names no edition")
    return CorpusEntry(
        edition=value["edition"],
        steps=tuple(_steps(value.get("steps"))),
        shows=tuple(_shows(value.get("shows"))),
        round=_count(value.get("round")),
    )


def _steps(value: Any) -> Iterator[StepName]:
    if not isinstance(value, list) or not 0 < len(value) <= MOST_WALK_STEPS:
        raise WrongEntry(f"steps are no list of 1 to {MOST_WALK_STEPS}")
    for step in value:
        if isinstance(step, str) and step in steps_by_name():
            yield step
        elif isinstance(step, dict) and isinstance(step.get("body"), dict):
            yield _made(str(step.get("create")), step["body"])
        else:
            raise WrongEntry("there is no such step in this version as one of its steps")


def _made(operation: str, body: dict[str, Any]) -> MadeCreate:
    made = MadeCreate.of(operation, body)
    if made is None:
        raise WrongEntry("one of its steps creates by an operation that creates no runs")
    return made


def _shows(value: Any) -> Iterator[str]:
    if not isinstance(value, list) or len(value) > MOST_NAMES_SHOWN:
        raise WrongEntry(f"shows is no list of {MOST_NAMES_SHOWN} texts at most")
    for text in value:
        if not isinstance(text, str) or len(text) > LONGEST_TEXT_SHOWN:
            raise WrongEntry("shows holds something else than short texts")
        yield text


def _count(value: Any) -> int:
    return value if type(value) is int and 0 <= value < 2**53 else 0
