"""Mutants: programs that differ from ours in one place, and those that are known to be the same."""

from __future__ import annotations

import ast
import difflib
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.mutation.operators import OPERATORS
from tests.mutation.source import Parents, Source

NO_FUNCTION = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One change of one module.

    `path` is the module below its package; `function` is the outermost function or class that is
    changed, empty for what stands outside of all. `text` is the module's own, `changed` the
    mutant's.
    """

    path: str
    line: int
    function: str
    text: str
    changed: str

    @property
    def place(self) -> str:
        """The module and the line."""
        return f"{self.path}:{self.line}"

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines that differ, as in a diff, without their indentation."""
        pair = (text.splitlines() for text in (self.text, self.changed))
        differing = list(difflib.unified_diff(*pair, n=0, lineterm=""))[2:]
        kept = (line for line in differing if not line.startswith("@@"))
        return tuple(f"{line[0]} {line[1:].strip()}" for line in kept)


@dataclass(frozen=True, slots=True, kw_only=True)
class Equivalent:
    """A mutant that no test can tell from the program, and why that is so."""

    path: str
    lines: tuple[str, ...]
    reason: str

    def __str__(self) -> str:
        return "\n".join([self.path, *self.lines])


def mutants_of(path: str, text: str) -> Iterator[Mutant]:
    """Yield every mutant of a module, in the order of its nodes."""
    source = Source(text)
    for node, parents in source.nodes():
        for operator in OPERATORS:
            for edit in operator(node, parents, source):
                yield Mutant(
                    path=path,
                    line=source.line(edit),
                    function=_function((*parents, node)),
                    text=text,
                    changed=source.edited(edit),
                )


def population(package: Path, patterns: Iterable[str]) -> list[Mutant]:
    """Return every mutant of the modules below a package that a pattern names."""
    paths = sorted({path for pattern in patterns for path in package.glob(pattern)})
    return [
        mutant
        for path in paths
        for mutant in mutants_of(
            path.relative_to(package).as_posix(), path.read_text(encoding="utf-8")
        )
    ]


def equivalents(place: Path) -> list[Equivalent]:
    """Return the mutants that a file names as equivalent."""
    rows = tomllib.loads(place.read_text(encoding="utf-8")).get("equivalent", [])
    return [
        Equivalent(path=row["path"], lines=tuple(row["lines"]), reason=row["reason"])
        for row in rows
    ]


def stale(known: Iterable[Equivalent], mutants: Iterable[Mutant]) -> list[Equivalent]:
    """Return the entries that no mutant matches any longer."""
    entries = list(known)
    paths = {one.path for one in entries}
    there = {(one.path, one.lines) for one in mutants if one.path in paths}
    return [one for one in entries if (one.path, one.lines) not in there]


def _function(nodes: Parents) -> str:
    named = (one.name for one in nodes if isinstance(one, ast.FunctionDef | ast.ClassDef))
    return next(named, NO_FUNCTION)
