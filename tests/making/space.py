"""What of the space of runs was reached: words, branches, presence, bounds, edges of the life."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from run_contracts.contract.loading import Contract
from run_contracts.making.forms import Choice, Constant, Fields, Items, Text, Union, Whole, leaves
from run_contracts.making.narrowing import form_in
from run_contracts.making.usual import usual_form

Feature = tuple[str, str]


def wanted(contract: Contract) -> set[Feature]:
    """Return every feature that runs of a contract can have, status by status."""
    found: set[Feature] = set()
    for status in contract.lifecycle.fields:
        form = usual_form(contract, "run", status, form_in(contract, "run", status))
        found |= set(_present(form)) | {("status", status)}
        for path, inner in leaves(form):
            found |= {(".".join(path), word) for word in _words(inner)}
    return found


def _present(form: Fields, place: str = "") -> Iterator[Feature]:
    for name in form.fields:
        if name not in form.required:
            yield place + name, "there"
            yield place + name, "absent"


def _words(form: Any) -> Iterator[str]:
    """Yield what may be reached at one place: words, branches, bounds."""
    match form:
        case Choice(values=values):
            yield from (repr(value) for value in values if not isinstance(value, dict))
        case Constant(value=value) if value is None or isinstance(value, str):
            yield repr(value)
        case Items(least=least, most=most):
            yield f"{least} items"
            yield from () if most is None else (f"{most} items",)
        case Text(most=most) if most is not None:
            yield f"{most} characters"
        case Whole(least=least) if least is not None:
            yield repr(least)
        case Fields(fields=fields, most=most) if not fields:
            yield "0 pairs"
            yield from () if most is None else (f"{most} pairs",)
        case Union():
            return


def reached(value: Any, path: str = "") -> Iterator[Feature]:
    """Yield the features of one value, at any depth."""
    place = path.lstrip(".")
    match value:
        case dict():
            yield place, f"{len(value)} pairs"
            for name, inner in value.items():
                key = "key" if place == "metadata" else name
                yield f"{path}.{name}".lstrip("."), "there"
                yield from reached(inner, f"{path}.{key}")
        case list():
            yield place, f"{len(value)} items"
            for inner in value:
                yield from reached(inner, f"{path}.0")
        case str():
            yield place, repr(value)
            yield place, f"{len(value)} characters"
        case _:
            yield place, repr(value)


def features(run: Any, optional: Iterable[str]) -> set[Feature]:
    """Return the features of one run; `optional` are the fields that may be absent."""
    absent = {(name, "absent") for name in optional if name not in run}
    return {*reached(run), *absent, ("status", run["status"])}


def edges(history: Sequence[Any]) -> set[Feature]:
    """Return the edges of the life cycle that were walked, or a part of the path skipped."""
    return set(pairwise(run["status"] for run in history))
