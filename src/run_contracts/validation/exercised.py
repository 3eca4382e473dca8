"""What a value exercises: the requirements that it could show, whether they hold or are broken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from run_contracts.contract.loading import Contract
from run_contracts.types import JSONObject
from run_contracts.validation.rules import findings
from run_contracts.validation.shape import THE_VALUE, rule_for

MOST_SIGNATURES = 4096
"""How many signatures of values are remembered, of one kind and contract."""
MOST_FIELDS, LONGEST_SIGNATURE = 200, 20_000
"""Fields of a value, and characters of its signature, of which none is remembered beyond."""
ENVELOPE = "error"


def exercised(value: Any, kind: str, contract: Contract, *, is_right: bool) -> frozenset[str]:
    """Return the requirements that a value itself can show, nothing of a list's items.

    These are the forms of the fields that are there, and the rules that apply. For a value that
    `is_right` it is enough to know which fields there are, and of which types.

    >>> from run_contracts.contract.loading import load
    >>> sorted(exercised({"object": "list"}, "run_list", load("v2"), is_right=False))
    ['RUN-LIST-001', 'RUN-LIST-013']
    """
    if is_right and isinstance(value, dict):
        return _remembering(kind, contract)(value)
    return frozenset(_exercised(value, kind, contract))


@lru_cache(maxsize=256)
def _remembering(kind: str, contract: Contract) -> Callable[[JSONObject], frozenset[str]]:
    """Return what says what right values of a kind exercise, and remembers it by signature."""
    rules = contract.register
    inside = tuple({one.fields[0]: None for name in INNER_RULES for one in rules.ruled(name, kind)})
    narrowed = tuple({one.fields[0]: None for one in rules.on(kind) if one.keyword})
    words = ("status", *(one.same for one in rules.ruled("same", kind)))
    by_signature: dict[Any, frozenset[str]] = {}

    def of(value: JSONObject) -> frozenset[str]:
        signature = (
            tuple(map(value.get, words)),
            *_fields(value),
            tuple([bool(value.get(name)) for name in narrowed]),
            tuple([_fields(value.get(name)) for name in (*inside, ENVELOPE)]),
        )
        try:
            return by_signature[signature]
        except KeyError:
            shown = frozenset(_exercised(value, kind, contract))
            if len(value) <= MOST_FIELDS and len(str(signature)) <= LONGEST_SIGNATURE:
                if len(by_signature) >= MOST_SIGNATURES:
                    by_signature.clear()
                by_signature[signature] = shown
            return shown
        except TypeError:
            return frozenset(_exercised(value, kind, contract))

    return of


INNER_RULES = ("sum", "same")
"""Rules that look into a field."""


def _fields(value: Any) -> tuple[Any, Any]:
    """Return the names of an object's fields, and the types of their values."""
    return (tuple(value), tuple(map(type, value.values()))) if isinstance(value, dict) else ((), ())


def _exercised(value: Any, kind: str, contract: Contract) -> Iterator[str]:
    inner = value.get(ENVELOPE) if kind == ENVELOPE and isinstance(value, dict) else value
    for name in (THE_VALUE, *(inner if isinstance(inner, dict) else ())):
        rule = rule_for(kind, contract, name)
        if rule is not None:
            yield rule.id
    if isinstance(value, dict):
        for rule in contract.register.on(kind):
            if rule.keyword and value.get(rule.fields[0]):
                yield rule.id
        yield from (finding.requirement for finding in findings(value, kind, contract))
