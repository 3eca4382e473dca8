"""Agreement: where trials differ from the matrix, what was not caught, what was imagined."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from run_contracts.contract.requirements import EDITIONS, register
from run_contracts.engine.selftest.matrix import Matrix, blocked_by_faults
from run_contracts.engine.selftest.trial import Trial, TrialResult
from run_contracts.server.degradations import DEGRADATIONS
from run_contracts.server.faults import FAULTS, Fault
from run_contracts.types import Edition

NEEDS_VENDOR_FIELDS = (
    "it speaks of fields that a schema declares beside those with a rule of their own; ours "
    "declare none, only a schema that a vendor extended does"
)
UNSHOWN: Mapping[str, str] = MappingProxyType(
    {"RUN-SHAPE-031": NEEDS_VENDOR_FIELDS, "RUN-STEP-016": NEEDS_VENDOR_FIELDS}
)
"""The requirements that no reference server can show broken, each with the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How results compare with the matrix: each deviation in a sentence, and the counts."""

    deviations: tuple[str, ...]
    missed: tuple[str, ...]
    faults: int
    false_alarms: int

    @property
    def caught(self) -> int:
        """How many faults were seen, in each edition that knows their requirement."""
        return self.faults - len(self.missed)

    @property
    def summary(self) -> str:
        """The counts in a line."""
        alarms = "1 false alarm" if self.false_alarms == 1 else f"{self.false_alarms} false alarms"
        faults = "fault" if self.faults == 1 else "faults"
        return f"{self.caught} of {self.faults} {faults} caught, {alarms} on the right server"


def trials(
    editions: Iterable[Edition], faults: Collection[str] | None = None, *, profile: str = "full"
) -> list[Trial]:
    """Return the trials of the right server, every degradation, and every fault.

    A fault is tried where its requirement is known. `faults` limits them to these, and to no
    degradation; `profile` says which probes try.
    """
    chosen = [fault for fault in FAULTS.values() if faults is None or fault.id in faults]
    return [
        *(Trial(edition=edition, profile=profile) for edition in editions),
        *(
            Trial(edition=edition, faults=(fault.id,), profile=profile)
            for fault in chosen
            for edition in editions
            if fault.requirement in register(edition).by_id
        ),
        *(
            Trial(edition=edition, degradations=(degradation,), profile=profile)
            for degradation in (DEGRADATIONS if faults is None else ())
            for edition in editions
        ),
    ]


def compared(results: Collection[TrialResult], matrix: Matrix) -> Agreement:
    """Return how results compare with what is declared."""
    deviations = [one for result in results for one in _deviations(result, matrix)]
    faulty = {result.trial.fault for result in results if result.trial.fault is not None}
    missed = {result.trial.name for result in results if not _is_caught(result)}
    right = [result for result in results if result.trial.planted is None]
    return Agreement(
        deviations=tuple(deviations),
        missed=tuple(sorted(missed)),
        faults=len(faulty),
        false_alarms=sum(map(alarms, right)),
    )


def alarms(result: TrialResult) -> int:
    """Return how many requirements a right server was said to break, or to keep from being seen."""
    return len(result.broken | result.blocked) + (result.failure is not None)


def unproven(faults: Iterable[Fault]) -> Iterator[str]:
    """Yield a sentence for each requirement that no fault proves, and for each needless excuse."""
    proven = {fault.requirement for fault in faults}
    known = {one for edition in EDITIONS for one in register(edition)}
    for requirement in sorted(known - proven - UNSHOWN.keys()):
        yield f"{requirement}: no fault of the reference server breaks it"
    for requirement in sorted(UNSHOWN.keys() & proven | UNSHOWN.keys() - known):
        yield f"{requirement}: it is said that no server can show it, which is not so"


def _is_caught(result: TrialResult) -> bool:
    """Say whether the requirement that a fault is named for is broken."""
    fault = result.trial.fault
    return fault is None or FAULTS[fault].requirement in result.broken


def _deviations(result: TrialResult, matrix: Matrix) -> Iterator[str]:
    """Yield a sentence for each way in which a result is not what was declared."""
    where = f"{result.trial.name} {result.trial.edition}"
    if result.failure is not None:
        yield f"{where}: the check did not come to its end: {result.failure}"
        return
    declared = matrix.declared(result.trial.edition, result.trial.planted)
    if not _is_caught(result):
        yield f"{where}: not caught, the requirement it is named for is not broken"
    for word, shown, wanted in (
        ("broken", result.broken, declared.broken),
        ("blocked", blocked_by_faults(result), declared.blocked),
    ):
        yield from (f"{where}: {one} is {word}, undeclared" for one in sorted(shown - wanted))
        yield from (f"{where}: {one} is declared {word}, but not" for one in sorted(wanted - shown))
    if result.trial.planted is None:
        undecided = sorted(result.undecided - UNSHOWN.keys())
        yield from (f"{where}: nothing was seen that decides {one}" for one in undecided)
