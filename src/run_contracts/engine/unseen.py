"""Why a requirement was not seen to hold or to be broken: the truest reason there is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from propcache.api import cached_property

from run_contracts.client.outgoing import CREATES_RUNS
from run_contracts.contract.requirements import EVERY_OTHER, Requirement
from run_contracts.events import Ending, Offer, OperationSeen, Result, Surveyed
from run_contracts.probes import planned
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import SERVER_ERROR, Exchange

NOTHING_SEEN = "nothing was seen that shows it"
NOT_RUN = "not run"
"""What stands for a probe that the end of a check left out."""
NO_OTHER_FIELD = "no answer had a field without a rule of its own"


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingEvidence:
    """Why evidence that a probe was meant to give is missing; no probe if none was run.

    `reaches` are the statuses that it was to bring a run into.
    """

    probe: str
    ending: Ending
    reason: str
    reaches: frozenset[str] = frozenset()

    @property
    def was_run(self) -> bool:
        """Whether the probe was begun at all."""
        return self.probe not in ("", NOT_RUN)


GRAVEST_FIRST = (Ending.ERROR, Ending.BLOCKED, Ending.SKIP, Ending.INCONCLUSIVE)


Reason = tuple[Result, str]
"""What a requirement comes to that nothing decides, and why."""


@dataclass(frozen=True, kw_only=True)
class Unseen:
    """Finds the reason why nothing decides a requirement.

    The operation that would show it is missing or broken; no run was seen in a status that would;
    or else what kept the probes from it that are meant to show it: `missing_evidence` says by the
    name of a probe why what it gives is missing.
    """

    evidence: Evidence
    survey: Surveyed
    missing_evidence: Mapping[str, MissingEvidence]

    def reason(self, requirement: Requirement) -> Reason:
        """Return the reason for one requirement."""
        is_of_others = EVERY_OTHER in requirement.fields
        return (
            self._by_dialect(requirement)
            or self._by_operation(requirement)
            or self._by_creation()
            or ((Result.SKIP, NO_OTHER_FIELD) if is_of_others else None)
            or self._by_status(requirement)
            or self._by_probe(requirement)
            or self._by_failure(requirement)
            or self._by_leaving_out(requirement)
            or self._by_unreached_status(requirement)
            or (Result.INCONCLUSIVE, _nothing_seen(requirement))
        )

    def _by_dialect(self, requirement: Requirement) -> Reason | None:
        """Return the reason if it does not hold in the dialect that the target speaks."""
        contract = self.evidence.contract
        is_left_out = requirement.id in contract.skips
        return (Result.SKIP, f"dialect {contract.dialect} leaves it out") if is_left_out else None

    def _by_operation(self, requirement: Requirement) -> Reason | None:
        """Return the reason if no operation that shows the requirement answers as it should."""
        seen = [self._operations[name] for name in requirement.shown_by if name in self._operations]
        states = {one.state for one in seen}
        if len(seen) < len(requirement.shown_by) or Offer.OFFERED in states:
            return None
        for state, result in ((Offer.BROKEN, Result.BLOCKED), (Offer.MISSING, Result.SKIP)):
            for operation in seen:
                if operation.state == state:
                    return result, f"{operation.what} is {state}: it {operation.reason}"
        return None

    def _by_creation(self) -> Reason | None:
        """Return the reason if no run was ever seen: that none could be created."""
        creating = [one for name, one in self._operations.items() if name in CREATES_RUNS]
        wrong = [one for one in creating if one.state != Offer.OFFERED]
        if self._reached or len(wrong) < len(creating):
            return None
        tried = [one for one in wrong if one.state != Offer.UNTRIED]
        tried.sort(key=lambda one: one.state != Offer.BROKEN)  # What is there is to be mended.
        why = (f"{one.what} is {one.state}, it {one.reason}" for one in tried)
        return (Result.BLOCKED, f"no run was created: {next(why)}") if tried else None

    def _by_status(self, requirement: Requirement) -> Reason | None:
        """Return the reason if no run was seen in a status in which the requirement speaks."""
        wanted = statuses_of(self.evidence, requirement)
        if not wanted or wanted & self._reached or not self._was_tried(requirement):
            return None
        named = " or ".join(one for one in self.evidence.contract.lifecycle.fields if one in wanted)
        reasons = (one.reason for one in self._missing if one.reaches & wanted and one.reason)
        reason = next((f": {reason}" for reason in reasons), "")
        return Result.INCONCLUSIVE, f"no run was seen {named}{reason}"

    def _by_probe(self, requirement: Requirement) -> Reason | None:
        """Return the gravest of what kept the evidence away.

        That a probe did not reach a status is no reason for what is not about that status, and that
        one was skipped is none where another came to its end.
        """
        ended = [one for one in planned("full") if one.name not in self.missing_evidence]
        is_tried = any(one.gives_evidence_for(requirement.id) for one in ended)
        missing = [
            one
            for one in self._missing_for(requirement.id)
            if one.was_run
            and not (one.reaches and one.ending is Ending.INCONCLUSIVE)
            and not (is_tried and one.ending is Ending.SKIP)
        ]
        gravest = min(missing, key=lambda one: GRAVEST_FIRST.index(one.ending), default=None)
        return None if gravest is None else _reason_of(gravest)

    def _by_leaving_out(self, requirement: Requirement) -> Reason | None:
        """Return the reason if a probe that is meant to show it was not run."""
        left_out = (one for one in self._missing_for(requirement.id) if not one.was_run)
        first = next(left_out, None)
        return None if first is None else _reason_of(first)

    def _by_unreached_status(self, requirement: Requirement) -> Reason | None:
        """Return the reason if a probe did not bring a run to where the requirement shows."""
        missing = (one for one in self._missing_for(requirement.id) if one.was_run and one.reaches)
        first = next(missing, None)
        return None if first is None else _reason_of(first)

    def _by_failure(self, requirement: Requirement) -> Reason | None:
        """Return the reason if an operation that shows it failed, or did not answer."""
        if requirement.on != "exchange" or not requirement.shown_by:
            return None
        for exchange in self.evidence.of(*requirement.shown_by):
            if exchange.response.status >= SERVER_ERROR and not exchange.is_put_off:
                status = exchange.response.status
                return Result.BLOCKED, f"{_name(exchange)} was answered {status}, at least once"
        for exchange in self.evidence.unanswered_of(*requirement.shown_by):
            return Result.BLOCKED, f"{_name(exchange)} had no answer: {exchange.response.failure}"
        return None

    @cached_property
    def _operations(self) -> Mapping[str, OperationSeen]:
        return {one.operation: one for one in self.survey.operations}

    @cached_property
    def _reached(self) -> frozenset[str]:
        """The statuses in which a run was seen."""
        return reached(self.evidence)

    def _was_tried(self, requirement: Requirement) -> bool:
        """Say whether a probe was run that is meant to show a requirement."""
        left_out = {name for name, one in self.missing_evidence.items() if not one.was_run}
        return any(
            one.gives_evidence_for(requirement.id) and one.name not in left_out
            for one in planned("full")
        )

    @property
    def _missing(self) -> Iterable[MissingEvidence]:
        return self.missing_evidence.values()

    def _missing_for(self, requirement: str) -> Iterator[MissingEvidence]:
        by_name = {probe.name: probe for probe in planned("full")}
        for name, missing in self.missing_evidence.items():
            if name in by_name and by_name[name].gives_evidence_for(requirement):
                yield missing


def _reason_of(missing: MissingEvidence) -> Reason:
    return Result(missing.ending.value), ": ".join(filter(None, (missing.probe, missing.reason)))


def _name(exchange: Exchange) -> str:
    operation = exchange.operation
    return f"{operation.method} {operation.path}" if operation else exchange.request.method


def _nothing_seen(requirement: Requirement) -> str:
    """Return what was not seen: a field, where the requirement is about the form of one."""
    if requirement.judge == "schema" and requirement.fields:
        return f"no {requirement.on.replace('_', ' ')} had a value in {requirement.fields[0]}"
    return NOTHING_SEEN


def reached(evidence: Evidence) -> frozenset[str]:
    """Return the statuses in which runs were seen."""
    return frozenset(one.status for run in evidence.histories.values() for one in run.observations)


def statuses_of(evidence: Evidence, requirement: Requirement) -> frozenset[str]:
    """Return the statuses of runs in which a requirement speaks; none if it is about any run."""
    is_by_status = requirement.rule == "by-status" and requirement.on == "run"
    if not is_by_status:
        return frozenset(requirement.shown_in)
    cells = evidence.contract.lifecycle.fields
    return frozenset(
        status
        for status, row in cells.items()
        if requirement.holds_for(status)
        and any(row.get(field) == requirement.expect for field in requirement.fields)
    )
