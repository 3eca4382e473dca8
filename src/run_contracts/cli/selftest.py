"""``run-contracts selftest``: try the checks on servers known to be right, or wrong."""

from __future__ import annotations

import os
import sys
import time

import click

from run_contracts.cli.completing import fault_ids
from run_contracts.errors import UsageError
from run_contracts.events import ExitCode
from run_contracts.register import EDITIONS

EXAMPLES = """\b
Examples:
  run-contracts selftest
  run-contracts selftest --fault RUN-LIST-005 --fault RUN-LIST-005-b
  run-contracts selftest --edition v1 --jobs 4
"""


@click.command(epilog=EXAMPLES)
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
@click.option("--write", is_flag=True, help="Declare what is seen, in the committed matrix.")
def command(editions: tuple[str, ...], faults: tuple[str, ...], jobs: int, *, write: bool) -> None:
    """Try every check on the right reference server and on each of its faults.

    The right server must be all green in both editions, and each fault must break exactly what
    the matrix declares. Prints one line for each deviation, then the counts. No network is used.
    """
    from run_contracts.selftest import matrix, trial  # noqa: PLC0415 - loads server and checks
    from run_contracts.selftest.comparing import compared, trials, unproven  # noqa: PLC0415
    from run_contracts.server.faults import FAULTS  # noqa: PLC0415

    unknown = [fault for fault in faults if fault not in FAULTS]
    if unknown:
        raise UsageError(f"no fault {unknown[0]!r}; run-contracts list --faults shows all")
    started = time.perf_counter()
    declared = matrix.read_matrix()
    tried = trials(editions or EDITIONS, faults or None)
    found = list(trial.results(tried, jobs=jobs))
    if write:
        declared = declared.with_results(found, FAULTS)
        matrix.write_matrix(declared)
    comparison = compared(found, declared)
    deviations = [*comparison.deviations, *unproven(FAULTS.values())]
    for deviation in deviations:
        click.echo(deviation)
    click.echo(f"{comparison.summary}, {time.perf_counter() - started:.1f} s")
    sys.exit(ExitCode.BROKEN if deviations else ExitCode.HOLDS)
