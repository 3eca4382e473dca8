"""How far a long file is read, on the standard error of somebody who watches."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

    from run_contracts.cli.tally import Tally


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
        from run_contracts.cli.tally import LARGE  # noqa: PLC0415

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
        if self._bar is None or self._task is None:
            yield
            return
        self._bar.stop()
        try:
            yield
        finally:
            self._bar.start()


def _bar() -> Bar | None:
    """Return what draws the line; None where the terminal cannot."""
    from rich import progress  # noqa: PLC0415 - only for those who watch
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Column  # noqa: PLC0415

    console = Console(stderr=True)
    if not console.is_terminal or console.is_dumb_terminal:
        return None
    what = Column(no_wrap=True, overflow="ellipsis")
    return progress.Progress(
        progress.SpinnerColumn("line", style=""),
        progress.TaskProgressColumn(),
        progress.DownloadColumn(),
        progress.TextColumn("{task.fields[answers]}"),
        progress.TimeRemainingColumn(),
        progress.TextColumn("{task.description}", markup=False, table_column=what),
        console=console,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
        refresh_per_second=5,
    )
