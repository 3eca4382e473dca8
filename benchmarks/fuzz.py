"""Everything that reads a file, given real files made wrong, for as long as is asked for."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import traceback
from collections import Counter
from itertools import count
from pathlib import Path

from tests.fuzz.readers import READERS, mutated_file, tried

SECONDS = 30.0
MOST_FAILURES = 5


def measure(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks fuzz")
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--seed", type=int, help="of the first file; the day, unless it is given")
    parser.add_argument("--only", choices=[*READERS], action="append")
    asked = parser.parse_args(arguments)
    first = asked.seed if asked.seed is not None else int(time.time()) // 86400 * 1_000_000
    outcomes: Counter[tuple[str, str]] = Counter()
    failures = 0
    ends = time.monotonic() + asked.seconds
    with tempfile.TemporaryDirectory() as folder:
        for seed in count(first):
            for name in asked.only or READERS:
                if time.monotonic() > ends or failures >= MOST_FAILURES:
                    _print(outcomes, first, seed)
                    sys.exit(1 if failures else 0)
                outcome = _outcome(name, seed, Path(folder))
                failures += outcome == "failed"
                outcomes[name, outcome] += 1


def _outcome(name: str, seed: int, folder: Path) -> str:
    try:
        return tried(name, mutated_file(name, seed), folder)
    except Exception:
        print(f"{name}, seed {seed}: python -m benchmarks fuzz --seed {seed} --only '{name}'")
        print("  " + "\n  ".join(traceback.format_exc(limit=-4).splitlines()[-12:])[:3000])
        return "failed"


def _print(outcomes: Counter[tuple[str, str]], first: int, last: int) -> None:
    print(f"files made wrong and read, seeds {first} to {last}:")
    print(f"  {'':<16}{'read':>8}{'refused':>9}{'failed':>8}")
    for name in READERS:
        row = [outcomes[name, outcome] for outcome in ("read", "refused", "failed")]
        print(f"  {name:<16}{row[0]:>8,}{row[1]:>9,}{row[2]:>8,}")
    print(f"  {outcomes.total():,} files")
