"""What a check of a target came to: its verdicts by id, or why there are none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from run_contracts.events import Decided, Event, Finished, Started, exchanges
from run_contracts.traffic.exchange import Exchange


@dataclass(frozen=True, kw_only=True, eq=False)
class CheckResult:
    """One check of a target, by its name: verdicts by id, or the error that kept them away."""

    name: str
    error: str = ""
    started: Started | None = None
    finished: Finished | None = None
    decided: Mapping[str, Decided] = field(default_factory=dict)
    exchanges: tuple[Exchange, ...] = ()

    @property
    def other_failures(self) -> str:
        """What is red beside the verdicts: a check not carried through, known failures out of date.

        A scenario may not have been gone through, though others decided what it would have.
        """
        if self.finished is None or not self.decided:
            return ""
        error = self.finished.error
        halted = [f"the check was not carried through: {error}"] if error else []
        return "\n".join([*halted, *(f"known failures: {line}" for line in self.finished.baseline)])

    @classmethod
    def of(cls, name: str, events: Iterable[Event]) -> CheckResult:
        """Sort the events of a check."""
        seen = list(events)
        finished = next((one for one in seen if isinstance(one, Finished)), None)
        return cls(
            name=name,
            error=(finished.error if finished else None) or "the check ended without a verdict",
            started=next((one for one in seen if isinstance(one, Started)), None),
            finished=finished,
            decided={one.requirement: one for one in seen if isinstance(one, Decided)},
            exchanges=tuple(exchanges(seen)),
        )
