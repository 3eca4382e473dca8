"""The contract as tables: life cycle, operations, fields, codes, errata, dialects, coverage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from run_contracts.contract.files import read_toml
from run_contracts.contract.lifecycle import lifecycle
from run_contracts.contract.loading import load
from run_contracts.contract.operations import operations
from run_contracts.contract.readings import dialects, errata
from run_contracts.contract.requirements import EDITIONS
from run_contracts.coverage import COUNTED_PARTS
from run_contracts.types import Edition
from run_contracts.validation.codes import codes as violation_codes
from website.reference.lifecycle_picture import picture
from website.reference.markdown import anchor, code, codes, link, marked_up, page, table, text
from website.reference.requirement_pages import every_requirement, linked

RUN_FIELDS = ("run", "run_step", "message", "thread", "assistant", "error")
"""The kinds of objects whose fields have a table."""


def contract_pages() -> Mapping[str, str]:
    """Return the pages by path."""
    return {
        "lifecycle.md": _lifecycle(),
        "operations.md": _operations(),
        "fields.md": _fields(),
        "codes.md": _codes(),
        "errata.md": _errata(),
        "dialects.md": _dialects(),
        "coverage.md": _coverage(),
    }


def _lifecycle() -> str:
    return page(
        "# Life cycle of a run",
        "What follows what. A solid line is stated by the published guides, a dashed one observed "
        "in recorded traffic or inferred. A run ends in a box with a thick border; in a dotted box "
        "it waits for its caller. Who polls may miss statuses: a later one need only be "
        "reachable.",
        *(part for edition in EDITIONS for part in _life_of(edition)),
    )


def _life_of(edition: Edition) -> Iterator[str]:
    life = lifecycle(edition)
    yield f"## Edition {edition}"
    yield picture(life, f"The life cycle of a run in edition {edition}")
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
            (code(edge.source) if edge.source else "", code(edge.target), text(edge.trigger), edge.mark)
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
            for edition in EDITIONS
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
    """Return the requirements that name an operation as what shows them."""
    rules = every_requirement().values()
    named = [one for one in rules if operation in one.shown_by and edition in one.editions]
    return ", ".join(linked(one.id) for one in named)


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
                text(_typed(one)),
                "always" if name in must else "may be left out",
                text(one.get("description", "")),
                ", ".join(by_field.get(name, ())),
            )
            for name, one in schema.get("properties", {}).items()
        ],
    )


def _typed(schema: Mapping[str, Any]) -> str:
    """Return what a schema allows, in a few words."""
    if "anyOf" in schema or "oneOf" in schema:
        return " or ".join(_typed(one) for one in schema.get("anyOf", schema.get("oneOf", ())))
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2].removesuffix(".json").replace("_", " ")
    if "const" in schema:
        return f'"{schema["const"]}"'
    if "enum" in schema:
        return "one of " + ", ".join(map(str, schema["enum"]))
    kinds = schema.get("type", "anything")
    named = kinds if isinstance(kinds, str) else " or ".join(kinds)
    return f"{named} of {_typed(schema['items'])}" if "items" in schema else str(named)


def _codes() -> str:
    return page(
        "# Codes of violations",
        "A code is the short stable word for how a rule is broken. What is known of a failure is "
        "its requirement, its place, its code and the type of what was found; sentences are made "
        "of it for people, and may be worded anew at any time.",
        table(
            ("Code", "What would have been right", "Parameters"),
            [
                (
                    f"{anchor(name)}{code(name)}",
                    text(one.sentence),
                    ", ".join(f"{code(key)}: {kind}" for key, kind in one.parameters.items()),
                )
                for name, one in violation_codes().items()
            ],
        ),
    )


def _errata() -> str:
    return page(
        "# Errata",
        "Where this contract departs from the published documents, and on what evidence. Each is a "
        "patch that can be undone; undoing all gives the reading "
        f"{code('published')}.",
        *(part for one in errata() for part in _erratum(one)),
    )


def _erratum(one: Any) -> Iterator[str]:
    yield f"## {one.id}"
    yield text(one.what)
    changed = [f"{edition}: {document}" for edition, document, _ in one.changes]
    yield table(
        ("", ""),
        [
            ("Evidence", text(one.evidence)),
            ("Date", code(one.date)),
            ("Corrects", codes(dict.fromkeys(changed))),
        ],
    )


def _dialects() -> str:
    return page(
        "# Dialects",
        "Named, dated forms of the protocol that lacked or added something. Whoever judges old or "
        f"foreign traffic names one: {code('--dialect NAME')}.",
        *(part for one in dialects().values() for part in _dialect(one)),
    )


def _dialect(one: Any) -> Iterator[str]:
    yield f"## {one.name}"
    yield text(one.what)
    until = f" until {one.until}" if one.until else ""
    rows = [
        ("Editions", codes(one.editions)),
        ("Spoken", text(f"from {one.since}{until}")),
        ("Evidence", text(one.evidence)),
    ]
    rows += [(f"May be left out of {text(kind)}", codes(names)) for kind, names in one.optional.items()]
    rows += [("Holds anything more", codes(one.open))] if one.open else []
    rows += [("Requirements that do not hold", ", ".join(map(linked, sorted(one.skips))))] if one.skips else []
    yield table(("", ""), rows)


def _coverage() -> str:
    return page(
        "# Coverage",
        "How much of the contract some evidence shows, whatever it says of it. Each part counts "
        "things of one kind.",
        table(
            ("Part", "What it counts", *(f"Of {edition}" for edition in EDITIONS)),
            [
                (
                    code(part.name),
                    text(part.what),
                    *(str(len(list(part.every(load(edition))))) for edition in EDITIONS),
                )
                for part in COUNTED_PARTS
            ],
        ),
        "## Out of reach",
        "What does not count unless it was seen, for nothing that is sent brings it about.",
        table(
            ("Part", "Names", "Why"),
            [
                (code(row["part"]), codes(row["names"]), marked_up(row["reason"]))
                for row in read_toml("coverage.toml")["out_of_reach"]
            ],
        ),
    )
