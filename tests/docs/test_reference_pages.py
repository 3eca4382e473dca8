"""The reference has everything that it is about, and nothing that there is not."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import pytest
from website.reference.command_pages import command_pages
from website.reference.contract_pages import contract_pages
from website.reference.data_pages import data_pages
from website.reference.lifecycle_layout import WIDTH, laid_out
from website.reference.lifecycle_picture import picture
from website.reference.markdown import code
from website.reference.overview import CHAPTERS
from website.reference.plugin_pages import plugin_pages
from website.reference.python_pages import MODULES, python_pages
from website.reference.requirement_pages import index_page
from website.reference.server_pages import server_pages

import run_contracts
from run_contracts import errors, pytest_plugin
from run_contracts.cli import cli, exit_code_of
from run_contracts.cli.configuration import SECRET_OPTIONS, options
from run_contracts.contract.files import read_json
from run_contracts.contract.lifecycle import lifecycle
from run_contracts.contract.operations import operations
from run_contracts.contract.readings import dialects, errata
from run_contracts.contract.requirements import EDITIONS, client_register, register
from run_contracts.coverage import COUNTED_PARTS
from run_contracts.events import ExitCode
from run_contracts.server.app.routes import ENDPOINTS
from run_contracts.server.degradations import DEGRADATIONS
from run_contracts.server.faults import SERVED_FAULTS
from run_contracts.server.troubles.failing import failing_kinds
from run_contracts.testing.plugin_options import OPTIONS
from run_contracts.validation.codes import codes

NO_DOORS = {"__init__", "__main__", "errors", "extras", "lazy_imports", "pytest_plugin"}
"""Modules at the top of the package that have no page below ``python/``."""
PACKAGE = Path(run_contracts.__file__).parent


@cache
def _pages() -> dict[str, str]:
    """Return the pages but for those of the areas of requirements."""
    return {
        "requirements/index.md": index_page(),
        **contract_pages(),
        **data_pages(),
        **command_pages(),
        **plugin_pages(),
        **python_pages(),
        **server_pages(),
    }


def _commands() -> Iterator[tuple[str, str, click.Command]]:
    """Yield the page, the words and the value of each command."""
    context = click.Context(cli, info_name="run-contracts")
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None
        yield f"cli/{name}.md", name, command
        if isinstance(command, click.Group):
            for word, inner in command.commands.items():
                yield f"cli/{name}.md", f"{name} {word}", inner


COMMANDS = {name: (file, command) for file, name, command in _commands()}


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_a_page_with_all_its_options(name: str) -> None:
    """Each option with its help, its variables and its key."""
    file, command = COMMANDS[name]
    page = _pages()[file]
    section = re.split(rf"^#+ run-contracts {name}$", page, flags=re.MULTILINE)[1]
    section = section.partition("\n## ")[0]
    for option in command.params:
        if isinstance(option, click.Option):
            assert all(name_ in section for name_ in option.opts), option
            assert all(code(one) in section for one in option.envvar or ()), option
    for key, option in options(command).items():
        assert not option.envvar or key in SECRET_OPTIONS or f", {code(key)}" in section, key


def test_there_is_a_page_for_no_other_command() -> None:
    """So a command that went takes its page along."""
    known = {file for file, _ in COMMANDS.values()} | {"cli/index.md", "cli/exit-codes.md"}
    assert set(command_pages()) == known


@pytest.mark.parametrize("exit_code", ExitCode)
def test_each_exit_code_has_its_meaning(exit_code: ExitCode) -> None:
    """In a sentence."""
    row = f"| {code(int(exit_code))} | {code(exit_code.name)} | "
    after = _pages()["cli/exit-codes.md"].partition(row)[2]
    assert after.partition(" |")[0].endswith(".")


def _raised() -> dict[str, type[BaseException]]:
    """Return what the module of errors defines."""
    found = {name: one for name, one in vars(errors).items() if isinstance(one, type)}
    return {name: one for name, one in found.items() if one.__module__ == errors.__name__}


@pytest.mark.parametrize("name", _raised())
def test_each_error_has_its_section(name: str) -> None:
    """With when it is raised, what it is, and the exit code of a command that it ends."""
    section = _pages()["errors.md"].partition(f"\n## {name}\n")[2].partition("\n## ")[0]
    kind = _raised()[name]
    assert kind.__doc__
    assert kind.__doc__.split()[0] in section
    if issubclass(kind, errors.RunContractsError):
        ending = exit_code_of(kind)
        assert f"{code(int(ending))} {code(ending.name)}" in section


def test_the_fields_of_an_error_are_named() -> None:
    """What it holds beside its message."""
    assert f"- {code('violations')}: " in _pages()["errors.md"]


def _fixtures() -> list[str]:
    """Return the names of the functions that the source of the plugin decorates as fixtures."""
    tree = ast.parse((PACKAGE / "testing" / "fixtures.py").read_text(encoding="utf-8"))
    functions = [one for one in tree.body if isinstance(one, ast.FunctionDef)]
    decorated = [
        one
        for one in functions
        if any("fixture" in ast.unparse(each) for each in one.decorator_list)
    ]
    return [one.name for one in decorated if not one.name.startswith("_")]


@pytest.mark.parametrize("name", _fixtures())
def test_each_fixture_has_its_section(name: str) -> None:
    """With what it gives, and its docstring."""
    section = _pages()["pytest.md"].partition(f"\n### {name}\n")[2].partition("\n### ")[0]
    assert f"\n{name}: " in section
    doc = getattr(pytest_plugin, name).__doc__
    assert doc.split()[0] in section


@pytest.mark.parametrize("name", OPTIONS)
def test_each_option_of_the_plugin_has_its_row(name: str) -> None:
    """With its name on the command line, in the environment, and in a file."""
    option = OPTIONS[name]
    row = next(
        line
        for line in _pages()["pytest.md"].splitlines()
        if f"<code>--{option.ini.replace('_', '-')}" in line and code(option.variable) in line
    )
    assert code(option.ini) in row or "in no file" in row


def test_each_marker_has_its_row() -> None:
    """With its arguments."""
    names = [one.partition(":")[0] for one in pytest_plugin.MARKERS]
    assert all(code(f"@pytest.mark.{name}") in _pages()["pytest.md"] for name in names)


def test_each_door_has_a_page() -> None:
    """Whatever lies at the top of the package for people to import."""
    doors = {file.stem for file in PACKAGE.glob("*.py")} - NO_DOORS
    assert doors <= set(MODULES)


@pytest.mark.parametrize("name", MODULES)
def test_each_public_name_has_its_section(name: str) -> None:
    """What a module exports, or defines where it exports nothing."""
    place = PACKAGE.joinpath(*name.split(".")) if name else PACKAGE
    source = (
        place.with_suffix(".py") if place.with_suffix(".py").exists() else place / "__init__.py"
    )
    page = _pages()[f"python/{name or 'run_contracts'}.md"]
    headings = set(re.findall(r"^## (\w+)$", page, re.MULTILINE))
    exported = _exported(ast.parse(source.read_text(encoding="utf-8")))
    assert exported <= headings


def _exported(tree: ast.Module) -> set[str]:
    """Return what ``__all__`` names."""
    for one in tree.body:
        if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == "__all__":
            return set(ast.literal_eval(one.value))
    return set()


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_life_cycle_has_each_status_edge_field_and_event(edition: str) -> None:
    """In the tables of its edition."""
    life = lifecycle(edition)
    page = _pages()["lifecycle.md"].partition(f"\n## Edition {edition}\n")[2].partition("\n## ")[0]
    for edge in life.edges:
        source = code(edge.source) if edge.source else ""
        assert f"| {source} | {code(edge.target)} | " in page
    assert all(f"| {code(status)} | " in page for status in life.statuses)
    for cells in (life.fields, life.steps):
        heads = f"| Field | {' | '.join(map(code, cells))} |"
        table = page.partition(heads)[2].partition("\n\n")[0]
        for field in {name for row in cells.values() for name in row}:
            expected = " | ".join(row.get(field, "") for row in cells.values())
            assert f"| {code(field)} | {expected} |" in table
    assert all(f"| {code(name)} | " in page for name in life.events)


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_picture_has_each_status_and_each_edge(edition: str) -> None:
    """A box for each status, an arrow for each edge, dashed unless it is stated."""
    life = lifecycle(edition)
    drawn = picture(life, edition)
    assert sorted(re.findall(r"<text [^>]*>(\w+)</text>", drawn)) == sorted(life.statuses)
    paths = re.findall(r"<path ([^>]*)><title>(.*?)</title>", drawn)
    shown = {title for _, title in paths}
    wanted = {
        f"{edge.source or 'nothing'} to {edge.target}: {edge.trigger} ({edge.mark})"
        for edge in life.edges
    }
    assert shown == wanted
    assert len(paths) == len(life.edges)
    assert all(("dasharray" in path) is ("(STATED)" not in title) for path, title in paths)


@pytest.mark.parametrize("edition", EDITIONS)
def test_no_arrow_of_the_picture_runs_through_a_box(edition: str) -> None:
    """But for those of the statuses that it joins; so it can be followed by eye."""
    layout = laid_out(lifecycle(edition))
    for edge in layout.lanes:
        others = [
            box for name, box in layout.boxes.items() if name not in (edge.source, edge.target)
        ]
        turn = layout.turn_of(edge)
        assert all(abs(box.x - turn) > WIDTH / 2 for box in others), edge


def test_the_picture_fetches_nothing_and_has_no_empty_line() -> None:
    """It is part of the page, and Markdown ends a block of HTML at an empty line."""
    drawn = picture(lifecycle(EDITIONS[-1]), EDITIONS[-1])
    assert "\n\n" not in drawn
    assert re.findall(r"(?:href|src)=", drawn) == []


def _listed() -> Iterator[tuple[str, str, str]]:
    """Yield what a page has rows or headings of: the page, what it is, and how it stands there."""
    for edition in EDITIONS:
        yield from (("operations.md", one, code(one)) for one in operations(edition))
    for one in ENDPOINTS:
        yield "endpoints.md", one.operation, f"| {code(f'{one.method} {one.path}')} | "
    yield from (("faults.md", one, f"{code(one)} | ") for one in SERVED_FAULTS)
    yield from (("degradations.md", one, f"{code(one)} | ") for one in DEGRADATIONS)
    yield from (("troubles.md", one, code(one)) for one in failing_kinds())
    yield from (("codes.md", one, f"{code(one)} | ") for one in codes())
    yield from (("errata.md", one.id, f"\n## {one.id}\n") for one in errata())
    yield from (("dialects.md", one, f"\n## {one}\n") for one in dialects())
    yield from (("coverage.md", one.name, f"| {code(one.name)} | ") for one in COUNTED_PARTS)
    events = read_json("report/events.json")["$defs"]
    yield from (("events.md", one, f"\n## {one}\n") for one in events)
    for name, event in events.items():
        yield from (("events.md", name, f"| {code(one)} | ") for one in event.get("properties", ()))
    for edition in EDITIONS:
        fields = read_json(f"{edition}/run.json")["properties"]
        yield from (("fields.md", one, f"| {code(one)} | ") for one in fields)


def test_each_page_has_all_that_it_is_about() -> None:
    """Operations, endpoints, faults, codes, errata, dialects, events, fields, and the rest."""
    missing = [(file, what) for file, what, row in _listed() if row not in _pages()[file]]
    assert missing == []


def test_no_page_names_an_id_that_there_is_not() -> None:
    """An id of a requirement on a page is one of the registers, or that of a fault."""
    known = {
        one
        for edition in EDITIONS
        for rules in (register, client_register)
        for one in rules(edition)
    }
    named = {
        found
        for page in _pages().values()
        for found in re.findall(r"\b(?:RUN|CLIENT)-[A-Z]+-\d{3}\b", page)
    }
    assert named <= known
    assert len(named) == len(known)


def test_every_page_is_reached_from_the_first() -> None:
    """Each chapter is a page, and each page at the top is a chapter."""
    chapters = {file for _, file, _ in CHAPTERS}
    tops = {file for file in _pages() if "/" not in file or file.endswith("/index.md")}
    assert chapters - {"cli/exit-codes.md"} == tops


def test_links_lead_to_pages_and_anchors_that_are_there() -> None:
    """Within the reference; those to requirements are tried by their page and id."""
    targets = {file: _anchors(page) for file, page in _pages().items()}
    for rule in [*register("v1").values(), *register("v2").values()]:
        targets.setdefault(f"requirements/{rule.area}.md", set()).add(rule.id.lower())
    for edition in EDITIONS:
        for rule in client_register(edition).values():
            targets.setdefault(f"requirements/{rule.area}.md", set()).add(rule.id.lower())
    broken = [
        (file, target)
        for file, page in _pages().items()
        for target in re.findall(
            r"\]\(([^)]+)\)", re.sub(r"(`{3,}).*?\1", "", page, flags=re.DOTALL)
        )
        if not _leads(file, target, targets)
    ]
    assert broken == []


def _anchors(page: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    slugs = {re.sub(r"[^\w\s-]", "", one).strip().lower().replace(" ", "-") for one in headings}
    return slugs | set(re.findall(r'<a id="([^"]+)">', page))


def _leads(file: str, target: str, targets: dict[str, set[str]]) -> bool:
    place, _, anchor = target.partition("#")
    path = (Path("/") / Path(file).parent / place).resolve() if place else Path("/") / file
    found = targets.get(str(path.relative_to("/")))
    return found is not None and (not anchor or anchor in found)
