"""Typical objects: plain and realistic, so that one can tell what is odd in what is made of them.

The edge cases and the near misses change them in one place.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from run_contracts.contract.lifecycle import COMPLETED, EXPIRED, INCOMPLETE, QUEUED
from run_contracts.contract.loading import Contract
from run_contracts.contract.requirements import FOUNDING
from run_contracts.making.forms import Constant, Fields, is_null
from run_contracts.making.generators.offered_models import MODELS_BY_EDITION
from run_contracts.making.generators.typical import detailed, numbered, typical
from run_contracts.making.lives.pages import page
from run_contracts.making.moments import LIFETIME
from run_contracts.making.narrowing import form_in, plain_form
from run_contracts.making.plans import ObjectPlan, planned
from run_contracts.making.typical_content import (
    BORN,
    BORN_AT_FIRST,
    DETAILED_CONTENT,
    LEFT_TO_FORMS,
    PLAIN_CONTENT,
    PLAIN_RUN,
    RUN_BY_STATUS,
)
from run_contracts.types import JSONObject
from run_contracts.validation.judging import violations


def typical_object(
    contract: Contract,
    kind: str,
    status: str | None = None,
    /,
    *,
    is_detailed: bool = False,
    **fixed: Any,
) -> JSONObject:
    """Return a plain, realistic object of a kind, or a detailed one, with some fields fixed.

    What is fixed need not be legal; a field that the kind does not have here is passed over. A
    run without a status is queued, a step completed.

    >>> from run_contracts.contract.loading import load
    >>> run = typical_object(load("v2"), "run", "completed")
    >>> run["model"], run["expires_at"], run["completed_at"] - run["created_at"]
    ('gpt-4o', None, 17)
    """
    plan = typical_plan(contract, kind, status, is_detailed=is_detailed, **fixed)
    return plan.made(detailed if is_detailed else typical)


def typical_plan(
    contract: Contract,
    kind: str,
    status: str | None = None,
    /,
    *,
    is_detailed: bool = False,
    **fixed: Any,
) -> ObjectPlan:
    """Return the plan of a typical object, for the generators of typical values."""
    given = _given(contract, kind, status, is_detailed=is_detailed)
    if status == EXPIRED and kind == "run":
        born = fixed.get("created_at", given["created_at"])
        given = {**given, "completed_at": born + EXPIRES_AFTER}
    return _planned(contract, kind, status, {**given, **fixed})


EXPIRES_AFTER = LIFETIME[0]
"""Seconds from the creation of a run to its expiry, as recorded."""


def typical_life(contract: Contract, *statuses: str, **fixed: Any) -> list[JSONObject]:
    """Return a typical run in each of some statuses, one after the other."""
    limited = INCOMPLETE if INCOMPLETE in statuses else statuses[-1]
    nature = typical_nature(contract, limited, **fixed)
    return [typical_object(contract, "run", status, **nature) for status in statuses]


def typical_nature(contract: Contract, status: str, **fixed: Any) -> JSONObject:
    """Return what a typical run that ends in a status is made of all its life."""
    run = typical_object(contract, "run", status, **fixed)
    by_status = {"status", *contract.lifecycle.fields[status]}
    return {name: value for name, value in run.items() if name not in by_status}


def typical_page(
    contract: Contract, kind: str, n: int = 1, *, status: str | None = None, has_more: bool = False
) -> JSONObject:
    """Return a page of the list of a kind, ``run_list``, with `n` items, the newest first."""
    item = kind.removesuffix("_list")
    items = [numbered_item(contract, item, status or ENDED[item], n - at) for at in range(n)]
    return page(items, has_more=has_more)


def numbered_item(contract: Contract, kind: str, status: str | None, number: int) -> JSONObject:
    """Return an object of a list, of its own id and later than those of lower numbers."""
    born = born_in(contract.edition) + APART * number
    one = typical_object(contract, kind, status, created_at=born)
    return one | {"id": numbered(one["id"], number)}


ENDED: Mapping[str, str | None] = {"run": COMPLETED, "run_step": COMPLETED, "message": None}
"""The status of listed items: one at most of a thread's runs, or a run's steps, is active."""
APART = 60
"""Seconds between two items of a list."""


def born_in(edition: str) -> int:
    """Return when the typical objects of an edition were created, in seconds since the epoch."""
    return BORN_AT_FIRST if edition == FOUNDING else BORN


def _form(contract: Contract, kind: str, status: str | None) -> Fields:
    """Return the form of a kind in a status, or in its plainest."""
    if not contract.lifecycle.cells(kind):
        return plain_form(contract, kind)
    return form_in(contract, kind, status or (COMPLETED if kind == "run_step" else QUEUED))


def _planned(
    contract: Contract, kind: str, status: str | None, fixed: Mapping[str, Any]
) -> ObjectPlan:
    form = _form(contract, kind, status)
    for name, value in fixed.items():
        if name in form.fields:
            form = form.with_field(name, Constant(value=value))
    return planned(contract, kind, form, frozenset(fixed))


@lru_cache(maxsize=512)
def _given(
    contract: Contract,
    kind: str,
    status: str | None,
    *,
    is_detailed: bool,
) -> Mapping[str, Any]:
    """Return what typical objects hold where their form does not say it, if it is legal here."""
    given = _content(contract, kind, status, is_detailed=is_detailed)
    value = _planned(contract, kind, status, given).made(detailed if is_detailed else typical)
    wrong = {one.pointer.split("/")[1] for one in violations(value, kind=kind, contract=contract)}
    return {name: given[name] for name in given if name not in wrong - {"created_at"}}


def _content(
    contract: Contract, kind: str, status: str | None, *, is_detailed: bool
) -> Mapping[str, Any]:
    """Return what typical objects hold, of the fields that they have in a status."""
    form, founding = _form(contract, kind, status), contract.edition == FOUNDING
    content: dict[str, Any] = {"created_at": born_in(contract.edition)}
    if {"id", "metadata"} <= form.required and not is_detailed:
        content["metadata"] = {}
    content |= PLAIN_CONTENT.get(kind, {})
    if kind == "run":
        content |= PLAIN_RUN | {"model": MODELS_BY_EDITION[contract.edition][0]}
    if is_detailed:
        content |= DETAILED_CONTENT.get(kind, {})
        content = {name: content[name] for name in content if name not in LEFT_TO_FORMS}
        if founding and "model" in content:
            content["model"] = MODELS_BY_EDITION[contract.edition][0]
    if kind == "run":
        content |= RUN_BY_STATUS.get(status or QUEUED, {})
    return {
        name: value
        for name, value in content.items()
        if name in form.fields and (value is None or not is_null(form.fields[name]))
    }
