"""A check of every hostile server of `tests.hostile`: whether it survived, and what it took."""

from __future__ import annotations

import argparse
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from tests.hostile.behaviours import BEHAVIOURS
from tests.hostile.page import PAGE, written
from tests.hostile.trial import Trial, tried


def measure(arguments: list[str]) -> None:
    asked = _asked(arguments)
    pattern = re.compile(asked.pattern)
    wanted = [one for one in BEHAVIOURS.values() if pattern.search(f"{one.kind} {one.name}")]
    trials = []
    with ThreadPoolExecutor(asked.jobs) as pool:
        for trial in pool.map(partial(tried, profile=asked.profile), wanted):
            trials.append(trial)
            print(_line(trial), flush=True)
            if asked.verbose:
                print(trial.said)
    if asked.write:
        PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), trials), encoding="utf-8")
    dead = [trial for trial in trials if not trial.has_survived]
    print(f"{len(trials) - len(dead)} of {len(trials)} survived")
    sys.exit(1 if dead else 0)


def _line(trial: Trial) -> str:
    wrong = "; ".join(trial.wrong) or "survived"
    return (
        f"  {trial.behaviour.kind:<12} {trial.behaviour.name:<28} exit {trial.exit_code:>3}"
        f"{trial.seconds:>7.1f} s{trial.megabytes:>6.0f} MB{trial.requests:>5} requests  {wrong}"
    )


def _asked(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks hostile")
    parser.add_argument("pattern", nargs="?", default="", help="finds kind and name")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--profile", choices=("smoke", "full"), default="smoke")
    parser.add_argument("--verbose", action="store_true", help="print what each check said")
    parser.add_argument("--write", action="store_true", help="write the table of docs/safety.md")
    return parser.parse_args(arguments)
