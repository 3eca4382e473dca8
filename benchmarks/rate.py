"""How good checkers of servers are: ours, schemathesis', Redocly's, and a script on the SDK.

``python -m benchmarks rate [CHECKER ...] [--faults all|N|ID] [--jobs N] [--folder FOLDER]`` rates
each as ``run-contracts rate`` does, prints the command that does so, and then one table of all.
`respect` wants npm: its package is installed below the folder, or is there already.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

REDOCLY = "@redocly/cli@2.77.0"
RATED = Path(__file__).with_name("rated")
EXAMPLES = 5
"""Cases st draws for an operation and mode; its own default is 100."""
LONGEST = 240
"""Seconds that a checker may take for one server."""
Words = list[str]


@dataclass(frozen=True, kw_only=True)
class Rated:
    """A checker: its command in a folder, and the options of a rating that read its verdict."""

    name: str
    words: Callable[[Path], Words]
    options: Words


def measure(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks rate")
    parser.add_argument("checkers", nargs="*", help=f"of {', '.join(CHECKERS)}")
    parser.add_argument("--faults", default="24")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--folder", type=Path, help="where reports and what is installed stay")
    asked = parser.parse_args(arguments)
    unknown = set(asked.checkers) - CHECKERS.keys()
    if unknown:
        parser.error(f"no checker {unknown.pop()!r}; there are {', '.join(CHECKERS)}")
    with TemporaryDirectory() as temporary:
        folder = asked.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        wanted = {name: CHECKERS[name] for name in asked.checkers or CHECKERS}
        rows = {one.name: _rated(one, name, folder, asked) for name, one in wanted.items()}
    print("\n".join(table(rows)))


def _rated(one: Rated, name: str, folder: Path, asked: argparse.Namespace) -> Mapping[str, Any]:
    """Rate a checker, and return the report."""
    report = folder.resolve() / f"{name}.json"
    try:
        command = shlex.join(one.words(folder.resolve()))
    except (OSError, subprocess.SubprocessError) as error:
        print(f"{one.name}: left out, {error}", flush=True)
        return {}
    words = [sys.executable, "-m", "run_contracts", "rate", "--command", command, *one.options]
    words += ["--faults", asked.faults, "--jobs", str(asked.jobs), "--timeout", str(LONGEST)]
    print(f"$ run-contracts {shlex.join(words[3:])}", flush=True)
    subprocess.run([*words, "--report", str(report)], check=False, cwd=folder)
    return json.loads(report.read_text() or "{}")


HEAD = ("checker", "caught", "no verdict", "red on right servers", "false alarms", "requests", "s")


def table(rows: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Yield the lines of a table in Markdown: a checker a line."""
    kinds = next((list(report["kinds"]) for report in rows.values() if report), [])
    yield f"| {' | '.join([*HEAD[:2], *kinds, *HEAD[2:]])} |"
    yield f"| --- |{' ---: |' * (len(HEAD) - 1 + len(kinds))}"
    for name, report in rows.items():
        if report:
            yield f"| {' | '.join([f'`{name}`', *_cells(report, kinds)])} |"


def _cells(report: Mapping[str, Any], kinds: list[str]) -> Iterator[str]:
    right, every = report["right"], [*report["right"], *report["faults"]]
    told = [one for one in every if one["verdict"] != "no_verdict"]
    yield f"{report['counts']['caught']} of {len(report['faults'])}"
    for kind in kinds:
        counts = report["kinds"][kind]
        yield f"{counts['caught']} of {sum(counts.values())}" if any(counts.values()) else "-"
    yield str(report["counts"]["no_verdict"])
    yield f"{report['false_alarms']} of {len(right)}"
    yield str(max((one["failures_in_all"] for one in right), default=0))
    yield f"{_median(one['requests'] for one in told):,.0f}"
    yield f"{_median(one['seconds'] for one in told):.1f}"


def _median(values: Iterator[float]) -> float:
    """Return the middle one of values, 0 if there is none."""
    ordered = sorted(values)
    return ordered[len(ordered) // 2] if ordered else 0.0


def _ours(profile: str) -> Callable[[Path], Words]:
    def words(_: Path) -> Words:
        command = [sys.executable, "-m", "run_contracts", "check", "{url}", "--profile", profile]
        return [*command, "--strict", "--junit", "{dir}/r.xml"]

    return words


def _schemathesis(*, is_configured: bool, with_hooks: bool) -> Callable[[Path], Words]:
    """Return what says how `st run` is called: bare, as our pages say, or with our hooks, too."""

    def words(folder: Path) -> Words:
        hooks = ["env", "SCHEMATHESIS_HOOKS=run_contracts.schemathesis_hooks"]
        command = [*(hooks if with_hooks else []), str(Path(sys.executable).with_name("st"))]
        if is_configured:
            file = folder / "configured.toml"
            ours = [sys.executable, "-m", "run_contracts", "openapi", "--schemathesis-toml"]
            file.write_bytes(subprocess.run(ours, check=True, capture_output=True).stdout)
            command += ["--config-file", str(file)]
        command += ["run", "{openapi}", "--url", "{url}", "--max-examples", str(EXAMPLES)]
        command += ["--seed", "0", "-H", "Authorization: Bearer {key}"]
        command += ["-H", "OpenAI-Beta: assistants=v2"]
        return [*command, "--report", "junit", "--report-junit-path", "{dir}/r.xml"]

    return words


def _respect(folder: Path) -> Words:
    """Return how Redocly's respect is called; it is installed if it is not there."""
    program = folder / "node_modules" / ".bin" / "redocly"
    npm = shutil.which("npm")
    if not program.exists():
        if npm is None:
            raise OSError("there is no npm")
        install = [npm, "install", "--no-audit", "--no-fund", "--prefix", str(folder), REDOCLY]
        subprocess.run(install, check=True, capture_output=True)
    script = [sys.executable, str(RATED / "respect.py")]
    return [*script, str(program), "{openapi}", "{dir}", "{key}"]


def _walked(_: Path) -> Words:
    return [sys.executable, "-W", "ignore", str(RATED / "sdk_walk.py"), "{url}", "{key}"]


JUNIT = ["--junit", "{dir}/r.xml"]
BY_MESSAGE = [*JUNIT, "--by", "message"]
CHECKERS = {
    "smoke": Rated(name="run-contracts check --profile smoke", words=_ours("smoke"), options=JUNIT),
    "full": Rated(name="run-contracts check", words=_ours("full"), options=JUNIT),
    "st": Rated(
        name="st run",
        words=_schemathesis(is_configured=False, with_hooks=False),
        options=BY_MESSAGE,
    ),
    "configured": Rated(
        name="st run with our configuration",
        words=_schemathesis(is_configured=True, with_hooks=False),
        options=BY_MESSAGE,
    ),
    "hooks": Rated(
        name="st run with that and our hooks",
        words=_schemathesis(is_configured=True, with_hooks=True),
        options=BY_MESSAGE,
    ),
    "respect": Rated(name="redocly respect", words=_respect, options=[]),
    "walk": Rated(name="a script on the openai SDK", words=_walked, options=[]),
}
