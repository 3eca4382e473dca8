"""``run-contracts selftest``: try the checks on servers known to be right, or wrong."""

from __future__ import annotations

import os
import sys
import time

import click

from run_contracts.cli import hypothesis_storage
from run_contracts.cli.completion import fault_ids
from run_contracts.cli.given_once import OnceCommand
from run_contracts.client.checked_target import PROFILES
from run_contracts.contract.requirements import EDITIONS
from run_contracts.errors import UsageError
from run_contracts.events import ExitCode
from run_contracts.types import Edition


@click.command(
    cls=OnceCommand,
    epilog="""\b
Examples:
  run-contracts selftest
  run-contracts selftest --fault RUN-LIST-005 --fault RUN-LIST-005-b
  run-contracts selftest --edition v1 --jobs 4
  run-contracts selftest --profile smoke
  run-contracts selftest --combined 60
""",
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
@click.option(
    "--combined",
    type=click.IntRange(1),
    metavar="N",
    help="Try so many servers with many faults and degradations at once, instead.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the combinations.")
def command(  # noqa: PLR0913 - the options of a self-test
    editions: tuple[Edition, ...],
    faults: tuple[str, ...],
    jobs: int,
    profile: str,
    *,
    combined: int | None,
    seed: int,
    write: bool,
) -> None:
    """Try every check on the right reference server, and on each of its faults and degradations.

    The right server must be all green in both editions, and each fault and degradation must break
    exactly what the matrix declares. Prints one line for each deviation, then the counts. With
    --profile smoke it prints which faults that profile misses, and the share it catches.

    With --combined N, servers with 2, 5 and 10 faults and up to 2 degradations are tried. Prints
    the worst of them, then how much of the contract was exercised beside the right server, and how
    many of the faults that can be seen there were named; both medians must be 90 % or more.

    No network is used.
    """
    from run_contracts.server.faults import FAULTS  # noqa: PLC0415 - heavy

    unknown = [fault for fault in faults if fault not in FAULTS]
    if unknown:
        raise UsageError(f"no fault {unknown[0]!r}; run-contracts list --faults shows all")
    if write and profile != "full":
        raise UsageError("the matrix declares what the full profile sees; leave out --profile")
    if combined is not None and (editions or faults or write):
        raise UsageError("--combined draws faults of both editions; leave out the other options")
    with hypothesis_storage.kept_apart():
        if combined is None:
            is_right = _each_alone(editions or EDITIONS, faults, jobs, profile, write=write)
        else:
            is_right = _many_at_once(combined, seed, jobs, profile)
    sys.exit(ExitCode.HOLDS if is_right else ExitCode.BROKEN)


def _each_alone(
    editions: tuple[Edition, ...], faults: tuple[str, ...], jobs: int, profile: str, *, write: bool
) -> bool:
    """Try each fault and degradation alone; say whether they break what is declared."""
    from run_contracts.engine.selftest import matrix, trial  # noqa: PLC0415 - loads server and checks
    from run_contracts.engine.selftest.agreement import compared, trials, unproven  # noqa: PLC0415
    from run_contracts.server.degradations import DEGRADATIONS  # noqa: PLC0415
    from run_contracts.server.faults import FAULTS  # noqa: PLC0415

    started = time.perf_counter()
    declared = matrix.read_matrix()
    tried = trials(editions, faults or None, profile=profile)
    results = list(trial.results(tried, jobs=jobs))
    if write:
        declared = declared.with_results(results, (*FAULTS, *DEGRADATIONS))
        matrix.write_matrix(declared)
    comparison = compared(results, declared)
    is_full = profile == "full"
    deviations = [*comparison.deviations, *unproven(FAULTS.values())] if is_full else []
    for line in deviations if is_full else map("{}: not caught".format, comparison.missed):
        click.echo(line)
    share = "" if is_full else f"{100 * comparison.caught / comparison.faults:.1f} % by {profile}, "
    click.echo(f"{comparison.summary}, {share}{time.perf_counter() - started:.1f} s")
    return not (deviations or comparison.false_alarms)


def _many_at_once(number: int, seed: int, jobs: int, profile: str) -> bool:
    """Try combinations of faults and degradations; say whether enough of them is seen."""
    from run_contracts.engine import selftest  # noqa: PLC0415 - loads server and checks

    started = time.perf_counter()
    right = list(selftest.results(selftest.right_servers(profile), jobs=1))
    tried = selftest.combinations(number, seed=seed, profile=profile)
    outcome = selftest.combined(
        list(selftest.results(tried, jobs=jobs)), right, selftest.read_matrix()
    )
    for reach in outcome.worst:
        click.echo(reach.summary)
    for line in outcome.summary:
        click.echo(line)
    click.echo(f"{number} combinations, {time.perf_counter() - started:.1f} s")
    return outcome.is_enough
