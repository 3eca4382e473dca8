"""What a person names, looked up where all names stand: a wrong one is told the nearest."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches
from typing import TypeVar

from run_contracts.errors import UsageError
from run_contracts.filesystem.single_line import word
from run_contracts.server.given_values import as_given

Known = TypeVar("Known")


def check_known(what: str, given: object, known: Collection[str]) -> None:
    """Raise `UsageError` for a name that is not known, with the nearest that is; only texts are.

    >>> check_known("status", "complete", ["completed", "failed"])
    Traceback (most recent call last):
    run_contracts.errors.UsageError: no status 'complete'; did you mean 'completed'?
    """
    near: list[str] = []
    shown = as_given(given)
    if isinstance(given, str):
        if given in known:
            return
        near, shown = get_close_matches(given, known, n=1), word(given)
    there = (each if each.isprintable() else repr(each) for each in sorted(known))
    hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(there)}"
    raise UsageError(f"no {what} {shown}; {hint}")


def refuse_unknown(of: str, given: Iterable[str], known: Collection[str]) -> None:
    """Raise `UsageError` for an argument that something does not have, with the nearest.

    >>> refuse_unknown("fail", ["afer"], ["on", "after"])
    Traceback (most recent call last):
    run_contracts.errors.UsageError: no argument of fail 'afer'; did you mean 'after'?
    """
    for name in given:
        check_known(f"argument of {of}", name, known)


def chosen(kind: str, known: Mapping[str, Known], ids: Iterable[str]) -> tuple[Known, ...]:
    """Return what these ids name, each once; raise `UsageError` for one that does not exist.

    >>> chosen("fault", {"RUN-A-001": 7}, ["RUN-A-002"])
    Traceback (most recent call last):
    run_contracts.errors.UsageError: no fault 'RUN-A-002'; did you mean RUN-A-001?
    """
    for name in ids:
        if name not in known:
            near = sorted(get_close_matches(name, known, n=3, cutoff=0.5))
            hint = f"did you mean {' or '.join(near)}?" if near else f"list --{kind}s shows all"
            raise UsageError(f"no {kind} {name!r}; {hint}")
    return tuple(known[name] for name in dict.fromkeys(ids))
