"""Texts of the reference are data: whatever they hold, a page shows them as they are."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from website.reference.conversations import numbered
from website.reference.markdown import code, fence, marked_up, prose, table, text

RENDERER = MarkdownIt("commonmark").enable("table")
NASTY = st.text(
    alphabet=st.sampled_from([*"<>&\"'`*_[]()|\\#+-!{}~^$=:;.1 ab\t", "é", "☔"]), max_size=30
)
"""Texts of what Markdown and HTML read as more than themselves."""


def _plain(rendered: str) -> str:
    """Return what a reader sees of HTML, and nothing of what was said by tags."""
    return html.unescape(re.sub(r"</?(?:p|code)>", "", rendered)).strip()


def _one_line(value: str) -> str:
    return " ".join(value.split())


@given(NASTY)
def test_a_text_is_shown_as_it_is(value: str) -> None:
    """No tag, no link, no list comes of it."""
    rendered = RENDERER.render(text(value))
    assert _plain(rendered) == _one_line(value)
    assert set(re.findall(r"<(\w+)", rendered)) <= {"p"}


@given(NASTY)
def test_code_is_shown_as_it_is(value: str) -> None:
    """Also in a cell of a table, where a bar would end it."""
    rendered = RENDERER.render(table(("a",), [(code(value),)]))
    cell = re.search(r"<td><code>(.*?)</code></td>", rendered)
    assert cell is not None
    assert html.unescape(cell[1]).strip() == _one_line(value)


@given(NASTY)
def test_a_marked_up_text_opens_nothing_but_code(value: str) -> None:
    """Backticks mean code, and all else is text."""
    rendered = RENDERER.render(marked_up(f"a {value}"))
    assert set(re.findall(r"<(\w+)", rendered)) <= {"p", "code"}


@given(st.text(alphabet="`~a<\n ", max_size=30))
def test_a_block_holds_what_it_was_given(value: str) -> None:
    """However many backticks there are in it."""
    tokens = RENDERER.parse(fence("text", f"x{value}x"))
    assert [one.type for one in tokens] == ["fence"]
    assert tokens[0].content == f"x{value}x\n"


@pytest.mark.parametrize(
    ("doc", "shown"),
    [
        ("Return `x`.\n\n>>> x\n1", "Return <code>x</code>.\n\n```pycon\n>>> x\n1\n```"),
        ("- ``a``: one\n- b", "- <code>a</code>: one\n- b"),
        ("One.\n\n    as it is\n\nTwo.", "One.\n\n```text\nas it is\n```\n\nTwo."),
    ],
)
def test_docstrings_become_markdown(doc: str, shown: str) -> None:
    """Backticks are code, prompts are examples, dashes are lists, indents are blocks."""
    assert prose(doc) == shown


def test_ids_are_numbered_in_the_order_in_which_they_come() -> None:
    """So that an example reads the same, whatever a server called its things."""
    first, second = "run_" + "a" * 23 + "1", "run_" + "b" * 23 + "2"
    assert numbered(f"{second} then {first}, {second}") == "run_1 then run_2, run_1"
    assert numbered("run_contracts is no id") == "run_contracts is no id"


def test_half_a_letter_can_be_written() -> None:
    """What no file can hold as UTF-8 stands there as an escape."""
    assert fence("text", "a\ud800").encode() == b"```text\na\\ud800\n```"
