"""The options of a night: how long a check searches on, what it remembers, how many search."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from run_contracts.cli.progress import Progress
from run_contracts.client.checked_target import Target
from run_contracts.errors import UsageError

if TYPE_CHECKING:
    from run_contracts.night.whole_night import WholeNight

MOST_WORKERS = 64


def options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options of a night to a command."""
    about_jobs = "Workers of --for, which share rate and budget.  [default: all cores, or 1 server]"
    for option in (
        click.option("--jobs", type=click.IntRange(1, MOST_WORKERS), metavar="N", help=about_jobs),
        click.option(
            "--corpus",
            type=click.Path(path_type=Path),
            metavar="DIR",
            help="What --for remembers.  [default: .run_contracts/corpus/ and the target]",
        ),
        click.option(
            "--for",
            "duration",
            metavar="DURATION",
            help="Go on to search for 90s, 30m or 8h after the check; again, to go on.",
        ),
    ):
        command = option(command)
    return command


@dataclass(frozen=True, slots=True, kw_only=True)
class NightOptions:
    """What was asked for of a night; `seconds` is 0 if there is none."""

    seconds: float
    corpus: Path | None
    jobs: int | None

    @classmethod
    def take(cls, options: dict[str, Any], *, only: tuple[str, ...]) -> NightOptions:
        """Take what `options` added out of what was chosen; raise `UsageError` if it is wrong."""
        duration, corpus, jobs = (options.pop(name) for name in ("duration", "corpus", "jobs"))
        if duration is None:
            for name, given in (("--corpus", corpus), ("--jobs", jobs)):
                if given is not None:
                    raise UsageError(f"{name} goes with --for alone; say for how long, e.g. 8h")
            return cls(seconds=0.0, corpus=None, jobs=None)
        from run_contracts.night.durations import seconds_of  # noqa: PLC0415 - only for a night

        if only:
            raise UsageError("--for searches for whatever is broken; leave --only out, or --for")
        return cls(seconds=seconds_of(duration), corpus=corpus, jobs=jobs)

    def lines(self) -> tuple[str, ...]:
        """Return what a night sends and creates, in words; nothing if there is none."""
        if not self.seconds:
            return ()
        from run_contracts.night.durations import in_words  # noqa: PLC0415 - only for a night
        from run_contracts.night.schedule import (  # noqa: PLC0415 - loads what sends
            MOST_REQUESTS_A_ROUND,
            MOST_RUNS_A_ROUND,
        )

        return (
            f"then for {in_words(self.seconds)} rounds of at most {MOST_REQUESTS_A_ROUND} requests "
            f"and {MOST_RUNS_A_ROUND} runs each; what a round created is deleted at its end",
        )

    def night(
        self, stack: ExitStack, target: Target, url: str | None, progress: Progress
    ) -> WholeNight | None:
        """Return the night of a target, whose corpus is held until the stack is left."""
        if not self.seconds:
            return None
        from run_contracts.client.applications import ApplicationName  # noqa: PLC0415
        from run_contracts.night import night_plan  # noqa: PLC0415 - only for a night
        from run_contracts.night.corpus import Corpus, default_folder  # noqa: PLC0415
        from run_contracts.night.night_log import NightLog  # noqa: PLC0415
        from run_contracts.night.night_memory import NightMemory  # noqa: PLC0415
        from run_contracts.night.whole_night import WholeNight  # noqa: PLC0415

        night_plan.check_may_search(target)
        application = url if url and ApplicationName.read(url) else ""
        plan = night_plan.NightPlan(
            target=target,
            seconds=self.seconds,
            corpus=self.corpus or Path(),
            jobs=self.jobs or night_plan.usual_jobs(application),
            application=application,
            folder=Path.cwd(),
        )
        corpus = Corpus(self.corpus or default_folder(plan.subject, Path.cwd()))
        stack.enter_context(corpus.held())
        memory = NightMemory(
            corpus=corpus,
            log=NightLog(corpus.folder, plan.subject, seconds=self.seconds),
            hide=target.hidden,
            tell=lambda line: _tell(line, progress),
        )
        memory.read(target.edition)
        memory.tell_complaints()
        return WholeNight(plan=plan, memory=memory, progress=progress.on_request)


def _tell(line: str, progress: Progress) -> None:
    """Print a line on the standard error, which names what came from files and workers."""
    from run_contracts.report import sanitizing  # noqa: PLC0415 - only for a night

    with progress.paused():
        click.echo(sanitizing.line(f"run-contracts: {line}"), err=True)
