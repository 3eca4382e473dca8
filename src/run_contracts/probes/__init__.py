"""Probes: scenarios that send requests and collect exchanges. They never judge."""

from __future__ import annotations

from collections.abc import Collection

from run_contracts.probes._catalogue import Probe
from run_contracts.probes._stage import Blocked, Inconclusive, NotOffered, Stage
from run_contracts.probes.commanding import cancelling, late_commands, modifying, tools
from run_contracts.probes.reading import isolation, listing, refusals
from run_contracts.probes.running import expiring, failing, lifecycle, limits, thread_and_run
from run_contracts.probes.streaming import streaming, streaming_tools

__all__ = ["PROBES", "Blocked", "Inconclusive", "NotOffered", "Probe", "Stage", "planned"]

PROBES: tuple[Probe, ...] = (
    lifecycle,
    limits,
    failing,
    thread_and_run,
    cancelling,
    late_commands,
    tools,
    modifying,
    listing,
    isolation,
    refusals,
    streaming,
    streaming_tools,
    expiring,
)
"""Every probe, in the order they run: the plainest first, the one that waits longest last."""


def planned(profile: str, only: Collection[str] | None = None) -> tuple[Probe, ...]:
    """Return the probes of a profile; with `only`, those that exercise these requirements."""
    return tuple(
        probe
        for probe in PROBES
        if (profile == "full" or probe.is_smoke)
        and (only is None or any(map(probe.gives_evidence_for, only)))
    )
