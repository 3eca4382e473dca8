"""What a person names by its id, faults and degradations, looked up in their tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import TypeVar

from run_contracts.errors import UsageError

Known = TypeVar("Known")


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
