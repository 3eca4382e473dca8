"""A page is run: its blocks in order, in a folder of its own, beside the servers it wants."""

from __future__ import annotations

import ast
import configparser
import doctest
import json
import os
import shlex
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, chdir, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import yaml

from tests.docs.blocks import Block, PageError, Served
from tests.docs.shell import Shell, commands, differences, end, environment

NO_OPTION = "--none-of-this-name"
FUTURE = "from __future__ import annotations"
UP_WITHIN = 60
"""Seconds until a server of a page answers."""


class BlockFailed(AssertionError):
    """A block did not do what its page says."""


@dataclass(slots=True, kw_only=True)
class PageRun:
    """One page that is run. Names that a block of Python defines are there for those after it."""

    folder: Path
    shell: Shell
    ports: dict[str, str] = field(default_factory=dict)
    names: dict[str, Any] = field(default_factory=lambda: {"__name__": "__main__"})
    imports: list[str] = field(default_factory=list)
    servers: dict[int, ExitStack] = field(default_factory=dict)

    @classmethod
    def within(cls, place: Path) -> PageRun:
        """Return a page that is run below a folder."""
        folder, home = place / "page", place / "home"
        folder.mkdir()
        home.mkdir()
        ports: dict[str, str] = {}
        shell = Shell(folder=folder, ports=ports, environment=environment(home))
        return cls(folder=folder, shell=shell, ports=ports)

    def follow(self, steps: Iterable[Block | Served]) -> None:
        """Run what a page has, in order; raise `BlockFailed` for the first that fails."""
        try:
            for step in steps:
                if isinstance(step, Served):
                    self._serve(step)
                elif step.file:
                    self._keep(step)
                elif not step.not_run:
                    self._run(step)
        finally:
            for server in self.servers.values():
                server.close()
            self.shell.close()

    @contextmanager
    def as_its_own(self) -> Iterator[None]:
        """Be in the folder of the page, with its environment, able to import its files."""
        before = set(sys.modules)
        with (
            chdir(self.shell.folder),
            patch.dict(os.environ, self.shell.variables(), clear=True),
            patch.object(sys, "path", [str(self.shell.folder), *sys.path]),
        ):
            try:
                yield
            finally:
                for name in set(sys.modules) - before:
                    file = getattr(sys.modules[name], "__file__", None) or ""
                    if Path(file).is_relative_to(self.folder):
                        del sys.modules[name]

    def _run(self, block: Block) -> None:
        run = RUNNERS.get(block.language)
        if run is None:
            raise PageError(f"{block.place}: nobody knows how to run {block.language!r}")
        if block.exit and block.language not in ENDING:
            raise PageError(f"{block.place}: {block.language} has no exit code")
        run(self, block)

    def _keep(self, block: Block) -> None:
        file = (self.folder / block.file).resolve()
        if not file.is_relative_to(self.folder.resolve()):
            raise PageError(f"{block.place}: {block.file} is not in the folder of the page")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(self.shell.mapped(block.text), encoding="utf-8")

    def _serve(self, served: Served) -> None:
        if served.port in self.servers:
            self.servers.pop(served.port).close()
        port = _free_port()
        self.ports[f"127.0.0.1:{served.port}"] = f"127.0.0.1:{port}"
        own = f"run-contracts serve --port {port} {served.options}"
        is_given = served.options.startswith("$ ")
        line = served.options.removeprefix("$ ").replace("{port}", str(port)) if is_given else own
        self.servers[served.port] = stack = ExitStack()
        log = stack.enter_context((self.folder.parent / f"server-{port}.log").open("w+b"))
        process = subprocess.Popen(
            shlex.split(self.shell.mapped(line)),
            cwd=self.folder,
            env=self.shell.variables(),
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        stack.callback(_ended, process)
        _wait(served, port, process, Path(log.name))


def run_console(page: PageRun, block: Block) -> None:
    """Run the commands of a block; each must print what is shown, and end as is said."""
    try:
        known = list(commands(block.text))
    except ValueError as error:
        raise PageError(f"{block.place}: {error}") from None
    for number, command in enumerate(known, start=1):
        code, printed = page.shell.run(command.text)
        wanted = block.exit if number == len(known) else 0
        if code != wanted:
            raise BlockFailed(
                f"{block.place}: $ {command.text}\nended with {code}, not {wanted}:\n{printed}"
            )
        differing = differences(command.shown, printed)
        if differing:
            raise BlockFailed(f"{block.place}: $ {command.text}\n{differing}")


def run_shell(page: PageRun, block: Block) -> None:
    """Run a block as a script."""
    code, printed = page.shell.run(block.text, strict=True)
    if code != block.exit:
        raise BlockFailed(f"{block.place}: ended with {code}, not {block.exit}:\n{printed}")


def run_python(page: PageRun, block: Block) -> None:
    """Run a block of Python: prompts as doctests, tests by pytest, the rest as it stands."""
    text = page.shell.mapped(block.text)
    if text.lstrip().startswith(">>> "):
        _run_prompts(page, block, text)
        return
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        raise BlockFailed(f"{block.place}: {error}") from None
    if any(_is_test(node) for node in ast.walk(tree)):
        _run_tests(page, block, text)
    else:
        _run_here(page, block, text)
    page.imports += [
        ast.unparse(node)
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom)
        and getattr(node, "module", "") != "__future__"
    ]


def _is_test(node: ast.AST) -> bool:
    if isinstance(node, ast.ClassDef):
        return node.name.startswith("Test")
    is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    return is_function and node.name.startswith("test_")


def _run_here(page: PageRun, block: Block, text: str) -> None:
    code = 0
    with page.as_its_own():
        try:
            exec(compile(text, block.place, "exec", dont_inherit=True), page.names)
        except SystemExit as error:
            code = error.code if isinstance(error.code, int) else int(error.code is not None)
        except Exception as error:
            raise BlockFailed(f"{block.place}: {type(error).__name__}: {error}") from error
    if code != block.exit:
        raise BlockFailed(f"{block.place}: ended with {code}, not {block.exit}")


def _run_prompts(page: PageRun, block: Block, text: str) -> None:
    test = doctest.DocTestParser().get_doctest(
        text, page.names, block.place, block.page, block.line
    )
    said: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    with page.as_its_own():
        runner.run(test, out=said.append, clear_globs=False)
    page.names.update(test.globs)
    if runner.summarize(verbose=False).failed:
        raise BlockFailed("".join(said))


def _run_tests(page: PageRun, block: Block, text: str) -> None:
    name = f"test_line_{block.line}.py"
    future = "from __future__ import annotations\n" if "from __future__" in text else ""
    source = "\n".join(
        [future, *page.imports, text.replace("from __future__ import annotations", "")]
    )
    (page.shell.folder / name).write_text(source, encoding="utf-8")
    code, printed = page.shell.run(f"{shlex.quote(sys.executable)} -m pytest -q {name}")
    if code != block.exit:
        raise BlockFailed(f"{block.place}: pytest ended with {code}:\n{printed}")


def run_parser(parse: Callable[[str], object], page: PageRun, block: Block) -> None:
    """Read a block as the language that it says; a table of ours as a configuration, too."""
    try:
        value = parse(block.text)
    except (ValueError, yaml.YAMLError, configparser.Error) as error:
        raise BlockFailed(f"{block.place}: no {block.language}: {error}") from None
    tool = value.get("tool", {}) if isinstance(value, dict) else {}
    if "run-contracts" in tool:
        _read_as_configuration(page, block, tool["run-contracts"])


def _read_as_configuration(page: PageRun, block: Block, table: Mapping[str, Any]) -> None:
    """Let each command that has a table read it: it comes to its arguments only after that."""
    folder = page.folder / f"line-{block.line}"
    folder.mkdir()
    inside = shlex.quote(str(folder))
    (folder / "pyproject.toml").write_text(block.text, encoding="utf-8")
    for name in [name for name, value in table.items() if isinstance(value, dict)] or ["list"]:
        code, said = page.shell.run(f"(cd {inside}; run-contracts {name} {NO_OPTION})")
        if f"No such option '{NO_OPTION}'" not in said:
            raise BlockFailed(f"{block.place}: ended with {code}: {said}")


def _ini(text: str) -> object:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(text)
    return parser


def _nothing(_page: PageRun, _block: Block) -> None:
    """Do nothing with what is no code."""


RUNNERS: Mapping[str, Callable[[PageRun, Block], None]] = {
    "console": run_console,
    "sh": run_shell,
    "python": run_python,
    "toml": partial(run_parser, tomllib.loads),
    "json": partial(run_parser, json.loads),
    "yaml": partial(run_parser, yaml.safe_load),
    "ini": partial(run_parser, _ini),
    "text": _nothing,
}
"""How a block is run, by its language."""
ENDING = ("console", "sh", "python")
"""Languages whose blocks end with an exit code."""


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _ended(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    end(process.pid)


def _wait(served: Served, port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return when somebody listens at a port; raise `BlockFailed` if nobody will."""
    until = time.monotonic() + UP_WITHIN
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise BlockFailed(f"{served.place}: no server: {log.read_text(errors='replace')}")
