"""The report files of a check, as the options name them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from run_contracts.errors import UsageError
from run_contracts.events import Event
from run_contracts.filesystem.writing import writing
from run_contracts.testing.plugin_options import given

FILES_KEY = pytest.StashKey["ReportFiles"]()


class ReportFiles:
    """Where the reports of a session go, known before anything is sent."""

    def __init__(self, config: pytest.Config) -> None:
        """Raise `UsageError` for a place where no file can be."""
        self._paths = {
            name: _writable(path) for name in RENDERED if (path := given(config, name)) is not None
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
        report = self.name_of("report", suffix)
        for name, path in self._paths.items():
            with writing(_suffixed(path, suffix)) as file:
                file.write(RENDERED[name](events, report).decode())


def _suffixed(path: Path, suffix: str) -> Path:
    return path.with_stem(f"{path.stem}-{suffix}") if suffix else path


def _writable(name: str) -> Path:
    path = Path(name)
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise UsageError(f"{name}: the report cannot be written there")
    return path


def _lines(events: Sequence[Event], _report: str) -> bytes:
    from io import StringIO  # noqa: PLC0415 - each only when asked

    from run_contracts.report import jsonlines  # noqa: PLC0415

    file = StringIO()
    for event in events:
        jsonlines.write(event, file)
    return file.getvalue().encode()


def _page(events: Sequence[Event], report: str) -> bytes:
    from run_contracts.report import html  # noqa: PLC0415

    return html.page(events, file=report).encode()


def _junit(events: Sequence[Event], report: str) -> bytes:
    from run_contracts.report import junit  # noqa: PLC0415

    return junit.document(events, file=report)


def _badge(events: Sequence[Event], _report: str) -> bytes:
    from run_contracts.report import badge  # noqa: PLC0415
    from run_contracts.report.summary import Summary  # noqa: PLC0415

    return badge.picture(Summary.of(events)).encode()


RENDERED: dict[str, Callable[[Sequence[Event], str], bytes]] = {
    "report": _lines,
    "html": _page,
    "junit": _junit,
    "badge": _badge,
}
