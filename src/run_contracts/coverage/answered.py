"""What was seen in answers: fields in each form that they may have, and events of streams."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from run_contracts.contract.loading import Contract
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange

COUNTED_KINDS = ("run", "run_step", "message")
"""The kinds of objects whose fields are counted."""
FIELD_SET, FIELD_NULL, FIELD_ABSENT = "set", "null", "left out"


def fields(contract: Contract) -> Iterator[str]:
    """Yield the fields of runs, steps and messages in each form that their schemas allow."""
    return (_name(kind, *one) for kind in COUNTED_KINDS for one in _forms(contract, kind))


@lru_cache(maxsize=64)
def _forms(contract: Contract, kind: str) -> tuple[tuple[str, str], ...]:
    """Return each field of a kind with each form that it may have."""
    schema = contract.schema(kind)
    required = frozenset(schema.get("required", ()))
    forms: list[tuple[str, str]] = []
    for field in schema["properties"]:
        validator = contract.member_validator(kind, field)
        forms.append((field, FIELD_SET))
        forms += [(field, FIELD_NULL)] if validator.is_valid(None) else []
        forms += [(field, FIELD_ABSENT)] if field not in required else []
    return tuple(forms)


def fields_shown(evidence: Evidence) -> Iterator[tuple[str, Exchange]]:
    """Yield the forms in which each field is first shown, by answers or by events."""
    left = {kind: set(_forms(evidence.contract, kind)) for kind in COUNTED_KINDS}
    for exchange in evidence.exchanges:
        for kind in COUNTED_KINDS:
            for value in _shown(exchange, kind) if left[kind] else ():
                new = {one for one in left[kind] if _form(value, one[0]) == one[1]}
                left[kind] -= new
                yield from ((_name(kind, *one), exchange) for one in new)


def _shown(exchange: Exchange, kind: str) -> Iterator[dict[str, Any]]:
    """Yield the objects of a kind that a success shows."""
    if not exchange.is_success:
        return
    if exchange.is_stream:
        yield from (event.data for event in exchange.events if event.is_about(kind))
    else:
        yield from (placed.value for placed in exchange.shown(kind))


def _form(value: dict[str, Any], field: str) -> str:
    if field not in value:
        return FIELD_ABSENT
    return FIELD_NULL if value[field] is None else FIELD_SET


def _name(kind: str, field: str, form: str) -> str:
    return f"{kind}.{field} {form}"


def events(contract: Contract) -> Iterator[str]:
    """Yield the names of the events that a stream may have."""
    return iter(contract.lifecycle.events)


def events_shown(evidence: Evidence) -> Iterator[tuple[str, Exchange]]:
    """Yield the events of every stream."""
    for exchange in evidence.exchanges:
        yield from ((event.name, exchange) for event in exchange.events)
