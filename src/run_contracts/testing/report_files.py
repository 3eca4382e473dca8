"""The report files of a check, as the options name them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from run_contracts.errors import UsageError
from run_contracts.events import Event
from run_contracts.filesystem.writing import writing
from run_contracts.report.rendering import REPORT_FORMS, rendered
from run_contracts.testing.plugin_options import given

JSON_LINES = "report"
"""The option that asks for the JSON lines, of which all others can be made again."""
FILES_KEY = pytest.StashKey["ReportFiles"]()


class ReportFiles:
    """Where the reports of a session go, known before anything is sent."""

    def __init__(self, config: pytest.Config) -> None:
        """Raise `UsageError` for a place where no file can be."""
        self._paths = {
            name: _writable(path)
            for name in (JSON_LINES, *REPORT_FORMS)
            if (path := given(config, name)) is not None
        }

    @classmethod
    def of(cls, config: pytest.Config) -> ReportFiles:
        """Return those of a session."""
        if FILES_KEY not in config.stash:
            config.stash[FILES_KEY] = cls(config)
        return config.stash[FILES_KEY]

    def name_of(self, name: str, suffix: str) -> str:
        """Return where a report of a check goes, empty if it is not asked for."""
        path = self._paths.get(name)
        return str(_suffixed(path, suffix)) if path is not None else ""

    def write(self, events: Sequence[Event], suffix: str) -> None:
        """Write every report of a check; a suffix tells its files from those of other checks."""
        report = self.name_of(JSON_LINES, suffix)
        for name, path in self._paths.items():
            with writing(_suffixed(path, suffix)) as file:
                is_lines = name == JSON_LINES
                file.write(_lines(events) if is_lines else rendered(name, events, file=report))


def _suffixed(path: Path, suffix: str) -> Path:
    return path.with_stem(f"{path.stem}-{suffix}") if suffix else path


def _writable(name: str) -> Path:
    path = Path(name)
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise UsageError(f"{name}: the report cannot be written there")
    return path


def _lines(events: Sequence[Event]) -> str:
    from io import StringIO  # noqa: PLC0415 - each only when asked

    from run_contracts.report import jsonlines  # noqa: PLC0415

    file = StringIO()
    for event in events:
        jsonlines.write(event, file)
    return file.getvalue()
