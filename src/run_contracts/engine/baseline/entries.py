"""Entries of a baseline, as values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

FILE_NAME = "run-contracts.baseline.toml"
GENERATED = "generated"
"""Stands for the profile of a failure that chance may not show again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known to have one cause: its failures, why they are accepted and until when.

    `id` is the requirement that says most plainly what is wrong. Its `fingerprint` is the only
    failure, unless `failures` holds several, each the id of a requirement and a fingerprint.
    `profile` is the least one whose probes show it, or says that only generated requests did.
    """

    id: str
    reason: str
    expires: date
    fingerprint: str = ""
    failures: tuple[str, ...] = ()
    link: str = ""
    profile: str = "full"

    def __str__(self) -> str:
        link = f" ({self.link})" if self.link else ""
        return f"{self.reason}{link}, until {self.expires}"

    @property
    def accepted(self) -> Iterator[tuple[str, str]]:
        """Each failure that it accepts: the id of the requirement, and the fingerprint.

        >>> known = Known(id="A", reason="", expires=date.max, failures=("A getRun: null", "B x"))
        >>> list(known.accepted)
        [('A', 'getRun: null'), ('B', 'x')]
        """
        for failure in self.failures or (f"{self.id} {self.fingerprint}",):
            requirement, _, fingerprint = failure.partition(" ")
            yield requirement, fingerprint

    @property
    def requirements(self) -> frozenset[str]:
        """The ids of the requirements whose failures it accepts."""
        return frozenset(requirement for requirement, _ in self.accepted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """Known failures, the name of the file they come from, and whether a person typed it."""

    name: str = FILE_NAME
    entries: tuple[Known, ...] = ()
    is_typed: bool = False


EMPTY = Baseline()
