"""The registers: every rule as a numbered sentence with its level and source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Any, Literal

from run_contracts.contract.files import read_toml
from run_contracts.errors import ContractError, UsageError
from run_contracts.filesystem.single_line import word
from run_contracts.types import Edition

EDITIONS: tuple[Edition, ...] = ("v1", "v2")
FOUNDING = EDITIONS[0]
"""The edition of the founding document; the others have what came later."""
ITEM_KINDS = {"run_list": "run", "run_step_list": "run_step", "message_list": "message"}
"""The kinds of lists, and the kinds of their items."""
EVERY_OTHER = "*"
"""In a requirement's fields: every field that has no requirement of its own."""


class Level(StrEnum):
    """How binding a requirement is: a broken MUST is a failure, a broken SHOULD is advice."""

    MUST = "MUST"
    SHOULD = "SHOULD"


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One numbered sentence of the contract, e.g. ``RUN-LIFE-002``.

    `judge` says whether the JSON Schema of a kind decides it or code does; `rule` names the rule on
    a value that does, and what follows it are that rule's data. `shown_by` are the operations whose
    answers can show it, `shown_in` the statuses of runs that can; any one of them, and if there are
    none, whatever there is. ``schemas/requirements.toml`` explains each, and what a client asks
    for stands in ``schemas/client_requirements.toml``.
    """

    id: str
    area: str
    level: Level
    mark: str
    on: str
    judge: Literal["schema", "rule"]
    sentence: str
    source: str
    why: str
    editions: tuple[str, ...] = EDITIONS
    fields: tuple[str, ...] = ()
    keyword: str | None = None
    rule: str | None = None
    expect: str | None = None
    statuses: tuple[str, ...] = ()
    shown_by: tuple[str, ...] = ()
    shown_in: tuple[str, ...] = ()
    below: int | None = None
    total: str = ""
    parts: tuple[str, ...] = ()
    prefix: str | None = None
    same: str = ""
    end: str = ""

    def holds_for(self, status: str) -> bool:
        """Say whether a field-by-status rule speaks of this status."""
        return not self.statuses or status in self.statuses


@dataclass(frozen=True, slots=True, kw_only=True)
class Register(Mapping[str, Requirement]):
    """All requirements of one edition, by id, in the order of the file.

    `prefixes` says what ids begin with, by the name of the field or path parameter that holds them:
    ``thread_id``, ``step_id``, ...
    """

    edition: str
    titles: Mapping[str, str]
    by_id: Mapping[str, Requirement]
    by_kind: Mapping[str, tuple[Requirement, ...]] = field(repr=False)
    prefixes: Mapping[str, str]

    def __getitem__(self, id: str) -> Requirement:  # noqa: A002 - the domain's word
        """Return the requirement with this id; raise `UsageError` naming the nearest if none."""
        try:
            return self.by_id[id]
        except KeyError:
            near = get_close_matches(id.upper(), self.by_id, n=3, cutoff=0.6)
            hint = f"; did you mean {' or '.join(near)}?" if near else ""
            raise UsageError(f"no requirement {word(id)} in edition {self.edition}{hint}") from None

    def __contains__(self, id: object) -> bool:  # noqa: A002 - the domain's word
        """Say whether there is a requirement with this id."""
        return id in self.by_id

    def __iter__(self) -> Iterator[str]:
        return iter(self.by_id)

    def __len__(self) -> int:
        return len(self.by_id)

    @property
    def seconds_limit(self) -> int:
        """The seconds since the epoch from which on a timestamp must count milliseconds."""
        return min(rule.below for rule in self.ruled("seconds") if rule.below is not None)

    def ruled(self, rule: str, kind: str | None = None) -> tuple[Requirement, ...]:
        """Return the requirements that a rule on values decides, of one kind or of all.

        >>> [one.id for one in register("v2").ruled("sum")]
        ['RUN-USAGE-001', 'RUN-STEP-020']
        """
        rows = self.by_id.values() if kind is None else self.on(kind)
        return tuple(one for one in rows if one.rule == rule)

    def on(self, kind: str) -> tuple[Requirement, ...]:
        """Return the requirements that speak of this kind of evidence, e.g. ``run``.

        Lists of all kinds share theirs.
        """
        return self.by_kind.get("list" if kind in ITEM_KINDS else kind, ())


@cache
def register(edition: str) -> Register:
    """Return the register of servers of an edition.

    >>> register("v2")["RUN-LIFE-002"].level
    <Level.MUST: 'MUST'>
    """
    return _read("requirements.toml", edition)


@cache
def client_register(edition: str) -> Register:
    """Return the register of those who ask servers of an edition.

    >>> client_register("v2")["CLIENT-CALL-001"].level
    <Level.MUST: 'MUST'>
    """
    return _read("client_requirements.toml", edition)


CLIENT = "CLIENT-"
"""How the ids of requirements on clients begin."""
OUTCOME = "outcome"
"""What those requirements on clients speak of that only a trial decides."""


def register_of(requirement: str, edition: str) -> Register:
    """Return the register that a requirement of this id stands in, or would.

    >>> "CLIENT-CALL-001" in register_of("CLIENT-CALL-001", "v2")
    True
    """
    is_of_client = requirement.upper().startswith(CLIENT)
    return client_register(edition) if is_of_client else register(edition)


def _read(name: str, edition: str) -> Register:
    """Read the register of an edition from a file of the contract data."""
    data = read_toml(name)
    areas = data["area"]
    rows = [_requirement(row, areas, name) for row in data["requirement"]]
    by_id = {row.id: row for row in rows if edition in row.editions}
    kinds: dict[str, list[Requirement]] = {}
    for row in by_id.values():
        kinds.setdefault(row.on, []).append(row)
    return Register(
        edition=edition,
        titles=MappingProxyType({name: area["title"] for name, area in areas.items()}),
        by_id=MappingProxyType(by_id),
        by_kind=MappingProxyType({kind: tuple(rows) for kind, rows in kinds.items()}),
        prefixes=MappingProxyType({_id_name(row): row.prefix for row in rows if row.prefix}),
    )


def _id_name(rule: Requirement) -> str:
    """Return what an id is called from outside of its object: that of a ``run_step`` step_id."""
    name = rule.fields[0]
    return f"{rule.on.rpartition('_')[2]}_id" if name == "id" else name


AS_THEY_ARE = ("keyword", "rule", "expect", "below", "total", "prefix", "same", "end")
"""Fields of an entry that are taken as they are."""


def _judge(row: dict[str, Any]) -> Literal["schema", "rule"]:
    if row["judge"] not in ("schema", "rule"):
        raise ValueError(f"judge = {row['judge']!r}")
    return "schema" if row["judge"] == "schema" else "rule"


def _requirement(row: dict[str, Any], areas: dict[str, Any], file: str) -> Requirement:
    """Build one requirement; `field` is short for a list of one, `why` falls back to the area's."""
    try:
        fields = tuple(row.get("fields", [row["field"]] if "field" in row else []))
        return Requirement(
            id=row["id"],
            area=row["area"],
            level=Level(row["level"]),
            mark=row["mark"],
            on=row["on"],
            judge=_judge(row),
            sentence=row["sentence"],
            source=row["source"],
            why=row.get("why", areas[row["area"]]["why"]),
            editions=tuple(row.get("editions", EDITIONS)),
            fields=fields,
            statuses=tuple(row.get("statuses", ())),
            parts=tuple(row.get("parts", ())),
            shown_by=tuple(row.get("shown_by", areas[row["area"]].get("shown_by", ()))),
            shown_in=tuple(row.get("shown_in", ())),
            **{name: row[name] for name in AS_THEY_ARE if name in row},
        )
    except (KeyError, ValueError) as error:
        raise ContractError(
            f"schemas/{file}: entry {row.get('id', '?')} is malformed: {error!r}"
        ) from error
