"""What a probe is: a scenario with a name, its price said beforehand, and what it exercises."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial

from run_contracts.probes.context import ProbeContext

Scenario = Callable[[ProbeContext], None]
RUN_VALUES = (
    "RUN-BODY-*",
    "RUN-SHAPE-*",
    "RUN-HTTP-00[1245]",
    "RUN-TIME-*",
    "RUN-USAGE-*",
    "RUN-ID-00?",
    "RUN-META-*",
    "RUN-STATUS-*",
)
"""What any run that is read shows, in one status or another."""
STEP_VALUES = "RUN-STEP-0[01]*"
"""What any step that is read shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """A scenario that sends requests. `creates` says what it leaves behind or pays for.

    `exercises` holds patterns of the requirement ids it gives evidence for; `reaches` the statuses
    that it brings a run into if the server lets it.
    """

    name: str
    what: str
    creates: str
    exercises: tuple[str, ...]
    scenario: Scenario
    is_smoke: bool = True
    reaches: frozenset[str] = frozenset()

    def gives_evidence_for(self, requirement: str) -> bool:
        """Say whether the probe is meant to exercise a requirement."""
        return any(fnmatchcase(requirement, pattern) for pattern in self.exercises)


def probe(
    what: str,
    *,
    creates: str,
    exercises: tuple[str, ...],
    is_smoke: bool = True,
    reaches: Collection[str] = (),
) -> Callable[[Scenario], Probe]:
    """Make a probe of a scenario; its name is the function's."""

    def make(scenario: Scenario) -> Probe:
        return Probe(
            name=scenario.__name__,
            what=what,
            creates=creates,
            exercises=exercises,
            scenario=partial(ProbeContext.carry_out, scenario=scenario),
            is_smoke=is_smoke,
            reaches=frozenset(reaches),
        )

    return make
