"""The navigation of the site: which page stands where, and which have no place.

A page that is named here and not there is left out; one that is there and not named is an error.
The reference has the order in which its pages are made.
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import TypeAlias

Nav: TypeAlias = "list[str | dict[str, Nav | str]]"
"""What the builder takes: pages, titled pages and titled sections, in order."""

GUIDES: Mapping[str, Sequence[str]] = {
    "Check servers": (
        "checking.md",
        "known-failures.md",
        "configuration.md",
        "reports.md",
        "safety.md",
        "nights.md",
        "selftest.md",
    ),
    "Make runs": ("making.md", "pytest.md", "schemathesis.md", "contract.md", "vectors.md"),
    "Judge traffic": ("recordings.md", "scale.md", "watch.md", "load.md", "rate.md"),
    "Test clients": ("clients.md", "server.md"),
}
"""How to do what, by what one has come for."""
TUTORIALS = (
    "unit-tests",
    "property-tests",
    "own-server",
    "live-gateway",
    "recorded-traffic",
    "clients",
    "schemathesis",
    "other-languages",
)
PARTS: Mapping[str, Sequence[str] | Mapping[str, Sequence[str]]] = {
    "Start": ("index.md",),
    "Tutorials": tuple(f"tutorials/{name}.md" for name in ("index", *TUTORIALS)),
    "How-to": GUIDES,
    "Reference": ("reference/*",),
    "Comparison": ("comparison.md",),
    "Measures": ("measures.md",),
    "Design": ("architecture.md", "decisions/README.md", "decisions/*"),
    "Project": {"Working on it": ("project/*",), "Files": ("files/*",)},
}
"""The parts of the site, each a tab. A star stands for all that is not named before."""


def navigation(pages: Collection[str], titles: Mapping[str, str]) -> tuple[Nav, list[str]]:
    """Return the navigation of these pages in their order, and those that are in none.

    A folder inside a part is a section with the title of its first page.
    """
    left = dict.fromkeys(pages)
    nav: Nav = []
    for part, content in PARTS.items():
        if isinstance(content, Mapping):
            sections = {title: list(_taken(named, left)) for title, named in content.items()}
            inside: Nav = [{title: [*taken]} for title, taken in sections.items() if taken]
        else:
            inside = _by_folder(list(_taken(content, left)), titles)
        if inside:
            only = inside[0]
            nav.append({part: only if len(inside) == 1 and isinstance(only, str) else inside})
    return nav, sorted(left)


def _taken(patterns: Sequence[str], left: dict[str, None]) -> Iterator[str]:
    """Yield the pages that patterns name, and take them away from those that are left."""
    for pattern in patterns:
        for page in [page for page in left if fnmatchcase(page, pattern)]:
            del left[page]
            yield page


def _by_folder(pages: Sequence[str], titles: Mapping[str, str]) -> Nav:
    """Return pages in their order, and those of a deeper folder as a section."""
    folders = {page: posixpath.dirname(page) for page in pages}
    top = posixpath.commonpath(folders.values()) if pages else ""
    sections: dict[str, Nav] = {}
    nav: Nav = []
    for page, folder in folders.items():
        if folder == top:
            nav.append(page)
        elif folder in sections:
            sections[folder].append(page)
        else:
            sections[folder] = [page]
            nav.append({titles[page]: sections[folder]})
    return nav
