"""A wrong form of one field never hides what another field alone shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from run_contracts import violations
from run_contracts.contract.loading import load
from run_contracts.making.near_misses import near_misses

WRONG_FORMS: tuple[Any, ...] = ("x", 7.5, [], {}, -1, True, None)
NEEDED = {
    "status": ("RUN-STATUS-", "RUN-STEP-02", "RUN-STEP-035"),
    "type": ("RUN-STEP-027",),
    "created_at": ("RUN-TIME-001", "RUN-TIME-003", "RUN-STEP-039", "RUN-OBJ-008"),
    "started_at": ("RUN-TIME-002",),
    "data": ("RUN-LIST-003", "RUN-LIST-004"),
}
"""Fields without which a rule cannot be judged: it compares another one with them."""


class _Miss(NamedTuple):
    requirement: str
    kind: str
    value: dict[str, Any]
    field: str


def _misses(edition: Any) -> Iterator[_Miss]:
    """Yield the near misses that are one object, each with the field that is wrong in it."""
    contract = load(edition)
    for miss in near_misses(edition=edition):
        if miss.kind in contract.kinds and isinstance(miss.value, dict):
            told = violations(miss.value, kind=miss.kind, contract=contract)
            own = [one.pointer for one in told if one.requirement == miss.requirement]
            if own and own[0]:
                yield _Miss(miss.requirement, miss.kind, miss.value, own[0].split("/")[1])


@pytest.mark.parametrize("edition", ["v1", "v2"])
def test_a_wrong_form_hides_nothing_beside_it(edition: Any) -> None:
    """Whatever one field is, a rule that does not compare others with it is told as before."""
    contract = load(edition)
    tried, hidden = 0, []
    for at, miss in enumerate(_misses(edition)):
        for name in miss.value.keys() - {miss.field}:
            if miss.requirement.startswith(NEEDED.get(name, ("none",))):
                continue
            wrong = WRONG_FORMS[(at + len(name)) % len(WRONG_FORMS)]
            both = violations({**miss.value, name: wrong}, kind=miss.kind, contract=contract)
            tried += 1
            if miss.requirement not in {one.requirement for one in both}:
                hidden.append(f"{miss.requirement} by {name}: {wrong!r}")
    assert hidden == []
    assert tried > 5_000
