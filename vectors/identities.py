"""The ids of vectors: once given, an id is never given to another vector."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

NUMBERED = re.compile(r"(.*)-(\d+)")


@dataclass(kw_only=True)
class Identities:
    """The ids that were given so far, each with what its vector is; new ones are added.

    A vector that has a name of its own keeps it. Near misses have none: which number of its
    requirement one has is found by its sentence, wherever in the order it is made.
    """

    given: dict[str, str]
    used: set[str] = field(default_factory=set)

    @classmethod
    def read(cls, text: str) -> Identities:
        """Return the ids that a file holds."""
        return cls(given=dict(json.loads(text)["ids"]))

    def named(self, id: str, what: str) -> str:  # noqa: A002 - the domain's word
        """Return the id of a vector with a name of its own, which no other vector of now has."""
        if id in self.used:
            raise ValueError(f"two vectors are called {id}")
        self.given.setdefault(id, what)
        self.used.add(id)
        return id

    def numbered(self, stem: str, what: str) -> str:
        """Return the id of a vector that is one of several: the number it had, or the next free.

        >>> ids = Identities(given={"v2/RUN-A-001-1": "Gone.", "v2/RUN-A-001-2": "Here."})
        >>> ids.numbered("v2/RUN-A-001", "Here."), ids.numbered("v2/RUN-A-001", "New.")
        ('v2/RUN-A-001-2', 'v2/RUN-A-001-3')
        """
        of_stem = {name: said for name, said in self.given.items() if _stem(name) == stem}
        known = next((name for name, said in of_stem.items() if said == what), None)
        most = max((int(name.rpartition("-")[2]) for name in of_stem), default=0)
        return self.named(known or f"{stem}-{most + 1}", what)

    @property
    def withdrawn(self) -> list[str]:
        """The ids whose vectors are made no more; they are not given again."""
        return sorted(self.given.keys() - self.used)

    def document(self) -> Mapping[str, object]:
        """Return the ids as they are written."""
        return {"withdrawn": self.withdrawn, "ids": dict(sorted(self.given.items(), key=_order))}


def _stem(id: str) -> str:  # noqa: A002 - the domain's word
    matched = NUMBERED.fullmatch(id)
    return matched[1] if matched else ""


def _order(pair: tuple[str, str]) -> tuple[str, int]:
    """Return by what an id is sorted: the second before the tenth of a requirement."""
    matched = NUMBERED.fullmatch(pair[0])
    return (matched[1], int(matched[2])) if matched else (pair[0], 0)
