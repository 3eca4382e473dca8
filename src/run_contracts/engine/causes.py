"""Causes: broken requirements in groups that one repair would end, the first to mend first.

A group has a lead, the requirement that says most plainly what is wrong. What else is broken
follows from it where all that breaks it is seen in the lead's place: in the same answers if those
are failures of the server, in the same field, or in runs that the lead has spoiled. Fields that are
missing together are one group.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from propcache.api import cached_property

from run_contracts.events import Broken, Cause, Decided, Result
from run_contracts.traffic.exchange import SEARCHES, Exchange
from run_contracts.traffic.slicing import Interaction

EXPLAINS: Mapping[str, tuple[str, ...]] = {
    "RUN-HTTP-004": (),
    "RUN-HTTP-005": ("RUN-*",),
    "RUN-ERR-008": ("RUN-*",),
    "RUN-BODY-*": ("RUN-*",),
    "RUN-HTTP-001": ("RUN-CREATE-001", "RUN-CANCEL-001", "RUN-SUBMIT-001", "RUN-MODIFY-001"),
    "RUN-ERR-001": ("RUN-ERR-00[2-5]",),
    "RUN-LIST-013": ("RUN-LIST-*",),
    "RUN-STREAM-001": ("RUN-STREAM-*",),
    "RUN-STREAM-002": ("RUN-STREAM-*", "RUN-CREATE-001"),
}
"""Rules that, broken by an answer, explain what else that answer breaks."""
WHEREVER: Mapping[str, tuple[str, ...]] = {
    "RUN-ERR-010": ("RUN-ERR-011", "RUN-LIST-017"),
    "RUN-ID-01[46]": ("RUN-ID-01[046]", "RUN-STEP-023"),
    "RUN-ECHO-*": ("RUN-ECHO-*",),
    "RUN-STREAM-004": ("RUN-STREAM-01[78]",),
    "RUN-LIST-003": ("RUN-LIST-004",),
    "RUN-LIST-010": ("RUN-LIST-005", "RUN-LIST-009", "RUN-LIST-016"),
    "RUN-LIST-005": ("RUN-LIST-009", "RUN-LIST-016"),
    "RUN-LIST-006": ("RUN-LIST-00[89]", "RUN-LIST-014", "RUN-LIST-016"),
    "RUN-LIST-011": ("RUN-LIST-00[89]", "RUN-LIST-014", "RUN-LIST-016"),
}
"""Rules that, once broken, explain others wherever these are broken."""
SPOILING = ("RUN-CANCEL-*", "RUN-SUBMIT-*", "RUN-MODIFY-*", "RUN-THREAD-*", "RUN-LIFE-*")
"""Rules about commands: a run for which they are broken is not what it should be afterwards."""
SPOILED = (
    "RUN-LIFE-*", "RUN-STATUS-*", "RUN-TIME-*", "RUN-USAGE-*", "RUN-SUBMIT-*", "RUN-CANCEL-*",
)  # fmt: skip
"""Rules that such a run breaks in turn."""
MENDED_FIRST = (
    "RUN-HTTP-00[45]",
    "RUN-ERR-008",
    "RUN-BODY-*",
    "RUN-ERR-001",
    "RUN-ERR-010",
    "RUN-LIST-013",
    "RUN-STREAM-00[12]",
)
"""Rules whose break may explain any other, so that they are mended first."""
PLAINEST_FIRST = (
    "body", "create", "cancel", "submit", "modify", "thread", "shape", "meta", "status", "life",
    "id", "time", "usage", "step", "object", "echo", "list", "stream", "http", "error",
    "client-body", "client-head", "client-path", "client-call", "client-thread", "client-cancel",
    "client-list", "client-stream", "client-poll", "client-retry", "client-end",
)  # fmt: skip
"""The areas in the order in which their rules say most plainly what is wrong."""
FIELD_MISSING = "missing"
"""The code of a field that is not there."""
KINDS_BY_AREA = {area: area for area in ("step", "list", "error")}
"""The areas whose rules are about fields of something else than a run."""


@dataclass(frozen=True, kw_only=True, eq=False)
class _Finding:
    """A broken requirement, and where it was seen to be."""

    verdict: Decided
    exchanges: Mapping[int, Exchange]

    @property
    def id(self) -> str:
        return self.verdict.requirement

    @cached_property
    def answers(self) -> frozenset[int]:
        """The numbers of the exchanges that show it."""
        return frozenset(one.exchange for one in self.verdict.broken)

    @cached_property
    def fields(self) -> frozenset[str]:
        """The fields that show it, each with the kind of its object; empty if it is about none."""
        found = [_field(self.verdict, one) for one in self.verdict.broken]
        return frozenset() if None in found else frozenset(map(str, found))

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of objects that show it."""
        return frozenset(field.partition(" ")[0] for field in self.fields)

    @property
    def is_missing(self) -> bool:
        """Whether all that shows it are fields of whole objects that are not there."""
        names = {field.partition(" ")[2] for field in self.fields}
        return bool(names) and all(
            one.code == FIELD_MISSING and one.pointer.rpartition("/")[2] in names
            for one in self.verdict.broken
        )

    @cached_property
    def runs(self) -> Mapping[str, int]:
        """The runs that show it, each with the first exchange that does."""
        first: dict[str, int] = {}
        for number in sorted(self.answers):
            exchange = self.exchanges.get(number)
            run_id = Interaction.of(exchange).run_id if exchange is not None else ""
            first.setdefault(run_id, number)
        return first

    @cached_property
    def is_generated(self) -> bool:
        """Whether only made requests show it."""
        known = [self.exchanges[one] for one in self.answers if one in self.exchanges]
        return bool(known) and all(one.source.startswith(SEARCHES) for one in known)

    @cached_property
    def rank(self) -> tuple[bool, bool, bool, int, bool, int]:
        """The place among others: smaller is to be mended sooner, and explains rather."""
        is_first = _is_any(self.id, MENDED_FIRST)
        area = self.verdict.area
        plain = PLAINEST_FIRST.index(area) if area in PLAINEST_FIRST else len(PLAINEST_FIRST)
        return (
            not self.verdict.is_red,
            not is_first,
            self.is_generated,
            0 if is_first else plain,
            not _is_any(self.id, WHEREVER),
            -len(self.answers),
        )


def causes(verdicts: Iterable[Decided], exchanges: Mapping[int, Exchange]) -> Iterator[Cause]:
    """Yield the causes of what is broken and not known, the first to mend first.

    `exchanges` are those of the check, by their numbers.
    """
    broken = [one for one in verdicts if one.result == Result.FAIL and one.broken and not one.known]
    left = sorted(
        (_Finding(verdict=one, exchanges=exchanges) for one in broken), key=lambda one: one.rank
    )
    groups: list[list[_Finding]] = []
    while left:
        lead, *left = left
        group = [lead, *(one for one in left if _follows(one, lead))]
        left = [one for one in left if one not in group]
        together = next((one for one in groups if _lack_together(lead, one[0])), None)
        if together is None:
            groups.append(group)
        else:
            together += group
    groups.sort(key=lambda group: (*group[0].rank[:3], -len(group), group[0].rank[3:]))
    for rank, group in enumerate(groups, start=1):
        yield _cause(rank, group)


def _cause(rank: int, group: Sequence[_Finding]) -> Cause:
    lead = group[0].verdict
    first = lead.broken[0]
    place = f" {first.pointer}" if first.pointer else ""
    shown = group[0].exchanges.get(first.exchange)
    asked = (shown and shown.operation_id) or first.request
    return Cause(
        rank=rank,
        title=f"{asked}{place}: found {first.found}, expected {first.expected}",
        requirements=tuple(one.id for one in group),
        request=first.request,
        exchange=first.exchange,
        seen=len(frozenset().union(*(one.answers for one in group))),
        is_red=any(one.verdict.is_red for one in group),
    )


def _follows(other: _Finding, lead: _Finding) -> bool:
    """Say whether one finding would be gone if another were mended."""
    return any(rule(other, lead) for rule in FOLLOWING)


def _same_answers(other: _Finding, lead: _Finding) -> bool:
    explained = _explained(lead.id, EXPLAINS)
    return _is_any(other.id, explained) and other.answers <= lead.answers


def _wherever(other: _Finding, lead: _Finding) -> bool:
    return _is_any(other.id, _explained(lead.id, WHEREVER))


def _same_field(other: _Finding, lead: _Finding) -> bool:
    return bool(other.fields) and other.fields <= lead.fields


def _same_runs(other: _Finding, lead: _Finding) -> bool:
    if not (_is_any(lead.id, SPOILING) and _is_any(other.id, SPOILED)):
        return False
    return all(lead.runs.get(run, number + 1) <= number for run, number in other.runs.items())


FOLLOWING: tuple[Callable[[_Finding, _Finding], bool], ...] = (
    _same_answers,
    _wherever,
    _same_field,
    _same_runs,
)
"""Why a finding, the first, may follow from another, the second."""


def _lack_together(other: _Finding, lead: _Finding) -> bool:
    """Say whether two findings are of fields that are missing in the same objects.

    What is made of few fields is mended in one place, and is told once with all it lacks.
    """
    are_missing = lead.is_missing and other.is_missing and lead.kinds == other.kinds
    return are_missing and other.answers <= lead.answers


def _explained(id_: str, table: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    return next((ids for pattern, ids in table.items() if fnmatchcase(id_, pattern)), ())


def _is_any(id_: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(id_, pattern) for pattern in patterns)


def _field(verdict: Decided, broken: Broken) -> str | None:
    """Return the field of an object that shows a violation; None if it is about none.

    That is the first step of its pointer, but for the places of lists and of streams; what is wrong
    with the items of a list is about no field, but that they are missing is.
    """
    pointer = re.sub(r"^line \d+:? ?", "", broken.pointer)
    if pointer == "/data" and broken.code == FIELD_MISSING:
        return "list data"
    pointer = re.sub(r"^/data(/\d+)?", "", pointer) if "/data/" in f"{pointer}/" else pointer
    steps = [step for step in pointer.split("/") if step]
    kind = KINDS_BY_AREA.get(
        verdict.area, verdict.requirement if verdict.area == "object" else "run"
    )
    return f"{kind} {steps[0]}" if steps else None
