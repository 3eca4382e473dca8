"""The documentation is a site, and what is wrong with a page keeps it from being one."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest
from website.__main__ import reference
from website.building import Built, NotBuilt, build, require
from website.link_check import checked
from website.navigation import navigation
from website.sources import collected

ROOT = Path(__file__).parents[2]
needs_builder = pytest.mark.skipif(
    importlib.util.find_spec("material") is None, reason="the extra docs is not installed"
)
POLICY = "default-src 'self'"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a project with a page for the start, and one that it leads to."""
    folder = tmp_path / "project"
    (folder / "docs").mkdir(parents=True)
    (folder / "docs" / "index.md").write_text("# Start\n\n[measured](measures.md#times)\n")
    (folder / "docs" / "measures.md").write_text("# Measures\n\n## Times\n")
    return folder


def _built(project: Path) -> Built:
    return build(project, {}, project.parent / "sources", project.parent / "site")


def _added(project: Path, text: str) -> None:
    with (project / "docs" / "index.md").open("a") as page:
        page.write(f"\n{text}\n")


@needs_builder
@pytest.mark.slow
def test_the_documentation_is_a_site(tmp_path: Path) -> None:
    """All its pages, with the generated ones; each forbids browsers to fetch from elsewhere."""
    built = build(ROOT, reference(), tmp_path / "sources", tmp_path / "site")
    pages = list((tmp_path / "site").rglob("*.html"))
    assert built.pages == len(pages) > 40
    assert built.links > 1000
    assert [page for page in pages if POLICY not in page.read_text(encoding="utf-8")] == []


@needs_builder
def test_a_right_page_is_built_twice(project: Path) -> None:
    """The second site takes the place of the first."""
    assert _built(project).pages == 3  # with the one for what is not found
    (project.parent / "site" / "old.html").touch()
    assert _built(project).pages == 3


@needs_builder
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[gone](gone.md)", "gone.md"),
        ("[gone](measures.md#gone)", "#gone"),
        ("[absolute](/measures/)", "/measures/"),
        ('<a href="gone/">gone</a>', "index.html: gone/ leads nowhere"),
        ('<img src="https://example.org/a.png">', "https://example.org/a.png is fetched from"),
    ],
    ids=["link", "anchor", "warning", "html", "asset"],
)
def test_a_wrong_page_is_no_site(project: Path, text: str, said: str) -> None:
    """Whether the builder sees it or only the HTML shows it; it is named."""
    _added(project, text)
    with pytest.raises(NotBuilt) as error:
        _built(project)
    assert said in str(error.value)


@needs_builder
def test_a_page_in_no_navigation_is_an_error(project: Path) -> None:
    """It would be found by nobody."""
    (project / "docs" / "lost.md").write_text("# Lost\n")
    with pytest.raises(NotBuilt, match=r"^lost\.md: in no part of website/navigation\.py$"):
        _built(project)


def test_what_is_not_installed_is_said_with_the_command_that_adds_it() -> None:
    """In one line, before anything is made."""
    with pytest.raises(NotBuilt, match=r"^none_of_this_name is not installed: .*\.\[docs\]'$"):
        require("json", "none_of_this_name")


@needs_builder
def test_a_folder_of_somebody_else_is_not_emptied(project: Path) -> None:
    """Only what was made here is replaced."""
    kept = project.parent / "site" / "kept.txt"
    kept.parent.mkdir()
    kept.touch()
    with pytest.raises(NotBuilt, match="was not made here"):
        _built(project)
    assert kept.exists()


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("a.html", '<a href="b.html">', "b.html leads nowhere"),
        ("a.html", '<a href="#b">', "#b leads to no anchor of a.html"),
        ("a.html", '<a href="../a.html">', "../a.html leads nowhere"),
        ("a.html", '<a href="javascript:f()">', "a link of the kind javascript: javascript:f()"),
        ("a.html", '<script src="//a.example/b.js"></script>', "is fetched from another host"),
        ("a.html", '<img srcset="https://a.example/b 2x">', "is fetched from another host"),
        ("a.html", '<link rel="icon" href="b.svg">', "b.svg is fetched, and not there"),
        ("a.html", '<p style="background: url(http://a.example)">', "from another host"),
        ("a.html", "<style>@import 'http://a.example/b'</style>", "from another host"),
        ("a.css", '@font-face { src: url("https://a.example/b") }', "from another host"),
    ],
)
def test_what_is_wrong_in_html_is_seen(tmp_path: Path, name: str, text: str, problem: str) -> None:
    """In elements, attributes and style sheets."""
    (tmp_path / name).write_text(text)
    (found,) = checked(tmp_path).problems
    assert found.startswith(f"{name}: ")
    assert problem in found


@pytest.mark.parametrize(
    "text",
    [
        '<p id="b"><a href="#b"> <a href="a.html#b"> <a href="./#"> <a href="/">',
        '<a href="https://a.example/b"> <a href="mailto:a@a.example">',
        '<link rel="canonical" href="https://a.example"> <img src="data:image/png;base64,AA==">',
        "<p>url(https://a.example)</p>",
    ],
)
def test_what_is_right_in_html_is_spared(tmp_path: Path, text: str) -> None:
    """Links to other hosts are for people to follow, and nobody fetches a canonical address."""
    (tmp_path / "index.html").touch()
    (tmp_path / "a.html").write_text(text)
    assert checked(tmp_path).problems == []


def test_links_lead_to_where_the_site_has_things(project: Path) -> None:
    """Pages of the project, files and folders beside docs/; what is code stays as it is."""
    (project / "SECURITY.md").write_text("[start](README.md), [measures](docs/measures.md#times)")
    (project / "README.md").write_text("# Project\n")
    (project / "data").mkdir()
    (project / "data" / "a.json").write_text("{}")
    _added(project, "[s](../SECURITY.md#a) [d](../data) [f](../data/a.json)")
    _added(project, "```text\n[s](../SECURITY.md)\n```")
    pages, files = collected(project)
    assert (
        "[s](project/security.md#a) [d](files/data/index.md) [f](files/data/a.json)"
        in (pages["index.md"])
    )
    assert "```text\n[s](../SECURITY.md)\n```" in pages["index.md"]
    assert pages["project/security.md"] == "[start](../index.md), [measures](../measures.md#times)"
    assert "- [`a.json`](a.json)" in pages["files/data/index.md"]
    assert files == {"files/data/a.json": project / "data" / "a.json"}


def test_a_folder_is_a_section_with_the_title_of_its_first_page() -> None:
    """Pages stand in the order in which they come; what is not there yet is left out."""
    pages = ["reference/index.md", "reference/cli/index.md", "reference/cli/a.md", "index.md"]
    nav, lost = navigation([*pages, "b.md"], {"reference/cli/index.md": "Commands"})
    assert nav == [
        {"Start": "index.md"},
        {
            "Reference": [
                "reference/index.md",
                {"Commands": ["reference/cli/index.md", "reference/cli/a.md"]},
            ]
        },
    ]
    assert lost == ["b.md"]


def test_a_built_site_is_served_on_this_machine(tmp_path: Path) -> None:
    """At the address that is printed."""
    (tmp_path / "index.html").write_text("<h1>Start</h1>")
    command = [sys.executable, "-m", "website", "serve", "--port", "0", "--folder", str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as one:
        assert one.stdout is not None
        url = one.stdout.readline().decode().split()[0]
        assert url.startswith("http://127.0.0.1:")
        with urlopen(url, timeout=10) as answer:
            assert answer.read() == b"<h1>Start</h1>"
        one.terminate()


def test_a_folder_without_a_site_is_not_served(tmp_path: Path) -> None:
    """One line says what to do."""
    command = [sys.executable, "-m", "website", "serve", "--folder", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        f"Error: {tmp_path} holds no site: run `python -m website build`"
    ]
