"""Progress: what a check is doing right now, on the standard error of somebody who watches."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.progress import Progress as Bar


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
        if self._bar is None:
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
        progress.TextColumn("{task.completed} requests"),
        progress.TimeElapsedColumn(),
        progress.TextColumn("{task.description}", markup=False, table_column=what),
        console=console,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
        refresh_per_second=5,
    )
