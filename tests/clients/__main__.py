"""Let real clients drive the reference server: ``python -m tests.clients [NAME ...]``."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed

from run_contracts.errors import UsageError
from tests.clients.environments import is_possible
from tests.clients.known_clients import CLIENTS, Client
from tests.clients.page import PAGE, written
from tests.clients.running import Trial, tried


def main(arguments: Sequence[str]) -> int:
    """Try the clients that are named, or all; return 1 if what must work does not."""
    asked = _asked(arguments)
    chosen = [CLIENTS[name] for name in asked.clients] or [
        client for client in CLIENTS.values() if client.quick or not asked.quick
    ]
    possible = [client for client in chosen if is_possible(client)]
    for client in chosen:
        if client not in possible:
            _say(f"{client.name} is left out: there is no npm")
    trials, wrong = [], []
    for trial in _trials(possible, asked.jobs):
        if isinstance(trial, Trial):
            trials.append(trial)
            wrong += trial.wrong
        else:
            wrong.append(trial)
    if asked.write:
        PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), trials), encoding="utf-8")
    for line in wrong:
        _say(line)
    missing = len(possible) < len(asked.clients)
    return 1 if wrong or missing else 0


def _trials(clients: Sequence[Client], jobs: int) -> Iterator[Trial | str]:
    """Yield the trial of each client as it ends, or why there is none, and say how it went."""
    begun = time.monotonic()
    with ThreadPoolExecutor(jobs) as pool:
        futures = {pool.submit(tried, client): client for client in clients}
        for future in as_completed(futures):
            try:
                trial = future.result()
            except UsageError as error:
                yield str(error)
                continue
            works = sum(not reason for reason in trial.outcomes.values())
            took = f"{time.monotonic() - begun:5.1f} s"
            _say(f"{took}  {trial.client.name:<22} {works} of {len(trial.outcomes)} work")
            yield trial


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - what it is for


def _asked(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.clients", description=__doc__)
    parser.add_argument("clients", nargs="*", metavar="NAME", help=", ".join(CLIENTS))
    parser.add_argument("--quick", action="store_true", help="only those that .ci/run tries")
    parser.add_argument("--jobs", type=int, default=2, help="clients at a time")
    parser.add_argument("--write", action="store_true", help=f"write the table of {PAGE.name}")
    asked = parser.parse_args(arguments)
    unknown = [name for name in asked.clients if name not in CLIENTS]
    if unknown:
        parser.error(f"no client {unknown[0]!r}; there are {', '.join(CLIENTS)}")
    return asked


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
