"""Which plans fit what the caller asked for: a status or any, and fields that are fixed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from run_contracts.contract.loading import Contract
from run_contracts.errors import UsageError
from run_contracts.making.forms import (
    TRUTH,
    Constant,
    Drawn,
    Fields,
    Form,
    Identifier,
    Text,
    copied,
    is_null,
)
from run_contracts.making.generators.simplest import fullest
from run_contracts.making.impossible_wishes import kind_in_words, out_of_bounds, refusal_of
from run_contracts.making.narrowing import forms_in, plain_form
from run_contracts.making.overrides import forms_at, with_overrides
from run_contracts.making.plans import ObjectPlan, planned
from run_contracts.making.text_patterns import is_of_text
from run_contracts.making.usual import usual_form
from run_contracts.making.wishes import (
    NOTHING,
    SEPARATOR,
    Fixed,
    Wishes,
    root_of,
    settled,
    wishes_of,
    wishes_with,
)

Sources = Mapping[str, Any]
STAND_ALONE = frozenset(
    {"id", "thread_id", "assistant_id", "run_id", "model", "instructions", "metadata"}
)
"""Fields whose texts no other part is chosen by, but those that are made to agree at last."""


@lru_cache(maxsize=64)
def plain_plans(contract: Contract, kind: str, status: str | None) -> tuple[ObjectPlan, ...]:
    """Return the plans of a kind in a status, or in every one of its edition.

    Of each form that the kind may have there is one, the widest first.
    """
    return tuple(planned(contract, kind, form) for form in _forms(contract, kind, status))


def fitting_plans(
    contract: Contract,
    kind: str,
    status: str | None = None,
    fixed: Fixed = NOTHING,
    drawn: Sources = NOTHING,
) -> tuple[ObjectPlan, ...]:
    """Return the plans in which the fixed fields can be as they are; at least one.

    `fixed` holds values, `drawn` sources of values, which cannot be tried beforehand. Raises
    `UsageError` for what does not exist, for wishes that contradict each other, and for what would
    break a requirement. The plans of equal wishes are made once.
    """
    if not fixed and not drawn:
        return plain_plans(contract, kind, status)
    wishes = wishes_of(fixed, kind)
    if not drawn:
        return _plans_of_wishes(contract, kind, status, wishes)
    return _plans_of_sources(contract, kind, status, wishes, tuple(drawn.items()))


def varying_plans(
    contract: Contract, kind: str, status: str | None, fixed: Fixed
) -> tuple[tuple[ObjectPlan, ...], Mapping[str, str]]:
    """Return the plans as `fitting_plans` does, and the texts to be put into what they make.

    Texts that may be any of their form are no part of the plans, so that objects with ids, names
    and pairs of their own are made by one plan.
    """
    if not fixed:
        return plain_plans(contract, kind, status), {}
    whole = settled(fixed, kind)
    texts = {
        name: value
        for name, value in whole.items()
        if type(value) is str
        and root_of(name) in STAND_ALONE
        and is_text_at(contract, kind, name, value)
    }
    return _plans_of_wishes(contract, kind, status, wishes_with(whole, texts)), texts


def is_text_at(contract: Contract, kind: str, name: str, value: str) -> bool:
    """Say whether a text is one of those that an object may have at a path, whichever it is."""
    return any(is_of_text(form, value) for form in _texts_at(contract, kind, name))


@lru_cache(maxsize=4096)
def _texts_at(contract: Contract, kind: str, name: str) -> tuple[Text | Identifier, ...]:
    """Return the forms of the texts that lie at a path; none if anything else may lie there."""
    found = [[*forms_at(one, name.split(SEPARATOR))] for one in forms_in(contract, kind, None)]
    if not all(found):
        return ()
    forms = [form for some in found for form in some if not is_null(form)]
    texts = tuple(form for form in forms if isinstance(form, Text | Identifier))
    return texts if len(texts) == len(forms) else ()


def first_fitting_plan(
    contract: Contract, kind: str, status: str | None = None, fixed: Fixed = NOTHING
) -> ObjectPlan:
    """Return the first of the plans in which the fixed fields can be as they are.

    No other is tried. Raises as `fitting_plans` does.
    """
    if not fixed:
        return plain_plans(contract, kind, status)[0]
    return next(_fitting(contract, kind, status, wishes_of(fixed, kind)))


@lru_cache(maxsize=1024)
def _plans_of_wishes(
    contract: Contract, kind: str, status: str | None, wishes: Wishes
) -> tuple[ObjectPlan, ...]:
    return tuple(_fitting(contract, kind, status, wishes))


@lru_cache(maxsize=256)
def _plans_of_sources(
    contract: Contract,
    kind: str,
    status: str | None,
    wishes: Wishes,
    drawn: tuple[tuple[str, Any], ...],
) -> tuple[ObjectPlan, ...]:
    return tuple(_drawing(contract, kind, status, wishes, dict(drawn)))


def _fitting(
    contract: Contract, kind: str, status: str | None, wishes: Wishes
) -> Iterator[ObjectPlan]:
    """Yield each plan that fits, as soon as it was tried; raise if there was none."""
    refused: list[tuple[tuple[bool, int], UsageError]] = []
    is_found = False
    out_of_bounds(contract, kind, wishes.fixed)
    forms = _forms(contract, kind, status)
    for _, plan in _wished(contract, kind, forms, _constants(wishes)):
        refusal = refusal_of(contract, plan, status, wishes.fixed)
        if refusal is None:
            is_found = True
            yield plan
        else:
            refused.append(refusal)
    if not is_found:
        raise min(refused, key=lambda refusal: refusal[0])[1]


def _constants(wishes: Wishes) -> dict[str, Form]:
    return {name: Constant(value=copied(value)) for name, value in wishes.fixed.items()}


def _wished(
    contract: Contract, kind: str, forms: Iterable[Fields], wished: Mapping[str, Form]
) -> Iterator[tuple[Fields, ObjectPlan]]:
    """Yield plans of objects with other forms at some paths, whether or not they can be.

    A form into which a path does not lead is passed over; if none is left, that is the error.
    """
    general, errors = plain_form(contract, kind), list[UsageError]()
    is_found = False
    for form in forms:
        try:
            whole = with_overrides(form, wished, general=general, kind=kind_in_words(kind))
        except UsageError as error:
            errors.append(error)
        else:
            is_found = True
            yield form, planned(contract, kind, whole, frozenset(wished))
    if errors and not is_found:
        raise errors[0]


def _drawing(
    contract: Contract, kind: str, status: str | None, wishes: Wishes, drawn: Sources
) -> Iterator[ObjectPlan]:
    """Yield the plans with sources in them, of the statuses that may have what is drawn."""
    twice = sorted(wishes.fixed.keys() & drawn.keys())
    if twice:
        raise UsageError(f"{twice[0]} is given twice, as a value and to be drawn; give it once")
    sources = {name: Drawn(source=source) for name, source in drawn.items()}
    roots = {root_of(name) for name in drawn}
    able = [
        form
        for form in _forms(contract, kind, status)
        if not any(is_null(form.fields.get(root, TRUTH)) for root in roots)
    ]
    if not able:
        values = plain_form(contract, kind).fields
        some = {root: fullest(values[root]) for root in roots}
        fitting_plans(contract, kind, status, {**some, **wishes.fixed})
    constants = _constants(wishes)
    if wishes.fixed:
        refusals = [
            (form, refusal_of(contract, plan, status, wishes.fixed))
            for form, plan in _wished(contract, kind, able, constants)
        ]
        able = [form for form, refusal in refusals if refusal is None]
        if not able:
            raise min(filter(None, (one for _, one in refusals)), key=lambda one: one[0])[1]
    for _, plan in _wished(contract, kind, able, {**constants, **sources}):
        yield plan


@lru_cache(maxsize=256)
def _forms(contract: Contract, kind: str, status: str | None) -> tuple[Fields, ...]:
    """Return the usual forms of a kind in a status, or in every one."""
    if kind.endswith(("_list", "stream_event")):
        raise UsageError(
            f"a {kind_in_words(kind)} is made of other objects; make the list or stream"
        )
    return tuple(
        usual_form(contract, kind, each, form)
        for each in statuses_of(contract, kind, status)
        for form in forms_in(contract, kind, each or None)
    )


def statuses_of(contract: Contract, kind: str, status: str | None) -> tuple[str, ...]:
    """Return the statuses to try, the plainest first; raise `UsageError` for an unknown one.

    Objects of other kinds have no status that decides anything: one empty word stands for it.
    """
    life = contract.lifecycle
    known = tuple(life.cells(kind)) or ("",)
    if status is None:
        return known
    if status not in known:
        near = get_close_matches(str(status), known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}"
        raise UsageError(
            f"no status {status!r} of a {kind_in_words(kind)} in edition {contract.edition}, as "
            f"the life cycle decides; {hint}"
        )
    return (status,)
