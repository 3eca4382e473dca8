"""A built site is gone over: links and anchors lead somewhere, and nothing is fetched elsewhere.

The builder sees the links of Markdown; here the HTML is read that people get, whatever it came
from, and the style sheets. Links to other hosts are not followed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

FOLLOWED = ("a", "area")
"""Elements whose addresses are for people to follow; those of all others are fetched."""
NOT_FETCHED = {"alternate", "author", "canonical", "license", "next", "prev"}
"""What a `link` is for when no browser fetches it."""
ADDRESSES = ("href", "src", "data", "poster", "xlink:href", "action", "formaction")
STYLE_ADDRESS = re.compile(r"(?:url\(\s*|@import\s+)[\"']?([^\"')\s;]+)", re.IGNORECASE)
FOR_OTHER_PROGRAMS = {"mailto", "tel"}
INSIDE_THE_PAGE = {"data", "blob"}
WHOLE_PAGE = {"", "top"}
"""Fragments that browsers know without an anchor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What was found on a site: how many pages and links it has, and what is wrong with them."""

    pages: int
    links: int
    problems: list[str]


class PageReader(HTMLParser):
    """What a page has: anchors, addresses to follow, and addresses that browsers fetch."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.anchors: set[str] = set()
        self.followed: list[str] = []
        self.fetched: list[str] = []
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what an element has of anchors and addresses."""
        values = {name: value or "" for name, value in attrs}
        self._in_style = tag == "style"
        self.anchors |= {values[name] for name in ("id", "name") if values.get(name)}
        found = [values[name].strip() for name in ADDRESSES if name in values]
        kinds = set(values.get("rel", "").lower().split())
        if tag in FOLLOWED:
            self.followed += found
        elif tag != "link" or not kinds or kinds - NOT_FETCHED:
            self.fetched += found
            sources = values.get("srcset", "").split(",")
            self.fetched += [one.split()[0] for one in sources if one.strip()]
        self.fetched += STYLE_ADDRESS.findall(values.get("style", ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what an element has that ends at once, as in pictures."""
        self.handle_starttag(tag, attrs)
        self._in_style = False

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - html.parser decides
        """See where styles end."""
        self._in_style = False

    def handle_data(self, data: str) -> None:
        """Keep what styles fetch."""
        if self._in_style:
            self.fetched += STYLE_ADDRESS.findall(data)


def checked(site: Path) -> Checked:
    """Return what is wrong with the links and the fetched files of a built site."""
    site = site.resolve()
    pages = {path: _read(path) for path in sorted(site.rglob("*.html"))}
    problems: list[str] = []
    links = 0
    for path, page in pages.items():
        name = path.relative_to(site).as_posix()
        links += len(page.followed)
        for address in dict.fromkeys(page.followed):
            problems += [f"{name}: {one}" for one in _link_problems(address, path, site, pages)]
        for address in dict.fromkeys(page.fetched):
            problems += [f"{name}: {one}" for one in _fetch_problems(address, path, site)]
    for path in sorted(site.rglob("*.css")):
        name = path.relative_to(site).as_posix()
        for address in dict.fromkeys(STYLE_ADDRESS.findall(path.read_text(encoding="utf-8"))):
            problems += [f"{name}: {one}" for one in _fetch_problems(address, path, site)]
    return Checked(pages=len(pages), links=links, problems=problems)


def _read(path: Path) -> PageReader:
    reader = PageReader()
    reader.feed(path.read_text(encoding="utf-8"))
    reader.close()
    return reader


def _link_problems(
    address: str, path: Path, site: Path, pages: dict[Path, PageReader]
) -> Iterator[str]:
    parts = urlsplit(address)
    if parts.scheme in {"http", "https", *FOR_OTHER_PROGRAMS} or parts.netloc:
        return
    if parts.scheme:
        yield f"a link of the kind {parts.scheme}: {address[:80]}"
        return
    target = _file_of(parts.path, path, site)
    if target is None:
        yield f"{address} leads nowhere"
    elif target in pages and unquote(parts.fragment) not in pages[target].anchors | WHOLE_PAGE:
        yield f"{address} leads to no anchor of {target.relative_to(site).as_posix()}"


def _fetch_problems(address: str, path: Path, site: Path) -> Iterator[str]:
    parts = urlsplit(address)
    if parts.scheme in INSIDE_THE_PAGE:
        return
    if parts.scheme or parts.netloc:
        yield f"{address} is fetched from another host"
    elif _file_of(parts.path, path, site) is None:
        yield f"{address} is fetched, and not there"


def _file_of(address: str, page: Path, site: Path) -> Path | None:
    """Return the file that is served at an address of a page, None where there is none inside."""
    place = unquote(address)
    start = site if place.startswith("/") else page.parent
    target = (start / place.lstrip("/")).resolve() if place else page.resolve()
    if target.is_dir():
        target /= "index.html"
    return target if target.is_file() and target.is_relative_to(site) else None
