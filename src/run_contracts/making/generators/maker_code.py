"""Makers as Python: the source text of a function, and the values that it names.

Nothing that a form holds becomes source text but names of fields, as string literals, and counts.
All else is handed over as an argument, so that forms of one build share one compiled text.
"""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from run_contracts.making.forms import ID_LENGTH, Form, Identifier
from run_contracts.making.generators.source import ID_BYTES, ID_LETTERS, Maker, fresh

TEXT = """\
def bound({names}):
    def made(source):
        random = source.random
{lines}
    return made
"""


FEW_CONTAINERS = 8
"""Containers at most of which each is written out, where one of them is picked."""
MOST_PARTS = 120
"""Values at most in a container that is written out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MakerCode:
    """The code of one maker as it is written: statements, and the values they name."""

    locale: str
    maker_of: Callable[[Form], Maker]
    values: list[Any] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    def add(self, line: str) -> None:
        """Add a statement."""
        self.lines.append(line)

    def named(self, value: Any) -> str:
        """Return the name of a value."""
        self.values.append(value)
        return f"v{len(self.values) - 1}"

    def called(self, maker: Maker) -> str:
        """Return the call of a maker."""
        return f"{self.named(maker)}(source)"

    def constant(self, value: Any) -> str:
        """Return the text of one value; a container is a new one each time."""
        if value is None or value is True or value is False:
            return str(value)
        if isinstance(value, Identifier):
            return self.identifier(value.prefix)
        if not isinstance(value, list | dict):
            return self.named(value)
        if not _is_small(value):
            return f"fresh({self.named(value)}, source)"
        if isinstance(value, list):
            return f"[{', '.join(map(self.constant, value))}]"
        return dict_text({name: self.constant(inner) for name, inner in value.items()})

    def identifier(self, prefix: str) -> str:
        """Return the text of an id."""
        return f"{self.named(prefix)} + {_letters(1)}"

    def identifiers(self, prefixes: Sequence[str]) -> list[str]:
        """Return the texts of several ids whose letters are made at once, which is quicker."""
        self.add(f"letters = {_letters(len(prefixes))}")
        return [
            f"{self.named(prefix)} + letters[{at * ID_LENGTH}:{(at + 1) * ID_LENGTH}]"
            for at, prefix in enumerate(prefixes)
        ]

    def picked(self, values: tuple[Any, ...], at: str | None = None) -> str:
        """Return the text of one of several values: any, or the one that stands at an index."""
        if len(values) == 1:
            return self.constant(values[0])
        if not any(isinstance(value, list | dict) for value in values):
            return f"{self.named(values)}[{at or f'int(random() * {len(values)})'}]"
        if len(values) > FEW_CONTAINERS and not at:
            return f"fresh({self.named(values)}[int(random() * {len(values)})], source)"
        if at:
            different = {id(value): value for value in values}
            makers = {key: self.maker_of_constant(value) for key, value in different.items()}
            return f"{self.named(tuple(makers[id(value)] for value in values))}[{at}](source)"
        return self.any_of([self.constant(value) for value in values])

    def maker_of_constant(self, value: Any) -> Maker:
        """Return the maker of one value, which is quicker than a copy of it."""
        code = MakerCode(locale=self.locale, maker_of=self.maker_of)
        return code.compiled(code.constant(value))

    def one_of(self, branches: list[str]) -> str:
        """Return the text of one of several; the plainest, which is first, is the likeliest."""
        many = len(branches)
        return _chosen(branches, [((at + 1) / many) ** 0.5 for at in range(many)])

    def any_of(self, branches: list[str]) -> str:
        """Return the text of one of several, each as likely as the others."""
        return _chosen(branches, [(at + 1) / len(branches) for at in range(len(branches))])

    def compiled(self, result: str) -> Maker:
        """Return the maker that does the statements and returns an expression."""
        names = ", ".join(f"v{at}" for at in range(len(self.values)))
        lines = [*self.lines, f"return {result}"]
        if any("randbytes(" in line for line in lines):
            lines.insert(0, "randbytes = source.randbytes")
        text = "\n".join(f"        {line}" for line in lines)
        return _bound(TEXT.format(names=names, lines=text))(*self.values)


def _letters(many: int) -> str:
    """Return the text of the letters of ids: as of `letters(source)`, without the call."""
    return f"encoded(randbytes({many * ID_BYTES}), newline=False).translate(ID_LETTERS).decode()"


def dict_text(texts: Mapping[str, str]) -> str:
    """Return the text of an object whose fields have these texts."""
    return "{" + ", ".join(f"{name!a}: {text}" for name, text in texts.items()) + "}"


def _is_small(value: Any) -> bool:
    """Say whether a container is written out: few parts, and names that are texts."""
    parts, at = [value], 0
    while at < len(parts) <= MOST_PARTS:
        part = parts[at]
        if isinstance(part, dict):
            if any(type(name) is not str for name in part):
                return False
            parts += part.values()
        elif isinstance(part, list):
            parts += part
        at += 1
    return len(parts) <= MOST_PARTS


def _chosen(branches: list[str], bounds: Sequence[float], at: str | None = None) -> str:
    """Return the text of the branch whose bound is the first above a number, any or a given one."""
    *others, text = branches
    for number in reversed(range(len(others))):
        drawn = at or ("u" if number else "(u := random())")
        text = f"{others[number]} if {drawn} < {bounds[number]} else {text}"
    return f"({text})"


@lru_cache(maxsize=1024)
def _bound(text: str) -> Callable[..., Maker]:
    """Return the function of a source text that takes the values and returns the maker."""
    namespace: dict[str, Any] = {
        "fresh": fresh,
        "encoded": b2a_base64,
        "ID_LETTERS": ID_LETTERS,
    }
    exec(compile(text, "<maker>", "exec"), namespace)  # noqa: S102 - see the top of the module
    bound: Callable[..., Maker] = namespace["bound"]
    return bound
