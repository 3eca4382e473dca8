"""Cutting: a very wide value without most of what is alike in it, so that explaining it ends soon.

What is wrong with 20,000 items is wrong with the first few hundred. A cut value is never a right
one made wrong: fields that a schema can speak of stay, and more items than it can ask for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any

from run_contracts.contract.loading import Contract

WIDEST = 200
"""Entries of one list or object that are explained, unless a bound of a schema is higher."""


def cut(value: Any, contract: Contract) -> Any:
    """Return a value without the later entries of its lists and objects; itself if it is narrow.

    >>> from run_contracts.contract.loading import load
    >>> len(cut({"tools": [1] * 20_000}, load("v2"))["tools"])
    200
    """
    names, widest = _kept(contract)
    return _cut(value, names, widest) if _is_wide(value, widest) else value


@lru_cache(maxsize=64)
def _kept(contract: Contract) -> tuple[frozenset[str], int]:
    """Return the names that the schemas of a contract have, and how many entries are explained."""
    words: set[str] = set()
    bounds = [WIDEST - 1]
    for name, value in _members(contract.documents):
        words.add(name)
        words.update(one for one in (value if isinstance(value, list) else ()) if type(one) is str)
        if name.startswith(("min", "max")) and isinstance(value, int):
            bounds.append(value if name.endswith(("Items", "Properties", "Contains")) else 0)
    return frozenset(words), max(bounds) + 1


def _members(document: Any) -> Iterator[tuple[str, Any]]:
    """Yield all members of all objects in a document, at any depth."""
    if isinstance(document, Mapping):
        yield from document.items()
        document = list(document.values())
    for inner in document if isinstance(document, list) else ():
        yield from _members(inner)


def _is_wide(value: Any, widest: int) -> bool:
    if isinstance(value, dict):
        items = value.values()
    elif isinstance(value, list | tuple):
        items = value  # type: ignore[assignment]
    else:
        return False
    if len(items) > widest:
        return True
    return any(_is_wide(one, widest) for one in items if isinstance(one, dict | list | tuple))


def _cut(value: Any, names: frozenset[str], widest: int) -> Any:
    if isinstance(value, dict):
        kept = set(islice(value, widest)) | (names & value.keys())
        return {name: _cut(item, names, widest) for name, item in value.items() if name in kept}
    if isinstance(value, list | tuple):
        return [_cut(item, names, widest) for item in islice(value, widest)]
    return value
