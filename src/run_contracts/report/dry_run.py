"""The plan of a check as lines: what it would send, and what that would create."""

from __future__ import annotations

from collections.abc import Iterator

from run_contracts.events import Started
from run_contracts.report import sanitizing
from run_contracts.report.folding import counted


def lines(started: Started, budget: str) -> Iterator[str]:
    """Yield the lines of a plan for a person; nothing of it has been sent."""
    yield from map(sanitizing.line, _lines(started, budget))


def _lines(started: Started, budget: str) -> Iterator[str]:
    yield (
        f"run-contracts {started.version}: would check {started.target} "
        f"(edition {started.edition}, profile {started.profile}, seed {started.seed})"
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
    yield f"bounded by {budget}" if budget else "no bound is set; --max-requests N sets one"
    yield "created assistants and threads are deleted at the end; nothing was sent now"
