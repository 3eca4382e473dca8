"""The source of the package as it is written: names, signatures and docstrings, without running it.

Importing would load what patches the process, and what the reader has not installed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import griffe

PACKAGE = "run_contracts"
SOURCE = Path(__file__).parents[2] / "src"
LONGEST_SIGNATURE = 88
"""Characters of a signature on one line."""


@cache
def package() -> griffe.Object:
    """Return the package, read once."""
    found = griffe.load(
        PACKAGE, search_paths=[SOURCE], allow_inspection=False, try_relative_path=False
    )
    assert isinstance(found, griffe.Object)  # noqa: S101 - what is loaded by name is no alias
    return found


def module(name: str) -> griffe.Object:
    """Return a module of the package by its name below it; empty for the package itself."""
    return package() if not name else _resolved(package()[name])


def members_of(module_name: str, class_name: str) -> Mapping[str, str]:
    """Return the members of a class that have a docstring of their own, each with it."""
    members = _resolved(module(module_name).members[class_name]).members
    docs = {name: _doc(member) for name, member in members.items()}
    return {name: doc for name, doc in docs.items() if doc}


def public(name: str) -> Mapping[str, griffe.Object]:
    """Return what a module offers, by name: what it exports, else what is defined in it."""
    found = module(name)
    exported = [str(one) for one in found.exports or ()]
    own = [
        key
        for key, one in found.members.items()
        if not key.startswith("_") and not one.is_alias and not one.is_module
    ]
    names = [key for key in exported or own if key in found.members]
    return {key: _offered(found, key) for key in names}


def _offered(found: griffe.Object, name: str) -> griffe.Object:
    """Return what a module offers by a name, which one of its own modules may have, too."""
    member = found.members[name]
    if member.is_module and name in found.imports:
        return _resolved(package()[found.imports[name].removeprefix(f"{PACKAGE}.")])
    return _resolved(member)


def _resolved(found: griffe.Object | griffe.Alias) -> griffe.Object:
    target = found.final_target if isinstance(found, griffe.Alias) else found
    assert isinstance(target, griffe.Object)  # noqa: S101 - an alias ends at an object
    return target


def doc_of(found: griffe.Object) -> str:
    """Return the docstring of what was read; empty if there is none."""
    return _doc(found)


def _doc(found: griffe.Object | griffe.Alias) -> str:
    return found.docstring.value if found.docstring else ""


def signatures(found: griffe.Object) -> list[str]:
    """Return how a function is called, or a class: one form, or those it is overloaded by."""
    if isinstance(found, griffe.Function):
        forms = found.overloads or [found]
        return [_wrapped(f"def {one.signature()}") for one in forms]
    assert isinstance(found, griffe.Class)  # noqa: S101 - nothing else is called
    given = [one for one in found.parameters if one.name != "self"]
    inside = ", ".join(_parameters(given))
    return [_wrapped(f"class {found.name}({inside})")]


def _parameters(given: list[griffe.Parameter]) -> Iterator[str]:
    """Yield parameters as they are written, with the star before those given by name alone."""
    was_named = False
    for one in given:
        is_named = one.kind is griffe.ParameterKind.keyword_only
        if is_named and not was_named:
            yield "*"
        was_named = was_named or is_named or one.kind is griffe.ParameterKind.var_positional
        yield _parameter(one)


STARS = {
    griffe.ParameterKind.var_positional: "*",
    griffe.ParameterKind.var_keyword: "**",
}


def _parameter(one: griffe.Parameter) -> str:
    """Return a parameter as it is written."""
    stars = STARS.get(one.kind, "") if one.kind is not None else ""
    typed = f": {one.annotation}" if one.annotation is not None else ""
    default = "" if one.required or stars else f" = {one.default}"
    return f"{stars}{one.name}{typed}{default}"


def methods(found: griffe.Object) -> Iterator[griffe.Function]:
    """Yield the public methods of a class, those it inherits in this package included."""
    for name, member in found.all_members.items():
        target = _resolved(member)
        if isinstance(target, griffe.Function) and not name.startswith("_"):
            yield target


def attributes(found: griffe.Object) -> Iterator[griffe.Attribute]:
    """Yield the public attributes and properties of a class."""
    for name, member in found.all_members.items():
        target = _resolved(member)
        if isinstance(target, griffe.Attribute) and not name.startswith("_"):
            yield target


def _wrapped(signature: str) -> str:
    """Return a signature, a long one with a parameter a line."""
    if len(signature) <= LONGEST_SIGNATURE:
        return signature
    head, inside, tail = _parts(signature)
    lines = "".join(f"    {one},\n" for one in _split(inside))
    return f"{head}(\n{lines}){tail}"


def _parts(signature: str) -> tuple[str, str, str]:
    start = signature.index("(")
    depth = 0
    for at, letter in enumerate(signature[start:], start=start):
        depth += (letter in "([{") - (letter in ")]}")
        if depth == 0:
            return signature[:start], signature[start + 1 : at], signature[at + 1 :]
    return signature, "", ""


def _split(inside: str) -> Iterator[str]:
    """Yield what commas part, but for those in brackets."""
    depth, part = 0, ""
    for letter in inside:
        depth += (letter in "([{") - (letter in ")]}")
        if letter == "," and depth == 0:
            yield part.strip()
            part = ""
        else:
            part += letter
    if part.strip():
        yield part.strip()


def plain(annotation: object) -> str:
    """Return an annotation or a value as it is written, on one line."""
    return re.sub(r"\s+", " ", str(annotation))
