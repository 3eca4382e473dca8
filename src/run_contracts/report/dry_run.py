"""The plan of a check as lines: what it would send, and what that would create."""

from __future__ import annotations

from collections.abc import Iterator

from run_contracts.events import Started
from run_contracts.report import sanitizing
from run_contracts.report.folding import counted


def lines(started: Started) -> Iterator[str]:
    """Yield the lines of a plan for a person; nothing of it has been sent."""
    yield from map(sanitizing.line, _lines(started))


def _lines(started: Started) -> Iterator[str]:
    yield (
        f"run-contracts {started.version}: would check {started.target} "
        f"({started.spoken}, profile {started.profile}, seed {started.seed})"
    )
    if started.left_out:
        yield f"left out: {started.left_out}"
    width = max((len(probe["probe"]) for probe in started.probes), default=0)
    for probe in started.probes:
        yield f"  {probe['probe']:<{width}}  creates {probe['creates']}"
    if started.generated:
        yield (
            f"then at most {counted(started.generated, 'generated request')}, which create threads "
            "and runs, too; looks at runs under way and smaller attempts at what breaks come on top"
        )
    yield f"at most {', '.join(bounds(started))}"
    if started.is_read_only:
        yield "the target is only read, by GET; --write lets the check create runs"
    else:
        yield tokens(started)
        yield "created assistants and threads are deleted at the end"


def bounds(started: Started) -> Iterator[str]:
    """Yield what bounds a check: how many requests, runs and seconds."""
    if started.most_requests is not None:
        yield counted(started.most_requests, "request")
    if started.most_runs is not None:
        yield counted(started.most_runs, "run")
    if started.most_seconds is not None:
        yield f"{started.most_seconds:g} seconds"


def tokens(started: Started) -> str:
    """Return how many tokens the runs of a check may cost, as a sentence."""
    runs = started.most_runs or 0
    read, written = runs * started.run_reads, runs * started.run_writes
    return (
        f"a run may read {started.run_reads:,} tokens and write {started.run_writes:,}, all of "
        f"them {read:,} and {written:,}, if the server obeys its limits; most say hello, and end "
        "far below; a few ask for no limit or for another, to see what becomes of it"
    )
