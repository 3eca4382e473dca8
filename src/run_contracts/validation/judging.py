"""Judging a value: `violations` for people, `judge` for checks, `assert_valid_run` for tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, overload

from run_contracts.contract.loading import Contract, Reading, load
from run_contracts.contract.requirements import ITEM_KINDS, Level
from run_contracts.errors import ContractViolation, UnreadableBody
from run_contracts.validation.exercised import exercised
from run_contracts.validation.fast import Holds, fast_verdict, holds
from run_contracts.validation.plain_json import plain
from run_contracts.validation.python_values import PlainCopy
from run_contracts.validation.rules import findings
from run_contracts.validation.shape import shape_violations
from run_contracts.validation.violation import MOST_ALIKE, Violation, bounded, token

if TYPE_CHECKING:
    from run_contracts.types import DialectName, Edition, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What one value says: the requirements it could show, and those of them it breaks."""

    exercised: frozenset[str]
    violations: tuple[Violation, ...] = ()


@overload
def violations(
    value: Any,
    *,
    kind: Kind = "run",
    edition: Edition = "v2",
    reading: Reading = "wire",
    dialect: DialectName | None = None,
    contract: None = None,
) -> tuple[Violation, ...]: ...
@overload
def violations(value: Any, *, kind: str = "run", contract: Contract) -> tuple[Violation, ...]: ...
def violations(  # noqa: PLR0913 - the four dimensions of a contract, or the contract itself
    value: Any,
    *,
    kind: str = "run",
    edition: Edition = "v2",
    reading: Reading = "wire",
    dialect: DialectName | None = None,
    contract: Contract | None = None,
) -> tuple[Violation, ...]:
    """Return every rule a value breaks, shape first, in the order of the value.

    The value is decoded JSON, or a model of the `openai` SDK or of `azure-ai-agents`, which is
    judged as what was sent. `kind` names what the value is: ``run``, ``run_step``, ``run_list``,
    ``error``, ... A given `contract` takes the place of edition, reading and dialect. Raises
    `UsageError` for unknown names and for what is no value at all, `UnreadableBody` for a value
    nested too deep to judge, or in itself. Python values that JSON does not have break
    RUN-BODY-001; what the methods of such a value raise is passed on. Of those that break a
    requirement alike the first 100 are told, the last of which says how many more were seen.

    >>> [v.requirement for v in violations({"object": "thread.run"}, edition="v1")][:2]
    ['RUN-SHAPE-001', 'RUN-SHAPE-003']
    """
    chosen, verdict = _chosen(kind, edition, reading, dialect, contract)
    is_right = verdict(value)
    if is_right and kind not in ITEM_KINDS:
        return ()
    if not is_right and (given := _plain(value, kind)) is not value:
        return violations(given, kind=kind, contract=chosen)
    broken = [] if is_right else list(explained(value, kind, chosen))
    for at, item in _items(value, kind):
        of_item = violations(item, kind=ITEM_KINDS[kind], contract=chosen)
        broken += [one.below(f"/data{token(at)}") for one in of_item]
    return tuple(bounded(broken))


def _plain(value: Any, kind: str) -> Any:
    """Return a value as decoded JSON; raise `UnreadableBody` for one that is too deep for that."""
    try:
        return plain(value)
    except RecursionError:
        raise UnreadableBody(f"this {kind} is nested too deep to judge") from None


@lru_cache(maxsize=256)
def _chosen(
    kind: str,
    edition: Edition,
    reading: Reading,
    dialect: DialectName | None,
    contract: Contract | None,
) -> tuple[Contract, Holds]:
    """Return the contract that is asked for, and its fast verdict on a kind."""
    chosen = contract or load(edition, reading=reading, dialect=dialect)
    return chosen, fast_verdict(kind, chosen)


def assert_valid_run(
    value: Any, *, edition: Edition = "v2", strict: bool = False, dialect: DialectName | None = None
) -> None:
    """Raise `ContractViolation`, an `AssertionError`, if a run breaks a MUST of the contract.

    With `strict` a broken SHOULD counts too. A run is decoded JSON, or a model of the `openai` SDK.

    >>> assert_valid_run({}, edition="v2")
    Traceback (most recent call last):
    run_contracts.errors.ContractViolation: this is not a valid v2 run: 25 rules are broken
    ...
    """
    broken = violations(value, edition=edition, dialect=dialect)
    counted = tuple(one for one in broken if strict or one.level is Level.MUST)
    if counted:
        rules = "1 rule is" if len(counted) == 1 else f"{len(counted)} rules are"
        lines = "\n".join(f"  {one}" for one in counted)
        message = f"this is not a valid {edition} run: {rules} broken\n{lines}"
        raise ContractViolation(message, counted)


def judge(value: Any, kind: str, contract: Contract) -> Judgement:
    """Return what a value exercises and what it breaks.

    A list exercises the rules of its items too; a requirement the dialect skips is left out.
    """
    is_right = holds(value, kind, contract)
    shown = exercised(value, kind, contract, is_right=is_right)
    if is_right and kind not in ITEM_KINDS:
        return Judgement(exercised=shown - contract.skips if contract.skips else shown)
    broken = [] if is_right else list(explained(value, kind, contract))
    for at, of_item in _judged_items(value, kind, contract):
        shown |= of_item.exercised
        broken += [one.below(f"/data{token(at)}") for one in of_item.violations]
    if broken:
        shown = shown.union(one.requirement for one in broken)
    if contract.skips:
        shown -= contract.skips
        broken = [one for one in broken if one.requirement not in contract.skips]
    return Judgement(exercised=shown, violations=tuple(bounded(broken)))


def _judged_items(value: Any, kind: str, contract: Contract) -> Iterator[tuple[int, Judgement]]:
    """Yield what the items of a list show, with their places.

    When as many wrong ones in a row as are told of anything show nothing new, the rest is like
    them: no server that keeps to a limit lists more.
    """
    known: frozenset[str] = frozenset()
    alike = 0
    for at, item in _items(value, kind):
        judgement = judge(item, ITEM_KINDS[kind], contract)
        broken = frozenset(one.requirement for one in judgement.violations)
        alike = alike + 1 if broken and broken <= known else 0
        known |= broken
        yield at, judgement
        if alike == MOST_ALIKE:
            return


def explained(value: Any, kind: str, contract: Contract) -> Iterator[Violation]:
    """Yield what is wrong with a value itself, nothing of a list's items: the slow judge alone.

    Shape comes first, then rules, then what no JSON text can say, where that kept the fast
    validator from reading it.
    """
    try:
        misshapen = list(shape_violations(value, kind, contract))
    except RecursionError:
        raise UnreadableBody(f"this {kind} is nested too deep to judge") from None
    yield from misshapen
    ruled = findings(value, kind, contract) if isinstance(value, dict) else ()
    yield from (one.violation for one in ruled if one.violation is not None)
    if not misshapen and kind not in ITEM_KINDS and not _is_read(value, kind, contract):
        yield from PlainCopy.of(value).violations


def _is_read(value: Any, kind: str, contract: Contract) -> bool:
    """Say whether the fast validator could read a value and found its shape right."""
    try:
        return contract.validator(kind).is_valid(value)
    except (ValueError, TypeError):
        return False


def _items(value: Any, kind: str) -> Iterator[tuple[int, Any]]:
    """Yield the items of a list that are objects, with their places."""
    data = value.get("data") if kind in ITEM_KINDS and isinstance(value, dict) else None
    for at, item in enumerate(data if isinstance(data, list) else ()):
        if isinstance(item, dict):
            yield at, item
