"""Wrong bodies of requests: right ones changed in one place, so that their schema refuses them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from run_contracts.contract.loading import Contract
from run_contracts.contract.operations import Operation
from run_contracts.making.forms import Fields
from run_contracts.making.near_misses.mutations import put, wrong_forms
from run_contracts.making.parsing import form_of
from run_contracts.making.typical_objects import typical_object
from run_contracts.validation.departures import Departure, departures
from run_contracts.validation.found import shown
from run_contracts.validation.shape import code_of
from run_contracts.validation.violation import token

WRONG_FORM, NO_ASSISTANT_ID = "RUN-ERR-011", "RUN-ERR-010"
"""The rule on requests that break their schema, and the one on runs for no assistant."""
NO_OBJECTS: tuple[Any, ...] = (None, [], "word", 7, True)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongBody:
    """A body with one thing wrong: which rule asks that it is refused, where it is wrong, and how.

    `name` is one of its operation: the place and the code.
    """

    name: str
    requirement: str
    pointer: str
    code: str
    sentence: str
    body: Any


def wrong_bodies(contract: Contract, operation: Operation) -> Iterator[WrongBody]:
    """Yield bodies that the schema of an operation's requests refuses: one for each place and code.

    >>> from run_contracts import load
    >>> from run_contracts.contract.operations import operations
    >>> [one.name for one in wrong_bodies(load("v2"), operations("v2")["modifyRun"])][:2]
    ['type', 'metadata-form']
    """
    kind = operation.request
    if kind is None:
        return
    names: set[str] = set()
    for body, sentence in _changed(contract, kind):
        departed = departures(body, kind, contract) if sentence else []
        for departure in departed if len(departed) == 1 else ():
            wrong = _wrong(body, departure, sentence)
            if wrong.name not in names:
                names.add(wrong.name)
                yield wrong


def _changed(contract: Contract, kind: str) -> Iterator[tuple[Any, str]]:
    """Yield what is no object, and a right body changed in one place in every way."""
    for other in NO_OBJECTS:
        yield other, f"The body is {shown(other)}, no object."
    form, base = form_of(contract, kind), typical_object(contract, kind, is_detailed=True)
    assert isinstance(form, Fields)  # noqa: S101 - every kind is an object
    for name, part in form.fields.items():
        for path, other in wrong_forms(name, part, base.get(name)):
            yield put(base, [*path], other, kind.replace("_", " "))


def _wrong(body: Any, departure: Departure, sentence: str) -> WrongBody:
    """Return a body that departs from its schema in one place."""
    code, _ = code_of(departure)
    path = departure.path
    if departure.missing is not None:
        path = (*path, departure.missing)
    is_for_nobody = path == ("assistant_id",) and code == "missing"
    return WrongBody(
        name="-".join([".".join(map(str, path)), code] if path else [code]),
        requirement=NO_ASSISTANT_ID if is_for_nobody else WRONG_FORM,
        pointer="".join(map(token, path)),
        code=code,
        sentence=sentence,
        body=body,
    )
