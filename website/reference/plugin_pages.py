"""The pytest plugin: its options, its markers, its fixtures."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from typing import Any

from run_contracts import pytest_plugin
from run_contracts.testing.plugin_options import NOT_IN_FILES, OPTIONS, Option
from website.reference.markdown import anchor, code, fence, link, marked_up, page, prose, table


def plugin_pages() -> Mapping[str, str]:
    """Return the page of the plugin."""
    return {"pytest.md": _page()}


def fixtures() -> Mapping[str, Any]:
    """Return the public fixtures of the plugin by name."""
    every = {name: getattr(pytest_plugin, name) for name in pytest_plugin.__all__}
    return {
        name: one
        for name, one in every.items()
        if isinstance(one, FIXTURE) and not name.startswith("_")
    }


FIXTURE = type(pytest_plugin.run_target)
"""What pytest makes of a function that is a fixture."""


def flag(option: Option) -> str:
    """Return an option as it is typed."""
    name = "--" + option.ini.replace("_", "-")
    return f"{name} {option.metavar}".rstrip()


def _page() -> str:
    return page(
        "# pytest",
        prose(pytest_plugin.__doc__ or ""),
        "## Fixtures",
        table(
            ("Fixture", "What it does"),
            [
                (
                    link(code(name), f"#{name.replace('_', '-')}"),
                    marked_up(_doc(one).partition("\n\n")[0]),
                )
                for name, one in fixtures().items()
            ],
        ),
        *(part for name, one in fixtures().items() for part in _fixture(name, one)),
        "## Markers",
        table(
            ("Marker", "What it says"),
            [
                (code(f"@pytest.mark.{head.strip()}"), marked_up(what))
                for head, _, what in (one.partition(": ") for one in pytest_plugin.MARKERS)
            ],
        ),
        "## Options",
        "Each has one name everywhere: on the command line, in the environment, in pytest's "
        "configuration file. The command line wins over the environment, that over the file.",
        table(
            ("Option", "What it is", "Variable", "In pytest's configuration"),
            [
                (
                    code(flag(option)),
                    marked_up(option.help) + _default(option),
                    code(option.variable),
                    "in no file" if option.name in NOT_IN_FILES else code(option.ini),
                )
                for option in OPTIONS.values()
            ],
        ),
    )


def _default(option: Option) -> str:
    is_plain = option.default is False or option.default in (None, [])
    return "" if is_plain else f" Default: {code(option.default)}."


def _doc(found: Any) -> str:
    return inspect.getdoc(found) or ""


def _fixture(name: str, found: Any) -> Iterator[str]:
    yield anchor(name.replace("_", "-"))
    yield f"### {name}"
    function = inspect.unwrap(found)
    result = str(inspect.signature(function).return_annotation)
    result = result.removeprefix("Iterator[").removesuffix("]") if "Iterator[" in result else result
    yield fence("python", f"{name}: {result}")
    yield prose(_doc(found))
