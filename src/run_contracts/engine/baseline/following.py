"""What follows from known failures: what they keep from being exercised, or from being seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from run_contracts.contract.requirements import EDITIONS, register
from run_contracts.events import Decided, Finished, Offer, Result, Surveyed
from run_contracts.traffic.exchange import SERVER_ERROR, Exchange

CORE: Mapping[str, tuple[str, ...]] = {
    "no run was created": ("createRun", "createThreadAndRun"),
    "no run was read": ("getRun",),
    "no run came to rest": ("createRun", "createThreadAndRun", "getRun"),
    "no run was listed": ("listRuns",),
}
"""How sentences begin that say what was not seen, and the operations that would show it."""
TOO_LITTLE = "only "
"""How the sentence begins that says that too little was seen."""
Spoiled = Mapping[str, Decided]
"""Operations that a known failure keeps from answering as they should, each with its verdict."""


def spoiled(
    verdicts: Iterable[Decided], exchanges: Mapping[int, Exchange], survey: Surveyed | None
) -> Spoiled:
    """Return the operations whose answers show a known failure and are of no use.

    The server failed, or the operation never answered as it should.
    """
    operations = survey.operations if survey is not None else ()
    broken = {one.operation for one in operations if one.state == Offer.BROKEN}
    by_operation: dict[str, Decided] = {}
    for verdict in verdicts:
        numbers = [one.exchange for one in verdict.broken] if verdict.known else []
        for exchange in (exchanges[one] for one in numbers if one in exchanges):
            name = exchange.operation_id
            is_failure = exchange.response.status >= SERVER_ERROR or name in broken
            if name is not None and is_failure:
                by_operation.setdefault(name, verdict)
    return by_operation


def followed(verdicts: Iterable[Decided], by_operation: Spoiled) -> list[Decided]:
    """Return verdicts, known where what would show them is spoiled by a known failure."""
    return [_followed(one, by_operation) for one in verdicts]


def _followed(verdict: Decided, by_operation: Spoiled) -> Decided:
    if verdict.result != Result.BLOCKED:
        return verdict
    lead = _first(_shown_by(verdict.requirement), by_operation)
    return replace(verdict, known=_because(lead)) if lead is not None else verdict


def explained(footer: Finished, verdicts: Sequence[Decided], by_operation: Spoiled) -> Finished:
    """Return a footer in which what known failures keep from being seen does not count.

    Each of these sentences names the failure that explains it.
    """
    known = {one.requirement: one.known for one in verdicts if one.known}
    left, right = list[str](), list[str]()
    for sentence in (*footer.unverified, *footer.explained):
        plain = sentence.partition(BECAUSE)[0]
        reason = known.get(plain.partition(" ")[0]) or _reason(plain, by_operation)
        (right if reason else left).append(f"{plain}{BECAUSE}{reason}" if reason else plain)
    return replace(footer, unverified=tuple(left), explained=tuple(right))


BECAUSE = "; known: "
"""What stands between a sentence and why it is known."""


def _reason(sentence: str, by_operation: Spoiled) -> str:
    operations = next((ops for begin, ops in CORE.items() if sentence.startswith(begin)), ())
    if sentence.startswith(TOO_LITTLE):
        operations = tuple(by_operation)
    lead = _first(operations, by_operation)
    return _because(lead) if lead is not None else ""


def _first(operations: Iterable[str], by_operation: Spoiled) -> Decided | None:
    return next((by_operation[one] for one in operations if one in by_operation), None)


def _because(lead: Decided) -> str:
    return f"follows from {lead.requirement}, {lead.known}"


def _shown_by(requirement: str) -> tuple[str, ...]:
    """Return the operations whose answers can show a requirement."""
    for edition in reversed(EDITIONS):
        if requirement in register(edition):
            return register(edition)[requirement].shown_by
    return ()
