"""Reports of a watch, in the forms that the ends of their names say."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from run_contracts.errors import UsageError
from run_contracts.events import Event
from run_contracts.filesystem.single_line import name_of
from run_contracts.filesystem.writing import writing
from run_contracts.report import jsonlines
from run_contracts.report.rendering import rendered
from run_contracts.report.text import TextReport

AS_LINES = "jsonlines"
FORM_BY_SUFFIX = {
    ".jsonl": AS_LINES,
    ".html": "html",
    ".xml": "junit",
    ".svg": "badge",
    ".har": "har",
    ".sarif": "sarif",
}
"""The form of a report by how its name ends."""
Named = str | os.PathLike[str]


def report_paths(named: Named | Iterable[Named] | None) -> tuple[Path, ...]:
    """Return the files that somebody named; raise `UsageError` for one that cannot be written."""
    if named is None:
        return ()
    every = [named] if isinstance(named, str | os.PathLike) else list(named)
    paths = tuple(Path(os.fspath(one)) for one in every)
    for path in paths:
        if path.suffix not in FORM_BY_SUFFIX:
            forms = ", ".join(FORM_BY_SUFFIX)
            raise UsageError(f"no form of report ends in {path.suffix!r}; there are {forms}")
        if not path.absolute().parent.is_dir():
            raise UsageError(f"{name_of(path)} cannot be written: there is no such folder; make it")
    return paths


def write_reports(events: Sequence[Event], paths: Iterable[Path]) -> None:
    """Write the events of a whole watch to files; raise `UsageError` where that cannot be.

    One that cannot be written costs no other.
    """
    failed: list[UsageError] = []
    for path in paths:
        try:
            _write(events, path)
        except UsageError as error:
            failed.append(error)
    if failed:
        raise UsageError("; ".join(map(str, failed)))


def _write(events: Sequence[Event], path: Path) -> None:
    form = FORM_BY_SUFFIX[path.suffix]
    with writing(path) as file:
        if form == AS_LINES:
            file.writelines(jsonlines.as_line(event).decode("ascii") for event in events)
        else:
            file.write(rendered(form, events))


def summary_lines(events: Iterable[Event]) -> list[str]:
    """Return what is printed of a whole watch."""
    report = TextReport()
    return [line for event in events for line in report.lines(event)]
