"""Telling: exchanges and verdicts as events, without any secret.

Here is the one place where what was sent and answered leaves for people and files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

from run_contracts import events
from run_contracts.checks import Outcome
from run_contracts.contract.requirements import Requirement
from run_contracts.events import Event, Result
from run_contracts.traffic import hiding
from run_contracts.traffic.exchange import Exchange
from run_contracts.traffic.hiding import Hide
from run_contracts.validation.found import shown, type_of

LONGEST_TEXT = 64 * 1024
"""Bytes of a body that an event carries."""


AnyEvent = TypeVar("AnyEvent", bound=Event)


def hidden(event: AnyEvent, hide: Hide) -> AnyEvent:
    """Return an event whose texts from outside, at any depth, hold no secret."""
    if isinstance(event, events.Exchanged):
        exchange = hiding.hidden(event.exchange, hide, longest=LONGEST_TEXT)
        return replace(event, exchange=exchange)
    texts = {name: _hidden(getattr(event, name), hide) for name in OUTSIDE if hasattr(event, name)}
    return replace(event, **texts)


def _hidden(value: Any, hide: Hide) -> Any:
    match value:
        case str():
            return hide(value)
        case tuple():
            return tuple(_hidden(one, hide) for one in value)
        case events.Broken():
            return replace(
                value,
                request=hide(value.request),
                pointer=hide(value.pointer),
                found=hide(value.found),
                expected=hide(value.expected),
            )
        case events.OperationSeen():
            return replace(value, reason=hide(value.reason))
        case _:
            return value


OUTSIDE = (
    "target",
    "broken",
    "reason",
    "error",
    "operations",
    "title",
    "request",
    "unverified",
    "own_errors",
    "home",
    "metadata",
    "path",
    "doubt",
    "left_behind",
    "may_stay",
)
"""Fields of other events that hold what came from outside; only there can a secret be."""


def exchanged(exchange: Exchange) -> events.Exchanged:
    """Return the event of one exchange, secrets not yet hidden."""
    return events.Exchanged(exchange=exchange)


def decided(
    requirement: Requirement, result: Result, reason: str, *, held: int, broken: Sequence[Outcome]
) -> events.Decided:
    """Return a verdict with every violation it rests on; whether it is red, a policy will say."""
    return events.Decided(
        requirement=requirement.id,
        area=requirement.area,
        level=requirement.level.value,
        sentence=requirement.sentence,
        why=requirement.why,
        source=requirement.source,
        result=result.value,
        is_red=False,
        held=held,
        broken=tuple(map(as_broken, broken)),
        reason=reason,
    )


def as_broken(outcome: Outcome) -> events.Broken:
    """Return the violation of an outcome as a report holds it, secrets not yet hidden."""
    exchange, violation = outcome.exchange, outcome.violation
    assert violation is not None  # noqa: S101 - it is asked of violations alone
    return events.Broken(
        exchange=exchange.number,
        request=f"{exchange.request.method} {exchange.request.url}",
        pointer=violation.pointer,
        found=shown(violation.found),
        expected=violation.expected,
        code=violation.code,
        found_type=type_of(violation.found),
    )
