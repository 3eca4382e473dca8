"""Entries of a baseline, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

FILE_NAME = "run-contracts.baseline.toml"
GENERATED = "generated"
"""Stands for the profile of a failure that chance may not show again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One known failure: which requirement, by what cause, why it is accepted and until when.

    `profile` is the least one whose probes show it, or says that only generated requests did.
    """

    id: str
    fingerprint: str
    reason: str
    expires: date
    link: str = ""
    profile: str = "full"

    def __str__(self) -> str:
        link = f" ({self.link})" if self.link else ""
        return f"{self.reason}{link}, until {self.expires}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """Known failures, the name of the file they come from, and whether a person typed it."""

    name: str = FILE_NAME
    entries: tuple[Known, ...] = ()
    is_typed: bool = False


EMPTY = Baseline()
