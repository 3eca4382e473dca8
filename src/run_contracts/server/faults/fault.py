"""What a fault is, and how modules of faults say which they hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from run_contracts.server.event_frames import Streaming

PARTS = 3
"""Parts of a requirement's id; a fault that is not its first has one more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A deliberate defect: its id, what it does, and the class that does it.

    The id is that of the requirement it breaks; the second fault of one has ``-b`` after it.

    >>> Fault(id="RUN-LIST-005-b", sentence="", defect=Streaming).requirement
    'RUN-LIST-005'
    """

    id: str
    sentence: str
    defect: type[Streaming]

    @property
    def requirement(self) -> str:
        """The id of the requirement it breaks."""
        return "-".join(self.id.split("-")[:PARTS])


def described(namespace: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield the faults among the classes of a module: a docstring that begins with an id."""
    for defect in namespace.values():
        if isinstance(defect, type) and issubclass(defect, Streaming):
            fault, colon, sentence = (defect.__doc__ or "").partition(": ")
            if colon and fault.startswith("RUN-"):
                yield Fault(id=fault, sentence=sentence.strip(), defect=defect)
