"""The parts whose tests are measured, and for each the tests that are there to see its defects.

Tests are named by folder or file, quick ones first. `faults` names requirements: what their faults
break, and that nothing is broken on a right server, is compared with the matrix. For a module of
checks these are the requirements that the changed function decides, for what they share those of
all that use it. The examples of the changed module's docstrings are tried before everything else.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
NOTHING = r"(?!)"
"""The expression that no requirement matches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Modules of a package, by pattern, and what tries them."""

    name: str
    modules: str
    tests: tuple[str, ...]
    faults: str = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A package in ``src``, the tests beside it, and what of it is measured.

    `data` names folders beside ``src`` that the package reads.
    """

    root: Path
    package: str
    parts: tuple[Part, ...]
    data: tuple[str, ...] = ()

    @property
    def home(self) -> Path:
        """The folder of the package."""
        return self.root / "src" / self.package

    def part_of(self, path: str) -> Part:
        """Return the part that a module belongs to."""
        return next(part for part in self.parts if Path(path).match(part.modules))


PARTS = (
    Part(
        name="validation",
        modules="validation/*.py",
        tests=("tests/validation", "tests/contract", "tests/making/test_near_misses.py"),
        faults=r"RUN-(STATUS|TIME|USAGE|META|ID|STEP|LIST|BODY)-.*",
    ),
    Part(
        name="lifecycle",
        modules="contract/lifecycle.py",
        tests=("tests/contract", "tests/validation", "tests/checks", "tests/making/test_legal.py"),
        faults=r"RUN-(LIFE|STATUS)-.*",
    ),
    Part(
        name="checks",
        modules="checks/*.py",
        tests=("tests/checks", "tests/making/test_near_misses.py"),
        faults=r"RUN-.*",
    ),
    Part(
        name="budget",
        modules="client/budget.py",
        tests=("tests/client", "tests/engine/test_budget.py"),
    ),
    Part(
        name="baseline",
        modules="engine/baseline/*.py",
        tests=("tests/engine/baseline", "tests/cli/test_baseline.py"),
    ),
)
OURS = Project(root=ROOT, package="run_contracts", parts=PARTS, data=("schemas",))
