"""The ways to check a server that are compared: our profiles, and schemathesis' command line."""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree as ET

from benchmarks.counted import Counted, counted
from run_contracts.contract.files import read_text
from run_contracts.contract.openapi_document import bundled
from run_contracts.contract.operations import match

EDITION = "v2"
LONGEST = 240.0
"""Wall seconds a way may take for one server."""
GRACE = 30.0
"""Wall seconds it may then take to report what it has found."""
REPORT = ("--report", "report.jsonl")
Words = list[str]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What one way said of one server, and what it took.

    `told` holds one text for each kind of complaint; `ended` is false when time ran out.
    """

    told: frozenset[str]
    requests: int
    wall: float
    cpu: float
    ended: bool


@dataclass(frozen=True, kw_only=True)
class Way:
    """A command that checks the server at a URL, and how its report is read."""

    name: str
    words: Callable[[Counted, int], Words]
    read: Callable[[Path], Iterator[str]]
    report: str
    environment: Mapping[str, str]
    is_configured: bool = False


def outcome(way: Way, fault: str | None, seed: int = 0) -> Outcome:
    """Check a fresh server with this fault, or the right one, in an empty folder."""
    faults = () if fault is None else (fault,)
    with TemporaryDirectory() as folder, counted(*faults) as server:
        Path(folder, "openapi.json").write_text(json.dumps(bundled(EDITION)))
        if way.is_configured:
            configuration = read_text("schemathesis.toml").replace("{edition}", EDITION)
            Path(folder, "schemathesis.toml").write_text(configuration)
        environment = {**os.environ, **way.environment, "OPENAI_API_KEY": server.key}
        wall, cpu, ended = _timed(way.words(server, seed), folder, environment)
        told = _told(way, Path(folder, way.report))
    return Outcome(told=told, requests=server.requests, wall=wall, cpu=cpu, ended=ended)


def _told(way: Way, report: Path) -> frozenset[str]:
    """Return what a report tells; nothing if the command was stopped before it wrote one."""
    try:
        return frozenset(way.read(report))
    except (OSError, ET.ParseError):
        return frozenset()


def _timed(words: Words, folder: str, environment: dict[str, str]) -> tuple[float, float, bool]:
    """Run a command to its end; return wall and cpu seconds, and whether it came there.

    One that takes too long is interrupted, so that it can still report what it has found.
    """
    started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(words, cwd=folder, env=environment, **quiet)
    ended = False
    try:
        process.wait(LONGEST)
        ended = True
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(GRACE)
    finally:
        process.kill()
        process.wait()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return time.perf_counter() - started, cpu, ended


def _ours(profile: str) -> Way:
    def words(server: Counted, seed: int) -> Words:
        command = [sys.executable, "-m", "run_contracts", "check", server.url]
        return [*command, "--profile", profile, "--seed", str(seed), *REPORT]

    return Way(
        name=f"run-contracts check --profile {profile}",
        words=words,
        read=decided,
        report="report.jsonl",
        environment={},
    )


def decided(report: Path) -> Iterator[str]:
    """Yield the requirements that a report of ours says are broken, advice included, or blocked."""
    for line in report.read_text().splitlines():
        event = json.loads(line)
        if event["event"] == "decided" and event["result"] in ("fail", "blocked"):
            yield event["requirement"]


def _theirs(name: str, environment: Mapping[str, str], *, is_configured: bool = False) -> Way:
    def words(server: Counted, seed: int) -> Words:
        command = [str(Path(sys.executable).with_name("st")), "run", "openapi.json"]
        command += ["--url", server.url, "--seed", str(seed)]
        command += ["-H", f"Authorization: Bearer {server.key}"]
        command += ["-H", f"OpenAI-Beta: assistants={EDITION}"]
        return [*command, "--report", "junit", "--report-junit-path", "report.xml"]

    return Way(
        name=name,
        words=words,
        read=_failures,
        report="report.xml",
        environment=environment,
        is_configured=is_configured,
    )


def _failures(report: Path) -> Iterator[str]:
    """Yield the failures of a schemathesis report: the kind and the operation, or our id."""
    for failure in ET.parse(report).getroot().iter("failure"):
        text = failure.text or ""
        operation = _operation(text)
        for kind in re.findall(r"^- (ST\d+ .*)$", text, re.MULTILINE):
            if "run_contract" not in kind:
                yield f"{kind}: {operation}"
        yield from re.findall(r"^    (RUN-[A-Z]+-\d{3}) ", text, re.MULTILINE)


def _operation(text: str) -> str:
    """Return the operation of the last request that a failure says to repeat."""
    found = re.findall(r"^    curl -X (\w+) .*?'?(http://127\S*?)'?$", text, re.MULTILINE)
    if not found:
        return "?"
    method, url = found[-1]
    known = match(EDITION, method, url)
    return known[0].id if known else method


WAYS = {
    "smoke": _ours("smoke"),
    "full": _ours("full"),
    "st": _theirs("st run", {}),
    "configured": _theirs("st run with our configuration", {}, is_configured=True),
    "hooks": _theirs(
        "st run with that and our hooks",
        {"SCHEMATHESIS_HOOKS": "run_contracts.schemathesis_hooks"},
        is_configured=True,
    ),
}
