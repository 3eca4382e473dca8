"""The faults that are planted, by kind, and how what a tool says of each is counted."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from run_contracts.contract.requirements import register
from run_contracts.rating.fault_samples import sampled
from run_contracts.server import FAULTS
from run_contracts.types import Edition

EDITION: Edition = "v2"
OF_VALUES = frozenset(
    {"run", "run_step", "message", "thread", "assistant", "list", "error", "body"}
)
"""What a rule may speak of that is in one answer."""
KINDS = ("form", "value", "behaviour")
"""A field of a wrong form; parts of one answer that disagree; all that takes several answers."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a tool told of servers with one fault each, and of right ones, kind by kind."""

    tool: str
    right: frozenset[str]
    of_faults: Mapping[str, frozenset[str]]

    def is_caught(self, fault: str) -> bool:
        """Say whether something was told that is told of no right server."""
        return bool(self.of_faults[fault] - self.right)


def planted(count: int) -> list[str]:
    """Return so many faults, spread over the areas; the same ones each time."""
    return [fault.id for fault in sampled(EDITION, count, 0)]


def kind(fault: str) -> str:
    """Return of which kind a fault is.

    >>> kind("RUN-SHAPE-003"), kind("RUN-LIST-005")
    ('form', 'behaviour')
    """
    requirement = register(EDITION)[FAULTS[fault].requirement]
    if requirement.judge == "schema":
        return "form"
    return "value" if requirement.on in OF_VALUES else "behaviour"


def head() -> str:
    """Return the head of the rows."""
    columns = "".join(f"{name:>12}" for name in (*KINDS, "all"))
    return f"  {'caught':<44}{columns}{'told of the right server':>28}"


def row(told: Told) -> str:
    """Return how much a tool caught, of each kind, and what it told of right servers."""
    faults = {name: [one for one in told.of_faults if kind(one) == name] for name in KINDS}
    shares = [_share(told, of_kind) for of_kind in (*faults.values(), tuple(told.of_faults))]
    return f"  {told.tool:<44}{''.join(f'{one:>12}' for one in shares)}{len(told.right):>28}"


def _share(told: Told, faults: Collection[str]) -> str:
    return f"{sum(told.is_caught(one) for one in faults)} of {len(faults)}"


def print_rows(*rows: Told) -> None:
    """Print the rows, what was told of right servers, and what none but one caught."""
    print(head())
    for told in rows:
        print(row(told))
    for told in rows:
        for one in sorted(told.right):
            print(f"    of the right server, {told.tool}: {one}")
    for fault in rows[0].of_faults:
        marks = "  ".join("c" if told.is_caught(fault) else "-" for told in rows)
        print(f"    {fault:<20}{kind(fault):<12}{marks}", flush=True)
