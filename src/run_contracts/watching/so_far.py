"""What is known of live traffic so far, as the numbers and the events of a check."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from threading import RLock
from typing import cast

from run_contracts.contract.loading import Contract, load
from run_contracts.contract.requirements import EDITIONS, Requirement, client_register
from run_contracts.engine.renumbering import Renumbering
from run_contracts.events import (
    Ending,
    Event,
    Exchanged,
    ExitCode,
    Finished,
    ProbeEnded,
    Started,
)
from run_contracts.recordings.judging.asked_for import AskedFor
from run_contracts.traffic.exchange import Exchange
from run_contracts.types import DialectName, Edition
from run_contracts.watching.found_once import MOST_PLACES_NAMED, WATCH
from run_contracts.watching.judge_messages import FromJudge, LiveFinding, Numbers, Withdrawn
from run_contracts.watching.verdicts_of_passed import verdict_of_passed

NOT_JUDGED = "not judged"
LOST = "they passed while the judge was busy, or not there"
LEFT_OPEN = "they were under way at the end, and are judged as far as they came"
NO_RUN = "no run was seen in what passed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """What passed, as who forwarded it counts: requests, those beside the contract, those ended.

    Of those that were `left_open` at the end nothing more is known. `remarks` say why something
    was not judged, `own_errors` what failed by errors of ours.
    """

    requests: int = 0
    beside: int = 0
    ended: int = 0
    open_requests: int = 0
    left_open: int = 0
    seconds: float = 0.0
    remarks: tuple[str, ...] = ()
    own_errors: tuple[str, ...] = ()


@dataclass(slots=True)
class _KeptFinding:
    """A finding that is kept, and in which session of which judge it was found."""

    life: int
    finding: LiveFinding


@dataclass(kw_only=True)
class WatchedSoFar:
    """Hears what judges find, and puts it together; several threads may ask it."""

    target: str
    asked: AskedFor
    _kept: list[_KeptFinding] = field(default_factory=list)
    _known: set[tuple[str, str]] = field(default_factory=set)
    _before: Numbers = field(default_factory=Numbers)
    _now: Numbers = field(default_factory=Numbers)
    _life: int = 0
    _offset: int = 0
    _lock: RLock = field(default_factory=RLock)

    def hear(self, message: FromJudge) -> LiveFinding | None:
        """Take what a judge says; return a finding whose like was not heard before."""
        with self._lock:
            match message:
                case Numbers():
                    self._now = message
                case Withdrawn(session):
                    place = self._life, session
                    self._kept = [one for one in self._kept if _place(one) != place]
                    self._known = {_fingerprint(one.finding) for one in self._kept}
                case LiveFinding():
                    return self._add(_renumbered(message, self._offset))
        return None

    def begin_anew(self) -> None:
        """Another judge begins to count at nothing, and to number exchanges at one."""
        with self._lock:
            self._before, self._now = _sum(self._before, self._now), Numbers()
            self._life += 1
            self._offset = max(
                (one.finding.seen.broken.exchange for one in self._kept), default=self._offset
            )

    @property
    def numbers(self) -> Numbers:
        """What all judges have counted."""
        with self._lock:
            return _sum(self._before, self._now)

    @property
    def findings(self) -> tuple[LiveFinding, ...]:
        """What was found: of each kind the first ones."""
        with self._lock:
            return tuple(one.finding for one in self._kept)

    def events(self, passage: Passage) -> Iterator[Event]:
        """Yield the events of what is known so far, not yet coloured by a policy."""
        numbers, findings = self.numbers, self.findings
        edition, dialect, *_ = self._spoken(numbers)
        yield Started(
            target=self.target,
            edition=edition,
            dialect=dialect or "",
            profile=WATCH,
        )
        for exchange in _exchanges(findings):
            yield Exchanged(exchange=exchange)
        yield ProbeEnded(
            probe=WATCH,
            what="what passed is judged",
            ending=Ending.DONE,
            reason=self._reading(numbers),
            requests=passage.requests,
            seconds=passage.seconds,
        )
        for times, reason in _unjudged(numbers, passage):
            yield ProbeEnded(
                probe=NOT_JUDGED,
                what="what passed is not judged",
                ending=Ending.INCONCLUSIVE,
                reason=reason,
                requests=times,
                seconds=0.0,
            )
        for requirement in self._requirements(numbers):
            yield verdict_of_passed(requirement, numbers, findings)
        yield Finished(
            requests=passage.requests,
            seconds=passage.seconds,
            exit_code=ExitCode.HOLDS,
            unverified=tuple(_unverified(numbers, passage)),
            own_errors=tuple(_own_errors(numbers, passage)),
        )

    def _add(self, finding: LiveFinding) -> LiveFinding | None:
        requirement = finding.seen.requirement
        is_full = len(self._kept) >= MOST_PLACES_NAMED
        if is_full and any(one.finding.seen.requirement == requirement for one in self._kept):
            return None
        is_new = _fingerprint(finding) not in self._known
        self._known.add(_fingerprint(finding))
        self._kept.append(_KeptFinding(self._life, finding))
        return finding if is_new else None

    def _spoken(self, numbers: Numbers) -> tuple[Edition, DialectName | None]:
        """Return what is spoken in the first session; what was named where there is none."""
        first = next(iter(numbers.spoken), None)
        if first is None:
            return self.asked.edition or EDITIONS[-1], self.asked.dialect
        return cast("Edition", first[0]), cast("DialectName | None", first[1] or None)

    def _reading(self, numbers: Numbers) -> str:
        read = [
            f"edition {edition}{f', dialect {dialect}' if dialect else ''} ({reason})"
            for edition, dialect, reason in numbers.spoken
        ]
        return f"read as {'; '.join(read)}" if read else ""

    def _requirements(self, numbers: Numbers) -> Iterator[Requirement]:
        spoken = [(edition, dialect) for edition, dialect, _ in numbers.spoken]
        first = self._spoken(numbers)
        every: dict[str, Requirement] = {}
        for edition, dialect in spoken or [(first[0], first[1] or "")]:
            contract = self._contract(edition, dialect)
            if self.asked.judges != "client":
                every |= {
                    id_: rule
                    for id_, rule in contract.register.items()
                    if id_ not in contract.skips
                }
            if self.asked.judges != "server":
                every |= client_register(contract.edition)
        yield from every.values()

    def _contract(self, edition: str, dialect: str | None) -> Contract:
        return load(
            cast("Edition", edition),
            reading=self.asked.reading,
            dialect=cast("DialectName | None", dialect or None),
        )


def _place(kept: _KeptFinding) -> tuple[int, int]:
    return kept.life, kept.finding.session


def _fingerprint(finding: LiveFinding) -> tuple[str, str]:
    return finding.seen.requirement, finding.fingerprint


def _renumbered(finding: LiveFinding, offset: int) -> LiveFinding:
    """Return a finding whose exchange is numbered after those of the judges before."""
    if not offset:
        return finding
    numbering, exchange = Renumbering.further(offset), finding.exchange
    return finding._replace(
        seen=replace(finding.seen, broken=numbering.broken(finding.seen.broken)),
        exchange=None if exchange is None else numbering.exchange(exchange),
    )


def _exchanges(findings: tuple[LiveFinding, ...]) -> list[Exchange]:
    kept = (one.exchange for one in findings)
    by_number = {one.number: one for one in kept if one is not None}
    return [by_number[number] for number in sorted(by_number)]


def _unjudged(numbers: Numbers, passage: Passage) -> Iterator[tuple[int, str]]:
    """Yield how many exchanges were not judged, and why, in a clause."""
    for reason, times in numbers.unjudged.most_common():
        yield times, reason
    if passage.left_open:
        yield passage.left_open, LEFT_OPEN
    lost = _lost(numbers, passage)
    if lost or passage.remarks:
        yield lost, "; ".join([*passage.remarks, *([LOST] if lost else [])])


def _lost(numbers: Numbers, passage: Passage) -> int:
    return max(0, passage.ended - numbers.judged - numbers.unjudged.total())


def _unverified(numbers: Numbers, passage: Passage) -> Iterator[str]:
    """Yield why what holds is not to be taken for the whole: no green on nothing."""
    if not numbers.runs and not numbers.broken:
        yield NO_RUN
    left_out = _lost(numbers, passage) + numbers.unjudged.total() + passage.left_open
    if left_out > numbers.judged - passage.left_open:
        yield f"{left_out} of {passage.ended} exchanges were not judged"


def _own_errors(numbers: Numbers, passage: Passage) -> Iterator[str]:
    yield from passage.own_errors
    raised_at = dict(numbers.raised_at)
    for name, times in numbers.own_errors.most_common():
        where = f": {raised_at[name]}" if name in raised_at else ""
        yield f"{name} failed {times} times by an error of run-contracts{where}"


def _sum(before: Numbers, now: Numbers) -> Numbers:
    """Return what two judges have counted, one after the other."""
    return replace(
        now,
        judged=before.judged + now.judged,
        runs=before.runs + now.runs,
        exercised=before.exercised + now.exercised,
        broken=before.broken + now.broken,
        unjudged=before.unjudged + now.unjudged,
        own_errors=before.own_errors + now.own_errors,
        raised_at=tuple(dict((*before.raised_at, *now.raised_at)).items()),
        spoken=tuple(dict.fromkeys((*before.spoken, *now.spoken))),
        sessions=before.sessions + now.sessions,
    )
