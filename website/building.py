"""The site from its sources: collected, ordered, rendered strictly, and looked over."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from website.link_check import checked
from website.navigation import Nav, navigation
from website.sources import collected

CONFIGURATION = Path(__file__).with_name("mkdocs.yml")
THEME = Path(__file__).with_name("theme")
MADE_HERE = ".made-by-website"
"""A file that marks a folder whose content may be replaced."""
SECONDS = 600
"""How long the builder may take."""


class NotBuilt(Exception):
    """There is no site: each line says what is wrong, and where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A site that was built: how many pages it has, and links between them."""

    pages: int
    links: int


def build(project: Path, reference: Mapping[str, str], sources: Path, output: Path) -> Built:
    """Build the site of a project into a folder, from sources that are put into another.

    Raises `NotBuilt` for a page that has no place, a warning of the builder, a link or an anchor
    that leads nowhere, and whatever a page would fetch from another host.
    """
    require("material")
    pages, files = collected(project)
    pages |= {f"reference/{path}": text for path, text in reference.items()}
    nav, lost = navigation(pages, {path: _title(text) for path, text in pages.items()})
    if lost:
        raise NotBuilt("\n".join(f"{path}: in no part of website/navigation.py" for path in lost))
    _emptied(sources)
    for path, text in pages.items():
        target = sources / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    for path, origin in files.items():
        target = sources / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(origin, target)
    _emptied(output)
    _rendered(nav, sources, output)
    found = checked(output)
    if found.problems:
        raise NotBuilt("\n".join(found.problems))
    return Built(pages=found.pages, links=found.links)


def require(*modules: str) -> None:
    """Raise `NotBuilt` if one of the modules is not installed that the site is made by."""
    for module in modules:
        if importlib.util.find_spec(module) is None:
            raise NotBuilt(f"{module} is not installed: python -m pip install -e '.[docs]'")


def _title(page: str) -> str:
    """Return the text of a page's main heading."""
    found = re.search(r"^# (.+)$", page, flags=re.MULTILINE)
    return found[1] if found else ""


def _emptied(folder: Path) -> None:
    """Make a folder empty, if it is one of ours or has nothing in it."""
    if folder.exists():
        if any(folder.iterdir()) and not (folder / MADE_HERE).exists():
            raise NotBuilt(f"{folder} holds what was not made here: name another, or empty it")
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    (folder / MADE_HERE).touch()


def _rendered(nav: Nav, sources: Path, output: Path) -> None:
    """Let the builder render the sources, and refuse its warnings."""
    configuration = sources.with_name(f"{sources.name}.yml")
    values = {
        "INHERIT": str(CONFIGURATION),
        "docs_dir": str(sources),
        "site_dir": str(output),
        "theme": {"custom_dir": str(THEME)},
        "nav": nav,
    }
    configuration.write_text(yaml.safe_dump(values, sort_keys=False), encoding="utf-8")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--config-file"]
    done = subprocess.run(  # noqa: S603 - our own builder, with files that were made here
        [*command, str(configuration)],
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if not line.startswith("INFO")]
        raise NotBuilt("\n".join(filter(None, [*said, done.stdout.strip()])))
