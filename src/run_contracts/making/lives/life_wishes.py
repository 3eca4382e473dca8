"""What the caller wishes of a life: of the run itself, of what becomes of it, of what is said."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from run_contracts.contract.lifecycle import REQUIRES_ACTION
from run_contracts.contract.loading import Contract
from run_contracts.errors import UsageError
from run_contracts.making.call_parts import parts_of_rounds
from run_contracts.making.called_functions import FUNCTION
from run_contracts.making.choosing import fitting_plans
from run_contracts.making.wishes import (
    CALLS,
    NOTHING,
    SEPARATOR,
    Fixed,
    as_written,
    checked,
    root_of,
    wishes_of,
)

REQUIRED_ACTION = "required_action"


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeWishes:
    """What is fixed of a life.

    `lasting` is what a run keeps all its life, `passing` what comes and goes with its status. The
    `rounds` are the calls it makes each time that it asks, None if any will do; `outputs` answer
    them in order, `pieces` are those of the reply.
    """

    lasting: Fixed = field(default_factory=dict)
    passing: Fixed = field(default_factory=dict)
    rounds: tuple[Fixed, ...] | None = None
    outputs: tuple[str, ...] | None = None
    pieces: tuple[str, ...] | None = None
    drawn: Mapping[str, Any] = field(default_factory=dict)

    def of(self, contract: Contract, status: str) -> dict[str, Any]:
        """Return what is fixed of a run in a status: what this status can have of it."""
        cells = contract.lifecycle.fields[status]
        passing = {
            name: value
            for name, value in self.passing.items()
            if cells[root_of(name)] != ("null" if value is not None else "set")
        }
        return {**self.lasting, **passing}

    def drawn_in(self, contract: Contract, status: str) -> dict[str, Any]:
        """Return what is drawn of a run in a status: what this status may have of it."""
        cells = contract.lifecycle.fields[status]
        return {
            name: source
            for name, source in self.drawn.items()
            if cells.get(root_of(name)) != "null"
        }


def life_wishes(  # noqa: PLR0913 - what a life may be about
    contract: Contract,
    fixed: Fixed = NOTHING,
    *,
    calls: Sequence[Any] | None = None,
    outputs: Sequence[Any] | None = None,
    text: str | Sequence[str] | None = None,
    drawn: Mapping[str, Any] = NOTHING,
) -> LifeWishes:
    """Return the wishes of a life; raise `UsageError` for what is no call, output or text."""
    whole = wishes_of(fixed, "run").fixed
    passing = {name for cells in contract.lifecycle.fields.values() for name in cells}
    if calls is not None:
        _only_calls(whole)
    return LifeWishes(
        lasting={name: value for name, value in whole.items() if root_of(name) not in passing},
        passing={name: value for name, value in whole.items() if root_of(name) in passing},
        rounds=None if calls is None else rounds_of(calls),
        outputs=None if outputs is None else tuple(map(_output, outputs)),
        pieces=None if text is None else _pieces(text),
        drawn=drawn,
    )


def checked_on(contract: Contract, wishes: LifeWishes, path: Sequence[str]) -> None:
    """Raise `UsageError` for a wish that no status on a path can have.

    A wish for null must hold where the path ends.
    """
    for name, value in wishes.passing.items():
        able = [status for status in path if name in wishes.of(contract, status)]
        if not able or (value is None and path[-1] not in able):
            fitting_plans(contract, "run", path[-1], {name: value})
            raise UsageError(
                f"no status on the path {', '.join(path)} can have {as_written({name: value})}"
            )
    for status in dict.fromkeys(path):
        fitting_plans(contract, "run", status, wishes.of(contract, status))
    if wishes.rounds and REQUIRES_ACTION not in path:
        raise UsageError(
            f"calls are made by a run that requires_action, which is not on the path "
            f"{', '.join(path)}"
        )


def possible_ends(contract: Contract, wishes: LifeWishes) -> list[str]:
    """Return the statuses in which a life can end that shows all that is fixed of it.

    What a run asks for may lie on the way. Those which always have what is fixed come alone.
    """
    roots = {root_of(name) for name in (*wishes.passing, *wishes.drawn)} - {REQUIRED_ACTION}
    cells = contract.lifecycle.fields
    wanted = [name for name in wishes.passing if root_of(name) != REQUIRED_ACTION]
    ends = [
        status
        for status in cells
        if wishes.of(contract, status).keys() >= set(wanted)
        and all(cells[status].get(root, "set") != "null" for root in roots)
    ]
    if not ends:
        fitting_plans(contract, "run", None, wishes.passing, wishes.drawn)
        raise UsageError(f"no run can have {as_written(wishes.passing)} at its end")
    sure = [end for end in ends if all(cells[end].get(root, "set") == "set" for root in roots)]
    return sure or ends


def rounds_of(calls: Sequence[Any]) -> tuple[Fixed, ...]:
    """Return what is fixed of the calls of each round: one list of calls, or a list of such lists.

    >>> rounds_of([("weather", {"city": "Oslo"})])[0][f"{CALLS}__0__function__arguments"]
    '{"city": "Oslo"}'
    """
    return tuple(_round(each) for each in parts_of_rounds(calls))


def _only_calls(fixed: Fixed) -> None:
    inside = [name for name in fixed if root_of(name) == REQUIRED_ACTION]
    if inside:
        raise UsageError(f"calls and {inside[0]} both say what is called; leave one out")


def fixed_calls(calls: Sequence[Any], fixed: Fixed) -> Fixed:
    """Return what is fixed of the calls of one run that waits; it has no others."""
    _only_calls(fixed)
    rounds = rounds_of(calls)
    if len(rounds) > 1:
        raise UsageError(f"calls are of {len(rounds)} rounds; one run waits for those of one")
    return rounds[0] if rounds else {CALLS: []}


def _round(calls: Sequence[Mapping[str, Any]]) -> Fixed:
    fixed: dict[str, Any] = {}
    for at, call in enumerate(calls):
        for part, value in call.items():
            place = (part,) if part == "id" else (FUNCTION, part)
            fixed[SEPARATOR.join((CALLS, str(at), *place))] = value
    return fixed


def _output(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(checked("outputs", value))


def _pieces(text: Any) -> tuple[str, ...]:
    pieces = [text] if isinstance(text, str) else text
    if not isinstance(pieces, Sequence) or not all(isinstance(piece, str) for piece in pieces):
        raise UsageError(f"text is {text!r}; give a text, or a list of its pieces")
    for piece in pieces:
        checked("text", piece)
    return tuple(pieces)
