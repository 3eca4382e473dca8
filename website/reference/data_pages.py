"""The data of the contract as tables: codes, errata, dialects, coverage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from run_contracts.contract.files import read_toml
from run_contracts.contract.loading import load
from run_contracts.contract.readings import Dialect, Erratum, dialects, errata
from run_contracts.contract.requirements import EDITIONS
from run_contracts.coverage import COUNTED_PARTS
from run_contracts.validation.codes import codes as violation_codes
from website.reference.markdown import anchor, code, codes, marked_up, page, table, text
from website.reference.requirement_pages import linked


def data_pages() -> Mapping[str, str]:
    """Return the pages by path."""
    return {
        "codes.md": _codes(),
        "errata.md": _errata(),
        "dialects.md": _dialects(),
        "coverage.md": _coverage(),
    }


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
                    marked_up(one.sentence),
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


def _erratum(one: Erratum) -> Iterator[str]:
    yield f"## {one.id}"
    yield marked_up(one.what)
    changed = [f"{edition}: {document}" for edition, document, _ in one.changes]
    yield table(
        ("", ""),
        [
            ("Evidence", marked_up(one.evidence)),
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


def _dialect(one: Dialect) -> Iterator[str]:
    yield f"## {one.name}"
    yield marked_up(one.what)
    until = f" until {one.until}" if one.until else ""
    rows = [
        ("Editions", codes(one.editions)),
        ("Spoken", text(f"from {one.since}{until}")),
        ("Evidence", marked_up(one.evidence)),
    ]
    rows += [
        (f"May be left out of {text(kind)}", codes(names)) for kind, names in one.optional.items()
    ]
    rows += [("Holds anything more", codes(one.open))] if one.open else []
    rows += (
        [("Requirements that do not hold", ", ".join(map(linked, sorted(one.skips))))]
        if one.skips
        else []
    )
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
