"""What a person names, looked up where all names stand: a wrong one is told the nearest."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches
from typing import TypeVar

from run_contracts.errors import UsageError
from run_contracts.filesystem.single_line import word

Known = TypeVar("Known")


def check_known(what: str, given: object, known: Collection[str]) -> None:
    """Raise `UsageError` for a name that is not known, with the nearest that is.

    >>> check_known("status", "complete", ["completed", "failed"])
    Traceback (most recent call last):
    run_contracts.errors.UsageError: no status 'complete'; did you mean 'completed'?
    """
    if given in known:
        return
    near = get_close_matches(str(given), known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(sorted(known))}"
    raise UsageError(f"no {what} {word(given)}; {hint}")


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
