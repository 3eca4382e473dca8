"""Source as a syntax tree with places in its text, without what no test could see."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate

Parents = tuple[ast.AST, ...]
TYPE_FORMS = {"Literal", "Callable"}
"""What a module-level name of a type is made of."""
ATOMS = (ast.Name, ast.Call, ast.Attribute, ast.Subscript, ast.Constant)
"""What needs no parentheses anywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Bytes of a source that are replaced, and what by."""

    start: int
    end: int
    text: str


class Source:
    """A module's text, in which the nodes of its tree have their places."""

    def __init__(self, text: str) -> None:
        """Read a text; raise `SyntaxError` if it is no Python."""
        self.text = text
        self.tree = ast.parse(text)
        self._bytes = text.encode()
        self._starts = [0, *accumulate(map(len, self._bytes.splitlines(keepends=True)))]

    def start(self, node: ast.AST) -> int:
        """Return the byte at which a node begins."""
        return self._starts[node.lineno - 1] + node.col_offset  # type: ignore[attr-defined]

    def end(self, node: ast.AST) -> int:
        """Return the byte at which what follows a node begins."""
        return self._starts[node.end_lineno - 1] + node.end_col_offset  # type: ignore[attr-defined]

    def line(self, edit: Edit) -> int:
        """Return the line on which an edit begins."""
        return self._bytes.count(b"\n", 0, edit.start) + 1

    def of(self, node: ast.AST) -> str:
        """Return the text of an expression, fit to stand inside another."""
        text = self._bytes[self.start(node) : self.end(node)].decode()
        is_atom = isinstance(node, ATOMS)
        return text if is_atom else f"({text})"

    def replaced(self, node: ast.AST, text: str) -> Edit:
        """Return the edit that puts a text in the place of a node."""
        return Edit(start=self.start(node), end=self.end(node), text=text)

    def between(self, left: ast.AST, right: ast.AST, old: str, new: str) -> Edit:
        """Return the edit that changes the operator between two nodes."""
        start, end = self.end(left), self.start(right)
        gap = self._bytes[start:end].decode()
        return Edit(start=start, end=end, text=gap.replace(old, new, 1))

    def edited(self, edit: Edit) -> str:
        """Return the text after an edit."""
        return (self._bytes[: edit.start] + edit.text.encode() + self._bytes[edit.end :]).decode()

    def nodes(self) -> Iterator[tuple[ast.AST, Parents]]:
        """Yield what may be changed, each node with those it stands in, outermost first."""
        return _below(self.tree, ())


def _below(node: ast.AST, parents: Parents) -> Iterator[tuple[ast.AST, Parents]]:
    parents = (*parents, node)
    for child in _children(node):
        yield child, parents
        yield from _below(child, parents)


def _children(node: ast.AST) -> Iterable[ast.AST]:
    """Return what stands in a node, but for types, decorators, docstrings and prose."""
    if _is_left_alone(node):
        return []
    nodes: Iterable[ast.AST | None] = ast.iter_child_nodes(node)
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            nodes = [*node.args.defaults, *node.args.kw_defaults, *node.body]
        case ast.ClassDef():
            nodes = node.body
        case ast.AnnAssign():
            nodes = [node.value]
        case ast.Call(func=ast.Name(id="cast")):
            nodes = node.args[1:]
    return [one for one in nodes if one is not None and not _is_skipped(one)]


def _is_left_alone(node: ast.AST) -> bool:
    """Say whether nothing in a node is changed: it is of types, of names, or for people."""
    match node:
        case ast.Assign(targets=[ast.Name(id="__all__")]) | ast.keyword(arg="encoding"):
            return True
        case ast.Assign(value=ast.Subscript(value=ast.Name(id=name))):
            return name in TYPE_FORMS
        case ast.Raise(exc=ast.Call(func=ast.Name(id=name))):
            return name.lstrip("_")[:1].isupper()
    return isinstance(node, ast.JoinedStr | ast.arguments | ast.Import | ast.ImportFrom)


def _is_skipped(node: ast.AST) -> bool:
    """Say whether a statement is a docstring, of whatever, or for type checkers only."""
    match node:
        case ast.Expr(value=ast.Constant()) | ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
    return False
