"""Markdown of texts that are data: escaped for any renderer, tables, blocks of code, docstrings."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator, Sequence

SPECIAL = re.compile(r"[&<>*_`\[\]|\\{}~^$\"]")
"""Characters that Markdown, its extensions or HTML read as more than themselves."""
LINE_START = re.compile(r"^(?:[#+\-=:!?]|\d+[.)])")
"""How a text begins that would open a list, a heading or an admonition."""
IN_BACKTICKS = re.compile(r"``(.+?)``|`([^`]+)`", re.DOTALL)
PROMPT = ">>> "


def text(value: object) -> str:
    """Return a text as it reads, whatever it holds, on one line.

    >>> text("a < b | *c*")
    'a &#60; b &#124; &#42;c&#42;'
    """
    escaped = _escaped(value)
    start = LINE_START.match(escaped)
    return f"&#{ord(escaped[0])};{escaped[1:]}" if start else escaped


def _escaped(value: object) -> str:
    line = " ".join(str(value).split())
    return SPECIAL.sub(lambda found: f"&#{ord(found[0])};", line)


def code(value: object) -> str:
    """Return a text as code inside a line.

    >>> code("a|b")
    '<code>a&#124;b</code>'
    """
    return f"<code>{_escaped(value)}</code>"


def codes(values: Iterable[object]) -> str:
    """Return several texts as code, with commas."""
    return ", ".join(map(code, values))


def marked_up(value: str) -> str:
    """Return a text in which backticks mean code, as docstrings and help texts have them.

    >>> marked_up("the field `id`, or ``run_id``")
    'the field <code>id</code>, or <code>run&#95;id</code>'
    """
    parts, end = [], 0
    flat = " ".join(value.split())
    for found in IN_BACKTICKS.finditer(flat):
        parts += [_inside(flat[end : found.start()], is_start=not end)]
        parts += [code(found[1] or found[2])]
        end = found.end()
    return "".join([*parts, _inside(flat[end:], is_start=not end)])


def _inside(value: str, *, is_start: bool) -> str:
    """Return a part of a line, with the spaces around it."""
    before = value[: len(value) - len(value.lstrip())]
    after = value[len(value.rstrip()) :] if value.strip() else ""
    body = text(value) if is_start else text(f"x{value.strip()}")[1:]
    return f"{before}{body}{after}"


def fence(language: str, body: str) -> str:
    """Return a block of code, fenced by more backticks than it holds in a row."""
    longest = max((len(run) for run in re.findall(r"`+", body)), default=0)
    ticks = "`" * max(3, longest + 1)
    shown = body.rstrip().encode("utf-8", errors="backslashreplace").decode()
    return f"{ticks}{language}\n{shown}\n{ticks}"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of cells that are Markdown already."""
    every = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in every)


def link(label: str, target: str) -> str:
    """Return a link to a page of the reference, or an anchor; the label is Markdown already."""
    return f"[{label}]({target})"


def anchor(name: str) -> str:
    """Return the explicit anchor of what is no heading."""
    return f'<a id="{name}"></a>'


def page(*parts: str) -> str:
    """Return a page of parts, each parted by an empty line."""
    return "\n\n".join(part for part in parts if part) + "\n"


def docstring(thing: object) -> str:
    """Return the docstring of a thing as Markdown: paragraphs, lists, and examples as code."""
    return prose(inspect.getdoc(thing) or "")


def prose(doc: str) -> str:
    """Return a docstring as Markdown."""
    return "\n\n".join(_blocks(inspect.cleandoc(doc)))


def _blocks(doc: str) -> Iterator[str]:
    for part in re.split(r"\n\s*\n", doc):
        if part.startswith(PROMPT):
            yield fence("pycon", part)
        elif part.startswith(("- ", "* ")):
            items = re.split(r"\n[-*] ", part[2:])
            yield "\n".join(f"- {marked_up(item)}" for item in items)
        elif part.startswith("    "):
            yield fence("text", inspect.cleandoc(part))
        elif part.strip():
            yield marked_up(part)
