"""The pages and files of the site that are written by hand, with links that hold there.

Pages link to one another, and to files and folders of the project, as these lie in the checkout.
On the site a page of ``docs/`` lies at the top, a page of the project's below ``project/``, and
what else is linked to below ``files/``, a folder with a page that lists it.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

DOCS = "docs/"
PROJECT_PAGES = {
    "CONTRIBUTING.md": "project/contributing.md",
    "SECURITY.md": "project/security.md",
    "CHANGELOG.md": "project/changelog.md",
}
"""Pages at the top of the project, and where the site has them."""
START = {"README.md": "index.md"}
"""What the site has its own page for."""
FILES = "files/"
FLAGS = re.MULTILINE | re.DOTALL
FENCED = re.compile(r"^(?P<fence>```+|~~~+)[^\n]*\n.*?^(?P=fence)[ ]*$", FLAGS)
LINK = re.compile(r"(?P<before>\]\(|^\[[^\]\n]+\]:[ ]+)(?P<target>[^)\s#]+)", re.MULTILINE)
NAMED_BLOCK = re.compile(
    r"^<!-- file: (?P<name>\S+) -->\n(?P<fence>```+)(?P<language>\w+)$", re.MULTILINE
)
FOR_THE_TESTS = re.compile(r"^<!-- (?:exit|server(?: \d+)?|not run): .*? -->\n", FLAGS)
"""What pages say to the tests that run their blocks."""
NO_FILES = re.compile(r"^(?:\..*|__pycache__|node_modules)$")


@dataclass(slots=True)
class _Collection:
    """What the site has so far: texts of pages, and files that are copied."""

    project: Path
    pages: dict[str, str] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)

    def add(self, origin: Path, place: str) -> None:
        """Add a page that is written in Markdown."""
        self.pages[place] = self._rewritten(origin, place)

    def _rewritten(self, origin: Path, place: str) -> str:
        folder = origin.parent.relative_to(self.project).as_posix()

        def moved(found: re.Match[str]) -> str:
            return found["before"] + self._link(found["target"], folder, place)

        text = origin.read_text(encoding="utf-8")
        parts, end = [], 0
        for block in FENCED.finditer(text):
            parts += [LINK.sub(moved, text[end : block.start()]), block[0]]
            end = block.end()
        return for_readers("".join([*parts, LINK.sub(moved, text[end:])]))

    def _link(self, target: str, folder: str, place: str) -> str:
        """Return a link as it is to stand on the site; what is not there is left to the builder."""
        if "://" in target or target.startswith(("/", "mailto:")):
            return target
        path = posixpath.normpath(posixpath.join(folder, target))
        found = self._place(path)
        return target if found is None else posixpath.relpath(found, posixpath.dirname(place))

    def _place(self, path: str) -> str | None:
        if path.startswith(DOCS):
            return path.removeprefix(DOCS)
        if path in PROJECT_PAGES or path in START:
            return PROJECT_PAGES.get(path) or START[path]
        origin = self.project / path
        if path.startswith("..") or not origin.exists():
            return None
        return self._listed(path) if origin.is_dir() else self._copied(path)

    def _copied(self, path: str) -> str:
        place = f"{FILES}{path}"
        self.files[place] = self.project / path
        return place

    def _listed(self, folder: str) -> str:
        """Add a folder with all its files, and a page that lists them; return its place."""
        place = f"{FILES}{folder}/index.md"
        if place not in self.pages:
            lines = [f"# Files: {folder}", "", "As they stand in the project.", ""]
            for path in _files_in(self.project / folder):
                name = path.relative_to(self.project / folder).as_posix()
                self._copied(f"{folder}/{name}")
                lines.append(f"- [`{name}`]({name})")
            self.pages[place] = "\n".join([*lines, ""])
        return place


def collected(project: Path) -> tuple[dict[str, str], dict[str, Path]]:
    """Return the Markdown of each page by its place on the site, and each file by its place."""
    collection = _Collection(project)
    for path in sorted((project / "docs").rglob("*.md")):
        collection.add(path, path.relative_to(project / "docs").as_posix())
    for name, place in PROJECT_PAGES.items():
        if (project / name).exists():
            collection.add(project / name, place)
    for path in _files_in(project / "docs"):
        if path.suffix != ".md":
            collection.files[path.relative_to(project / "docs").as_posix()] = path
    return collection.pages, collection.files


def for_readers(text: str) -> str:
    r"""Return a page without what it says to the tests; the name of a file is a block's title.

    >>> for_readers("<!-- exit: 1 -->\n<!-- file: a.py -->\n```python\n")
    '```python title="a.py"\n'
    """
    text = FOR_THE_TESTS.sub("", text)
    return NAMED_BLOCK.sub(r'\g<fence>\g<language> title="\g<name>"', text)


def _files_in(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if NO_FILES.match(path.name):
            continue
        if path.is_dir():
            yield from _files_in(path)
        else:
            yield path
