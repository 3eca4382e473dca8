"""What is done in a fork: the tests of a part, then trials of servers, until something fails."""

from __future__ import annotations

import re
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.mutation.parts import NOTHING, Part, Project

if TYPE_CHECKING:
    from run_contracts.engine.selftest import Trial

SECONDS = 30
"""What one test, or one trial of a server, may take; then the mutant is taken to hang."""
CHECKS_ROOM = "run_contracts.checks."
MOST_FAULTS = 16
"""How many faults a mutant is tried on; of more, as many that stand apart."""
OPTIONS = (
    *("-x", "-q", "-m", "not slow", "-p", "no:cacheprovider", "-p", "no:randomly"),
    *("--deselect", "tests/checks/test_places.py"),  # tried below, of the faults that matter
    # Hypothesis and its like are imported already; their asserts are not ours.
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),
)


class _Watch:
    """A plugin that writes down the first that fails, and ends a test that hangs."""

    def __init__(self, killer: Path) -> None:
        self._killer = killer

    def pytest_runtest_logstart(self) -> None:
        signal.alarm(SECONDS)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._write(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self._write(report)

    def _write(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if report.failed and not self._killer.read_text():
            self._killer.write_text(report.nodeid)


def fails_tests(project: Project, part: Part, module: Path, killer: Path) -> bool:
    """Say whether a test of a part fails, or an example in the changed module."""
    signal.alarm(SECONDS)
    examples = [str(module)] if ">>>" in module.read_text(encoding="utf-8") else []
    rules = ["-c", str(project.root / "pyproject.toml"), "--rootdir", str(project.root)]
    paths = [*examples, *(str(project.root / path) for path in part.tests)]
    return pytest.main([*OPTIONS, *rules, *paths], plugins=[_Watch(killer)]) != pytest.ExitCode.OK


def fails_trials(part: Part, module: str, function: str, killer: Path) -> bool:
    """Say whether a server, right or faulty, is told to break something else than is declared.

    Or whether what is told of a fault does not stand where it is told to.
    """
    if part.faults == NOTHING:
        return False
    from run_contracts.engine.selftest import compared, read_matrix, tried  # noqa: PLC0415 - the copy
    from tests.checks.places import PLACED, misplaced  # noqa: PLC0415 - the copy

    matrix = read_matrix()
    for trial in _trials(part, module, function):
        signal.alarm(SECONDS)
        wrong = [*compared([tried(trial)], matrix).deviations]
        if not wrong and trial.fault is not None and trial.edition == PLACED:
            wrong += _said_of(misplaced, trial.fault)
        if wrong:
            killer.write_text(wrong[0])
            return True
    return False


def _said_of(misplaced: Callable[[str], Iterator[str]], fault: str) -> list[str]:
    """Return what is misplaced, or the error by which a changed check failed."""
    try:
        return list(misplaced(fault))
    except Exception as error:
        return [f"{fault}: {error!r}"]


def _trials(part: Part, module: str, function: str) -> Iterator[Trial]:
    """Yield the trials of right servers, then those of the faults that matter."""
    from run_contracts.checks import CHECKS  # noqa: PLC0415 - the copy
    from run_contracts.contract.requirements import EDITIONS  # noqa: PLC0415 - the copy
    from run_contracts.engine.selftest.agreement import trials  # noqa: PLC0415 - the copy
    from run_contracts.server.faults import FAULTS  # noqa: PLC0415 - the copy

    wanted = re.compile(part.faults)
    named = [fault for fault in FAULTS.values() if wanted.fullmatch(fault.requirement)]
    if module.startswith(CHECKS_ROOM):
        # With those that nobody decides any longer.
        others = CHECKS.keys() - _decided_by(module, function)
        named = [fault for fault in named if fault.requirement not in others]
    faults = [fault.id for fault in named]
    if faults:
        yield from trials(EDITIONS[::-1], faults[:: -(-len(faults) // MOST_FAULTS)])


def _decided_by(module: str, function: str) -> set[str]:
    """Return what a function of a module of checks decides, or else what those who use it do."""
    from run_contracts.checks import CHECKS  # noqa: PLC0415 - the copy

    own = {
        id_ for id_, one in CHECKS.items() if (one.__module__, one.__name__) == (module, function)
    }
    users = {one.__module__ for one in CHECKS.values() if _uses(one.__module__, module)}
    return own or {id_ for id_, one in CHECKS.items() if one.__module__ in users}


def _uses(name: str, other: str) -> bool:
    """Say whether a module is another, or has imported something of it."""
    values: Any = vars(sys.modules[name]).values()
    return name == other or any(getattr(value, "__module__", None) == other for value in values)
