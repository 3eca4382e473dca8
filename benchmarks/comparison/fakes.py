"""What answers in the place of a server, judged: Prism, openai-responses, and ours."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.clients.archive import broken_in
from benchmarks.comparison import sdk_walk
from benchmarks.comparison.installs import NotInstalled, of_npm, of_pip, started_by_node
from benchmarks.comparison.over_network import free_port, listening
from benchmarks.comparison.planted import EDITION
from benchmarks.comparison.prism_proxy import PACKAGE, document
from benchmarks.counted import counted
from run_contracts import violations
from run_contracts.contract.requirements import register
from run_contracts.server.options import DEFAULT_KEY

LONGEST = 120.0
SPEED = "20"
MOCK = "openai-responses"
MOCKED: Mapping[str, Sequence[Sequence[str]]] = {
    "openai 1.109.1": [["openai-responses==0.12.0", "openai==1.109.1"]],
    "openai 2.54.0": [["openai-responses==0.13.1", "openai==2.54.0"]],
    "openai 3.57.0": [["openai-responses==0.13.1"], ["openai==3.57.0"]],
}
"""What is installed, step by step: openai-responses 0.13.1 asks for openai before 3."""


@dataclass(frozen=True, kw_only=True)
class Walked:
    """What a test saw of a fake: statuses, what raised, the runs, and what the session breaks."""

    seen: Mapping[str, Sequence[str]]
    raised: Mapping[str, str]
    runs: Sequence[Any]
    broken: frozenset[str]

    def lines(self) -> Iterator[str]:
        """Yield what is printed of it."""
        wrong = [_musts(run) for run in self.runs]
        right = sum(not one for one in wrong)
        every = dict(Counter(name for one in wrong for name in one))
        yield f"{right} of {len(self.runs)} runs are legal{f', {every}' if every else ''}"
        yield f"as a session it breaks {len(self.broken)}: {', '.join(sorted(self.broken))}"
        for name, statuses in self.seen.items():
            shown = f"{len(statuses)} events" if name == "streamed" else " ".join(statuses)
            yield f"{name}: {shown}"
        for name, reason in self.raised.items():
            yield f"raised in {name}: {reason}"


def measure(place: Path, _faults: int) -> None:
    """Print what each fake answers to the same test."""
    with TemporaryDirectory() as folder:
        port = free_port()
        words = [sys.executable, "-m", "run_contracts", "serve", "--port", str(port)]
        with listening([*words, "--speed", SPEED], port, Path(folder)):
            _print("run-contracts serve", _walked(sys.executable, f"http://127.0.0.1:{port}/v1"))
    start = started_by_node(of_npm(place, PACKAGE), "prism")
    for name, options in (("examples", ()), ("--dynamic", ("--dynamic", "--seed", "1"))):
        port = free_port()
        with TemporaryDirectory() as folder:
            words = [*start, "mock", str(document(Path(folder))), "-p", str(port), "-v", "error"]
            with listening([*words, *options], port, Path(folder)):
                walked = _walked(sys.executable, f"http://127.0.0.1:{port}")
        _print(f"{PACKAGE} mock, {name}", walked)
    for name, steps in MOCKED.items():
        _print_mocked(place, name, steps)


def _print_mocked(place: Path, name: str, steps: Sequence[Sequence[str]]) -> None:
    """Print what openai-responses answers, and how many requests went past it."""
    try:
        python = of_pip(place, *steps)
    except NotInstalled as reason:
        print(f"  {MOCK} with {name}: not installed, {reason}")
        return
    with counted() as server:
        walked = _walked(str(python), server.url, MOCK)
    _print(f"{steps[0][0]} with {name}: {server.requests} requests went past it", walked)


def _print(name: str, walked: Walked) -> None:
    print(name)
    for line in walked.lines():
        print(f"    {line}", flush=True)


def _walked(python: str, url: str, mock: str = "") -> Walked:
    """Let a test walk at a URL; return what it saw, judged."""
    with TemporaryDirectory() as folder:
        log = Path(folder, "walk.jsonl")
        words = [python, str(Path(sdk_walk.__file__)), url, DEFAULT_KEY, str(log), mock]
        done = subprocess.run(
            words, cwd=folder, capture_output=True, text=True, timeout=LONGEST, check=False
        )
        if done.returncode:
            raise RuntimeError(f"the walk failed: {done.stderr[-300:]}")
        said, runs = json.loads(done.stdout), list(_runs(log))
        known = register(EDITION)
        broken = frozenset(one for one in broken_in(log) if known[one].level == "MUST")
    return Walked(seen=said["seen"], raised=said["raised"], runs=runs, broken=broken)


def _runs(log: Path) -> Iterator[Any]:
    """Yield the runs in answers of JSON, those of lists, too."""
    for line in log.read_text(encoding="utf-8").splitlines():
        try:
            body = json.loads(json.loads(line)["response_body"])
        except ValueError:
            continue
        found = body.get("data", [body]) if isinstance(body, dict) else []
        for one in found if isinstance(found, list) else []:
            if isinstance(one, dict) and one.get("object") == "thread.run":
                yield one


def _musts(run: Any) -> list[str]:
    """Return the MUSTs that a run breaks."""
    found = violations(run, edition=EDITION)
    return sorted({one.requirement for one in found if one.level == "MUST"})
