"""Planning: what a check will send, and what that creates, before it sends anything."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from importlib.util import find_spec

from run_contracts import events
from run_contracts.client.checked_target import Target
from run_contracts.client.session import READ_ONLY
from run_contracts.contract.loading import Contract, load
from run_contracts.contract.operations import operations
from run_contracts.engine.unseen import MissingEvidence
from run_contracts.events import Ending
from run_contracts.probes import Probe, planned
from run_contracts.probes.resources import MOST_READ, MOST_WRITTEN

LEFT_OUT = (
    "schemathesis is not installed, so the endpoints are not explored with generated requests; "
    "add it with: pip install 'run-contracts[check]'"
)
GENERATORS = 4
"""Kinds of made requests for an endpoint: examples, coverage, right and wrong drawn ones."""


def _new_id() -> str:
    return secrets.token_hex(4)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckPlan:
    """What a check will do: whose requirements, by which probes, and whether to explore."""

    target: Target
    contract: Contract
    wanted: tuple[str, ...]
    is_whole: bool
    chosen: Collection[Probe] | None = None
    check_id: str = field(default_factory=_new_id)

    @property
    def probes(self) -> tuple[Probe, ...]:
        """The probes that give evidence for what is wanted, or those that were chosen."""
        if self.chosen is not None:
            return tuple(self.chosen)
        only = None if self.is_whole else self.wanted
        return planned(self.target.profile, only, is_read_only=self.target.is_read_only)

    @property
    def omitted(self) -> dict[str, MissingEvidence]:
        """Why the probes that are left out give no evidence, by their names."""
        if self.chosen is not None or not (self.is_whole or self.target.is_read_only):
            return {}
        reason = f"only a full check exercises it, not the profile {self.target.profile}"
        if self.target.is_read_only:
            reason = READ_ONLY
        left_out = (one for one in planned("full") if one not in self.probes)
        missing = MissingEvidence(probe="", ending=Ending.INCONCLUSIVE, reason=reason)
        return {one.name: missing for one in left_out}

    @property
    def searches(self) -> bool:
        """Whether requests are generated."""
        is_full = self.target.profile == "full" and not self.target.is_read_only
        return is_full and self.is_whole and self.chosen is None

    @property
    def left_out(self) -> str | None:
        """What cannot be done for want of a package."""
        return LEFT_OUT if self.searches and find_spec("schemathesis") is None else None

    @property
    def generated(self) -> int:
        """How many requests are generated at most while nothing breaks.

        Polls of a run until it comes to rest are not counted.
        """
        if not self.searches:
            return 0
        from run_contracts.probes.search import stateful, walking  # noqa: PLC0415 - heavy

        # A thread, the steps, and a cancel for each run.
        in_any_order = stateful.WALKS * (1 + (1 + walking.MOST_SENT) * stateful.STEPS)
        if self.left_out is not None:
            return in_any_order
        from run_contracts.probes.search import exploration, real_ids  # noqa: PLC0415 - an extra

        each = GENERATORS * self.target.cases
        cases = each * len(operations(self.target.edition))
        found = real_ids.MOST_FOR_A_RUN * each + real_ids.MOST_FOR_ALL
        return in_any_order + cases + found + exploration.LINK_RUNS * exploration.LINK_STEPS

    @property
    def most_requests(self) -> int | None:
        """How many requests are sent at most; None if it is not bounded."""
        return (
            self.target.bound
            if self.target.budget.requests is None
            else self.target.budget.requests
        )

    @property
    def most_runs(self) -> int:
        """How many runs are asked for at most."""
        return 0 if self.target.is_read_only else self.target.most_runs

    def started(self, command: str = "") -> events.Started:
        """Return the event that tells the plan, and the command that carries it out again."""
        return events.Started(
            target=self.target.url,
            edition=self.target.edition,
            dialect=self.target.dialect or "",
            profile=self.target.profile,
            seed=self.target.seed,
            probes=tuple(
                {"probe": probe.name, "what": probe.what, "creates": probe.creates}
                for probe in self.probes
            ),
            left_out=self.left_out,
            check=self.check_id,
            only=() if self.is_whole else self.wanted,
            generated=self.generated,
            command=command,
            most_requests=self.most_requests,
            most_runs=self.most_runs,
            most_seconds=self.target.budget.seconds,
            is_read_only=self.target.is_read_only,
            run_reads=MOST_READ,
            run_writes=MOST_WRITTEN,
        )


def plan(
    target: Target,
    *,
    only: Collection[str] | None = None,
    probes: Collection[Probe] | None = None,
) -> CheckPlan:
    """Return the plan of a check; raise `UsageError` for unknown ids.

    `only` names requirements; no other is judged and only their probes run. `probes` are run
    instead of those of the profile, in their order, and nothing is generated.
    """
    contract = load(target.edition, dialect=target.dialect)
    wanted = contract.register if only is None else [contract.register[one].id for one in only]
    return CheckPlan(
        target=target,
        contract=contract,
        wanted=tuple(wanted),
        is_whole=only is None,
        chosen=probes,
    )
