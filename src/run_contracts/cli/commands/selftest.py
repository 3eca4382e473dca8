"""``run-contracts selftest``: try the checks on servers known to be right, or wrong."""

from __future__ import annotations

import os
import sys
import time

import click

from run_contracts.cli.completion import fault_ids
from run_contracts.client.target import PROFILES
from run_contracts.contract.requirements import EDITIONS
from run_contracts.errors import UsageError
from run_contracts.events import ExitCode
from run_contracts.types import Edition


@click.command(
    epilog="""\b
Examples:
  run-contracts selftest
  run-contracts selftest --fault RUN-LIST-005 --fault RUN-LIST-005-b
  run-contracts selftest --edition v1 --jobs 4
  run-contracts selftest --profile smoke
"""
)
@click.option(
    "--edition", "editions", type=click.Choice(EDITIONS), multiple=True, help="Both unless given."
)
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="ID",
    shell_complete=fault_ids,
    help="Try this one; repeatable.",
)
@click.option(
    "--jobs", type=click.IntRange(1), default=os.cpu_count() or 1, help="Processes that try."
)
@click.option("--profile", type=click.Choice(PROFILES), default="full", show_default=True)
@click.option("--write", is_flag=True, help="Declare what is seen, in the committed matrix.")
def command(
    editions: tuple[Edition, ...], faults: tuple[str, ...], jobs: int, profile: str, *, write: bool
) -> None:
    """Try every check on the right reference server and on each of its faults.

    The right server must be all green in both editions, and each fault must break exactly what
    the matrix declares. Prints one line for each deviation, then the counts. With --profile smoke
    it prints which faults that profile misses, and the share it catches. No network is used.
    """
    from run_contracts.engine.selftest import matrix, trial  # noqa: PLC0415 - loads server and checks
    from run_contracts.engine.selftest.agreement import compared, trials, unproven  # noqa: PLC0415
    from run_contracts.server.faults import FAULTS  # noqa: PLC0415

    unknown = [fault for fault in faults if fault not in FAULTS]
    if unknown:
        raise UsageError(f"no fault {unknown[0]!r}; run-contracts list --faults shows all")
    if write and profile != "full":
        raise UsageError("the matrix declares what the full profile sees; leave out --profile")
    started = time.perf_counter()
    declared = matrix.read_matrix()
    tried = trials(editions or EDITIONS, faults or None, profile=profile)
    results = list(trial.results(tried, jobs=jobs))
    if write:
        declared = declared.with_results(results, FAULTS)
        matrix.write_matrix(declared)
    comparison = compared(results, declared)
    is_full = profile == "full"
    deviations = [*comparison.deviations, *unproven(FAULTS.values())] if is_full else []
    for line in deviations if is_full else map("{}: not caught".format, comparison.missed):
        click.echo(line)
    share = "" if is_full else f"{100 * comparison.caught / comparison.faults:.1f} % by {profile}, "
    click.echo(f"{comparison.summary}, {share}{time.perf_counter() - started:.1f} s")
    is_wrong = deviations or comparison.false_alarms
    sys.exit(ExitCode.BROKEN if is_wrong else ExitCode.HOLDS)
