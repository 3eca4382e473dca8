"""The operators: for a node of a syntax tree, the edits that each make another program of it.

They leave alone what is prose for people, and what would only stop the module from being read.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence

from tests.mutation.source import Edit, Parents, Source

COMPARED: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),
    ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
}
AT_A_BOUND = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
"""Comparisons whose swap is not their negation."""
CALCULATED: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "//"),
    ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "*"),
    ast.Mod: ("%", "//"),
}
CALLED = {"any": "all", "all": "any", "min": "max", "max": "min"}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
OTHER = "other"
"""What a text becomes, before its own words."""


def comparisons(node: ast.AST, parents: Parents, source: Source) -> Iterator[Edit]:
    """Compare otherwise: at the bound, or the opposite."""
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        for at, operator in enumerate(node.ops):
            yield source.between(sides[at], sides[at + 1], *COMPARED[type(operator)])


def junctions(node: ast.AST, parents: Parents, source: Source) -> Iterator[Edit]:
    """Ask for one condition instead of both, or for both instead of one."""
    if isinstance(node, ast.BoolOp):
        words = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        for left, right in zip(node.values, node.values[1:], strict=False):
            yield source.between(left, right, *words)


def negations(node: ast.AST, parents: Parents, source: Source) -> Iterator[Edit]:
    """Drop a `not`."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield source.replaced(node, source.of(node.operand))


def arithmetic(node: ast.AST, parents: Parents, source: Source) -> Iterator[Edit]:
    """Calculate otherwise; of a union, take one side."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        yield source.replaced(node, source.of(node.left))
        yield source.replaced(node, source.of(node.right))
    elif isinstance(node, ast.BinOp) and type(node.op) in CALCULATED:
        if not any(map(_is_text, (node.left, node.right))):
            yield source.between(node.left, node.right, *CALCULATED[type(node.op)])
    elif isinstance(node, ast.AugAssign) and type(node.op) in CALCULATED:
        yield source.between(node.target, node.value, *CALCULATED[type(node.op)])


def constants(node: ast.AST, parents: Parents, source: Source) -> Iterator[Edit]:
    """Take another number, truth or text."""
    if isinstance(node, ast.JoinedStr):
        words = [str(part.value) for part in node.values if isinstance(part, ast.Constant)]
        if " " not in "".join(words):
            yield source.replaced(node, repr(OTHER))
    if not isinstance(node, ast.Constant) or _is_index(parents[-1], node):
        return
    value = node.value
    if isinstance(value, bool):
        yield source.replaced(node, repr(not value))
    elif isinstance(value, int | float):
        yield source.replaced(node, repr(value + 1))
        if value:
            yield source.replaced(node, repr(value * 10))
    elif isinstance(value, str) and not _is_prose(value):
        yield source.replaced(node, repr(OTHER + value))


def indexes(node: ast.AST, parents: Parents, source: Source) -> Iterator[Edit]:
    """Take the last one instead of the first, or the first instead of the last."""
    if isinstance(node, ast.Subscript):
        if _is_number(node.slice, 0):
            yield source.replaced(node.slice, "-1")
        elif isinstance(node.slice, ast.UnaryOp) and _is_number(node.slice.operand, 1):
            yield source.replaced(node.slice, "0")


def names(node: ast.AST, parents: Parents, source: Source) -> Iterator[Edit]:
    """Ask for one instead of all, or for the least instead of the most, and the other way."""
    if isinstance(node, ast.Name) and node.id in CALLED:
        yield source.replaced(node, CALLED[node.id])


def returns(node: ast.AST, parents: Parents, source: Source) -> Iterator[Edit]:
    """Return nothing, or the opposite."""
    if not isinstance(node, ast.Return) or node.value is None:
        return
    function = next(one for one in reversed(parents) if isinstance(one, FUNCTIONS))
    if isinstance(function.returns, ast.Name) and function.returns.id == "bool":
        if not isinstance(node.value, ast.Constant) and _is_at_a_bound(node.value):
            yield source.replaced(node.value, f"not {source.of(node.value)}")
    elif not _is_number(node.value, None):
        yield source.replaced(node.value, "None")


def statements(node: ast.AST, parents: Parents, source: Source) -> Iterator[Edit]:
    """Leave a statement out; of two ways to leave a round of a loop, take the other."""
    match node:
        case ast.Expr(value=ast.Yield() | ast.YieldFrom()):
            yield source.replaced(node, "yield from ()")
        case ast.Continue():
            yield source.replaced(node, "break")
            yield source.replaced(node, "pass")
        case ast.Break():
            yield source.replaced(node, "continue")
            yield source.replaced(node, "pass")
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield source.replaced(node, "pass")
        case ast.Expr() | ast.AugAssign() | ast.Raise() | ast.Return(value=None) | ast.Delete():
            yield source.replaced(node, "pass")


def branches(node: ast.AST, parents: Parents, source: Source) -> Iterator[Edit]:
    """Swap what is done if a condition holds and if it does not."""
    tests: Sequence[ast.expr] = ()
    if isinstance(node, ast.If | ast.IfExp):
        tests = (node.test,)
    elif isinstance(node, ast.comprehension):
        tests = node.ifs
    for test in tests:
        if _is_at_a_bound(test):
            yield source.replaced(test, f"not {source.of(test)}")


def elements(node: ast.AST, parents: Parents, source: Source) -> Iterator[Edit]:
    """Leave one element out of a table or a set of constants."""
    if isinstance(node, ast.Dict) and len(node.keys) > 1 and all(map(_is_fixed, node.keys)):
        starts = [source.start(key) for key in node.keys if key is not None]
        ends = [source.end(value) for value in node.values]
        yield from _without_each(starts, ends)
    if not isinstance(node, ast.Tuple | ast.List | ast.Set) or not all(map(_is_fixed, node.elts)):
        return
    if not node.elts or _is_row(parents[-1]):
        return
    if len(node.elts) <= 2 and isinstance(node, ast.Tuple):
        for one in node.elts:
            left = "".join(f"{source.of(other)}," for other in node.elts if other is not one)
            yield source.replaced(node, f"({left})")
    elif len(node.elts) == 1:
        yield source.replaced(node, "[]" if isinstance(node, ast.List) else "set()")
    else:
        starts, ends = [*map(source.start, node.elts)], [*map(source.end, node.elts)]
        yield from _without_each(starts, ends)


def _without_each(starts: list[int], ends: list[int]) -> Iterator[Edit]:
    """Yield the edits that leave out one of several things that stand in a row."""
    for at, start in enumerate(starts[:-1]):
        yield Edit(start=start, end=starts[at + 1], text="")
    yield Edit(start=ends[-2], end=ends[-1], text="")


def _is_row(parent: ast.AST) -> bool:
    """Say whether what stands in a node is a row of a table, or unpacked: places have a meaning."""
    is_unpacked = isinstance(parent, ast.Assign) and isinstance(parent.targets[0], ast.Tuple)
    return is_unpacked or isinstance(parent, ast.Tuple)


def _is_fixed(node: ast.AST | None) -> bool:
    """Say whether a node is a constant, by its form or by its name, or a row of them."""
    match node:
        case ast.Constant():
            return True
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.isupper()
        case ast.Tuple(elts=parts):
            return all(map(_is_fixed, parts))
    return False


def _is_at_a_bound(test: ast.expr) -> bool:
    """Say whether the negation of a condition is no swap that another operator makes."""
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        return isinstance(test.ops[0], AT_A_BOUND)
    return not (isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not))


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or isinstance(getattr(node, "value", None), str)


def _is_prose(value: object) -> bool:
    """Say whether a text has a blank in it; what such a text says is for people."""
    return isinstance(value, str) and " " in value


def _is_index(parent: ast.AST, node: ast.AST) -> bool:
    return isinstance(parent, ast.Subscript) and _is_number(node, 0)


def _is_number(node: ast.AST, value: int | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


Operator = Callable[[ast.AST, Parents, Source], Iterator[Edit]]
OPERATORS: tuple[Operator, ...] = (
    comparisons,
    junctions,
    negations,
    arithmetic,
    constants,
    indexes,
    names,
    returns,
    statements,
    branches,
    elements,
)
