"""The blocks of code in a page, and what comments above them say of how they are run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parents[2]
SHOWN = ("README.md", "CONTRIBUTING.md", "SECURITY.md")
"""Pages beside docs/ that people follow."""
COMMENT = re.compile(r"<!--\s*([A-Za-z ]+?)(?:\s+(\d+))?:\s*(.*?)\s*-->", re.DOTALL)
FENCE = re.compile(r"^\s*(```|~~~)", re.MULTILINE)
DIRECTIVES = ("file", "exit", "server", "not run")
WRITTEN_BY_TOOLS = ("behaviours", "clients", "figures")
"""Comments around what a command writes into a page."""
DEFAULT_PORT = 8000


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A block of code, where it begins, and what is said above it.

    `file` is the name under which it is kept in place of being run, `exit` the code of its last
    command, `not_run` why nobody runs it.
    """

    page: str
    line: int
    language: str
    text: str
    file: str = ""
    exit: int = 0
    not_run: str = ""

    @property
    def place(self) -> str:
        """Where it begins, as editors open it."""
        return f"{self.page}:{self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """From here on a server stands at a port of the page: ours, or a command that begins with $."""

    place: str
    port: int
    options: str


class PageError(ValueError):
    """A page says something that the runner does not know."""


def pages() -> list[str]:
    """Return the pages that are written by hand, by their paths."""
    inside = (file.relative_to(ROOT) for file in (ROOT / "docs").rglob("*.md"))
    return [*SHOWN, *sorted(file.as_posix() for file in inside)]


def steps(page: str, text: str) -> Iterator[Block | Served]:
    """Yield the blocks of a page, and the servers it wants, in order.

    Raises `PageError` for a comment that is none of those that are known.
    """
    said: dict[str, str] = {}
    for token in MarkdownIt().parse(text):
        line = token.map[0] + 1 if token.map else 0
        _refuse(f"{page}:{line}", token, said)
        if token.type == "html_block":
            for word, port, value in COMMENT.findall(token.content):
                if word in WRITTEN_BY_TOOLS:
                    continue
                if word not in DIRECTIVES:
                    raise PageError(f"{page}:{line}: no such comment: {word}")
                if word == "server":
                    place = f"{page}:{line}"
                    yield Served(place=place, port=int(port or DEFAULT_PORT), options=value)
                else:
                    said[word] = value
        elif token.type in ("fence", "code_block"):
            yield _block(page, line, token.info.strip(), token.content, said)
            said = {}
    if said:
        raise PageError(f"{page}: nothing stands below: {said}")


def _refuse(place: str, token: Token, said: Mapping[str, str]) -> None:
    """Raise `PageError` for text below a comment, and for a fence that only some readers see."""
    if said and token.type not in ("html_block", "fence", "code_block"):
        raise PageError(f"{place}: no block stands right below {dict(said)}")
    if token.type == "inline" and FENCE.search(token.content):
        raise PageError(f"{place}: a fence that Markdown does not take for one")


def _block(page: str, line: int, language: str, text: str, said: dict[str, str]) -> Block:
    code = said.get("exit", "0")
    if not code.isdecimal():
        raise PageError(f"{page}:{line}: no exit code: {code}")
    return Block(
        page=page,
        line=line,
        language=language,
        text=text,
        file=said.get("file", ""),
        exit=int(code),
        not_run=said.get("not run", ""),
    )
