"""What of a form can be made: parts that cannot are left out where nothing needs them.

A field that nobody requires, a branch of a union or the items of an array that may be empty are
left out, each with one warning that names it. What is required and cannot be made is an error,
unless the caller fixes it.
"""

from __future__ import annotations

import warnings
from dataclasses import replace
from functools import lru_cache
from typing import TypeVar, cast

from run_contracts.errors import ContractError, LeftOutWarning
from run_contracts.making.forms import Fields, Form, Items, Judged, Union, Unmade, union

F = TypeVar("F", bound=Form)


def makeable(form: F) -> F:
    """Return a form without the parts that cannot be made; the same one if it has none.

    Raises `ContractError` for a part that cannot be left out.

    >>> from run_contracts.making.forms import Text
    >>> unread = Unmade(why="run/properties/region: ...", is_understood=True)
    >>> sorted(makeable(Fields(fields={"region": unread, "model": Text()})).fields)
    ['model']
    """
    pruned = _pruned(form)
    if isinstance(pruned, Unmade):
        raise ContractError(f"{pruned.why}. Fix the field to make the others")
    return cast("F", pruned)


@lru_cache(maxsize=8192)
def _pruned(form: Form) -> Form:
    """Return a form without what cannot be made; what it needs of that, if it needs any."""
    match form:
        case Union(branches=branches):
            return _union(form, branches)
        case Fields():
            return _fields(form)
        case Items():
            return _items(form)
        case Judged(form=inner):
            left = _pruned(inner)
            if left is inner:
                return form
            return left if isinstance(left, Unmade) else replace(form, form=left)
    return form


def _union(form: Union, branches: tuple[Form, ...]) -> Form:
    pruned = tuple(map(_pruned, branches))
    kept = tuple(branch for branch in pruned if not isinstance(branch, Unmade))
    if not kept:
        return _plainest_reason(pruned)
    _warn_of(pruned)
    is_whole = all(left is before for left, before in zip(kept, branches, strict=False))
    return form if is_whole and len(kept) == len(branches) else union(kept)


def _plainest_reason(unmade: tuple[Form, ...]) -> Form:
    """Return the one of some parts that says most of why nothing can be made."""
    return min(unmade, key=lambda one: isinstance(one, Unmade) and one.is_understood)


def _fields(form: Fields) -> Form:
    pruned = {name: _pruned(inner) for name, inner in form.fields.items()}
    unmade = {name: left for name, left in pruned.items() if isinstance(left, Unmade)}
    others = None if form.others is None else _pruned(form.others)
    needed = tuple(left for name, left in unmade.items() if name in form.required)
    if isinstance(others, Unmade):
        if form.least > len(form.required):
            needed = (*needed, others)
        unmade[""], others = others, None
    if needed:
        return _plainest_reason(needed)
    _warn_of(tuple(unmade.values()))
    is_whole = all(left is form.fields[name] for name, left in pruned.items())
    if is_whole and others is form.others and not unmade:
        return form
    kept = {name: left for name, left in pruned.items() if name not in unmade}
    return replace(form, fields=kept, others=others, barred=form.barred.union(unmade))


def _items(form: Items) -> Form:
    item, first = _pruned(form.item), tuple(map(_pruned, form.first))
    most = form.most
    unmade = [at for at, left in enumerate(first) if isinstance(left, Unmade)]
    parts: tuple[Form, ...] = (*first, item)
    if unmade or isinstance(item, Unmade):
        room = min([*unmade, len(first)])
        if form.least > room:
            return parts[room]
        _warn_of(parts[room : room + 1])
        most = room if most is None else min(most, room)
    elif item is form.item and all(map(_is_same, first, form.first)):
        return form
    return replace(form, item=item, first=first[:most], most=most)


def _is_same(left: Form, before: Form) -> bool:
    return left is before


def _warn_of(parts: tuple[Form, ...]) -> None:
    for part in parts:
        if isinstance(part, Unmade) and not part.is_understood:
            _warn(part)


@lru_cache(maxsize=8192)
def _warn(part: Unmade) -> None:
    """Warn once of a part that is left out, though the schema may allow it."""
    warnings.warn(f"left out where it may be: {part.why}", LeftOutWarning, stacklevel=2)
