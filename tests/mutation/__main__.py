"""How good the tests are: ``python -m tests.mutation`` tries a sample of mutants, and tells."""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.mutation.killing import Verdict, verdicts
from tests.mutation.mutants import Mutant, equivalents, population, stale
from tests.mutation.parts import OURS

EQUIVALENT = Path(__file__).with_name("equivalent.toml")
NAMES = ", ".join(part.name for part in OURS.parts)


def main(arguments: Sequence[str] | None = None) -> int:
    """Try a sample and print what survived and the score; return 1 if that is too low."""
    parser = _parser()
    options = parser.parse_args(arguments)
    mutants = population(OURS.home, [part.modules for part in OURS.parts])
    chosen = [one for one in mutants if _is_wanted(one, options.only)]
    if not chosen:
        parser.error(f"nothing is measured of {options.only}; parts are {NAMES}")
    sample = random.Random(options.seed).sample(chosen, min(options.mutants, len(chosen)))
    known = equivalents(EQUIVALENT)
    same = {(one.path, one.lines) for one in known}
    tried = [one for one in sample if (one.path, one.lines) not in same]
    started = time.perf_counter()
    results = []
    for verdict in verdicts(OURS, tried, options.jobs):
        results.append(verdict)
        print(_line(verdict, f"{len(results)}/{len(tried)}"), file=sys.stderr, flush=True)
        if verdict.result == "survived":
            print("\n".join([verdict.mutant.place, *verdict.mutant.lines, ""]), flush=True)
    for entry in stale(known, mutants):
        print(f"equivalent.toml: no mutant is this any longer, delete the entry:\n{entry}\n")
    score = 100 * sum(one.result != "survived" for one in results) / max(1, len(results))
    print(
        f"{score:.1f} % killed: {len(results)} of {len(chosen)} mutants, "
        f"{sum(one.result == 'timeout' for one in results)} of them by time, "
        f"{len(sample) - len(tried)} more are equivalent; "
        f"seed {options.seed}, {time.perf_counter() - started:.0f} s"
    )
    return int(score < options.least)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="of the sample (1)")
    parser.add_argument("--mutants", type=int, default=100, help="in the sample (100)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="at a time (all cores)")
    parser.add_argument(
        "--least", type=float, default=85, help="score in percent that is held (85)"
    )
    parser.add_argument(
        "--only", metavar="PART", help=f"one of {NAMES}, or a module such as checks/echo.py"
    )
    return parser


def _is_wanted(mutant: Mutant, only: str | None) -> bool:
    """Say whether a mutant is of the part or the module that is asked for."""
    return only in (None, mutant.path, OURS.part_of(mutant.path).name)


def _line(verdict: Verdict, count: str) -> str:
    by = f" by {verdict.by}" if verdict.by else ""
    return f"{count} {verdict.mutant.place} {verdict.result}{by}, {verdict.seconds:.1f} s"


if __name__ == "__main__":
    sys.exit(main())
