"""One check for all workers of pytest-xdist: the first to come makes it, the others read it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from hashlib import sha256

import pytest

from run_contracts.events import Event


def checked_once(
    request: pytest.FixtureRequest, key: str, check: Callable[[], list[Event]]
) -> tuple[list[Event], bool]:
    """Return the events of a check, and whether it was made here.

    Workers share a folder that pytest makes for the session; those that run another Python make
    checks of their own. If the worker that checks dies, the next one does.
    """
    if not hasattr(request.config, "workerinput"):
        return check(), True
    from filelock import FileLock  # noqa: PLC0415 - only among workers

    from run_contracts.report import jsonlines  # noqa: PLC0415

    shared = request.getfixturevalue("tmp_path_factory").getbasetemp().parent
    digest = sha256(f"{sys.executable} {sys.version} {key}".encode()).hexdigest()[:16]
    file = shared / f"run-contracts-{digest}.jsonl"
    with FileLock(file.with_suffix(".lock")):
        if file.exists():
            return list(jsonlines.read(file)), False
        events = check()
        unfinished = file.with_suffix(".new")
        with unfinished.open("w", encoding="utf-8") as writing:
            for event in events:
                jsonlines.write(event, writing)
        unfinished.replace(file)
        return events, True
