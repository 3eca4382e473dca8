"""A source of randomness, and what is made of it without a form: letters, copies with new ids."""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Callable
from typing import Any, Protocol

from run_contracts.making.forms import ID_LENGTH, Identifier

ID_BYTES = ID_LENGTH * 3 // 4
ID_LETTERS = bytes.maketrans(b"+/", b"Aa")
"""What stands in an id for the two signs of base64 that are no letters or digits."""


class Source(Protocol):
    """What makers need of a source of randomness; `random.Random` has it."""

    def random(self) -> float:
        """Return a number from 0 to 1, without 1."""

    def randbytes(self, n: int) -> bytes:
        """Return random bytes."""


Maker = Callable[[Source], Any]


def letters(source: Source) -> str:
    """Return 24 letters and digits; this is quicker than `base64.b64encode`."""
    raw = b2a_base64(source.randbytes(ID_BYTES), newline=False)
    return raw.translate(ID_LETTERS).decode()


def fresh(value: Any, source: Source) -> Any:
    """Return a JSON value that shares nothing with another; an `Identifier` in it becomes an id.

    It is quicker than `copy.deepcopy`.
    """
    if isinstance(value, dict):
        return {name: fresh(inner, source) for name, inner in value.items()}
    if isinstance(value, list):
        return [fresh(inner, source) for inner in value]
    return value.prefix + letters(source) if isinstance(value, Identifier) else value
