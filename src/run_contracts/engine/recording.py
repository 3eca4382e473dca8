"""Telling: exchanges and verdicts as events, without any secret.

Here is the one place where what was sent and answered leaves for people and files.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar, cast

from run_contracts import events
from run_contracts.checks import Outcome
from run_contracts.contract.requirements import Requirement
from run_contracts.events import Event, Result
from run_contracts.traffic import hiding
from run_contracts.traffic.exchange import Exchange
from run_contracts.traffic.hiding import Hide
from run_contracts.validation.found import as_text, shortened, type_of

LONGEST_TEXT = 64 * 1024
"""Bytes of a body that an event carries."""


LONGEST_FOUND = 4096
"""Characters of what was found in which secrets are looked for, before a few of them are kept."""
OWN_WORDS: hiding.OwnWords = {
    **hiding.EXCHANGE_WORDS,
    "Started": ("edition", "dialect", "profile", "version", "probes", "left_out", "check", "only"),
    "ProbeEnded": ("probe", "what", "ending"),
    "FirstSeen": ("requirement", "level", "sentence", "probe"),
    "Broken": ("code", "found_type"),
    "OperationSeen": ("operation", "what", "state"),
    "CoveragePart": ("name", "what"),
    "CoverageItem": ("name", "out_of_reach"),
    "Decided": (
        "requirement",
        "area",
        "level",
        "sentence",
        "why",
        "source",
        "result",
        "allowed_by",
    ),
    "Cause": ("requirements",),
    "Creating": ("source",),
    "NightFinding": ("requirement",),
}
"""Fields of events whose texts the register and this package write by themselves.

In all others, whatever they are, there may be what came from outside, and a secret in it.
"""


AnyEvent = TypeVar("AnyEvent", bound=Event)


def hidden(event: AnyEvent, hide: Hide) -> AnyEvent:
    """Return an event whose texts, at any depth, hold no secret; what was found is cut then."""
    if isinstance(event, events.Exchanged):
        exchange = hiding.hidden(event.exchange, hide, longest=LONGEST_TEXT)
        return replace(event, exchange=exchange)
    safe = hiding.without_secrets(event, hide, OWN_WORDS)
    match safe:
        case events.Decided():
            safe = replace(safe, broken=tuple(map(_cut, safe.broken)))
        case events.FirstSeen():
            safe = replace(safe, broken=_cut(safe.broken))
    return cast("AnyEvent", safe)


def _cut(broken: events.Broken) -> events.Broken:
    return replace(broken, found=shortened(broken.found))


def exchanged(exchange: Exchange) -> events.Exchanged:
    """Return the event of one exchange, secrets not yet hidden."""
    return events.Exchanged(exchange=exchange)


def first_seen(rule: Requirement, broken: events.Broken, *, probe: str) -> events.FirstSeen:
    """Return that a requirement is seen broken for the first time, by what a probe or so shows."""
    return events.FirstSeen(
        requirement=rule.id,
        level=rule.level.value,
        sentence=rule.sentence,
        probe=probe,
        broken=broken,
    )


def decided(  # noqa: PLR0913 - what a verdict says
    requirement: Requirement,
    result: Result,
    reason: str = "",
    *,
    held: int = 0,
    broken: Iterable[events.Broken] = (),
    more: int = 0,
    sequence: tuple[int, ...] = (),
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
        broken=tuple(broken),
        more=more,
        reason=reason,
        sequence=sequence,
    )


def as_broken(outcome: Outcome) -> events.Broken:
    """Return the violation of an outcome as a report holds it, nothing yet hidden and cut."""
    exchange, violation = outcome.exchange, outcome.violation
    assert violation is not None  # noqa: S101 - it is asked of violations alone
    return events.Broken(
        exchange=exchange.number,
        request=f"{exchange.request.method} {exchange.request.url}",
        pointer=violation.pointer,
        found=as_text(violation.found, LONGEST_FOUND),
        expected=violation.expected,
        code=violation.code,
        found_type=type_of(violation.found),
    )
