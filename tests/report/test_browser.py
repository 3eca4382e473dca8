"""The pages in a real browser: filters, keyboard, clipboard, phones, the dark, and no scripts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from run_contracts.report import comparing, html
from run_contracts.report.summary import Summary
from tests.browsers import a_browser
from tests.report.checks_made import SEVERAL, many, seen

pytestmark = pytest.mark.slow
CONTRAST = """() => {
  const luminance = (colour) => {
    const parts = colour.match(/[\\d.]+/g).slice(0, 3).map((part) => part / 255);
    const [r, g, b] = parts.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (one) => {
    for (; one; one = one.parentElement) {
      const colour = getComputedStyle(one).backgroundColor;
      if (!/, 0\\)$/.test(colour)) return colour;
    }
  };
  const faint = [];
  for (const one of document.querySelectorAll("body *:not(script, svg, svg *)")) {
    const shows = [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!shows || !one.checkVisibility()) continue;
    const [a, b] = [getComputedStyle(one).color, behind(one)].map(luminance).sort((x, y) => y - x);
    const isFaint = (a + 0.05) / (b + 0.05) < 4.5;
    if (isFaint) faint.push(`${one.className || one.tagName}: ${one.textContent}`);
  }
  return faint;
}"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of pages: a check with several faults, a large one, a comparison."""
    folder = tmp_path_factory.mktemp("pages")
    summary = Summary.of(seen(*SEVERAL))
    names = ("before.jsonl", "after.jsonl", "a-very-long-name-of-a-report-of-the-third.jsonl")
    compared = comparing.compared([(name, summary) for name in names])
    for name, page in (
        ("check", html.page(seen(*SEVERAL))),
        ("large", html.page(many(1_000))),
        ("compared", html.comparison(compared)),
    ):
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def browser(pages: Path) -> Iterator[Browser]:
    """Return a browser of this machine; without one nothing is tried.

    The pages are made before: while it runs, its event loop is that of this thread.
    """
    with a_browser("no page is opened in a browser") as browser:
        yield browser


@pytest.fixture
def file(pages: Path) -> Path:
    """Return the page of a check of a server with several faults."""
    return pages / "check.html"


class Opened:
    """Opens pages and keeps what their consoles say."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self.said: list[str] = []
        self._contexts: list[Any] = []

    def __call__(self, file: Path, **settings: Any) -> Page:
        context = self._browser.new_context(**settings)
        self._contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.goto(file.as_uri())
        return page

    def close(self) -> None:
        for context in self._contexts:
            context.close()


@pytest.fixture
def opened(browser: Browser) -> Iterator[Opened]:
    """Return what opens a page; afterwards its console must have been silent."""
    opener = Opened(browser)
    yield opener
    opener.close()
    assert opener.said == []


def _shown(page: Page) -> list[str]:
    return page.eval_on_selector_all(".rule:not([hidden])", "rules => rules.map(one => one.id)")


def test_rules_are_filtered_by_area_outcome_and_text(opened: Opened, file: Path) -> None:
    """What does not fit goes away, with headings that are left empty, and comes back."""
    page = opened(file)
    every = _shown(page)
    page.select_option("[name=area]", "list")
    assert _shown(page)
    assert all(one.startswith("RUN-LIST-") for one in _shown(page))
    page.select_option("[name=outcome]", "broken")
    assert _shown(page) == ["RUN-LIST-005"]
    assert page.locator("h2:visible", has_text="Hold").count() == 0
    assert page.inner_text("output") == f"1 of {len(every)} rules"
    page.click("button[type=reset]")
    expect(page.locator("output")).to_have_text(f"{len(every)} of {len(every)} rules")
    page.fill("[name=text]", "HAS_MORE follow")
    assert "RUN-LIST-005" in _shown(page)
    assert len(_shown(page)) < 10


def test_a_rule_is_opened_by_keyboard_and_shows_its_place(opened: Opened, file: Path) -> None:
    """The marked line of the body is in view."""
    page = opened(file, viewport={"width": 1200, "height": 2_000})
    page.focus("#RUN-STATUS-017 > summary")
    page.keyboard.press("Enter")
    expect(page.locator("#RUN-STATUS-017 .body mark").first).to_be_in_viewport()


def test_a_request_is_copied_as_curl(opened: Opened, file: Path) -> None:
    """The button puts the command into the clipboard and says so."""
    page = opened(file, permissions=["clipboard-read", "clipboard-write"])
    page.click("#RUN-LIST-005 > summary")
    page.click("#RUN-LIST-005 .copy")
    page.wait_for_selector("#RUN-LIST-005 .copy[data-done=copied]")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.text_content("#curl-RUN-LIST-005")
    assert copied.startswith("curl -i -X GET")


def test_a_browser_that_keeps_its_clipboard_is_asked_another_way(
    opened: Opened, file: Path
) -> None:
    """Where there is no clipboard for pages, selecting and copying does it."""
    page = opened(file)
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.click("#RUN-LIST-005 > summary")
    page.click("#RUN-LIST-005 .copy")
    page.wait_for_selector("#RUN-LIST-005 .copy[data-done=copied]")
    page.focus("[name=text]")
    page.keyboard.press("Control+V")
    assert page.input_value("[name=text]").startswith("curl -i -X GET")


def test_a_link_to_a_folded_exchange_opens_it(opened: Opened, file: Path) -> None:
    """The line that an address names is in sight."""
    page = opened(file)
    page.click("#RUN-LIST-005 > summary")
    page.click("#RUN-LIST-005 h4 a")
    page.wait_for_selector("#exchanges li:target", state="visible")


@pytest.mark.parametrize("width", [360, 1200])
@pytest.mark.parametrize("name", ["check", "compared"])
def test_nothing_is_wider_than_the_window(
    opened: Opened, pages: Path, name: str, width: int
) -> None:
    """On a phone and on a desk, with everything open."""
    page = opened(pages / f"{name}.html", viewport={"width": width, "height": 800})
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_what_is_behind_it(
    opened: Opened, file: Path, scheme: Any
) -> None:
    """At least 4.5 to 1 (WCAG 2 AA), in the light and in the dark."""
    page = opened(file, color_scheme=scheme)
    page.evaluate("document.querySelectorAll('.broken.rule').forEach(one => one.open = true)")
    assert page.evaluate(CONTRAST) == []


def test_the_dark_changes_the_colours(opened: Opened, file: Path) -> None:
    """As the reader's system says."""
    colour = "getComputedStyle(document.body).backgroundColor"
    light, dark = (opened(file, color_scheme=one).evaluate(colour) for one in ("light", "dark"))
    assert light != dark


def test_without_scripts_everything_can_be_read(opened: Opened, file: Path) -> None:
    """Rules open, and what would do nothing is not shown."""
    page = opened(file, java_script_enabled=False)
    assert not page.locator("#filters").is_visible()
    assert not page.locator("#RUN-LIST-005 .why").is_visible()
    page.click("#RUN-LIST-005 > summary")
    assert page.locator("#RUN-LIST-005 .why").is_visible()
    assert not page.locator("#RUN-LIST-005 .copy").first.is_visible()


def test_on_paper_broken_rules_are_open(opened: Opened, file: Path) -> None:
    """What cannot be clicked is shown, and what is only for clicking is not."""
    page = opened(file)
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#RUN-LIST-005 .why").is_visible()
    assert not page.locator("#filters").is_visible()


def test_a_large_report_opens_fast(opened: Opened, pages: Path) -> None:
    """1,000 exchanges are ready to be read within seconds, even on a busy machine."""
    page = opened(pages / "large.html")
    timing = "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"
    assert page.evaluate(timing) < 3_000
