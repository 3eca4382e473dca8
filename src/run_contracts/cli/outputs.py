"""The files and annotations that a check, or a report of one, is written to."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from run_contracts.cli.shared_options import REPORT_FILES, ReportPath
from run_contracts.engine.own_errors import OwnErrors
from run_contracts.errors import UsageError
from run_contracts.events import Event
from run_contracts.filesystem.writing import writing
from run_contracts.report.rendering import REPORT_FORMS, rendered

SUMMARY = "GITHUB_STEP_SUMMARY"
HELP_TEXTS = {
    "html": "Write one page for people, which needs nothing but itself.",
    "junit": "Write JUnit XML, for CI.",
    "badge": "Write a small picture of the outcome, for a README.",
    "har": "Write all requests and answers as an HTTP Archive, for browsers and proxies.",
    "sarif": "Write what is broken as SARIF, for code scanning.",
}


def options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that name what is written to a command."""
    github = f"Inside GitHub Actions: annotate, and write the step's summary to ${SUMMARY}."
    command = click.option("--github", is_flag=True, help=github)(command)
    for name in reversed(REPORT_FORMS):
        command = click.option(
            f"--{name}", type=ReportPath(name), metavar=REPORT_FILES[name], help=HELP_TEXTS[name]
        )(command)
    return command


class Outputs:
    """What was asked for, opened before anything is sent so that no work is lost."""

    def __init__(self, stack: ExitStack, chosen: dict[str, Any]) -> None:
        """Take the options of `options` out of what was chosen, and open their files."""
        paths = {name: chosen.pop(name) for name in REPORT_FORMS}
        self._files = {
            name: stack.enter_context(writing(path)) for name, path in paths.items() if path
        }
        self._is_github = bool(chosen.pop("github"))
        if self._is_github:
            self._summary = stack.enter_context(writing(_summary_path(), "a"))

    def __bool__(self) -> bool:
        return bool(self._files) or self._is_github

    def write(self, events: Sequence[Event], report: Path | None, ours: OwnErrors) -> None:
        """Write everything that was asked for, from the events of a whole check.

        `report` is the file that holds them, if one does. What cannot be written is kept in `ours`,
        and costs nothing else.
        """
        name_of_report = str(report or "")
        failures: list[UsageError] = []
        for name, file in self._files.items():
            with ours.costing(f"writing --{name}"):
                try:
                    file.write(rendered(name, events, file=name_of_report))
                    file.flush()
                except UsageError as error:  # a full disk; the other files may lie elsewhere
                    failures.append(error)
        if self._is_github:
            with ours.costing("writing for GitHub"):
                self._annotate(events, name_of_report)
        if failures:
            raise UsageError("\n".join(map(str, failures)))

    def _annotate(self, events: Sequence[Event], report: str) -> None:
        """Print annotations; add to the summary, which other steps' commands may have begun."""
        from run_contracts.report import github  # noqa: PLC0415 - only when asked
        from run_contracts.report.summary import Summary  # noqa: PLC0415

        summary = Summary.of(events, file=report)
        for line in github.commands(summary):
            click.echo(line)
        begun = os.fstat(self._summary.fileno()).st_size
        self._summary.write(github.step_summary(summary, limit=github.SUMMARY_LIMIT - begun))


def _summary_path() -> Path:
    name = os.environ.get(SUMMARY)
    if not name:
        raise UsageError(
            f"--github writes to the file that ${SUMMARY} names, and it names none; "
            "outside GitHub Actions set it yourself"
        )
    return Path(name)
