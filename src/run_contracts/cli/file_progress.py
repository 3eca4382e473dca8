"""How far a long file is read, on the standard error of somebody who watches."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Self

from run_contracts.cli.progress import drawn, taken_away

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

    from run_contracts.recordings.judging.tally import Tally


class FileProgress:
    """One line that is drawn again and again, from when a file turns out to be long."""

    def __init__(self) -> None:
        """Draw nothing yet."""
        self._is_watched = sys.stderr.isatty()
        self._bar: Bar | None = None
        self._task: TaskID | None = None
        self._file = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def on_part(self, file: str, tally: Tally) -> None:
        """Show how much of a file was read, and how many answers it had until then."""
        from run_contracts.recordings.judging.tally import LARGE  # noqa: PLC0415

        if not self._is_watched or tally.size < LARGE:
            return
        if self._bar is None:
            self._bar = _bar()
            self._is_watched = self._bar is not None
        if self._bar is None:
            return
        if self._task is None or self._file != file:
            self._begin(file, tally.name)
        if self._task is not None:
            answers = f"{tally.answers.total():,} answers"
            self._bar.update(self._task, completed=tally.size, answers=answers)

    def _begin(self, file: str, name: str) -> None:
        """Take the line for another file; of a pipe nobody knows the size."""
        if self._bar is None:
            return
        if self._task is not None:
            self._bar.remove_task(self._task)
        place = Path(file)
        total = place.stat().st_size if place.is_file() else None
        self._file = file
        self._task = self._bar.add_task(name, total=total, answers="")
        self._bar.start()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Take the line away while something else is printed."""
        with taken_away(self._bar if self._task is not None else None):
            yield


def _bar() -> Bar | None:
    if find_spec("rich") is None:  # it comes with the extra of those who send
        return None
    from rich import progress  # noqa: PLC0415 - only for those who watch

    return drawn(
        progress.TaskProgressColumn(),
        progress.DownloadColumn(),
        progress.TextColumn("{task.fields[answers]}"),
        progress.TimeRemainingColumn(),
    )
