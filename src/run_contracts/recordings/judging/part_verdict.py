"""The verdict on a part of a recording: how many answers hold, and what to say of the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from run_contracts.contract.loading import Contract
from run_contracts.contract.requirements import Level
from run_contracts.recordings.file_parts import BareLines, Entries, FilePart, bare
from run_contracts.recordings.judging.asked_for import AskedFor
from run_contracts.recordings.judging.bare_answers import (
    Verdict,
    is_plainly_right,
    value_of,
    verdict,
)
from run_contracts.recordings.judging.bare_histories import (
    history_findings,
    key_of,
    plainly_follows,
    run_id_of,
)
from run_contracts.recordings.judging.findings import (
    AnswerFinding,
    Said,
    not_judged,
    not_read,
    remarked,
)
from run_contracts.recordings.judging.session_verdicts import session_verdicts
from run_contracts.recordings.judging.standings import Standing
from run_contracts.recordings.recorded import Recorded, Unread
from run_contracts.recordings.spoken import Spoken, spoken_by
from run_contracts.traffic.exchange import Exchange
from run_contracts.types import JSONObject
from run_contracts.validation.other_dialects import OtherDialects
from run_contracts.validation.violation import Violation

MOST_WITH_DIALECTS = 3
"""Findings that are alike of which it is told which dialects allow them."""
NO_REQUEST = "it holds answers without their requests, and so says nothing of a client"
MAY_BE_SHARED = (
    "not all of it is judged as alone: a server has several sessions in it, or not every request "
    "and answer could be read"
)
STREAM_VALUES = 3
"""Events of a stream that are looked at to learn what it speaks."""


Snapshot = tuple[int, JSONObject]
"""The number of a line, and the run in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartVerdict:
    """How many answers of a part amount to what, and what is to be said.

    `unsaid` counts by requirement what there was no room for; what is not judged has the name "".
    `spoken` counts the answers by what they speak. `snapshots` are the numbers of the first and the
    last line in which each run was seen.
    """

    size: int
    answers: Counter[Standing]
    said: tuple[Said, ...] = ()
    unsaid: Counter[str] = field(default_factory=Counter)
    spoken: Counter[Spoken] = field(default_factory=Counter)
    snapshots: dict[str, tuple[int, int]] = field(default_factory=dict)
    form: str = ""


class Counting:
    """What is counted and said while a part is judged."""

    def __init__(self, room: int) -> None:
        """Have room for so many findings."""
        self._room = room
        self.answers: Counter[Standing] = Counter()
        self.said: list[Said] = []
        self.unsaid: Counter[str] = Counter()
        self.spoken: Counter[Spoken] = Counter()
        self._alike: Counter[str] = Counter()
        self._others: dict[Contract, OtherDialects] = {}
        self._red: set[str] = set()

    def add(self, standing: Standing, findings: Iterable[AnswerFinding] = ()) -> None:
        """Count an answer, and say what was found."""
        listed = tuple(findings)
        self.answers[standing] += 1
        if standing is Standing.BROKEN:
            self._red.update(finding.source for finding in listed)
        self.say(listed)

    def say(self, findings: Iterable[AnswerFinding]) -> None:
        """Say findings as far as there is room, and count the others."""
        for finding in findings:
            if len(self.said) < self._room:
                alike = finding.said.alike
                self._alike[alike] += 1
                has_dialects = self._alike[alike] <= MOST_WITH_DIALECTS
                shown = finding.with_dialects(self._others) if has_dialects else finding
                self.said.append(shown.said)
            else:
                self.unsaid[finding.requirement] += 1

    def add_history(self, findings: Iterable[AnswerFinding]) -> None:
        """Say what answers break together; one that held by itself is broken by a MUST, once."""
        for finding in findings:
            is_red = isinstance(finding.what, Violation) and finding.what.level is Level.MUST
            if is_red and finding.source not in self._red and self.answers[Standing.HOLDS]:
                self.answers[Standing.HOLDS] -= 1
                self.answers[Standing.BROKEN] += 1
                self._red.add(finding.source)
            self.say([finding])


def judged_part(part: FilePart, asked: AskedFor, room: int) -> PartVerdict:
    """Judge a part, in order, and say so many findings at most."""
    counting = Counting(room)
    if isinstance(part, Entries):
        _judge_entries(part, asked, counting)
        return _verdict_of(part.size, counting, form=part.form)
    if part.reason:
        source = f"{part.name}, line {part.first}"
        counting.add(Standing.NOT_JUDGED, [not_judged(source, part.reason)])
        return _verdict_of(part.size, counting)
    if asked.judges == "client":
        counting.add(Standing.NOT_JUDGED, [not_judged(part.name, NO_REQUEST)])
        return _verdict_of(part.size, counting)
    return _verdict_of(part.size, counting, snapshots=_judge_lines(part, asked, counting))


def _verdict_of(
    size: int,
    counting: Counting,
    *,
    form: str = "",
    snapshots: dict[str, tuple[int, int]] | None = None,
) -> PartVerdict:
    return PartVerdict(
        size=size,
        answers=+counting.answers,
        said=tuple(counting.said),
        unsaid=counting.unsaid,
        spoken=counting.spoken,
        snapshots=snapshots or {},
        form=form,
    )


def _judge_lines(
    part: BareLines, asked: AskedFor, counting: Counting
) -> dict[str, tuple[int, int]]:
    """Judge lines that are each an answer, and return where each run was first and last seen."""
    seen: dict[str, list[Snapshot]] = {}
    lines: dict[int, bytes] = {}
    spoken = asked.fixed
    for number, body in part.answers():
        value = value_of(body)
        if asked.fixed is None:
            spoken = asked.settled(spoken_by(value, otherwise=spoken))
        assert spoken is not None  # noqa: S101 - fixed, or found above
        counting.spoken[spoken] += 1
        run_id = run_id_of(value)
        if run_id is not None:
            seen.setdefault(run_id, []).append((number, value))
            lines[number] = body
        contract = asked.contract(spoken)
        if asked.kind is None and value is not None and is_plainly_right(value, contract):
            counting.answers[Standing.HOLDS] += 1
            continue
        standing, findings = verdict(_exchange(part, number, body, spoken), contract, asked.kind)
        counting.add(standing, findings)
    unclear = [of_run for of_run in seen.values() if not _is_plainly_right(of_run)]
    _say_histories(part, unclear, lines, asked, counting)
    return {run_id: (of_run[0][0], of_run[-1][0]) for run_id, of_run in seen.items()}


def _is_plainly_right(snapshots: list[Snapshot]) -> bool:
    if len(snapshots) == 1:
        return True
    keys = [key_of(run) for _, run in snapshots]
    return all(plainly_follows(earlier, later) for earlier, later in pairwise(keys))


def _exchange(part: BareLines, number: int, body: bytes, spoken: Spoken) -> Exchange:
    return bare(body, f"line {number}").exchange(number, spoken.edition, part.name)


def _say_histories(
    part: BareLines,
    unclear: Iterable[list[Snapshot]],
    lines: dict[int, bytes],
    asked: AskedFor,
    counting: Counting,
) -> None:
    for of_run in unclear:
        numbers = [number for number, _ in of_run]
        first = asked.fixed or asked.settled(spoken_by(value_of(lines[numbers[0]])))
        snapshots = [_exchange(part, number, lines[number], first) for number in numbers]
        counting.add_history(history_findings([snapshots], asked.contract(first)))


def _judge_entries(part: Entries, asked: AskedFor, counting: Counting) -> None:
    """Judge entries: those with a request as sessions, the others each alone, and in order."""
    if part.remark:
        counting.say([remarked(part.name, part.remark)])
    read = [entry for entry in part.entries if isinstance(entry, Recorded)]
    for entry in part.entries:
        if isinstance(entry, Unread):
            source = ", ".join(filter(None, (part.name, entry.place)))
            counting.add(Standing.NOT_READ, [not_read(source, entry.reason)])
    alone = [entry for entry in read if not entry.has_request]
    may_be_shared = False
    for verdict_ in session_verdicts(part, asked):
        may_be_shared |= verdict_.may_be_shared
        counting.spoken[verdict_.spoken] += verdict_.answers.total()
        counting.answers += verdict_.answers
        counting.say(verdict_.findings)
    if may_be_shared:
        counting.say([remarked(part.name, MAY_BE_SHARED)])
    if asked.judges == "client":
        for answer in alone:
            source = ", ".join(filter(None, (part.name, answer.place)))
            counting.add(Standing.NOT_JUDGED, [not_judged(source, NO_REQUEST)])
        return
    _judge_alone(alone, part, asked, counting)


def _judge_alone(alone: list[Recorded], part: Entries, asked: AskedFor, counting: Counting) -> None:
    spoken = asked.fixed
    seen: dict[tuple[str, Spoken], list[Exchange]] = {}
    lacks_others = part.lack_others()
    for number, answer in enumerate(alone, start=1):
        if asked.fixed is None:
            spoken = asked.settled(_spoken(answer, spoken))
        assert spoken is not None  # noqa: S101 - fixed, or found above
        counting.spoken[spoken] += 1
        exchange = answer.exchange(number, spoken.edition, part.name)
        counting.add(*_verdict(exchange, asked, spoken))
        run_id = None if exchange.is_stream else run_id_of(exchange.answered)
        if run_id is not None and not lacks_others(answer):
            seen.setdefault((run_id, spoken), []).append(exchange)
    for (_, said), snapshots in seen.items():
        counting.add_history(history_findings([snapshots], asked.contract(said)))


def _verdict(exchange: Exchange, asked: AskedFor, spoken: Spoken) -> Verdict:
    return verdict(exchange, asked.contract(spoken), asked.kind)


def _spoken(answer: Recorded, before: Spoken | None) -> Spoken:
    """Return what an answer speaks that was recorded alone; of a stream its events say it."""
    for _, value in answer.response.payload.values[:STREAM_VALUES]:
        if isinstance(value, dict):
            return spoken_by(value, otherwise=before)
    return spoken_by(None, otherwise=before)


def lost(part: FilePart) -> PartVerdict:
    """Return the verdict on a part whose judging ended the process that did it."""
    reason = "the process that judged this was ended, perhaps for want of memory"
    source, number = part.name, 1
    if isinstance(part, BareLines):
        numbers = [number for number, _ in part.answers()]
        source, number = f"{part.name}, lines {numbers[0]} to {numbers[-1]}", len(numbers)
    return PartVerdict(
        size=part.size,
        answers=Counter({Standing.OUR_ERROR: number}),
        said=(not_judged(source, reason).said,),
    )
