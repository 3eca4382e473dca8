"""Cutting: a very wide value without most of what is alike in it, so that explaining it ends soon.

What is wrong with 20,000 items is wrong with the first few hundred. A cut value is never a right
one made wrong: fields that a schema can speak of stay, and more items and characters than it can
ask for.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any

from run_contracts.contract.loading import Contract

WIDEST, LONGEST = 200, 2_000
"""Entries of one list or object, and characters of a text, that are explained, unless a bound of a
schema is higher."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """What of a value is explained: so many entries and characters, and members of these names."""

    names: frozenset[str]
    widest: int
    longest: float


def cut(value: Any, contract: Contract) -> Any:
    """Return a value without the later entries of its lists and objects, and the ends of its texts.

    It is the value itself if it is narrow, and its texts are short.

    >>> from run_contracts.contract.loading import load
    >>> len(cut({"tools": [1] * 20_000}, load("v2"))["tools"])
    200
    """
    kept = _kept(contract)
    return _cut(value, kept) if _is_wide(value, kept) else value


@lru_cache(maxsize=64)
def _kept(contract: Contract) -> _Kept:
    """Return what the schemas of a contract can speak of; whole texts if one has a pattern."""
    words: set[str] = set()
    entries, characters = [WIDEST - 1], [LONGEST - 1.0]
    for name, value in _members(contract.documents):
        words.add(name)
        words.update(one for one in (value if isinstance(value, list) else ()) if type(one) is str)
        if name.startswith(("min", "max")) and isinstance(value, int):
            entries.append(value if name.endswith(("Items", "Properties", "Contains")) else 0)
            characters.append(value if name.endswith("Length") else 0)
        if name == "pattern":
            characters.append(math.inf)
    return _Kept(names=frozenset(words), widest=max(entries) + 1, longest=max(characters) + 1)


def _members(document: Any) -> Iterator[tuple[str, Any]]:
    """Yield all members of all objects in a document, at any depth."""
    if isinstance(document, Mapping):
        yield from document.items()
        document = list(document.values())
    for inner in document if isinstance(document, list) else ():
        yield from _members(inner)


def _is_wide(value: Any, kept: _Kept) -> bool:
    if isinstance(value, str):
        return len(value) > kept.longest
    if isinstance(value, dict):
        items = value.values()
    elif isinstance(value, list | tuple):
        items = value  # type: ignore[assignment]
    else:
        return False
    if len(items) > kept.widest:
        return True
    return any(_is_wide(one, kept) for one in items if isinstance(one, str | dict | list | tuple))


def _cut(value: Any, kept: _Kept) -> Any:
    if isinstance(value, str) and len(value) > kept.longest:
        return value[: int(kept.longest)]
    if isinstance(value, dict):
        stay = set(islice(value, kept.widest)) | (kept.names & value.keys())
        return {name: _cut(item, kept) for name, item in value.items() if name in stay}
    if isinstance(value, list | tuple):
        return [_cut(item, kept) for item in islice(value, kept.widest)]
    return value
