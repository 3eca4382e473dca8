"""Places: the items that share one check, and what they have in common."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from run_contracts.contract.requirements import register
from run_contracts.testing.failures import TargetResult

MOST_SCRIPTS = 3
"""Failures of a check that show their requests; more of them would only be scrolled past."""


@dataclass(kw_only=True, eq=False)
class Place:
    """Items that share one check: those of a module, in an edition, for one target."""

    edition: str
    word: str
    items: list[pytest.Item] = field(default_factory=list)
    value: object = None
    told: TargetResult | None = None
    mistake: pytest.Item | None = None
    scripts: int = MOST_SCRIPTS
    unready: str | None = None

    @property
    def ids(self) -> list[str]:
        """The requirements that are asked for, in the order of the register."""
        wanted = {requirement_of(item) for item in self.items}
        return [one for one in register(self.edition) if one in wanted]

    @property
    def first(self) -> pytest.Item:
        """The item that tells what concerns all: the same in every worker."""
        ids = self.ids
        return min(self.items, key=lambda item: ids.index(requirement_of(item)))


def requirement_of(item: pytest.Item) -> str:
    """Return the id of the requirement that an item is about."""
    mark = item.get_closest_marker("run_requirement")
    return str(mark.args[0]) if mark is not None else ""


def place_name(item: pytest.Item) -> str:
    """Return what an item shares with those of its check: its module, and other parameters."""
    parent = item.parent.nodeid if item.parent is not None else ""
    return parent + others_of(item)


def others_of(item: pytest.Item) -> str:
    """Return the parameters of an item but for its requirement, as pytest writes them."""
    rest = item.name.removeprefix(getattr(item, "originalname", "")).strip("[]")
    others = [part for part in rest.replace(requirement_of(item), "").split("-") if part]
    return f"[{'-'.join(others)}]" if others else ""


def word_of(key: str) -> str:
    """Return a name of a place as part of a file's name."""
    return "".join(one if one.isalnum() else "-" for one in key).strip("-")
