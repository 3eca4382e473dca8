"""What is said of the failure of an item: in its report, and in the summary of the session."""

from __future__ import annotations

import os
from typing import Any

import pytest

from run_contracts.client.applications import IN_PROCESS
from run_contracts.client.target import Target, parsed_header, without_user
from run_contracts.engine.command import OPTION_BY_FIELD, option_words
from run_contracts.events import ADVICE, Decided
from run_contracts.report import finding_lines
from run_contracts.report.script import script
from run_contracts.testing.check_result import CheckResult
from run_contracts.testing.plugin_options import OPTIONS, PLUGIN_NAME, given
from run_contracts.traffic.shell import word

SCRIPT_TITLE = "the requests that show it, as a script to paste"


def lines_of(verdict: Decided, again: str) -> list[str]:
    """Return the lines of a verdict, the last one with the command that runs its item again."""
    return [line for line in finding_lines.decided(verdict, command=again) if line]


def rerun_command(config: pytest.Config, nodeid: str) -> str:
    """Return the command that runs an item again, with what was typed; no secret is in it."""
    typed = {
        name: config.getoption(OPTIONS[option.replace("-", "_")].ini, None)
        for name, option in OPTION_BY_FIELD.items()
    }
    _, user = without_user(typed["url"] or "")
    headers = given(config, "header") if user or typed["headers"] else ()
    key_name = given(config, "api_key_env")
    target = Target(
        url=typed["url"] or "",
        headers=tuple(map(parsed_header, headers)),
        key_name=key_name,
        key=os.environ.get(key_name, ""),
    )
    typed |= {"url": target.url or None, "headers": target.headers}
    secrets = target.secrets()
    known = {name: value for name, value in typed.items() if value is not None}
    words = ["pytest", *option_words(known, secrets, prefix="--run-")]
    baseline = config.getoption(OPTIONS["baseline"].ini, None)
    words += ["--run-baseline", word(baseline, secrets)] if baseline else []
    path, colons, rest = nodeid.partition("::")
    if path != PLUGIN_NAME:
        path = os.path.relpath(config.rootpath / path, config.invocation_params.dir)
    return " ".join([*words, word(path + colons + rest, secrets)])


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
        "outcome": verdict.outcome,
        "sentence": verdict.sentence,
        "again": again,
    }
    started, finished = result.started, result.finished
    if started is not None and finished is not None:
        entry["edition"], entry["profile"] = started.edition, started.profile
        entry["left_out"] = started.left_out or ""
        entry["requests"], entry["seconds"] = finished.requests, finished.seconds
    if verdict.outcome == ADVICE:
        entry["lines"] = lines_of(verdict, again)
    return entry
