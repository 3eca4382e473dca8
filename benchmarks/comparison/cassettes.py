"""VCR: a cassette plays what was, whatever the server does by now; and what is in it, judged."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx2
import vcr

from benchmarks.clients.archive import broken_in
from benchmarks.comparison.over_network import walked
from benchmarks.comparison.planted import Told, planted, print_rows
from benchmarks.counted import counted
from run_contracts.server.options import DEFAULT_KEY

NAMED = "http://127.0.0.1"
HEADERS = {"Authorization": f"Bearer {DEFAULT_KEY}", "OpenAI-Beta": "assistants=v2"}


def measure(_place: Path, faults: int) -> None:
    """Print what tests on a stale cassette notice, and what is seen in cassettes of each server."""
    chosen = planted(faults)
    with TemporaryDirectory() as name:
        folder = Path(name)
        right = frozenset[str]().union(*(_recorded(folder / f"{at}.yaml") for at in range(2)))
        told = {fault: _recorded(folder / f"{fault}.yaml", fault) for fault in chosen}
        print_rows(Told(tool="run-contracts validate cassette", right=right, of_faults=told))
        _print_stream(folder / "stream.yaml")






def _recorded(file: Path, *faults: str) -> frozenset[str]:
    """Record the programs on a server; return what its cassette shows broken."""
    with counted(*faults) as server, vcr.use_cassette(str(file)):
        walked(server.url)
    return broken_in(file)
