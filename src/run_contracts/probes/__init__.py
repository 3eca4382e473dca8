"""Probes: scenarios that send requests and collect exchanges. They never judge."""

from __future__ import annotations

from collections.abc import Collection

from run_contracts.probes import (  # noqa: F401 - importing a module registers its probes
    commanding,
    reading,
    running,  # first: what it creates is the plainest evidence
    streaming,
)
from run_contracts.probes._catalogue import PROBES, Probe
from run_contracts.probes._stage import Blocked, Inconclusive, NotOffered, Stage

__all__ = ["PROBES", "Blocked", "Inconclusive", "NotOffered", "Probe", "Stage", "planned"]


def planned(profile: str, only: Collection[str] | None = None) -> tuple[Probe, ...]:
    """Return the probes of a profile; with `only`, those that exercise these requirements."""
    return tuple(
        probe
        for probe in PROBES.values()
        if (profile == "full" or probe.is_smoke)
        and (only is None or any(map(probe.gives_evidence_for, only)))
    )
