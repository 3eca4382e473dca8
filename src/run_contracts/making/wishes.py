"""Wishes: what the caller fixes, checked once: JSON can hold it, and no two contradict."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from run_contracts.errors import UsageError
from run_contracts.validation.found import shown

SEPARATOR = "__"
Fixed = Mapping[str, Any]
NOTHING: Fixed = {}
CALLS = "required_action__submit_tool_outputs__tool_calls"
"""The path of the calls that a run waits for."""
IMPLIED: Mapping[str, tuple[tuple[str, str, Any], ...]] = {
    "run": (
        ("tool_choice__function", "tool_choice__type", "function"),
        ("truncation_strategy__last_messages", "truncation_strategy__type", "last_messages"),
    ),
    "create_run_request": (
        ("tool_choice__function", "tool_choice__type", "function"),
        ("truncation_strategy__last_messages", "truncation_strategy__type", "last_messages"),
    ),
}
"""By kind: who fixes something below the first path fixes the second, too, as it is meant."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """Fixed values by their paths; two are equal if their keys are."""

    key: tuple[Any, ...]
    fixed: Fixed = field(compare=False)

    @property
    def paths(self) -> frozenset[str]:
        """The paths that are fixed."""
        return frozenset(self.fixed)


def wishes_of(fixed: Fixed, kind: str) -> Wishes:
    """Return what was fixed in an object of a kind, in a form that can be compared.

    What is fixed as a whole comes first, what is fixed inside it is put in: ``metadata={"b": "2"}``
    with ``metadata__a="1"`` gives both pairs. Raises `UsageError` for a value that JSON cannot
    hold, at any depth, and with both names for two wishes that contradict each other.

    >>> wishes_of({"metadata": {"b": "2"}, "metadata__a": "1"}, "run").fixed
    {'metadata': {'b': '2', 'a': '1'}}
    """
    return wishes_with(settled(fixed, kind), ())


def settled(fixed: Fixed, kind: str) -> Fixed:
    """Return wishes checked and put together, with what they mean beside what they say."""
    for name, value in fixed.items():
        checked(name, value)
    if _is_settled(kind, tuple(fixed)):
        return fixed
    return _with_implied(_merged(fixed), kind)


@lru_cache(maxsize=4096)
def _is_settled(kind: str, names: tuple[str, ...]) -> bool:
    """Say whether no wish lies inside another, and none means more than it says."""
    if any(above in names for name in names for above in _above(name)):
        return False
    if kind == "run_step" and "type" in names:
        return False
    causes = tuple(below + SEPARATOR for below, _, _ in IMPLIED.get(kind, ()))
    return not any((name + SEPARATOR).startswith(causes) for name in names)


def wishes_with(fixed: Fixed, texts: Container[str]) -> Wishes:
    """Return wishes that are equal to others with any other texts at some paths."""
    key = tuple(name if name in texts else _key(name, value) for name, value in fixed.items())
    return Wishes(key, fixed)


def _key(name: str, value: Any) -> tuple[str, Any, str]:
    """Return what is the same for a name and a JSON value, and for no other."""
    if type(value) is str:
        return name, str, value
    return name, type(value), json.dumps(value)


PLAIN_TYPES = frozenset({bool, int})


def checked(name: str, value: Any) -> Any:
    """Return a value as it is; raise `UsageError` that names where JSON cannot hold it."""
    if value is None or type(value) in PLAIN_TYPES or (type(value) is str and value.isascii()):
        return value
    try:
        wrong = next(_unfit(name, value), None)
    except RecursionError:
        wrong = f"{name} holds itself, or is nested too deep"
    if wrong:
        raise UsageError(f"{wrong}, which JSON cannot hold; give plain values")
    return value


def _unfit(name: str, value: Any) -> Iterator[str]:
    """Yield what is wrong with each part of a value, and where it stands."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if not isinstance(key, str):
                yield f"{name} has the key {key!r} of type {type(key).__name__}"
            yield from _unfit(f"{name}{SEPARATOR}{key}", key)
            yield from _unfit(f"{name}{SEPARATOR}{key}", inner)
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from _unfit(f"{name}{SEPARATOR}{at}", inner)
    elif wrong := _unfit_scalar(value):
        yield f"{name} is {wrong}"


def _unfit_scalar(value: Any) -> str:
    """Return what keeps a value from being a JSON scalar; empty if it is one."""
    if isinstance(value, str):
        is_broken = not value.isascii() and any("\ud800" <= sign <= "\udfff" for sign in value)
        return f"{value!a}, half of a letter" if is_broken else ""
    if isinstance(value, float):
        return "" if math.isfinite(value) else repr(value)
    if isinstance(value, tuple):
        return "a tuple (a list is meant?)"
    is_plain = value is None or isinstance(value, bool | int)
    return "" if is_plain else f"of type {type(value).__name__}"


def _merged(fixed: Fixed) -> dict[str, Any]:
    """Return wishes of which none lies inside another: what did is put into the other."""
    merged: dict[str, Any] = {}
    for name in sorted(fixed, key=lambda path: path.count(SEPARATOR)):
        holder = next((above for above in _above(name) if above in merged), None)
        if holder is None:
            merged[name] = fixed[name]
            continue
        if merged[holder] is fixed.get(holder):
            merged[holder] = copy.deepcopy(fixed[holder])
        inner = name.removeprefix(holder + SEPARATOR).split(SEPARATOR)
        if not _put(merged[holder], inner, fixed[name]):
            raise contradicting({holder: fixed[holder], name: fixed[name]})
    return {name: merged[name] for name in fixed if name in merged}


def root_of(path: str) -> str:
    """Return the field of an object that a path leads into.

    >>> root_of("usage__total_tokens")
    'usage'
    """
    return path.partition(SEPARATOR)[0]


def _above(path: str) -> Iterator[str]:
    """Yield the paths that a path lies inside, the outermost first."""
    steps = path.split(SEPARATOR)
    return (SEPARATOR.join(steps[:most]) for most in range(1, len(steps)))


def _put(holder: Any, path: list[str], value: Any) -> bool:
    """Put a value where nothing else stands; say whether it could be."""
    step, *rest = path
    if isinstance(holder, list):
        if not step.isdecimal() or int(step) > len(holder):
            return False
        if int(step) == len(holder):
            holder.append(_nested(rest, value))
            return True
        inner, key = holder[int(step)], None
    elif isinstance(holder, dict):
        if step not in holder:
            holder[step] = _nested(rest, value)
            return True
        inner, key = holder[step], step
    else:
        return False
    if rest:
        return _put(inner, rest, value)
    return bool(inner == value) and type(inner) is type(value) and (key is None or key in holder)


def put(holder: Any, path: str, value: Any) -> None:
    """Put a value where a path leads in an object.

    >>> run = {"tools": [{"name": "a"}]}
    >>> put(run, "tools__0__name", "b")
    >>> run
    {'tools': [{'name': 'b'}]}
    """
    *steps, last = path.split(SEPARATOR)
    for step in steps:
        holder = holder[int(step) if isinstance(holder, list) else step]
    holder[int(last) if isinstance(holder, list) else last] = value


def _nested(path: list[str], value: Any) -> Any:
    for step in reversed(path):
        value = [value] if step == "0" else {step: value}
    return value


def _with_implied(fixed: dict[str, Any], kind: str) -> dict[str, Any]:
    """Return wishes with what they mean beside what they say."""
    for below, name, value in IMPLIED.get(kind, ()):
        causes = [path for path in fixed if (path + SEPARATOR).startswith(below + SEPARATOR)]
        if not causes or all(fixed[path] is None for path in causes):
            continue
        if name in fixed and fixed[name] != value:
            raise contradicting({name: fixed[name], causes[0]: fixed[causes[0]]})
        fixed = {name: value, **fixed}
    if kind == "run_step" and "type" in fixed:
        fixed = {"step_details__type": fixed["type"], **fixed}
    return fixed


def contradicting(fixed: Fixed, why: str = "") -> UsageError:
    """Return the error that names wishes which cannot both be."""
    return UsageError(
        f"{as_written(fixed)} contradict each other{f': {why}' if why else ''}; leave one out"
    )


def as_written(fixed: Fixed, *, between: str = " and ") -> str:
    """Return wishes the way they were written, shortened: ``model="x" and metadata={"a": "1"}``.

    The parts of calls are named as one.
    """
    words = (
        "calls" if name.startswith(CALLS + SEPARATOR) else f"{name}={shown(value)}"
        for name, value in fixed.items()
    )
    return between.join(dict.fromkeys(words))


@dataclass(frozen=True, slots=True)
class Free:
    """What nobody fixed, by the paths that somebody did: ``"usage" in free``.

    >>> free = Free(frozenset({"usage__total_tokens", "model"}))
    >>> "usage" in free, "usage__prompt_tokens" in free, "model" in free
    (False, True, False)
    """

    fixed: frozenset[str] = frozenset()

    def __contains__(self, path: str) -> bool:
        """Say whether neither a field, nor what it is part of, nor anything in it is fixed."""
        fixed = self.fixed
        if not fixed:
            return True
        inside = path + SEPARATOR
        return (
            path not in fixed
            and fixed.isdisjoint(_above(path))
            and not any(other.startswith(inside) for other in fixed)
        )

    def is_whole(self, path: str) -> bool:
        """Say whether a field is fixed as a whole, so that nothing can be added to it."""
        return path in self.fixed
