"""Telling: exchanges and verdicts as events, without any secret.

Here is the one place where what was sent and answered leaves for people and files.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from run_contracts import events
from run_contracts.checks import Outcome
from run_contracts.contract.requirements import Requirement
from run_contracts.events import Event, Result
from run_contracts.traffic.exchange import Exchange
from run_contracts.validation.found import shown, type_of

LONGEST_TEXT = 64 * 1024
"""Characters of a body that an event carries."""


def hidden(event: Event, hide: Callable[[str], str]) -> Event:
    """Return an event whose texts from outside, at any depth, hold no secret."""
    texts = {name: _hidden(getattr(event, name), hide) for name in OUTSIDE if hasattr(event, name)}
    return replace(event, **texts)


def _hidden(value: Any, hide: Callable[[str], str]) -> Any:
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
        case _:
            return value


OUTSIDE = (
    "target",
    "url",
    "request_headers",
    "request_body",
    "response_headers",
    "response_body",
    "broken",
    "reason",
    "error",
)
"""Fields of events that hold what came from outside; only there can a secret be."""


def exchanged(exchange: Exchange) -> events.Exchanged:
    """Return the event of one exchange."""
    return events.Exchanged(
        number=exchange.number,
        source=exchange.source,
        operation=exchange.operation.id if exchange.operation else None,
        method=exchange.request.method,
        url=exchange.request.url,
        request_headers=exchange.request.headers,
        request_body=_text(exchange.request.body),
        status=exchange.response.status,
        response_headers=exchange.response.headers,
        response_body=_text(exchange.response.body),
        seconds=exchange.response.seconds,
        premise=exchange.intent.value,
        together=exchange.together,
    )


def _text(data: bytes) -> str:
    return data[:LONGEST_TEXT].decode("utf-8", errors="replace")


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
        broken=tuple(
            events.Broken(
                exchange=outcome.exchange.number,
                request=f"{outcome.exchange.request.method} {outcome.exchange.request.url}",
                pointer=outcome.violation.pointer,
                found=shown(outcome.violation.found),
                expected=outcome.violation.expected,
                code=outcome.violation.code,
                found_type=type_of(outcome.violation.found),
            )
            for outcome in broken
            if outcome.violation is not None
        ),
        reason=reason,
    )
