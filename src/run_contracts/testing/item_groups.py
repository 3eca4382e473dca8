"""Groups of items that share one check, and what the items of a group have in common."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from run_contracts.contract.requirements import register
from run_contracts.testing.check_result import CheckResult
from run_contracts.traffic.hiding import Hide
from run_contracts.types import Edition


@dataclass(kw_only=True, eq=False)
class ItemGroup:
    """Items that share one check: those of a module, in an edition, for one target.

    `file_suffix` tells its report files from those of other groups; `returned` is what the fixture
    `run_target` returned for it, `hide` what hides the secrets of that target. `other_target` is
    the first item for which that was something else, `failed_setup` the id of one whose fixtures
    failed; `is_summed_up` whether an item has told the summary of the whole check.
    """

    edition: Edition
    file_suffix: str
    items: list[pytest.Item] = field(default_factory=list)
    returned: object = None
    hide: Hide | None = None
    result: CheckResult | None = None
    other_target: pytest.Item | None = None
    failed_setup: str | None = None
    is_summed_up: bool = False

    @property
    def ids(self) -> list[str]:
        """The requirements that are asked for, in the order of the register."""
        wanted = {requirement_of(item) for item in self.items}
        return [requirement for requirement in register(self.edition) if requirement in wanted]

    @property
    def first(self) -> pytest.Item:
        """The item that fails for what concerns all: the same in every worker."""
        ids = self.ids
        return min(self.items, key=lambda item: ids.index(requirement_of(item)))


def requirement_of(item: pytest.Item) -> str:
    """Return the id of the requirement that an item is about."""
    mark = item.get_closest_marker("run_requirement")
    return str(mark.args[0]) if mark is not None else ""


def group_name(item: pytest.Item) -> str:
    """Return what an item shares with those of its check: its module, and other parameters."""
    parent = item.parent.nodeid if item.parent is not None else ""
    return parent + other_parameters(item)


def other_parameters(item: pytest.Item) -> str:
    """Return the parameters of an item but for its requirement, as pytest writes them."""
    rest = item.name.removeprefix(getattr(item, "originalname", "")).strip("[]")
    others = [part for part in rest.replace(requirement_of(item), "").split("-") if part]
    return f"[{'-'.join(others)}]" if others else ""


def as_file_suffix(key: str) -> str:
    """Return the key of a group as part of a file's name."""
    return "".join(char if char.isalnum() else "-" for char in key).strip("-")
