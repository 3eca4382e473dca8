"""Measures peers beside us: ``python -m benchmarks comparison [PEER ...]``."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.comparison import cassettes, fakes, models, prism_proxy, redocly
from benchmarks.comparison.installs import NotInstalled

FAULTS = 24
PEERS: Mapping[str, Callable[[Path, int], None]] = {
    "fakes": fakes.measure,
    "prism": prism_proxy.measure,
    "redocly": redocly.measure,
    "vcr": cassettes.measure,
    "polyfactory": models.measure,
}


def measure(arguments: list[str]) -> None:
    """Print what each peer that is asked for does with its task, and what we do."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks comparison")
    parser.add_argument("peers", nargs="*", metavar="PEER", help=", ".join(PEERS))
    parser.add_argument("--faults", type=int, default=FAULTS, help="how many are planted")
    parser.add_argument("--environments", type=Path, help="keep what is installed in this folder")
    asked = parser.parse_args(arguments)
    for name in asked.peers:
        if name not in PEERS:
            parser.error(f"no peer {name!r}; there are {', '.join(PEERS)}")
    with TemporaryDirectory() as temporary:
        place = asked.environments or Path(temporary)
        place.mkdir(parents=True, exist_ok=True)
        for name in asked.peers or PEERS:
            _measured(name, place.resolve(), asked.faults)


def _measured(name: str, place: Path, faults: int) -> None:
    """Print one peer's measure; one that cannot be installed is named, and costs no other."""
    print(f"{name}, {datetime.now(UTC):%Y-%m-%d}", flush=True)
    began = time.monotonic()
    try:
        PEERS[name](place, faults)
    except NotInstalled as reason:
        print(f"  not measured: it cannot be installed here: {reason}")
    print(f"  {time.monotonic() - began:.0f} s", flush=True)
