"""The contract as tables: life cycle, operations, fields."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from run_contracts.contract.lifecycle import lifecycle
from run_contracts.contract.loading import load
from run_contracts.contract.operations import operations
from run_contracts.contract.requirements import EDITIONS
from run_contracts.types import Edition
from website.reference.lifecycle_picture import picture
from website.reference.markdown import code, codes, link, marked_up, page, table, text
from website.reference.requirement_pages import area_link, every_requirement, linked

RUN_FIELDS = ("run", "run_step", "message", "thread", "assistant", "error")
"""The kinds of objects whose fields have a table."""


def contract_pages() -> Mapping[str, str]:
    """Return the pages by path."""
    return {
        "lifecycle.md": _lifecycle(),
        "operations.md": _operations(),
        "fields.md": _fields(),
    }


def _lifecycle() -> str:
    return page(
        "# Life cycle of a run",
        "What follows what. A solid line is stated by the published guides, a dashed one observed "
        "in recorded traffic or inferred. A run ends in a box with a thick border; in a dotted box "
        "it waits for its caller. Who polls may miss statuses: a later one need only be "
        "reachable.",
        *(part for edition in reversed(EDITIONS) for part in _life_of(edition)),
    )


def _life_of(edition: Edition) -> Iterator[str]:
    life = lifecycle(edition)
    yield f"## Edition {edition}"
    yield picture(life, edition)
    yield f"### Statuses of {edition}"
    rows = [(status, _standing(edition, status)) for status in life.fields]
    yield table(
        ("Status", "A run in it", "What may follow"),
        [(code(one), standing, codes(life.next_to(one))) for one, standing in rows],
    )
    yield f"### Edges of {edition}"
    yield table(
        ("From", "To", "When", "How sure"),
        [
            (
                code(edge.source) if edge.source else "",
                code(edge.target),
                marked_up(edge.trigger),
                edge.mark,
            )
            for edge in life.edges
        ],
    )
    yield f"### Fields by status of {edition}"
    yield _cells(life.fields)
    yield f"### Fields of steps by status of {edition}"
    yield _cells(life.steps)
    yield f"### Events of streams of {edition}"
    yield table(
        ("Event", "Carries", "In status"),
        [
            (code(name), text(one.kind.replace("_", " ")), code(one.status) if one.status else "")
            for name, one in life.events.items()
        ],
    )


def _standing(edition: Edition, status: str) -> str:
    life = lifecycle(edition)
    if life.is_terminal(status):
        return "has ended"
    return "waits for its caller" if status in life.pauses else "is alive"


def _cells(cells: Mapping[str, Mapping[str, str]]) -> str:
    """Return a table of what is set in which status: a row a field, a column a status."""
    fields = list(dict.fromkeys(name for row in cells.values() for name in row))
    return table(
        ("Field", *map(code, cells)),
        [(code(field), *(row.get(field, "") for row in cells.values())) for field in fields],
    )


def _operations() -> str:
    return page(
        "# Operations",
        "The operations that the contract speaks of, below the base URL.",
        *(
            part
            for edition in reversed(EDITIONS)
            for part in (
                f"## Edition {edition}",
                table(
                    ("Operation", "Request", "Body", "Answer", "Requirements"),
                    [
                        (
                            code(one.id),
                            code(f"{one.method} {one.path}"),
                            code(one.request) if one.request else "",
                            code(one.response) + (" or a stream" if one.streams else ""),
                            _shown_by(edition, one.id),
                        )
                        for one in operations(edition).values()
                    ],
                ),
            )
        ),
    )


def _shown_by(edition: Edition, operation: str) -> str:
    """Return the areas whose requirements name an operation as what shows them, and how many."""
    rules = every_requirement().values()
    named = [one for one in rules if operation in one.shown_by and edition in one.editions]
    counts = Counter(one.area for one in named)
    return ", ".join(f"{area_link(area)} {count}" for area, count in counts.items())


def _fields() -> str:
    return page(
        "# Fields",
        "The fields of objects, as servers answer them: the published documents, corrected by the "
        f"{link('errata', 'errata.md')}.",
        *(
            part
            for edition in reversed(EDITIONS)
            for kind in RUN_FIELDS
            for part in (f"## {kind} of {edition}", _fields_of(edition, kind))
        ),
    )


def _fields_of(edition: Edition, kind: str) -> str:
    contract = load(edition)
    schema = contract.schema(kind)
    must = schema.get("required", ())
    by_field: dict[str, list[str]] = {}
    for rule in contract.register.on(kind):
        for name in rule.fields:
            by_field.setdefault(name, []).append(linked(rule.id))
    return table(
        ("Field", "Type", "There", "What it is", "Requirements"),
        [
            (
                code(name),
                text(typed(one)),
                "always" if name in must else "may be left out",
                marked_up(one.get("description", "")),
                ", ".join(by_field.get(name, ())),
            )
            for name, one in schema.get("properties", {}).items()
        ],
    )


def typed(schema: Mapping[str, Any]) -> str:
    """Return what a schema allows, in a few words."""
    if "anyOf" in schema or "oneOf" in schema:
        return " or ".join(typed(one) for one in schema.get("anyOf", schema.get("oneOf", ())))
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2].removesuffix(".json").replace("_", " ")
    if "const" in schema:
        return f'"{schema["const"]}"'
    if "enum" in schema:
        return "one of " + ", ".join(map(str, schema["enum"]))
    kinds = schema.get("type", "anything")
    named = kinds if isinstance(kinds, str) else " or ".join(kinds)
    return f"{named} of {typed(schema['items'])}" if "items" in schema else str(named)
