"""A file of vectors: its head, its vectors, and how it is written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from run_contracts.contract.readings import errata

VERSION = 1
"""The version of the files: under one number they gain vectors and members, and lose none."""
LARGE = 65_536
"""Bytes of a vector from which on it stands in a file beside, so that the others stay readable."""
Vector = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class VectorFile:
    """Vectors of one set and kind in an edition; `about` is what the head says beside."""

    edition: str
    set: str
    name: str
    vectors: tuple[Vector, ...]
    about: Mapping[str, Any] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Where the file stands below the folder of all vectors."""
        return f"{self.edition}/{self.set}/{self.name}.json"

    @property
    def schema(self) -> str:
        """The path from the file to the schema of its set."""
        return f"../../schema/{self.set}.json"

    def document(self) -> dict[str, Any]:
        """Return the file as JSON."""
        return {
            "$schema": self.schema,
            "version": VERSION,
            "contract": contract_of(self.edition),
            **self.about,
            "vectors": list(self.vectors),
        }


def contract_of(edition: str) -> dict[str, str]:
    """Return which contract vectors are of: the edition, and the day of its newest correction.

    >>> contract_of("v2")["edition"]
    'v2'
    """
    days = [one.date for one in errata() if any(edition == of for of, _, _ in one.changes)]
    return {"edition": edition, "date": max(days).isoformat()}


def split(file: VectorFile) -> Iterator[VectorFile]:
    """Yield a file, and beside it one of what is large in it."""
    large = [one for one in file.vectors if len(written(one)) >= LARGE]
    small = tuple(one for one in file.vectors if one not in large)
    parts: Iterable[tuple[str, tuple[Vector, ...]]] = (
        (file.name, small),
        (f"{file.name}.large", tuple(large)),
    )
    for name, vectors in parts:
        if vectors:
            yield VectorFile(
                edition=file.edition, set=file.set, name=name, vectors=vectors, about=file.about
            )


def written(value: Any) -> str:
    """Return JSON as it is committed: plain ASCII, and a member a line, so that changes show."""
    return json.dumps(value, indent=1) + "\n"
