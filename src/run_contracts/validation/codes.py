"""The codes of violations, and the sentences rendered from them and their parameters.

A code is what stays: known failures are recognised by it. Sentences are for people, and stand in
``schemas/codes.toml`` for readers of any language.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from run_contracts.contract.files import read_toml
from run_contracts.contract.numbers import number_text
from run_contracts.errors import HarnessError
from run_contracts.validation.found import shown

LONGEST_WORDS = 1_000
"""Characters of a parameter that a sentence repeats: it may be what a server said."""


def cut_text(text: str) -> str:
    """Return a text, or the beginning of a very long one."""
    return text if len(text) <= LONGEST_WORDS else f"{text[:LONGEST_WORDS]}..."


RENDERERS: Mapping[str, Callable[[Any], str]] = {
    "text": lambda value: cut_text(str(value)),
    "number": number_text,
    "value": shown,
    "list": lambda values: cut_text(", ".join(map(str, values))),
    "choice": lambda values: cut_text(" or ".join(map(str, values))),
}
"""How a parameter of each type is rendered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One way to break a rule: its word, what would be right, and the types of its parameters."""

    name: str
    sentence: str
    parameters: Mapping[str, str]

    def rendered(self, given: Mapping[str, Any]) -> str:
        """Return the sentence; raise `HarnessError` if a parameter is missing or too much.

        >>> codes()["order"].rendered({"first": "created_at", "least": 7})
        'at least created_at, which is 7'
        """
        if given.keys() != self.parameters.keys():
            takes = ", ".join(self.parameters) or "none"
            raise HarnessError(f"parameters of {self.name}: it takes {takes}, not {list(given)}")
        texts = {name: RENDERERS[type_](given[name]) for name, type_ in self.parameters.items()}
        return self.sentence.format_map(texts)


@cache
def codes() -> Mapping[str, Code]:
    """Return every code by its word."""
    table = read_toml("codes.toml")
    return MappingProxyType(
        {
            name: Code(name=name, sentence=row["sentence"], parameters=row.get("parameters", {}))
            for name, row in table.items()
        }
    )


def sentence(code: str, parameters: Mapping[str, Any]) -> str:
    """Return in words what would have been right."""
    if code not in codes():
        raise HarnessError(f"there is no code {code!r} in schemas/codes.toml")
    return codes()[code].rendered(parameters)
