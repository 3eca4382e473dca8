"""Judging a value: `violations` for people, `judge` for checks, `assert_valid_run` for tests."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from run_contracts.contract.loading import Contract, Reading, load
from run_contracts.contract.requirements import Level
from run_contracts.errors import ContractViolation, UnreadableBody
from run_contracts.types import JSONObject
from run_contracts.validation.fast import holds
from run_contracts.validation.json_text import lone_surrogates
from run_contracts.validation.rules import findings
from run_contracts.validation.shape import ITEM_KINDS, rule_for, rules_on, shape_violations
from run_contracts.validation.violation import Violation, token


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What one value says: the requirements it could show, and those of them it breaks."""

    exercised: frozenset[str]
    violations: tuple[Violation, ...]


def violations(  # noqa: PLR0913 - the four dimensions of a contract, or the contract itself
    value: Any,
    *,
    kind: str = "run",
    edition: str = "v2",
    reading: Reading = "wire",
    dialect: str | None = None,
    contract: Contract | None = None,
) -> tuple[Violation, ...]:
    """Return every rule a value breaks, shape first, in the order of the value.

    `kind` names what the value is: ``run``, ``run_step``, ``run_list``, ``error``, ... A given
    `contract` takes the place of edition, reading and dialect. Raises `UsageError` for unknown
    names and `UnreadableBody` for a value nested too deep to judge.

    >>> [v.requirement for v in violations({"object": "thread.run"}, edition="v1")][:2]
    ['RUN-SHAPE-001', 'RUN-SHAPE-003']
    """
    chosen = contract or load(edition, reading=reading, dialect=dialect)
    if kind == "run" and holds(value, chosen):
        return ()
    chosen.schema(kind)
    return tuple(_violations(value, kind, chosen))


def assert_valid_run(
    value: Any, *, edition: str = "v2", strict: bool = False, dialect: str | None = None
) -> None:
    """Raise `ContractViolation`, an `AssertionError`, if a run breaks a MUST of the contract.

    With `strict` a broken SHOULD counts too.

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
    broken = tuple(v for v in _violations(value, kind, contract))
    shown = frozenset(_exercised(value, kind, contract)) | {v.requirement for v in broken}
    return Judgement(
        exercised=shown - contract.skips,
        violations=tuple(v for v in broken if v.requirement not in contract.skips),
    )


def _violations(value: Any, kind: str, contract: Contract) -> Iterator[Violation]:
    """Yield shape, then rules, then the items of a list; then what no JSON text can say."""
    is_right = _is_fast_valid(value, kind, contract)
    try:
        misshapen = [] if is_right else list(shape_violations(value, kind, contract))
    except RecursionError:
        raise UnreadableBody(f"this {kind} is nested too deep to judge") from None
    yield from misshapen
    if isinstance(value, dict):
        for finding in findings(value, kind, contract):
            if finding.violation is not None:
                yield finding.violation
        yield from _item_violations(value, kind, contract)
    if not (misshapen or is_right) and kind not in ITEM_KINDS:
        yield from _not_json(value)


def _item_violations(value: JSONObject, kind: str, contract: Contract) -> Iterator[Violation]:
    for at, item in _items(value, kind):
        for violation in violations(item, kind=ITEM_KINDS[kind], contract=contract):
            yield violation.below(f"/data{token(at)}")


def _items(value: Any, kind: str) -> list[tuple[int, Any]]:
    """Return the items of a list that are objects, with their places."""
    data = value.get("data") if kind in ITEM_KINDS and isinstance(value, dict) else None
    items = data if isinstance(data, list) else []
    return [(at, item) for at, item in enumerate(items) if isinstance(item, dict)]


def _exercised(value: Any, kind: str, contract: Contract) -> Iterator[str]:
    """Yield the requirements a value can show: forms of fields that are there, rules that apply."""
    yield from _forms(value, kind, contract.edition)
    if not isinstance(value, dict):
        return
    if value.get("metadata"):
        yield from (rule.id for rule in rules_on(kind, contract.edition) if rule.keyword)
    yield from (finding.requirement for finding in findings(value, kind, contract))
    for _, item in _items(value, kind):
        yield from _exercised(item, ITEM_KINDS[kind], contract)


def _forms(value: Any, kind: str, edition: str) -> Iterator[str]:
    """Yield the form rules of the fields a value has, and of the value itself."""
    inner = value.get("error") if kind == "error" and isinstance(value, dict) else value
    names = list(inner) if isinstance(inner, dict) else []
    for name in ["", *names]:
        rule = rule_for(kind, edition, name)
        if rule is not None:
            yield rule.id


def _is_fast_valid(value: Any, kind: str, contract: Contract) -> bool:
    try:
        return contract.validator(kind).is_valid(value)
    except (ValueError, TypeError):
        return False


def _not_json(value: Any, pointer: str = "") -> Iterator[Violation]:
    """Yield what a Python value holds that no JSON text can: NaN, infinities, lone surrogates."""
    if isinstance(value, float) and not math.isfinite(value):
        yield Violation(
            requirement="RUN-BODY-001",
            level=Level.MUST,
            pointer=pointer,
            found=str(value),
            expected="a JSON number",
        )
    elif isinstance(value, str):
        yield from lone_surrogates(value, pointer)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _not_json(item, pointer + token(str(name)))
    elif isinstance(value, list | tuple):
        for at, item in enumerate(value):
            yield from _not_json(item, pointer + token(at))
