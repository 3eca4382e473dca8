"""Running a driver: it gets a reference server of its own, and what it prints becomes rows."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO

from run_contracts.conduct.written_lives import written_life
from run_contracts.server import Lives, ServerOptions, running
from run_contracts.testing.server import QUICK
from tests.clients.environments import Environment, installed
from tests.clients.known_clients import DRIVERS, Client

MODE_SECONDS = 240
"""Seconds that a driver may take in one of its modes."""
Outcomes = dict[str, str]
"""What became of each operation: nothing if it works, else the reason."""


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What became of the operations of a client, and of what was expected."""

    client: Client
    outcomes: Outcomes

    @property
    def wrong(self) -> list[str]:
        """What is not as the table of clients says: what fails, and what is mended upstream."""
        by_reason: dict[str, list[str]] = {}
        for name, reason in self.outcomes.items():
            if reason and not self.client.is_known(name, reason):
                by_reason.setdefault(reason, []).append(name)
        failed = [
            f"{self.client.name}: {'; '.join(names)}: {reason}"
            for reason, names in by_reason.items()
        ]
        mended = [
            f"{self.client.name}: {name} works, though it is said to be a defect of the client"
            for name in self.client.defects
            if not self.outcomes[name]
        ]
        return failed + mended


def tried(client: Client) -> Trial:
    """Install a client if need be, and do its operations in each of its modes."""
    environment = installed(client)
    by_mode = {mode: outcomes(client, mode, environment) for mode in client.modes}
    several = len(by_mode) > 1
    joined = {
        name: "; ".join(
            f"{mode}: {reasons[name]}" if several else reasons[name]
            for mode, reasons in by_mode.items()
            if reasons[name]
        )
        for name in client.offered
    }
    return Trial(client=client, outcomes=joined)


def outcomes(
    client: Client,
    mode: str,
    environment: Environment,
    *,
    options: ServerOptions = QUICK,
    seconds: float = MODE_SECONDS,
) -> Outcomes:
    """Return what became of each operation that a client offers, in one mode.

    Its driver gets a server with `options` of its own, and some seconds.
    """
    lives = Lives()
    given = [mode] if mode else []
    with running(options, lives=lives) as url, tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(
            [*environment.start, str(DRIVERS / client.driver), url, options.api_key, *given],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=_variables(),
            cwd=environment.folder,
        )
        limit = threading.Timer(seconds, process.kill)
        limit.start()
        try:
            printed = dict(_rows(process, lives))
        finally:
            limit.cancel()
            process.kill()
            process.communicate()
        return {name: printed.get(name, _unseen(errors)) for name in client.offered}


def _variables() -> Mapping[str, str]:
    """Return the variables of a driver: nothing of ours to import, and nobody's key."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OPENAI_")}
    kept.pop("PYTHONPATH", None)
    return {**kept, "PYTHONDONTWRITEBYTECODE": "1"}


def _rows(process: subprocess.Popen[str], lives: Lives) -> Iterator[tuple[str, str]]:
    """Yield each operation that a driver tells of; plan the runs that it asks for meanwhile."""
    assert process.stdout is not None
    assert process.stdin is not None
    for line in process.stdout:
        if not line.startswith("{"):
            continue
        said = json.loads(line)
        if plan := said.get("plan"):
            # What was planned by an operation that failed before its run is nobody's.
            lives.clear()
            calls = plan["calls"] or None
            lives.add(written_life(plan["statuses"], calls=calls, reply=plan["reply"]))
            process.stdin.write("planned\n")
            process.stdin.flush()
        else:
            yield said["operation"], "" if said["works"] else said["reason"]


def _unseen(errors: IO[str]) -> str:
    """Return why a driver did not tell of an operation: the last error that it complained of."""
    errors.seek(0)
    lines = [line.strip() for line in errors if line.strip()]
    last = ([line for line in lines if "Error" in line] or lines)[-1:]
    return f"the driver ended before it{f', {last[0][:200]}' if last else ''}"
