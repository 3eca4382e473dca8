"""``run-contracts rate``: how good any checker of servers is."""

from __future__ import annotations

import json
import os
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from run_contracts.cli.completion import fault_words
from run_contracts.cli.given_once import OnceCommand
from run_contracts.cli.progress import Progress
from run_contracts.contract.requirements import EDITIONS
from run_contracts.errors import UsageError
from run_contracts.filesystem.writing import writing
from run_contracts.types import Edition

if TYPE_CHECKING:
    from run_contracts.rating.checker_runs import CheckerRun
    from run_contracts.rating.rated_checker import RatedFault
    from run_contracts.rating.rating_of import RatingPlan


@click.command(
    cls=OnceCommand,
    epilog="""\b
Examples:
  run-contracts rate --command 'python check.py {url}'
  run-contracts rate --command 'pytest tests --junit-xml {dir}/r.xml' --junit {dir}/r.xml
  run-contracts rate --command 'st run {openapi} --url {url}' --faults all --verbose
  run-contracts rate --command './check {url}' --faults RUN-LIST-005 --faults RUN-ID-001
""",
)
@click.option(
    "--command",
    "command_line",
    required=True,
    metavar="COMMAND",
    help="What checks a server: {url}, {key}, {openapi} and {dir} in it are filled in.",
)
@click.option("--junit", default="", metavar="FILE", help="Its JUnit report, e.g. {dir}/r.xml.")
@click.option("--sarif", default="", metavar="FILE", help="Its SARIF report, e.g. {dir}/r.sarif.")
@click.option(
    "--by",
    type=click.Choice(("name", "message")),
    default="name",
    show_default=True,
    help="Failures of a report are the same if they have one name, or one message, too.",
)
@click.option(
    "--red-exit",
    "red_exits",
    multiple=True,
    type=click.IntRange(0, 255),
    metavar="CODE",
    help="An exit code that means that the server is wrong; repeatable.  [default: 1]",
)
@click.option(
    "--faults",
    "fault_words",
    multiple=True,
    metavar="all|N|ID",
    shell_complete=fault_words,
    help="Try all, a sample of N over all areas, or these; repeatable.  [default: 24]",
)
@click.option("--edition", type=click.Choice(EDITIONS), default="v2", show_default=True)
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the sample.")
@click.option(
    "--right",
    "right_runs",
    type=click.IntRange(1, 100),
    default=3,
    show_default=True,
    help="Runs against right servers, each with another seed.",
)
@click.option(
    "--timeout",
    "time_limit",
    type=click.FloatRange(1, 3600),
    default=120,
    show_default=True,
    help="Seconds that a run may take.",
)
@click.option(
    "--jobs", type=click.IntRange(1, 64), default=os.cpu_count() or 1, help="Faults at once."
)
@click.option(
    "--speed",
    type=click.FloatRange(0.1, 10_000),
    default=300,
    show_default=True,
    help="Seconds of the servers in a real one; a run works for 45 of them.",
)
@click.option("--at-least", type=click.IntRange(0), default=0, help="Be red if fewer are caught.")
@click.option("-v", "--verbose", is_flag=True, help="Print a line for each server.")
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text")
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE.json",
    help="Write everything as JSON.",
)
def command(*, verbose: bool, form: str, report: Path | None, **options: Any) -> None:
    """Say how good any checker of servers is: what it catches, and what it calls wrong.

    COMMAND is run against right reference servers, then against servers with one fault each, every
    one fresh. {url} in it is the base URL, {key} the key (also in OPENAI_BASE_URL and
    OPENAI_API_KEY), {openapi} a file with the OpenAPI document, {dir} an empty folder. No shell
    runs it.

    Its verdict is its exit code, or a report. Of a report a fault is caught if something fails that
    fails on no right server. What crashed, was stopped, wrote no report, or asked the server
    nothing gave no verdict.

    Exit codes: 0 rated, 1 false alarms or too few caught, 2 wrong usage, 3 it can tell nothing,
    4 an error of run-contracts, 130 interrupted by Ctrl-C.
    """
    from run_contracts.rating.rating_of import rating_of  # noqa: PLC0415 - heavy
    from run_contracts.rating.rating_report import as_json  # noqa: PLC0415
    from run_contracts.rating.rating_words import lines_of  # noqa: PLC0415

    if verbose and form == "json":
        raise UsageError("--verbose goes with --format text; the JSON names each server anyway")
    plan = _plan(**options)
    with ExitStack() as stack:
        file = stack.enter_context(writing(report)) if report else None
        with Progress(is_wanted=True) as progress:
            rating = rating_of(plan, _Hearing(progress, plan, is_verbose=verbose))
        text = json.dumps(as_json(rating), indent=1, ensure_ascii=False)
        click.echo(text if form == "json" else "\n".join(lines_of(rating)))
        if file is not None:
            file.write(f"{text}\n")
    sys.exit(rating.exit_code)


class _Hearing:
    """Shows who watches how far a rating is, and prints a line for each server if asked."""

    def __init__(self, progress: Progress, plan: RatingPlan, *, is_verbose: bool) -> None:
        self._progress = progress
        self._servers = plan.right_runs + len(plan.faults)
        self._is_verbose = is_verbose
        self._tried = self._requests = 0

    def __call__(self, heard: CheckerRun | RatedFault) -> None:
        """Hear of a server that was tried."""
        from run_contracts.rating.rating_words import run_of, words_of  # noqa: PLC0415 - heavy

        self._tried += 1
        self._requests += run_of(heard).requests
        done = f"{self._tried} of {self._servers} servers"
        self._progress.on_request(done, self._requests - 1)
        if self._is_verbose:
            with self._progress.paused():
                click.echo(words_of(heard))


def _plan(  # noqa: PLR0913 - the options of a rating
    *,
    command_line: str,
    junit: str,
    sarif: str,
    by: str,
    red_exits: tuple[int, ...],
    fault_words: tuple[str, ...],
    edition: Edition,
    seed: int,
    speed: float,
    time_limit: float,
    at_least: int,
    **amounts: int,
) -> RatingPlan:
    """Return the plan that the options mean; raise `UsageError` for what cannot be."""
    from run_contracts.rating.checker import checker_of  # noqa: PLC0415 - heavy
    from run_contracts.rating.checker_runs import Conditions  # noqa: PLC0415
    from run_contracts.rating.fault_samples import DEFAULT_SAMPLE, faults_asked  # noqa: PLC0415
    from run_contracts.rating.rating_of import RatingPlan  # noqa: PLC0415

    by_message = by == "message"
    checker = checker_of(
        command_line, junit=junit, sarif=sarif, by_message=by_message, red_exits=red_exits
    )
    faults = faults_asked(fault_words or (DEFAULT_SAMPLE,), edition, seed)
    if at_least > len(faults):
        raise UsageError(f"--at-least {at_least} is more than the {len(faults)} faults tried")
    conditions = Conditions(edition=edition, speed=speed, time_limit=time_limit)
    return RatingPlan(
        checker=checker,
        conditions=conditions,
        faults=faults,
        seed=seed,
        at_least=at_least,
        **amounts,
    )
