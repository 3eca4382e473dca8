"""The form of an object in one status: what the schema allows, narrowed by the life cycle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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


def form_in(contract: Contract, kind: str, status: str) -> Fields:
    """Return the form of a run, or of a run step, in one status; of several the widest.

    Raises `UsageError` for a status that the contract does not have.
    """
    return forms_in(contract, kind, status)[0]


def plain_form(contract: Contract, kind: str) -> Fields:
    """Return the form of a kind whatever its status, e.g. of a message; of several the widest."""
    return forms_in(contract, kind, None)[0]


@lru_cache(maxsize=256)
def forms_in(contract: Contract, kind: str, status: str | None) -> tuple[Fields, ...]:
    """Return each form that objects of a kind may have in a status, the widest first.

    There is more than one where the schema of the kind offers several at its top. Raises as
    `form_in` does; `ContractError` if the life cycle allows none of them.
    """
    known = contract.lifecycle.cells(kind)
    if status is not None and status not in known:
        raise UsageError(f"no status {status!r} of a {kind}; there are {', '.join(known)}")
    cells: Mapping[str, Expectation] = {} if status is None else known[status]
    forms: list[Fields] = []
    errors: list[ContractError] = []
    for form in _objects(contract, kind, status):
        try:
            forms.append(_narrowed(kind, form, cells))
        except ContractError as error:
            errors.append(error)
    if not forms:
        raise errors[0]
    if status is None:
        return tuple(forms)
    return tuple(form.with_field("status", Constant(value=status)) for form in forms)


def _narrowed(kind: str, form: Fields, cells: Mapping[str, Expectation]) -> Fields:
    """Return the form of a kind with fields set or null as a table says."""
    fields = dict(form.fields)
    needed = set(form.required)
    for name, wanted in cells.items():
        if name in fields and wanted != "either":
            fields[name] = _expected(kind, name, fields[name], wanted)
            needed |= {name} if wanted == "set" else set()
    return replace(form, fields=fields, required=frozenset(needed))


def _objects(contract: Contract, kind: str, status: str | None) -> list[Fields]:
    """Return the forms of the objects of a kind that allow a status, the widest first."""
    possible = [
        _identified(contract, kind, one)
        for one in _branches(form_of(contract, kind))
        if isinstance(one, Fields) and (status is None or _may_be(one.fields.get("status"), status))
    ]
    if not possible:
        raise ContractError(f"{kind}: its schema is no object, so no {kind} can be made")
    return sorted(possible, key=lambda one: -len(one.fields))


def _branches(form: Form) -> Iterator[Form]:
    match form:
        case Judged(form=tried):
            yield from _branches(tried)
        case Union(branches=branches):
            for branch in branches:
                yield from _branches(branch)
        case _:
            yield form


def _may_be(form: Form | None, status: str) -> bool:
    match form:
        case Constant(value=value):
            return bool(value == status)
        case Choice(values=values):
            return status in values
    return True


@lru_cache(maxsize=256)
def _identified(contract: Contract, kind: str, form: Fields) -> Fields:
    """Return the form of a kind in which ids have the prefixes of the register, at any depth."""
    whole = kind.removesuffix(DELTA)
    own = PREFIXES.get(f"{whole}_id")
    prefixes = PREFIXES if own is None else {**PREFIXES, "id": own}
    for rule in contract.register.on(whole):
        if rule.prefix is not None:
            prefixes = {**prefixes, rule.fields[0]: rule.prefix}
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
