"""What is said of the failure of an item: in its report, and in the summary of the session."""

from __future__ import annotations

import os
import shlex
from typing import Any

import pytest

from run_contracts.events import Decided
from run_contracts.report import sanitizing, text
from run_contracts.report.script import script
from run_contracts.report.summary import outcome
from run_contracts.testing.check_result import CheckResult
from run_contracts.testing.plugin_options import OPTIONS, PLUGIN_NAME
from run_contracts.testing.targets import IN_PROCESS

SCRIPT_TITLE = "the requests that show it, as a script to paste"
REPEATED = ("target", "edition", "api_key_env", "assistant_id", "thread_id", "model", "profile")
"""Options that a command to run an item again must repeat if they were typed."""


def lines_of(verdict: Decided, again: str) -> list[str]:
    """Return the lines of a verdict, the last one with the command that runs its item again."""
    lines = [line for line in text.decided(verdict, again="") if line]
    if verdict.result == "fail":
        lines.pop()
    return [*lines, f"  {'next':<{text.LABEL_WIDTH}}{sanitizing.line(again)}"]


def rerun_command(config: pytest.Config, nodeid: str) -> str:
    """Return the command that runs an item again; headers may be secret and are left out."""
    words = ["pytest"]
    for name in REPEATED:
        option = OPTIONS[name]
        value = config.getoption(option.ini, None)
        if value is not None:
            words += ["--" + option.ini.replace("_", "-"), str(value)]
    path, colons, rest = nodeid.partition("::")
    if path != PLUGIN_NAME:
        path = os.path.relpath(config.rootpath / path, config.invocation_params.dir)
    return shlex.join([*words, path + colons + rest])


def script_of(result: CheckResult, verdict: Decided) -> str:
    """Return the requests that show a failure, as a script for the shell."""
    base = result.started.target if result.started is not None else ""
    lines = script(base, verdict, result.exchanges)
    if base.startswith(IN_PROCESS):
        return f"# serve the application first, and set URL to its base URL\n{lines}"
    return lines


def summary_entry(result: CheckResult, verdict: Decided, again: str) -> dict[str, Any]:
    """Return what the summary needs to know of an item, as plain data: xdist sends it on."""
    entry: dict[str, Any] = {
        "target": result.name,
        "id": verdict.requirement,
        "area": verdict.area,
        "outcome": outcome(verdict),
        "sentence": verdict.sentence,
        "again": again,
    }
    started, finished = result.started, result.finished
    if started is not None and finished is not None:
        entry["edition"], entry["profile"] = started.edition, started.profile
        entry["left_out"] = started.left_out or ""
        entry["requests"], entry["seconds"] = finished.requests, finished.seconds
    if entry["outcome"] == "advice":
        entry["lines"] = lines_of(verdict, again)
    return entry
