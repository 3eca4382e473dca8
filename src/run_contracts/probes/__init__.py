"""Probes: scenarios that send requests and collect exchanges. They never judge."""

from __future__ import annotations

from collections.abc import Collection

from run_contracts.contract.lifecycle import OUTCOME_KEY
from run_contracts.probes.calling import streaming_tools, tools
from run_contracts.probes.catalogue import Probe
from run_contracts.probes.commanding import cancelling, late_commands
from run_contracts.probes.context import ProbeContext
from run_contracts.probes.each_status import commanding_each_status
from run_contracts.probes.expiring import expiring
from run_contracts.probes.only_reading import only_reading
from run_contracts.probes.racing import cancelling_a_call, cancelling_late, submitting_twice
from run_contracts.probes.reading import isolation, listing
from run_contracts.probes.refusing import rarer_refusals, refusals
from run_contracts.probes.run_requests import RunValue, answers, asked_calls
from run_contracts.probes.running import (
    asking_for_more,
    failing,
    lifecycle,
    limits,
    nothing_to_answer,
)
from run_contracts.probes.shortfall import Blocked, Inconclusive, NotOffered, NotStreamed
from run_contracts.probes.streaming import cancelling_a_stream, streaming

__all__ = [
    "OUTCOME_KEY",
    "PROBES",
    "Blocked",
    "Inconclusive",
    "NotOffered",
    "NotStreamed",
    "Probe",
    "ProbeContext",
    "RunValue",
    "answers",
    "asked_calls",
    "planned",
]

PROBES: tuple[Probe, ...] = (
    lifecycle,
    limits,
    failing,
    refusals,
    isolation,
    cancelling,
    tools,
    streaming_tools,
    listing,
    late_commands,
    nothing_to_answer,
    asking_for_more,
    streaming,
    cancelling_a_stream,
    rarer_refusals,
    cancelling_a_call,
    cancelling_late,
    submitting_twice,
    commanding_each_status,
    expiring,
)
"""Every probe, in the order they run: the plainest first, the one that waits longest last.

Of those that smoke runs the last one sends what the others left of its bound.
"""


READING_PROBES: tuple[Probe, ...] = (only_reading,)
"""What takes their place where a target is only read."""


def planned(
    profile: str, only: Collection[str] | None = None, *, is_read_only: bool = False
) -> tuple[Probe, ...]:
    """Return the probes of a profile; with `only`, those that exercise these requirements."""
    return tuple(
        probe
        for probe in (READING_PROBES if is_read_only else PROBES)
        if (profile == "full" or probe.is_smoke)
        and (only is None or any(map(probe.gives_evidence_for, only)))
    )
