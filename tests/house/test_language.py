"""One language: a word has one meaning, a meaning has one word, and a name says what it is."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import run_contracts

PACKAGE = Path(run_contracts.__file__).parent
BANNED = {
    "told": "summary, events, or what it is",
    "telling": "summary, or what it is",
    "course": "execution",
    "act": "phase, or call",
    "stage": "context",
    "absence": "missing evidence",
    "absences": "missing evidence",
    "premise": "intent",
    "silently": "no_hook",
    "journal": "recording",
    "note": "interaction, or remark",
    "notes": "interactions, or remarks",
    "polish": "coherence",
    "polished": "coherent",
    "oddity": "edge-case data",
    "oddities": "edge-case data",
    "searching": "search",
    "look": "observation, or poll",
    "looks": "observations, or polls",
    "sighting": "observation",
    "sightings": "observations",
    "aim": "target",
    "aiming": "target",
    "summing": "summary",
    "way": "sequence, path, or connection",
    "ways": "sequences, paths",
}
"""Words that were used for things the field has a term for, and the term."""
PUBLISHED = {("events", "premise")}
"""Names of the published form of a report."""
VAGUE = ("one", "found")
"""Names that may stand for something only as far as the eye holds it: a line or two."""
SAME_THING = {"__init__", "__main__"}
"""Names of modules by which Python knows them."""
SAME_TABLE = {"_HOMES", "__all__"}
"""Constants that each module has for itself because the language asks for it."""


@cache
def _trees() -> dict[str, ast.Module]:
    """Return every module of the package by its dotted name."""
    return {
        ".".join(path.relative_to(PACKAGE).with_suffix("").parts): ast.parse(
            path.read_text(encoding="utf-8")
        )
        for path in sorted(PACKAGE.rglob("*.py"))
    }


def names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield every name that a module gives or uses, but for those of other people's methods."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.arg(arg=name):
                yield node.lineno, name
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield node.lineno, name
            case ast.Attribute(attr=name, value=ast.Name(id="self")):
                yield node.lineno, name
            case ast.alias(name=name, asname=alias):
                yield node.lineno, (alias or name).rpartition(".")[2]


def words(name: str) -> set[str]:
    """Return the words of a name, in lower case.

    >>> sorted(words("MOST_UsedNames"))
    ['most', 'names', 'used']
    """
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)}


def test_private_words_are_no_names() -> None:
    """What the field has a term for is called by it."""
    wrong = {
        f"{module}:{line} {name}: say {BANNED[word]}"
        for module, tree in _trees().items()
        for line, name in names(tree)
        for word in words(name) & BANNED.keys()
        if (module, name) not in PUBLISHED
    }
    assert sorted(wrong) == []


def test_no_two_modules_have_one_name() -> None:
    """A file is found by its name."""
    by_name = defaultdict(list)
    for module in _trees():
        by_name[module.rpartition(".")[2]].append(module)
    doubled = {name: found for name, found in by_name.items() if len(found) > 1}
    assert {name: found for name, found in doubled.items() if name not in SAME_THING} == {}


def test_no_two_classes_have_one_name() -> None:
    """A class is found by its name."""
    by_name = defaultdict(list)
    for module, tree in _trees().items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                by_name[node.name].append(module)
    assert {name: found for name, found in by_name.items() if len(found) > 1} == {}


def test_no_constant_has_two_values() -> None:
    """A constant means the same wherever it is written."""
    values: dict[str, dict[str, str]] = defaultdict(dict)
    for module, tree in _trees().items():
        for name, value in _constants(tree):
            values[name][ast.unparse(value)] = module
    doubled = {name: found for name, found in values.items() if len(found) > 1}
    assert {n: sorted(f.values()) for n, f in doubled.items() if n not in SAME_TABLE} == {}


def _constants(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield name, value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                yield name, value
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                for target, value in zip(names, values, strict=True):
                    assert isinstance(target, ast.Name)
                    yield target.id, value


def test_vague_names_live_a_line_or_two() -> None:
    """Who reads a name far from where it was given must learn from it what it is."""
    wrong = [
        f"{module}:{first}-{last} {name} in {function.name}"
        for module, tree in _trees().items()
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for name, first, last in vague(function)
    ]
    assert wrong == []


def vague(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[tuple[str, int, int]]:
    """Yield the vague names of a function that are used for more than two lines."""
    lines: dict[str, list[int]] = defaultdict(list)
    for node in _own_nodes(function):
        match node:
            case ast.Name(id=name) | ast.arg(arg=name) if name in VAGUE:
                lines[name].append(node.lineno)
    for name, seen in lines.items():
        if max(seen) - min(seen) > 1:
            yield name, min(seen), max(seen)


def _own_nodes(function: ast.AST) -> Iterator[ast.AST]:
    """Yield what stands in a function, but for functions in it and what comprehensions name."""
    for node in ast.iter_child_nodes(function):
        if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            yield from _own_nodes(node.generators[0].iter)
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield node
            yield from _own_nodes(node)


def test_modules_and_functions_are_small() -> None:
    """A room is taken in at a glance: modules of 300 lines, functions of 50 at most."""
    long = [
        f"{module}: {node.name} has {node.end_lineno - node.lineno + 1} lines"
        for module, tree in _trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno + 1 > 50
    ]
    for path in PACKAGE.rglob("*.py"):
        number = len(path.read_text(encoding="utf-8").splitlines())
        if number > 300:
            long.append(f"{path.relative_to(PACKAGE)} has {number} lines")
    assert long == []
