"""What is seen of live traffic while it is watched: findings as lines, the rest as it changes."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Any, Self

import click

from run_contracts.cli import printing
from run_contracts.report import sanitizing
from run_contracts.report.folding import counted

if TYPE_CHECKING:
    from rich.live import Live
    from rich.table import Table

    from run_contracts.watching.judge_messages import LiveFinding
    from run_contracts.watching.live_watch import LiveWatch

MOST_DRAWN = 10
"""Runs under way that are shown, the newest."""
DRAWN_PER_SECOND = 2
LINE_EVERY = 30.0
"""Seconds between two lines of counts where nobody draws, if they have changed."""


class LiveView:
    """Draws counts and open histories on a terminal, and prints each finding once.

    Where the standard error is no terminal, counts are a line now and then. With `is_quiet` there
    are neither counts nor findings.
    """

    def __init__(self, watch: LiveWatch, *, is_quiet: bool) -> None:
        """Draw nothing yet."""
        self._watch, self._is_quiet = watch, is_quiet
        self._live = None if is_quiet or not sys.stderr.isatty() else self._drawn()
        self._lock = threading.Lock()
        self._is_over = threading.Event()
        self._lines: threading.Thread | None = None

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        elif not self._is_quiet:
            self._lines = threading.Thread(target=self._tell, name="counts", daemon=True)
            self._lines.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        if self._live is not None:
            self._live.stop()

    def on_finding(self, finding: LiveFinding) -> None:
        """Print a finding."""
        if self._is_quiet:
            return
        line = sanitizing.line(self._watch.lines_of(finding))
        is_must = finding.seen.level == "MUST"
        if printing.is_colourful():
            line = click.style(line, fg="red" if is_must else "yellow")
        with self._lock:
            if self._live is not None:
                self._live.stop()
            click.echo(line)
            if self._live is not None and not self._is_over.is_set():
                self._live.start()

    def _drawn(self) -> Live | None:
        from rich.console import Console  # noqa: PLC0415 - only for those who watch
        from rich.live import Live  # noqa: PLC0415

        console = Console(stderr=True)
        if not console.is_terminal or console.is_dumb_terminal:
            return None
        return Live(
            get_renderable=self._table,
            console=console,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
            refresh_per_second=DRAWN_PER_SECOND,
        )

    def _table(self) -> Table:
        from rich.table import Table  # noqa: PLC0415
        from rich.text import Text  # noqa: PLC0415

        numbers = self._watch.numbers()
        table = Table.grid()
        table.add_column(no_wrap=True, overflow="ellipsis")
        table.add_row(Text(counts(numbers), style="bold"))
        for run, statuses in list(numbers["open_histories"].items())[-MOST_DRAWN:]:
            table.add_row(Text(sanitizing.line(f"  {run}  {' > '.join(statuses)}")))
        return table

    def _tell(self) -> None:
        """Print the counts now and then, if they have changed."""
        before = ""
        while not self._is_over.wait(LINE_EVERY):
            now = counts(self._watch.numbers())
            if now != before:
                click.echo(now, err=True)
            before = now


def counts(numbers: dict[str, Any]) -> str:
    """Return the numbers of a watch in one line."""
    unjudged = sum(numbers["unjudged"].values())
    parts = [
        counted(numbers["requests"], "request"),
        f"{numbers['under_way']:,} under way",
        f"{numbers['judged']:,} judged",
        f"{counted(numbers['open_runs'], 'run')} open",
        f"{counted(len(numbers['broken']), 'rule')} broken",
        f"{unjudged:,} not judged" if unjudged else "",
        f"{numbers['waiting_or_lost']:,} waiting" if numbers["waiting_or_lost"] else "",
    ]
    return ", ".join(filter(None, parts))
