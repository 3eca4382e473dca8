"""A trial: a check of a hostile server as people run it, and whether it survived."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from threading import Timer

import run_contracts
from run_contracts.events import Decided
from run_contracts.report import jsonlines
from tests.hostile.behaviour import Behaviour
from tests.hostile.double import KEY, Double, serving
from tests.hostile.scripts import left_by_scripts

BOUND = 60.0
"""Seconds within which every check has ended by itself."""
BUDGET = 15
"""Seconds that a check of a slow server is given."""
MOST_MEGABYTES = 400
SOURCES = Path(run_contracts.__file__).parents[1]
ENDED = {0: "holds", 1: "broken", 3: "nothing verified", 5: "stopped early"}
"""The exit codes of a check that survived, and what they say."""
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""What steers a terminal."""
MEASURED = """
import resource, subprocess, sys
with open("out", "wb") as out, open("err", "wb") as err:
    code = subprocess.call(sys.argv[1:], stdout=out, stderr=err)
print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
"""Runs a command and prints its exit code and the peak of its memory, in KB.

The peak of a process is at least that of the one that started it, which is therefore a small one.
"""
KILLED = -9
DELETABLE = re.compile("/v1/(?:assistants|threads)/([^/?#]+)(?:/runs/run_0+)?")
"""The paths of what a check creates, and may delete; of a run that is none it tries the method."""
OURS = re.compile("[^\n]{0,60}errors? of run-contracts")
"""How a check says that something of its own went wrong."""
VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "wbr"})
OPTIONAL = frozenset({"li", "p", "td", "th", "tr", "tbody", "thead", "option"})


@dataclass(frozen=True, kw_only=True)
class Trial:
    """How a check of a hostile server ended, and all that was wrong with that."""

    behaviour: Behaviour
    exit_code: int
    seconds: float
    megabytes: float
    requests: int
    wrong: tuple[str, ...]
    said: str

    @property
    def has_survived(self) -> bool:
        return not self.wrong


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a child process ended. Memory is its peak, in megabytes."""

    exit_code: int
    seconds: float
    megabytes: float


def tried(behaviour: Behaviour, *, bound: float = BOUND, profile: str = "smoke") -> Trial:
    """Check a server that behaves so, as a child process, and look at all that it left.

    A check of the full profile has a budget of seconds, too, for it takes longer than the bound.
    """
    with tempfile.TemporaryDirectory() as name, serving(behaviour) as double:
        folder = Path(name)
        words = ["check", double.url, "--profile", profile]
        words += ["--report", "r.jsonl", "--html", "r.html", "--junit", "r.xml"]
        if behaviour.is_slow or profile == "full":
            words += ["--max-seconds", str(BUDGET)]
        ended = run(words, folder, bound)
        said = _text(folder / "out")[-3_000:] + _text(folder / "err")[-3_000:]
        wrong = tuple(_wrong(ended, folder, double, bound))
        return Trial(
            behaviour=behaviour,
            exit_code=ended.exit_code,
            seconds=ended.seconds,
            megabytes=ended.megabytes,
            requests=len(double.asked),
            wrong=wrong,
            said=said,
        )


def run(words: list[str], folder: Path, bound: float) -> Ended:
    """Run a command of ours in a folder; it is killed when its time is over."""
    environment = {
        **os.environ,
        "OPENAI_API_KEY": KEY,
        "PYTHONPATH": str(SOURCES),
        "NO_COLOR": "1",
        "COLUMNS": "100",
    }
    command = [sys.executable, "-m", "run_contracts", *words]
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-S", "-c", MEASURED, *command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    timer = Timer(bound, os.killpg, (process.pid, signal.SIGKILL))
    timer.start()
    measured, _ = process.communicate()
    timer.cancel()
    code, _, kilobytes = measured.partition(b" ")
    return Ended(
        exit_code=int(code or KILLED),
        seconds=time.perf_counter() - started,
        megabytes=int(kilobytes or 0) / 1024,
    )


def _wrong(ended: Ended, folder: Path, double: Double, bound: float) -> Iterator[str]:
    """Yield what a check did that it must not."""
    yield from (f"the double failed: {failure}" for failure in double.failures[:1])
    if ended.seconds >= bound:
        yield f"did not end within {bound:g} s"
        return
    if ended.exit_code not in ENDED:
        yield f"exit code {ended.exit_code}"
    if ended.megabytes >= MOST_MEGABYTES:
        yield f"took {ended.megabytes:.0f} MB"
    yield from _shown(folder)
    yield from _strayed(double)
    yield from _unreadable(folder)


def _shown(folder: Path) -> Iterator[str]:
    """Yield what a person or a file must not be shown."""
    shown = _text(folder / "out") + _text(folder / "err")
    if "Traceback" in shown:
        yield "shows a traceback"
    if found := OURS.search(shown):
        yield f"tells of {found[0]}"
    if found := CONTROLS.search(shown):
        yield f"shows a control character {found[0]!r}"
    for file in sorted(folder.iterdir()):
        if KEY in _text(file):
            yield f"the key stands in {file.name}"


def _strayed(double: Double) -> Iterator[str]:
    """Yield what was sent and must not have been."""
    if any(b"uthorization" in head or KEY.encode() in head for head in double.strayed):
        yield "the key went elsewhere"
    elif double.strayed:
        yield "a URL out of an answer was asked"
    for asked in double.asked:
        if not asked.target.startswith("/v1"):
            yield f"asked for {asked.target[:80]!r}, which does not lie below the base URL"
    for target in _misdirected(double):
        yield f"a deletion of {target[:80]!r}, which it did not create"


def _misdirected(double: Double) -> Iterator[str]:
    """Yield where deletions went that are of no assistant and no thread."""
    for asked in double.asked:
        segment = DELETABLE.fullmatch(asked.target) if asked.method == "DELETE" else None
        if asked.method == "DELETE" and (segment is None or segment[1] in (".", "..")):
            yield asked.target


def _unreadable(folder: Path) -> Iterator[str]:
    """Yield what is wrong with the reports."""
    for name in ("r.jsonl", "r.html", "r.xml"):
        if not (folder / name).exists():
            yield f"{name} was not written"
            return
    try:
        ET.parse(folder / "r.xml")
    except ET.ParseError as error:
        yield f"the XML is not well-formed: {error}"
    page = Balance()
    page.feed(_text(folder / "r.html"))
    if not page.has_ended:
        yield "the HTML is not whole"
    if page.wrong or page.is_open:
        yield f"the HTML is not well-formed: {(page.wrong or page.is_open)[:3]}"
    ended = run(["report", "r.jsonl"], folder, BOUND)
    if ended.exit_code or KEY in _text(folder / "out"):
        yield f"its report cannot be read: exit code {ended.exit_code}"
        return
    events = jsonlines.read(folder / "r.jsonl")
    for verdict in events:
        if isinstance(verdict, Decided) and verdict.result == "error":
            yield f"{verdict.requirement} was decided by an error of ours"
    yield from left_by_scripts(events)


class Balance(HTMLParser):
    """Reads a page and keeps the tags that do not close one another, and what runs."""

    def __init__(self) -> None:
        """Begin with nothing open."""
        super().__init__()
        self.is_open: list[str] = []
        self.wrong: list[str] = []
        self.has_ended = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if any(name.startswith("on") for name, _ in attrs):
            self.wrong.append(f"<{tag} on...>")
        if tag not in VOID:
            self.is_open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.has_ended |= tag == "html"
        while self.is_open and self.is_open[-1] != tag and self.is_open[-1] in OPTIONAL:
            self.is_open.pop()
        if not self.is_open or self.is_open.pop() != tag:
            self.wrong.append(f"</{tag}>")


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
