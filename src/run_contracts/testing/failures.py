"""What a person reads of a check in a pytest session."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from run_contracts.events import Decided, Event, Exchanged, Finished, Started
from run_contracts.report import plain, text
from run_contracts.report.script import script
from run_contracts.report.summary import outcome
from run_contracts.testing.plugin_options import NAME, OPTIONS
from run_contracts.testing.targets import IN_PROCESS

SCRIPT_TITLE = "the requests that show it, as a script to paste"
REPEATED = ("target", "edition", "api_key_env", "assistant_id", "thread_id", "model", "profile")
"""Options that a command to run an item again must repeat if they were typed."""


@dataclass(frozen=True, kw_only=True, eq=False)
class TargetResult:
    """One check of a target: its verdicts by id, or why there are none."""

    name: str
    error: str = ""
    started: Started | None = None
    finished: Finished | None = None
    decided: Mapping[str, Decided] = field(default_factory=dict)
    exchanges: tuple[Exchanged, ...] = ()

    @property
    def beside(self) -> str:
        """What is red beside the verdicts: a check not carried through, known failures out of date.

        A scenario may not have been gone through, though others decided what it would have.
        """
        if self.finished is None or not self.decided:
            return ""
        error = self.finished.error
        halted = [f"the check was not carried through: {error}"] if error else []
        return "\n".join([*halted, *(f"known failures: {one}" for one in self.finished.baseline)])

    @classmethod
    def of(cls, name: str, events: Iterable[Event]) -> TargetResult:
        """Sort the events of a check."""
        seen = list(events)
        finished = next((one for one in seen if isinstance(one, Finished)), None)
        return cls(
            name=name,
            error=(finished.error if finished else None) or "the check ended without a verdict",
            started=next((one for one in seen if isinstance(one, Started)), None),
            finished=finished,
            decided={one.requirement: one for one in seen if isinstance(one, Decided)},
            exchanges=tuple(one for one in seen if isinstance(one, Exchanged)),
        )


def lines_of(decided: Decided, again: str) -> list[str]:
    """Return the lines of a verdict, the last one with the command that runs its item again."""
    lines = [line for line in text.decided(decided, again="") if line]
    if decided.result == "fail":
        lines.pop()
    return [*lines, f"  {'next':<{text.WIDTH}}{plain.line(again)}"]


def again(config: pytest.Config, nodeid: str) -> str:
    """Return the command that runs an item again; headers may be secret and are left out."""
    words = ["pytest"]
    for name in REPEATED:
        option = OPTIONS[name]
        value = config.getoption(option.ini, None)
        if value is not None:
            words += ["--" + option.ini.replace("_", "-"), str(value)]
    path, colons, rest = nodeid.partition("::")
    if path != NAME:
        path = os.path.relpath(config.rootpath / path, config.invocation_params.dir)
    return shlex.join([*words, path + colons + rest])


def script_of(told: TargetResult, decided: Decided) -> str:
    """Return the requests that show a failure, as a script for the shell."""
    base = told.started.target if told.started is not None else ""
    lines = script(base, decided, told.exchanges)
    if base.startswith(IN_PROCESS):
        return f"# serve the application first, and set URL to its base URL\n{lines}"
    return lines


def summary_of(told: TargetResult, decided: Decided, again: str) -> dict[str, Any]:
    """Return what the summary needs to know of an item, as plain data: xdist sends it on."""
    found: dict[str, Any] = {
        "target": told.name,
        "id": decided.requirement,
        "area": decided.area,
        "outcome": outcome(decided),
        "sentence": decided.sentence,
        "again": again,
    }
    if told.started is not None and told.finished is not None:
        found["edition"], found["profile"] = told.started.edition, told.started.profile
        found["left_out"] = told.started.left_out or ""
        found["requests"], found["seconds"] = told.finished.requests, told.finished.seconds
    if found["outcome"] == "advice":
        found["lines"] = lines_of(decided, again)
    return found
