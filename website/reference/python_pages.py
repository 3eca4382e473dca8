"""The Python API: a page for each module that people import, and the errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import griffe

from run_contracts import errors
from run_contracts.cli import exit_code_of
from website.reference import source
from website.reference.markdown import code, fence, link, marked_up, page, prose, table, text

FOLDER = "python"
MODULES = (
    "",
    "factories",
    "strategies",
    "making",
    "types",
    "testing",
    "target",
    "server",
    "watching",
    "asgi",
    "events",
    "load",
    "schemathesis_checks",
    "schemathesis_hooks",
    "mitmproxy_addon",
)
"""What people import, below the package; the errors have a page of their own."""
NOT_RAISED = (Exception, AssertionError, UserWarning)


def python_pages() -> Mapping[str, str]:
    """Return the pages by path: the index, one a module, and the errors."""
    pages = {f"{FOLDER}/index.md": _index(), "errors.md": _errors()}
    for name in MODULES:
        pages[f"{FOLDER}/{_file(name)}.md"] = page(*_module(name))
    return pages


def _file(name: str) -> str:
    return name or source.PACKAGE


def full_name(name: str) -> str:
    """Return what is imported."""
    return f"{source.PACKAGE}.{name}" if name else source.PACKAGE


def _index() -> str:
    return page(
        "# Python",
        "What people import. Each name is loaded when it is first used, so that importing "
        f"{code(source.PACKAGE)} costs next to nothing.",
        table(
            ("Module", "What it is", "Names"),
            [
                (
                    link(code(full_name(name)), f"{_file(name)}.md"),
                    marked_up(source.doc_of(source.module(name)).partition("\n\n")[0]),
                    ", ".join(
                        link(code(one), f"{_file(name)}.md#{one.lower()}")
                        for one in source.public(name)
                    ),
                )
                for name in MODULES
            ],
        ),
    )


def _module(name: str) -> Iterator[str]:
    yield f"# {_file(name) if not name else full_name(name)}"
    yield prose(source.doc_of(source.module(name)))
    for key, found in source.public(name).items():
        yield f"## {key}"
        yield from _object(found)


def _object(found: griffe.Object) -> Iterator[str]:
    """Yield what there is to say of a name: how it is called, what it is, what it has."""
    if isinstance(found, griffe.Attribute):
        value = source.plain(found.value or found.annotation or "")
        yield fence("python", f"{found.name} = {value}")
        yield prose(source.doc_of(found))
        return
    is_type = isinstance(found, griffe.Class) and not found.parameters
    if not is_type:
        yield fence("python", "\n".join(source.signatures(found)))
    yield prose(source.doc_of(found))
    if isinstance(found, griffe.Class):
        yield from _members(found)


def _members(found: griffe.Class) -> Iterator[str]:
    """Yield the attributes of a class as a table, and its methods."""
    rows = [
        (
            code(one.name),
            code(source.plain(one.annotation or "")) if one.annotation else "",
            marked_up(source.doc_of(one)),
        )
        for one in source.attributes(found)
    ]
    if rows:
        yield table(("Attribute", "Type", "What it is"), rows)
    for method in source.methods(found):
        yield f"### {found.name}.{method.name}"
        yield fence("python", "\n".join(source.signatures(method)))
        yield prose(source.doc_of(method))


def public_errors() -> Mapping[str, type[BaseException]]:
    """Return every exception and warning that people may meet, as they are written."""
    every = {name: getattr(errors, name) for name in source.public("errors")}
    return {name: one for name, one in every.items() if isinstance(one, type)}


def _errors() -> str:
    return page(
        "# Errors",
        prose(source.doc_of(source.module("errors"))),
        table(
            ("Error", "Is a", "A command that it ends exits with"),
            [
                (link(code(name), f"#{name.lower()}"), _parents(kind), _ends_with(kind))
                for name, kind in public_errors().items()
            ],
        ),
        *(part for name, kind in public_errors().items() for part in _error(name, kind)),
    )


def _parents(kind: type[BaseException]) -> str:
    return ", ".join(code(one.__name__) for one in kind.__bases__)


def _ends_with(kind: type[BaseException]) -> str:
    """Return the exit code of a command that an error ends."""
    if issubclass(kind, errors.RunContractsError):
        ending = exit_code_of(kind)
        return f"{code(int(ending))} {code(ending.name)}"
    return "is no error" if issubclass(kind, Warning) else "only the library raises it"


def _error(name: str, kind: type[BaseException]) -> Iterator[str]:
    yield f"## {name}"
    found = source.public("errors")[name]
    yield prose(source.doc_of(found))
    yield table(
        ("", ""),
        [("Is a", _parents(kind)), ("A command that it ends exits with", _ends_with(kind))],
    )
    given = [one for one in getattr(found, "parameters", ()) if one.name != "self"]
    if given:
        yield "Fields:"
        yield "\n".join(
            f"- {code(one.name)}: {code(source.plain(one.annotation or 'Any'))}"
            for one in given
            if one.name != "message"
        )
        yield text("Its text is the message.")
