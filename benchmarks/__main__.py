"""One command prints every measure, with the machine and the versions it was taken on."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version

from benchmarks import (
    check,
    client_faults,
    coverage,
    files,
    first_red,
    formats,
    fuzz,
    hostile,
    judging,
    kills,
    kinds,
    load,
    making,
    memory,
    mutated,
    night,
    overhead,
    passive,
    rate,
    reading,
    same_verdict,
    scheduler,
    search,
    selftest,
    sizes,
    soak,
    startup,
    verdict,
    watch,
)
from benchmarks.comparison import measuring as comparison

MEASURES: dict[str, Callable[[], None]] = {
    "verdict": verdict.measure,
    "making": making.measure,
    "startup": startup.measure,
    "check": check.measure,
    "selftest": selftest.measure,
    "reading": reading.measure,
    "overhead": overhead.measure,
}
STUDIES: dict[str, Callable[[list[str]], None]] = {
    "rate": rate.measure,
    "judging": judging.measure,
    "kills": kills.measure,
    "kinds": kinds.measure,
    "same_verdict": same_verdict.measure,
    "scheduler": scheduler.measure,
    "search": search.measure,
    "coverage": coverage.measure,
    "files": files.measure,
    "formats": formats.measure,
    "fuzz": fuzz.measure,
    "memory": memory.measure,
    "mutated": mutated.measure,
    "hostile": hostile.measure,
    "soak": soak.measure,
    "night": night.measure,
    "passive": passive.measure,
    "client_faults": client_faults.measure,
    "load": load.measure,
    "watch": watch.measure,
    "comparison": comparison.measure,
    "sizes": sizes.measure,
    "first_red": first_red.measure,
}
"""What takes too long to be measured each time; they are asked for by name, with options."""
LIBRARIES = (
    "run-contracts",
    "jsonschema-rs",
    "jsonschema",
    "pytest",
    "schemathesis",
    "hypothesis",
    "faker",
    "factory-boy",
    "mimesis",
    "polyfactory",
    "openai",
    "vcrpy",
    "distributed",
    "locust",
)


def described(name: str) -> str:
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return f"{name} not installed"


def main(names: list[str]) -> None:
    study = STUDIES.get(names[0]) if names else None
    unknown = [name for name in names if study is None and name not in MEASURES]
    if unknown:
        sys.exit(f"no measure {unknown[0]!r}; there are {', '.join([*MEASURES, *STUDIES])}")
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    print(f"{machine}, Python {platform.python_version()}")
    print(", ".join(map(described, LIBRARIES)))
    if study is not None:
        study(names[1:])
        return
    for name in names or MEASURES:
        MEASURES[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
