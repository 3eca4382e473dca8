"""Progress: what a check is doing right now, on the standard error of somebody who watches."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import ProgressColumn


class Progress:
    """One line that is drawn again and again, and gone before anything else is printed.

    It says what is being done, how many requests were sent, and how long it has taken. It is drawn
    if `is_wanted`, and only on a terminal that can move its cursor.
    """

    def __init__(self, *, is_wanted: bool) -> None:
        """Draw nothing yet."""
        self._bar = _bar() if is_wanted and sys.stderr.isatty() else None
        self._task = self._bar.add_task("starting", total=None) if self._bar else None

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def on_request(self, source: str, sent: int) -> None:
        """Show that a request will be sent, where it comes from, and how many were before."""
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, description=source, completed=sent + 1)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Take the line away while something else is printed."""
        with taken_away(self._bar):
            yield


@contextmanager
def taken_away(bar: Bar | None) -> Iterator[None]:
    """Take a line away, if there is one, while something else is printed."""
    if bar is None:
        yield
        return
    bar.stop()
    try:
        yield
    finally:
        bar.start()


def drawn(*columns: str | ProgressColumn) -> Bar | None:
    """Return what draws a line of some columns and what is done; None where a terminal cannot."""
    from rich import progress  # noqa: PLC0415 - only for those who watch
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Column  # noqa: PLC0415

    console = Console(stderr=True)
    if not console.is_terminal or console.is_dumb_terminal:
        return None
    what = Column(no_wrap=True, overflow="ellipsis")
    return progress.Progress(
        progress.SpinnerColumn("line", style=""),
        *columns,
        progress.TextColumn("{task.description}", markup=False, table_column=what),
        console=console,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
        refresh_per_second=5,
    )


def _bar() -> Bar | None:
    from rich.progress import TextColumn, TimeElapsedColumn  # noqa: PLC0415

    return drawn(TextColumn("{task.completed} requests"), TimeElapsedColumn())
