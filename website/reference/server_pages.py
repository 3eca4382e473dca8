"""The reference server: endpoints, faults, degradations, troubles, options; and report events."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from typing import Any

from run_contracts.contract.files import read_json
from run_contracts.contract.requirements import EDITIONS
from run_contracts.engine.selftest.matrix import read_matrix
from run_contracts.server.app.routes import ENDPOINTS
from run_contracts.server.app.surfaces import SURFACES
from run_contracts.server.degradations import DEGRADATIONS
from run_contracts.server.faults import SERVED_FAULTS
from run_contracts.server.troubles.failing import failing_kinds
from run_contracts.testing.scripting import Scripting
from website.reference.contract_pages import typed
from website.reference.markdown import (
    anchor,
    code,
    codes,
    fence,
    marked_up,
    page,
    prose,
    table,
    text,
)
from website.reference.requirement_pages import linked

TROUBLES = ("fail", "delay", "write_streams")
"""What plans a trouble for a server of a test."""


def server_pages() -> Mapping[str, str]:
    """Return the pages by path."""
    return {
        "endpoints.md": _endpoints(),
        "faults.md": _faults(),
        "degradations.md": _degradations(),
        "troubles.md": _troubles(),
        "events.md": _events(),
    }


def _endpoints() -> str:
    prefixes = codes(surface.prefix for surface in SURFACES)
    return page(
        "# Endpoints of the reference server",
        f"They lie below {prefixes}; the last two ask by Azure's rules. Files, vector stores and "
        "models are what clients need around runs, and no part of the contract.",
        table(
            ("Endpoint", "Operation", "Editions", "Names its edition"),
            [
                (
                    code(f"{one.method} {one.path}"),
                    code(one.operation),
                    codes(one.editions),
                    "must" if one.needs_edition else "need not",
                )
                for one in ENDPOINTS
            ],
        ),
    )


def _faults() -> str:
    return page(
        "# Faults",
        "Deliberate defects of the reference server, of the kinds that real servers have. Each "
        "check is proven by at least one. "
        f"{code('run-contracts serve --fault ID')} is a server that has it. What else it breaks is "
        "what the self-test shows; one that only concurrency shows is no part of that.",
        table(
            ("Fault", "What is wrong", "Breaks", "Breaks as well"),
            [
                (
                    f"{anchor(one.id.lower())}{code(one.id)}",
                    marked_up(one.sentence),
                    linked(one.requirement),
                    _broken_by(one.id, one.requirement),
                )
                for one in SERVED_FAULTS.values()
            ],
        ),
    )


def _broken_by(planted: str, but: str = "") -> str:
    """Return the requirements that a fault or a degradation is declared to break, but one."""
    matrix = read_matrix()
    broken = {one for edition in EDITIONS for one in matrix.declared(edition, planted).broken}
    return ", ".join(linked(one) for one in sorted(broken - {but}))


def _degradations() -> str:
    return page(
        "# Degradations",
        "What the reference server can lack or do badly as a whole, as real servers do. A check "
        f"must still reach the rest. {code('run-contracts serve --degradation ID')} is such a "
        "server.",
        table(
            ("Degradation", "What it is", "Breaks"),
            [
                (
                    f"{anchor(one.id)}{code(one.id)}",
                    marked_up(one.sentence),
                    _broken_by(one.id),
                )
                for one in DEGRADATIONS.values()
            ],
        ),
    )


def _troubles() -> str:
    return page(
        "# Troubles",
        "What a client meets on purpose: failures, delays, broken connections, streams in a rare "
        f"form. A test plans them for the server of the fixture {code('run_server')}.",
        *(part for name in TROUBLES for part in _trouble(name)),
        f"Kinds of failing without an answer: {codes(failing_kinds())}.",
    )


def _trouble(name: str) -> Iterator[str]:
    method = getattr(Scripting, name)
    yield f"## {name}"
    given = [
        one
        for one in inspect.signature(method).parameters.values()
        if one.name not in ("self", "unknown")
    ]
    lines = "".join(f"    {one},\n" for one in _with_star(given))
    yield fence("python", f"run_server.{name}(\n{lines})")
    yield prose(inspect.getdoc(method) or "")


def _with_star(given: list[inspect.Parameter]) -> Iterator[str]:
    """Yield parameters as they are written, with the star before those given by name alone."""
    has_star = False
    for one in given:
        if one.kind is one.KEYWORD_ONLY and not has_star:
            has_star = True
            yield "*"
        yield str(one)


def _events() -> str:
    schema = read_json("report/events.json")
    return page(
        "# Events of a report",
        marked_up(schema["description"]),
        *(part for name, one in schema["$defs"].items() for part in _event(name, one)),
    )


def _event(name: str, schema: Mapping[str, Any]) -> Iterator[str]:
    yield f"## {name}"
    yield marked_up(schema.get("description", ""))
    must = schema.get("required", ())
    yield table(
        ("Field", "Type", "There", "What it is"),
        [
            (
                code(field),
                text(typed(one)),
                "always" if field in must else "may be left out",
                marked_up(one.get("description", "")),
            )
            for field, one in schema.get("properties", {}).items()
        ],
    )
