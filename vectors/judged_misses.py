"""Near misses with what the judge says of each: the one rule it breaks, how, and where."""

from __future__ import annotations

import json
from typing import Any, cast

from tests.making import judged

from run_contracts import load, violations
from run_contracts.checks import outcomes
from run_contracts.contract.loading import Contract
from run_contracts.making import NearMiss
from run_contracts.traffic.evidence import ANY_TIME, CHECK_PATIENCE, Evidence
from run_contracts.types import Edition
from run_contracts.validation.violation import Violation

OF_EXCHANGES = ("body", "history", "walk", "stream", "exchanges")
"""Kinds of near misses that are no single value, and that checks of servers judge."""
ASSUMED: tuple[tuple[str, ...], ...] = (
    (),
    ("alone",),
    ("patience",),
    ("alone", "patience"),
    ("whole",),
    ("whole", "patience"),
)
"""What may have to be known beside exchanges, so that they break a rule: the least first."""


def how_broken(miss: NearMiss) -> dict[str, Any]:
    """Return the rule that a near miss breaks, where, and by which code.

    `breaks_schema` says whether the schema of its kind alone refuses it, and `only_in_text` that a
    reader of JSON that tells no 1.0 from 1 sees nothing wrong. What is no single value `assumes`
    what must be known beside it; without that it may be right.
    """
    assumed, first = _first(miss)
    found: dict[str, Any] = {
        "requirement": miss.requirement,
        "level": str(first.level),
        "pointer": miss.pointer,
        "code": first.code,
    }
    if miss.kind not in OF_EXCHANGES:
        validator = _contract(miss).validator(miss.kind)
        found["breaks_schema"] = not validator.is_valid(miss.value)
        if _as_numbers(miss.value) == _as_numbers(miss.legal):
            found["only_in_text"] = True
    return {**found, "assumes": list(assumed)} if assumed else found


def _contract(miss: NearMiss) -> Contract:
    return load(cast("Edition", miss.edition))


def _first(miss: NearMiss) -> tuple[tuple[str, ...], Violation]:
    """Return the least to be assumed for one requirement alone to be broken, and how it is."""
    found: list[Violation] = []
    for assumed in ASSUMED if miss.kind in OF_EXCHANGES else ((),):
        found = _of_exchanges(miss, assumed) if miss.kind in OF_EXCHANGES else _of_value(miss)
        if {one.requirement for one in found} == {miss.requirement}:
            return assumed, found[0]
    raise ValueError(f"{miss} breaks {[str(one) for one in found]}")


def _of_value(miss: NearMiss) -> list[Violation]:
    return [*violations(json.loads(miss.text), kind=miss.kind, contract=_contract(miss))]


def _of_exchanges(miss: NearMiss, assumed: tuple[str, ...]) -> list[Violation]:
    evidence = Evidence(
        contract=_contract(miss),
        exchanges=tuple(judged.of_miss(miss)),
        is_whole="whole" in assumed,
        is_alone="alone" in assumed,
        patience=CHECK_PATIENCE if "patience" in assumed else ANY_TIME,
    )
    return [one.violation for one in outcomes(evidence) if one.violation is not None]


def _as_numbers(value: Any) -> str:
    """Return a value as JSON in which 1.0 is 1."""

    def plain(part: Any) -> Any:
        if isinstance(part, float) and part.is_integer():
            return int(part)
        if isinstance(part, dict):
            return {name: plain(item) for name, item in part.items()}
        return [plain(item) for item in part] if isinstance(part, list) else part

    return json.dumps(plain(value), sort_keys=True)
