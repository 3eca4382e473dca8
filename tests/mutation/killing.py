"""Trying mutants: each in a process of its own, on a copy of the package that it alone changes.

A worker imports what is heavy once, copies the package, and forks for each mutant. What the fork
imports is the copy, the changed module compiled from its source, the others from their bytecode.
"""

from __future__ import annotations

import compileall
import contextlib
import gc
import importlib.util
import multiprocessing
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from py_compile import PycInvalidationMode
from tempfile import TemporaryDirectory
from typing import Literal

import hypothesis

from tests.mutation.mutants import Mutant
from tests.mutation.parts import OURS, Part, Project

Result = Literal["killed", "timeout", "survived"]
SEEN, UNSEEN, NOT_TRIED = 1, 0, 70
"""How a fork exits: something failed, nothing did, or it did not get so far."""
HEAVY = ("schemathesis", "jsonschema", "jsonschema_rs", "faker", "openai", "uvicorn", "rich")
"""What is imported before the forks, beside the plugins of pytest, where it is installed."""
MUTATION_PROFILE = hypothesis.settings(
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
"""Drawn examples are the same for each mutant, and a slow machine kills none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of a mutant, the first that failed on it, and the seconds that it took."""

    mutant: Mutant
    result: Result
    by: str
    seconds: float


class Copy:
    """A copy of a project's package, in which a module is changed for one try."""

    def __init__(self, project: Project, folder: Path) -> None:
        """Copy the package, and the data that it reads, into a folder."""
        self._project = project
        self.source = folder / "src"
        for name in ("src", *project.data):
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(project.root / name, self.source.parent / name, ignore=ignored)
        compileall.compile_dir(
            self.source, quiet=1, invalidation_mode=PycInvalidationMode.CHECKED_HASH
        )

    def tried(self, part: Part, path: str, function: str, changed: str | None) -> tuple[int, str]:
        """Return how a fork exits that tries a module as changed, and the first that failed.

        Without a change it tries the module as it is. Raises `AssertionError` if it cannot.
        """
        module = self.source / self._project.package / path
        own = module.read_text(encoding="utf-8")
        killer = self.source.parent / "killer.txt"
        killer.write_text("")
        try:
            module.write_text(own if changed is None else changed, encoding="utf-8")
            status = _forked(lambda: self._try(part, module, function, killer))
        finally:
            module.write_text(own, encoding="utf-8")
        if status == NOT_TRIED:
            raise AssertionError(f"{path} could not be tried:\n{self._output.read_text()[-4000:]}")
        return status, killer.read_text()

    @property
    def _output(self) -> Path:
        return self.source.parent / "output.txt"

    def _try(self, part: Part, module: Path, function: str, killer: Path) -> int:
        """Return whether something fails; this runs in the fork."""
        output = os.open(self._output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.chdir(self._project.root)
        sys.dont_write_bytecode = True
        sys.path[:0] = [str(self.source), str(self._project.root)]
        os.environ |= {"PYTHONPATH": str(self.source), "PYTHONDONTWRITEBYTECODE": "1"}
        spec = importlib.util.find_spec(self._project.package)
        assert spec is not None
        assert Path(str(spec.origin)).is_relative_to(self.source), f"{spec.origin} is imported"
        from tests.mutation import trying  # noqa: PLC0415 - imports what is tried

        if trying.fails_tests(self._project, part, module, killer):
            return SEEN
        name = ".".join(module.relative_to(self.source).with_suffix("").parts)
        return SEEN if trying.fails_trials(part, name, function, killer) else UNSEEN


class Worker:
    """What a process does: it makes its copy once, and tries one mutant after the other on it."""

    _copy: Copy
    _project: Project

    @classmethod
    def begin(cls, project: Project, folder: str) -> None:
        """Import what is heavy, settle what is drawn, and copy the package below a folder."""
        plugins = (one.module for one in entry_points(group="pytest11"))
        for name in (*HEAVY, *plugins):
            if name.partition(".")[0] not in (OURS.package, project.package):
                with contextlib.suppress(ImportError):
                    importlib.import_module(name)
        gc.freeze()  # what is never collected is not copied either
        hypothesis.settings.register_profile("mutation", MUTATION_PROFILE)
        hypothesis.settings.load_profile("mutation")
        cls._copy, cls._project = Copy(project, Path(folder, str(os.getpid()))), project

    @classmethod
    def holds(cls, part: Part) -> str:
        """Return what fails of a part without a mutant; empty if nothing does."""
        path = next(cls._project.home.glob(part.modules)).relative_to(cls._project.home)
        status, by = cls._copy.tried(part, path.as_posix(), "nothing", None)
        return "" if status == UNSEEN else by or f"exit status {status}"

    @classmethod
    def verdict(cls, mutant: Mutant) -> Verdict:
        """Return what becomes of a mutant."""
        started = time.perf_counter()
        part = cls._project.part_of(mutant.path)
        status, by = cls._copy.tried(part, mutant.path, mutant.function, mutant.changed)
        results: dict[int, Result] = {UNSEEN: "survived", -signal.SIGALRM: "timeout"}
        return Verdict(
            mutant=mutant,
            result=results.get(status, "killed"),
            by=by,
            seconds=time.perf_counter() - started,
        )


def verdicts(project: Project, mutants: Collection[Mutant], jobs: int) -> Iterator[Verdict]:
    """Yield what becomes of each mutant, as they are tried, `jobs` at a time.

    Raises `AssertionError` if the tests of a part fail without a mutant.
    """
    fork = multiprocessing.get_context("fork")
    with (
        TemporaryDirectory(prefix="mutation-") as folder,
        fork.Pool(jobs, Worker.begin, (project, folder)) as pool,
    ):
        parts = {project.part_of(one.path) for one in mutants}
        for part, failed in zip(parts, pool.map(Worker.holds, parts, chunksize=1), strict=True):
            assert not failed, f"{part.name}: without any mutant this fails: {failed}"
        yield from pool.imap(Worker.verdict, mutants, chunksize=1)


def _forked(task: Callable[[], int]) -> int:
    """Return the exit status of a fork that does a task, negative if a signal ended it."""
    child = os.fork()
    if child == 0:
        os.setsid()
        try:
            status = task()
        except BaseException as error:
            import traceback  # noqa: PLC0415 - only then

            traceback.print_exception(error)
            status = NOT_TRIED
        sys.stdout.flush()
        os._exit(status)
    _, ended = os.waitpid(child, 0)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)  # what its tests have started and left
    return os.waitstatus_to_exitcode(ended)
