"""The README is one screen, and begins with the two commands that `.ci/run` takes from it."""

from __future__ import annotations

import re
from pathlib import Path

from run_contracts.cli.commands.check import command

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CHECKING = (ROOT / "docs" / "checking.md").read_text(encoding="utf-8")
MOST_LINES = 70


def test_the_readme_is_one_screen() -> None:
    """What is longer is on a page of its own."""
    assert len(README.splitlines()) <= MOST_LINES


def test_the_readme_has_the_two_commands_of_a_checkout() -> None:
    """Each in a block of its own, and no other: the main job, and the tests."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)
    assert [block.count("\n") for block in blocks] == [1, 1]
    assert blocks[0].endswith("&& .venv/bin/run-contracts check\n")
    assert blocks[1].endswith("&& .venv/bin/pytest -n 3\n")


def test_every_page_is_linked_from_the_readme_or_a_page() -> None:
    """Nobody has to guess that it is there."""
    pages = sorted((ROOT / "docs").glob("*.md"))
    texts = {page: page.read_text(encoding="utf-8") for page in pages}
    for page in pages:
        others = (text for other, text in texts.items() if other != page)
        named = f"](docs/{page.name}" in README or any(f"]({page.name}" in one for one in others)
        assert named, f"nothing leads to {page.name}"


def test_the_options_that_the_page_on_checking_shows_are_those_of_check() -> None:
    """None is made up."""
    table = CHECKING.partition("## Options\n")[2].partition("\n## ")[0]
    named = set(re.findall(r"--[a-z][a-z-]+", table)) - {"--help"}
    known = {option for one in command.params for option in (*one.opts, *one.secondary_opts)}
    assert named <= known
    assert len(named) >= 12
