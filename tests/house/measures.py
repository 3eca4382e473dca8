"""The house in numbers: ``python -m tests.house.measures [PACKAGE_FOLDER]`` prints them.

An entry is what stands at the top of the package; an entry stands one floor above the highest it
imports; an arrow is a pair of entries of which one imports the other. Imports inside functions and
for type checkers count.
"""

from __future__ import annotations

import ast
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

HERE = Path(__file__).parents[2] / "src" / "run_contracts"


def modules(package: Path) -> dict[str, ast.Module]:
    """Return the modules of a package by their dotted names below it; packages as themselves."""
    trees = {}
    for path in sorted(package.rglob("*.py")):
        *folders, name = path.relative_to(package).with_suffix("").parts
        dotted = ".".join(folders if name == "__init__" and folders else [*folders, name])
        trees[dotted] = ast.parse(path.read_text(encoding="utf-8"))
    return trees


def imported(name: str, tree: ast.Module, known: Mapping[str, object]) -> Iterator[str]:
    """Yield what a module imports: ours by dotted name below the package, others by first part."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}: imports name their module in full"
            for alias in node.names:
                yield _home(f"{node.module}.{alias.name}", known)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield _home(alias.name, known)


def _home(dotted: str, known: Mapping[str, object]) -> str:
    """Return the module that holds a name."""
    first, _, rest = dotted.partition(".")
    if first != "run_contracts":
        return first
    while rest and rest not in known:
        rest = rest.rpartition(".")[0]
    return rest or "__init__"


def room(module: str) -> str:
    """Return the entry at the top of the package that a module belongs to."""
    return module.partition(".")[0]


def arrows(package: Path) -> set[tuple[str, str]]:
    """Return the pairs of entries of which the first imports the second."""
    trees = modules(package)
    pairs = {
        (room(name), room(other))
        for name, tree in trees.items()
        if name != "__init__"
        for other in imported(name, tree, trees)
        if other in trees and room(other) != room(name)
    }
    return {pair for pair in pairs if "__init__" not in pair}


def circle(package: Path) -> list[str]:
    """Return modules that import one another in a circle; none if there is none."""
    trees = modules(package)
    graph = {
        name: {one for one in imported(name, tree, trees) if one in trees and one != name}
        for name, tree in trees.items()
        if name != "__init__"
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def floors(package: Path) -> int:
    """Return how many floors the entries stand on."""
    below: dict[str, set[str]] = {}
    for importer, other in arrows(package):
        below.setdefault(importer, set()).add(other)
    heights: dict[str, int] = {}
    for name in TopologicalSorter(below).static_order():
        heights[name] = 1 + max((heights[one] for one in below.get(name, ())), default=0)
    return max(heights.values())


def doubled(package: Path) -> tuple[list[str], list[str]]:
    """Return the names that several modules have, and those that several classes have."""
    trees = modules(package)
    files = Counter(path.stem for path in package.rglob("*.py") if path.stem != "__init__")
    classes = Counter(
        node.name for tree in trees.values() for node in tree.body if isinstance(node, ast.ClassDef)
    )
    return [n for n, k in files.items() if k > 1], [n for n, k in classes.items() if k > 1]


def main() -> None:
    """Print the numbers of a package, ours unless another folder is named."""
    package = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    entries = {room(name) for name in modules(package)}
    files, classes = doubled(package)
    print(f"entries {len(entries)}, floors {floors(package)}, arrows {len(arrows(package))}")  # noqa: T201
    print(f"circle: {' -> '.join(circle(package)) or 'none'}")  # noqa: T201
    print(f"modules of one name: {len(files)} ({', '.join(sorted(files))})")  # noqa: T201
    print(f"classes of one name: {len(classes)} ({', '.join(sorted(classes))})")  # noqa: T201


if __name__ == "__main__":
    main()
