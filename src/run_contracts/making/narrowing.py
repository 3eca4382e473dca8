"""The form of an object in one status: what the schema allows, narrowed by the life cycle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from run_contracts.contract.lifecycle import Expectation
from run_contracts.contract.loading import Contract
from run_contracts.errors import ContractError
from run_contracts.making.forms import (
    NULL,
    Constant,
    Fields,
    Form,
    Identifier,
    allows_null,
    without_null,
)
from run_contracts.making.parsing import form_of


@lru_cache(maxsize=256)
def form_in(contract: Contract, kind: str, status: str) -> Fields:
    """Return the form of a run, or of a run step, in one status."""
    cells = contract.lifecycle.cells(kind)[status]
    return _narrowed(contract, kind, cells).with_field("status", Constant(value=status))


@lru_cache(maxsize=64)
def plain_form(contract: Contract, kind: str) -> Fields:
    """Return the form of a kind whose fields do not depend on a status, e.g. a message."""
    return _narrowed(contract, kind, {})


def _narrowed(contract: Contract, kind: str, cells: Mapping[str, Expectation]) -> Fields:
    """Return the form of a kind with fields set or null as a table says, and ids with prefixes."""
    form = form_of(contract, kind)
    if not isinstance(form, Fields):
        raise ContractError(f"{kind}: its schema is no object, so no {kind} can be made")
    fields = dict(form.fields)
    needed = set(form.required)
    for name, wanted in cells.items():
        if name in fields and wanted != "either":
            fields[name] = _expected(kind, name, fields[name], wanted)
            needed |= {name} if wanted == "set" else set()
    for rule in contract.register.on(kind):
        if rule.prefix is not None and rule.fields[0] in fields:
            fields[rule.fields[0]] = Identifier(prefix=rule.prefix)
    return replace(form, fields=fields, required=frozenset(needed))


def _expected(kind: str, name: str, form: Form, wanted: Expectation) -> Form:
    """Return the form of a field that must be null, or must not be."""
    left = without_null(form)
    if wanted == "null" and allows_null(form):
        return NULL
    if wanted == "set" and left is not None:
        return left
    says = "never null" if wanted == "null" else "always null"
    raise ContractError(
        f"{kind}/{name}: the life cycle wants it {wanted}, the schema says it is {says}; "
        "nothing can be made by this reading, take reading='wire'"
    )
