"""Whatever a server sends, no report lets it say more than text."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from unicodedata import category
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings

from run_contracts.events import Event, Exchanged, Started
from run_contracts.report import badge, comparing, curl, github, html, junit
from run_contracts.report.summary import Summary
from run_contracts.report.text import TextReport
from run_contracts.traffic.shell import TOKEN, secret_of
from tests.report.checks_made import checks, exchanges, seen, texts

SHELL = shutil.which("sh") or ""
TAGS = {
    *("html", "head", "meta", "title", "style", "body", "script", "header", "main", "section"),
    *("details", "summary", "div", "span", "p", "a", "b", "code", "pre", "mark", "small", "h1"),
    *("h2", "h3", "h4", "ul", "ol", "li", "dl", "dt", "dd", "form", "label", "select", "option"),
    *("input", "button", "output", "figure", "figcaption", "svg", "rect", "line", "text", "path"),
    *("circle", "table", "thead", "tbody", "tr", "th", "td"),
}
"""Every element that a report of ours has."""


class _Page(HTMLParser):
    """Reads a page as a browser does and keeps what could do harm."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.scripts = self.styles = 0
        self.odd: list[object] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        self.styles += tag == "style"
        self.odd += [tag] if tag not in TAGS else []
        for name, value in attrs:
            is_elsewhere = name == "href" and not str(value).startswith("#")
            if name.startswith("on") or name in ("src", "style") or is_elsewhere:
                self.odd.append((tag, name, value))

    def handle_comment(self, data: str) -> None:
        self.odd.append(data)


def _is_one_line(text: str) -> bool:
    """Say whether a text has no control, no line break and no half of a character."""
    return not {"Cc", "Zl", "Zp", "Cs"} & {category(one) for one in text}


def _assert_harmless(page: str) -> None:
    read = _Page(page)
    assert (read.scripts, read.styles, read.odd) == (1, 1, [])
    assert page.lower().count("<script") == page.lower().count("</script") == 1
    assert not any(0xD800 <= ord(one) < 0xE000 or one in "\0\x1b\u202e" for one in page)
    page.encode()


@settings(max_examples=40, deadline=None)
@given(events=checks(surrogates=True))
def test_no_text_of_a_server_becomes_part_of_the_page(events: tuple[Event, ...]) -> None:
    """One script, one style, no handler, no address outside: only ours, whatever was sent."""
    _assert_harmless(html.page(events))


@settings(max_examples=30, deadline=None)
@given(events=checks(surrogates=True))
def test_no_text_of_a_server_becomes_part_of_a_comparison(events: tuple[Event, ...]) -> None:
    """Neither the checks nor the names of files do."""
    summary = Summary.of(events)
    compared = comparing.compared([("<script>a.jsonl", summary), ("b.jsonl", summary)])
    _assert_harmless(html.comparison(compared))
    assert all(map(_is_one_line, comparing.lines(compared)))


@settings(max_examples=40, deadline=None)
@given(events=checks(surrogates=True))
def test_no_text_of_a_server_steers_a_terminal(events: tuple[Event, ...]) -> None:
    """Each line is one line, without controls, scripts included, and no workflow command."""
    report = TextReport(with_scripts=True)
    lines = [line for event in events for line in report.lines(event)]
    assert all(map(_is_one_line, lines))
    assert [line for line in lines if line.startswith(("::", "##["))] == []


@settings(max_examples=40, deadline=None)
@given(events=checks(surrogates=True))
def test_no_text_of_a_server_is_a_workflow_command(events: tuple[Event, ...]) -> None:
    """Annotations are one line each and ours; the summary holds no markup of others."""
    summary = Summary.of(events)
    for line in github.commands(summary):
        kind, _, rest = line.removeprefix("::").partition(" ")
        assert kind in ("error", "warning", "notice")
        assert rest.startswith("title=")
        assert _is_one_line(line)
    markdown = github.step_summary(summary)
    rows = [line for line in markdown.splitlines() if line.startswith("|")]
    assert len({row.count("|") for row in rows}) <= 1
    read = _Page(markdown)
    assert not read.odd
    assert read.scripts == 0


@settings(max_examples=40, deadline=None)
@given(events=checks(surrogates=True))
def test_the_badge_is_one_picture_with_a_name(events: tuple[Event, ...]) -> None:
    """Well-formed, with title and label that say the same as the picture."""
    picture = ET.fromstring(badge.picture(Summary.of(events)))
    space = "{http://www.w3.org/2000/svg}"
    name = picture.get("aria-label")
    left, right = (one.text for one in picture.iter(f"{space}text"))
    assert picture.get("role") == "img"
    assert picture.findtext(f"{space}title") == name == f"{left}: {right}"


@pytest.mark.parametrize("command", ["run-contracts check http://h/v1 --seed 7", ""])
def test_every_report_says_the_same_next_command(command: str) -> None:
    """That of the event started; where it has none, no report makes one up."""
    first, *rest = seen("RUN-LIST-005")
    assert isinstance(first, Started)
    events = (replace(first, command=command), *rest)
    report = TextReport()
    texts = {
        "text": "\n".join(line for event in events for line in report.lines(event)),
        "junit": junit.document(events).decode(),
        "github": github.step_summary(Summary.of(events)),
        "html": html.page(events),
    }
    for name, text in texts.items():
        assert ("--only" in text) == bool(command), name
        assert not command or f"{command} --only RUN-LIST-005" in text, name


def _arguments(command: str) -> list[str]:
    """Return the words that a shell gives to curl; it finds no other command."""
    done = subprocess.run(
        [SHELL, "-c", "curl() { printf '%s\\0' \"$@\"; }\n" + command],
        env={"PATH": "/nowhere"},
        capture_output=True,
        timeout=30,
        check=True,
    )
    return done.stdout.decode().split("\0")[:-1]


@pytest.mark.skipif(not SHELL, reason="sh is not installed")
@settings(max_examples=60, deadline=None)
@given(event=exchanges(texts(surrogates=False)))
def test_a_shell_reads_a_curl_command_as_it_is_meant(event: Exchanged) -> None:
    """Method, URL, headers and body arrive as they were sent, and nothing else is run."""
    exchange = event.exchange
    words = _arguments(curl.command(exchange))
    assert words[:3] == ["-i", "-X", exchange.request.method.replace("\0", "\ufffd")]
    assert exchange.request.url.replace("\0", "\ufffd") in words
    sent = [word for before, word in pairwise(words) if before == "-H"]
    for name, value in exchange.request.headers:
        if (
            name.lower() not in curl.CURL_HEADERS
            and TOKEN.fullmatch(name)
            and value.strip()
            and (name, value) != ("accept", "*/*")
            and not secret_of(value)
        ):
            assert f"{name}: {value}".replace("\0", "\ufffd") in sent
    body = exchange.request.payload.text
    if body:
        is_text = curl.NO_TEXT.search(body) is None
        assert words[-2:] == (["--data-raw", body] if is_text else ["--data-binary", "@body"])
