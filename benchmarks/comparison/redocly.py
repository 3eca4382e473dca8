"""Redocly's drift: recorded traffic held against an OpenAPI document."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Collection, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.clients.archive import archive, broken_in
from benchmarks.clients.program import URL
from benchmarks.comparison.installs import of_npm, started_by_node
from benchmarks.comparison.planted import EDITION, Told, planted, print_rows
from benchmarks.passive import ALL, Server, recorded
from run_contracts.making.answered_document import answered

PACKAGE = "@redocly/cli@2.77.0"
SEEDS = 4
LONGEST = 120.0
QUIET = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
OPTIONS = ("--server", URL, "--ignore-headers", "*", "--format", "json")
"""The headers of SDKs are undocumented, and no document names them."""


def measure(place: Path, faults: int) -> None:
    """Print what drift says of recordings, and what ``run-contracts validate`` says of them."""
    start = started_by_node(of_npm(place, PACKAGE), "redocly")
    chosen = planted(faults)
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "openapi.json").write_text(json.dumps(answered(EDITION)), encoding="utf-8")
        servers = [Server(seed=seed) for seed in range(SEEDS)]
        right = [_told(start, folder, one) for one in servers]
        seen = {fault: _told(start, folder, Server(faults=(fault,))) for fault in chosen}
    tools = (f"{PACKAGE} drift", "run-contracts validate")
    print_rows(
        *(
            Told(
                tool=tool,
                right=frozenset().union(*(one[at] for one in right)),
                of_faults={fault: one[at] for fault, one in seen.items()},
            )
            for at, tool in enumerate(tools)
        )
    )


def _told(
    start: Collection[str], folder: Path, server: Server
) -> tuple[frozenset[str], frozenset[str]]:
    """Return what is told of one recording: by drift, and by us."""
    traffic, _ = recorded(server)
    file, report = folder / "recorded.har", folder / "report.json"
    file.write_text(json.dumps(archive(traffic[ALL])), encoding="utf-8")
    report.unlink(missing_ok=True)
    words = [*start, "drift", str(file), "--api", "openapi.json", *OPTIONS, "-o", str(report)]
    subprocess.run(
        words,
        cwd=folder,
        env={**os.environ, **QUIET},
        capture_output=True,
        timeout=LONGEST,
        check=False,
    )
    return frozenset(_problems(report)), broken_in(file)


def _problems(report: Path) -> Iterator[str]:
    """Yield the kinds of problem in a report: the rule, the operation, the sentence."""
    for one in json.loads(report.read_text(encoding="utf-8"))["problems"]:
        sentence = re.sub(r"\[\d+\]", "[]", re.sub(r"/\w{16,}", "/...", one["message"]))
        yield f"{one['ruleId']} {one['severity']}: {one.get('operationId', '')} {sentence}"
