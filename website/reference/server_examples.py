"""An example for each requirement on servers: something right, something wrong, what is said of it.

Of rules on values, bodies, histories, lists and streams it is a near miss beside the legal value
it was made of. Of what takes requests it is what the self-test sees: a check of the reference
server with the fault, and of the right one.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from tests.making import judged

from run_contracts.checks import outcomes
from run_contracts.cli.examples import EXCHANGES, example
from run_contracts.client.checked_target import Target
from run_contracts.contract.loading import Contract, load
from run_contracts.contract.requirements import EDITIONS, Requirement, register
from run_contracts.engine.runner import check
from run_contracts.engine.selftest.agreement import UNSHOWN
from run_contracts.engine.selftest.trial import PATIENCE, TIMEOUT, URL, reference
from run_contracts.events import Broken, Decided, Event, exchanges
from run_contracts.making.near_misses import NearMiss, near_misses, why_none
from run_contracts.probes import planned
from run_contracts.server.faults import FAULTS, Fault
from run_contracts.server.options import ServerOptions
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange
from run_contracts.types import Edition
from run_contracts.validation.found import shown
from run_contracts.validation.judging import judge
from run_contracts.validation.violation import Violation
from website.reference.conversations import conversation, finished, pretty

if TYPE_CHECKING:
    from collections.abc import Iterable

IN_A_FORM = frozenset({"body", "history", "walk", "stream"})
"""Kinds of near misses that are shown in a form of their own, as `explain` shows them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An example: two texts in a language, what is wrong in words, and what a report says of it."""

    language: str
    right: str
    wrong: str
    sentence: str
    where: str
    found: str
    expected: str


def newest(requirement: str) -> Edition:
    """Return the newest edition that has a requirement."""
    return next(one for one in reversed(EDITIONS) if requirement in register(one))


def faults_of(requirement: str) -> list[Fault]:
    """Return the faults of the reference server that break a requirement, the plainest first."""
    return [fault for fault in FAULTS.values() if fault.requirement == requirement]


@cache
def with_vendor_fields(edition: Edition) -> Contract:
    """Return a contract whose runs and steps have a field that only one vendor has.

    Rules on fields without a rule of their own speak of nothing else.
    """
    region = {"region": {"enum": ["eu", "us"]}}
    contract = load(edition)
    for kind in ("run", "run_step"):
        contract = contract.with_fields(kind, region, required=region)
    return contract


def server_example(requirement: str) -> Shown | None:
    """Return the example of a requirement; None where nothing that we have can break it."""
    edition = newest(requirement)
    contract = with_vendor_fields(edition) if requirement in UNSHOWN else load(edition)
    if why_none(contract, requirement):
        return _of_fault(requirement, contract)
    miss = near_misses(requirement, contract=contract)[0]
    if miss.kind == EXCHANGES:
        return _of_fault(requirement, contract)
    if miss.kind in IN_A_FORM:
        return _in_form(miss, contract)
    return _of_value(miss, contract)


def _of_value(miss: NearMiss, contract: Contract) -> Shown:
    """Show of an object its status, what differs, and what the rule compares that with."""
    right, wrong = miss.legal, json.loads(miss.text)
    found = judge(wrong, miss.kind, contract).violations
    violation = next(one for one in found if one.requirement == miss.requirement)
    rule = contract.register[miss.requirement]
    names = _names(miss, rule, right, wrong) if isinstance(wrong, dict) else ()
    return Shown(
        language="json",
        right=pretty(_part(right, names)),
        wrong=pretty(_part(wrong, names)),
        sentence=miss.sentence,
        where=f"{miss.kind.replace('_', ' ')}, {violation.pointer or 'the whole value'}",
        found=shown(violation.found),
        expected=violation.expected,
    )


def _names(miss: NearMiss, rule: Requirement, right: Any, wrong: Any) -> Iterable[str]:
    head = miss.pointer.split("/")[1:2]
    differing = [name for name in right if wrong.get(name, ...) != right[name]]
    compared = [name for name in rule.fields if right.get(name) is not None]
    return dict.fromkeys(["object", "status", *compared, *head, *differing])


def _part(value: Any, names: Iterable[str]) -> Any:
    if not isinstance(value, dict):
        return value
    return {name: value[name] for name in names if name in value}


def _in_form(miss: NearMiss, contract: Contract) -> Shown:
    """Show a body, a history, a list or a stream as `explain` does, and what checks say of it."""
    texts = example(miss.requirement, contract)
    assert texts is not None  # noqa: S101 - there is a near miss
    is_whole = miss.requirement in WHOLE
    evidence = Evidence(
        contract=contract,
        exchanges=tuple(judged.of_miss(miss)),
        is_whole=is_whole,
        is_alone=True,
    )
    violation = _violation(evidence, miss.requirement)
    return Shown(
        language="text",
        right=texts.right,
        wrong=texts.wrong,
        sentence=miss.sentence,
        where=f"{miss.kind}, {violation.pointer or 'as a whole'}",
        found=shown(violation.found),
        expected=violation.expected,
    )


WHOLE = frozenset({"RUN-LIFE-009", "RUN-LIST-020"})
"""Requirements whose near misses are broken only if nothing else was done."""


def _violation(evidence: Evidence, requirement: str) -> Violation:
    every = (one.violation for one in outcomes(evidence, [requirement]))
    return next(one for one in every if one is not None)


def _of_fault(requirement: str, contract: Contract) -> Shown | None:
    """Show what a check sees of the server with the fault, and of the right one."""
    edition = contract.edition
    for fault in faults_of(requirement):
        for profile in (None, "full"):
            seen = _checked(requirement, edition, (fault.id,), profile)
            decided = next(one for one in seen if isinstance(one, Decided))
            if decided.broken:
                right = _checked(requirement, edition, (), profile)
                return _beside(fault, decided, list(exchanges(seen)), list(exchanges(right)))
    return None


def _checked(
    requirement: str, edition: Edition, faults: tuple[str, ...], profile: str | None
) -> list[Event]:
    options = ServerOptions.for_checking(faults=faults)
    target = Target(
        url=URL, key=options.api_key, edition=edition, patience=PATIENCE, timeout=TIMEOUT
    )
    probes = None if profile is None else planned(profile)
    with reference(options) as connection:
        return list(
            check(
                target, only=[requirement], probes=probes, connection=connection, tells_early=False
            )
        )


def _beside(
    fault: Fault, decided: Decided, seen: Sequence[Exchange], right: Sequence[Exchange]
) -> Shown:
    broken = next((one for one in decided.broken if one.exchange in decided.sequence), None)
    broken = broken or decided.broken[0]
    by_number = {one.number: one for one in seen}
    wrong = by_number[broken.exchange]
    sequence = [by_number[number] for number in decided.sequence if number in by_number]
    alike = _alike(wrong, right)
    said = (one.replace(URL, "") for one in (_where(broken), broken.found, broken.expected))
    shown_wrong, where, found, expected = finished(
        conversation(sequence, wrong, broken.pointer), *said
    )
    return Shown(
        language="text",
        right=finished(conversation((), alike, broken.pointer))[0],
        wrong=shown_wrong,
        sentence=fault.sentence,
        where=where,
        found=found,
        expected=expected,
    )


def _where(broken: Broken) -> str:
    place = f" at {broken.pointer}" if broken.pointer else ""
    return f"{broken.request}{place}"


def _alike(wrong: Exchange, right: Sequence[Exchange]) -> Exchange:
    """Return the exchange with the right server that is most like the wrong one."""
    same = [one for one in right if one.operation_id == wrong.operation_id]
    return min(same or right, key=lambda one: _unlike(one, wrong))


def _unlike(one: Exchange, wrong: Exchange) -> tuple[bool, bool, bool, int]:
    """Return how unlike two requests are: by who sent them, what they ask, and when."""
    return (
        one.source != wrong.source,
        one.intent != wrong.intent,
        _asked_for(one) != _asked_for(wrong),
        abs(one.number - wrong.number),
    )


def _asked_for(exchange: Exchange) -> tuple[str, ...]:
    """Return the names of what a request asks for, in its query and its body."""
    asked = exchange.asked
    query = parse_qs(urlsplit(exchange.request.url).query)
    return (*sorted(query), *(sorted(asked) if isinstance(asked, dict) else ()))
