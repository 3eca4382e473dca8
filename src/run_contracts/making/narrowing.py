"""The form of an object in one status: what the schema allows, narrowed by the life cycle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from run_contracts.contract.lifecycle import Expectation
from run_contracts.contract.loading import Contract
from run_contracts.errors import ContractError, UsageError
from run_contracts.making.forms import (
    ID_LENGTH,
    NULL,
    Choice,
    Constant,
    Fields,
    Form,
    Identifier,
    Items,
    Judged,
    Text,
    Union,
    allows_null,
    union,
    without_null,
)
from run_contracts.making.generators.content import PREFIXES
from run_contracts.making.parsing import form_of
from run_contracts.making.text_patterns import is_shaped

DELTA = "_delta"
"""What ends the names of kinds that are pieces of another, whose id they have."""


@lru_cache(maxsize=256)
def form_in(contract: Contract, kind: str, status: str) -> Fields:
    """Return the form of a run, or of a run step, in one status.

    Raises `UsageError` for a status that the contract does not have.
    """
    known = contract.lifecycle.cells(kind)
    if status not in known:
        raise UsageError(f"no status {status!r} of a {kind}; there are {', '.join(known)}")
    form = _narrowed(contract, kind, known[status], status)
    return form.with_field("status", Constant(value=status))


@lru_cache(maxsize=64)
def plain_form(contract: Contract, kind: str) -> Fields:
    """Return the form of a kind whose fields do not depend on a status, e.g. a message."""
    return _narrowed(contract, kind, {})


def _narrowed(
    contract: Contract, kind: str, cells: Mapping[str, Expectation], status: str | None = None
) -> Fields:
    """Return the form of a kind with fields set or null as a table says."""
    form = _object(contract, kind, status)
    fields = dict(form.fields)
    needed = set(form.required)
    for name, wanted in cells.items():
        if name in fields and wanted != "either":
            fields[name] = _expected(kind, name, fields[name], wanted)
            needed |= {name} if wanted == "set" else set()
    return replace(form, fields=fields, required=frozenset(needed))


def _object(contract: Contract, kind: str, status: str | None) -> Fields:
    """Return the form of the objects of a kind; of several, the widest that allows a status."""
    form = _identified(contract, kind)
    branches = form.branches if isinstance(form, Union) else (form,)
    objects = (branch.form if isinstance(branch, Judged) else branch for branch in branches)
    possible = [
        one
        for one in objects
        if isinstance(one, Fields) and (status is None or _may_be(one.fields.get("status"), status))
    ]
    if not possible:
        raise ContractError(f"{kind}: its schema is no object, so no {kind} can be made")
    return max(possible, key=lambda one: len(one.fields))


def _may_be(form: Form | None, status: str) -> bool:
    match form:
        case Constant(value=value):
            return bool(value == status)
        case Choice(values=values):
            return status in values
    return True


@lru_cache(maxsize=256)
def _identified(contract: Contract, kind: str) -> Form:
    """Return the form of a kind in which ids have the prefixes of the register, at any depth."""
    whole = kind.removesuffix(DELTA)
    own = PREFIXES.get(f"{whole}_id")
    prefixes = PREFIXES if own is None else {**PREFIXES, "id": own}
    for rule in contract.register.on(whole):
        if rule.prefix is not None:
            prefixes = {**prefixes, rule.fields[0]: rule.prefix}
    form = form_of(contract, kind)
    if not isinstance(form, Fields):
        return _with_ids(form, prefixes)
    fields = {
        name: _with_ids(inner, prefixes if isinstance(inner, Text) else PREFIXES)
        for name, inner in form.fields.items()
    }
    return replace(form, fields=fields)


def _with_ids(form: Form, prefixes: Mapping[str, str]) -> Form:
    """Return a form whose strings that are named as ids are never empty, and look like ids."""
    match form:
        case Text(name=name) if name in prefixes and not is_shaped(form):
            prefix = prefixes[name]
            size = len(prefix) + ID_LENGTH
            fits = form.least <= size and (form.most is None or form.most >= size)
            return Identifier(prefix=prefix) if fits else form
        case Fields(fields=fields):
            inner = {name: _with_ids(one, prefixes) for name, one in fields.items()}
            is_same = all(inner[name] is fields[name] for name in fields)
            return form if is_same else replace(form, fields=inner)
        case Items(item=item):
            left = _with_ids(item, prefixes)
            return form if left is item else replace(form, item=left)
        case Union(branches=branches):
            parts = tuple(_with_ids(branch, prefixes) for branch in branches)
            is_same = all(left is one for left, one in zip(parts, branches, strict=True))
            return form if is_same else union(parts)
    return form


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
