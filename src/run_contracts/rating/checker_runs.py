"""One run of a checker against one fresh server: its verdict, or why there is none."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory

from run_contracts.conduct.client_command import KEY_PLACE, URL_PLACE, ClientCommand, Ran
from run_contracts.conduct.client_words import CRASHED
from run_contracts.errors import UsageError
from run_contracts.filesystem.single_line import line, shortened
from run_contracts.making.answered_document import answered
from run_contracts.rating.checker import (
    DOCUMENT_PLACE,
    FOLDER_PLACE,
    GREEN_EXIT,
    Checker,
    VerdictSource,
)
from run_contracts.rating.counted_server import counted
from run_contracts.server.options import DEFAULT_KEY
from run_contracts.types import Edition

LONGEST_SAID = 200
"""Characters that are kept of what a checker said last where it gave no verdict."""


class CheckerVerdict(StrEnum):
    """What a checker says of a server."""

    GREEN = "green"
    RED = "red"
    NONE = "no verdict"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckerRun:
    """What a checker said of a server with this fault, or of the right one, and what it took.

    `failures` are the names of what failed, where a report has them; `reason` says why there is no
    verdict, and of what is red without a report what the command said last. `requests` were counted
    by the server, `seconds` are those of the command alone. With `has_traceback` it printed what
    looks like an error that it did not expect.
    """

    fault: str | None
    verdict: CheckerVerdict
    failures: frozenset[str] = frozenset()
    reason: str = ""
    has_traceback: bool = False
    requests: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What is the same of all servers that a checker is tried on, and the time it may take."""

    edition: Edition
    speed: float
    time_limit: float


def checker_run(
    checker: Checker,
    conditions: Conditions,
    *,
    fault: str | None,
    seed: int,
    is_over: Callable[[], bool],
) -> CheckerRun:
    """Run a checker against a fresh server, until its time or everything `is_over`.

    Raises `UsageError` if the command cannot be started.
    """
    with (
        TemporaryDirectory(prefix="run-contracts-rate-", ignore_cleanup_errors=True) as folder,
        counted(fault=fault, seed=seed, speed=conditions.speed) as (url, count),
    ):
        places = _places(Path(folder), url, conditions.edition)
        command = ClientCommand(arguments=checker.filled(places), time_limit=conditions.time_limit)
        ran = command.run(url, DEFAULT_KEY, is_over)
        verdict, failures, reason = _verdict(checker, ran, places, count.requests)
    return CheckerRun(
        fault=fault,
        verdict=verdict,
        failures=failures,
        reason=reason,
        has_traceback=CRASHED.search(f"{ran.stderr}\n{ran.stdout}") is not None,
        requests=count.requests,
        seconds=ran.seconds,
    )


def _places(folder: Path, url: str, edition: Edition) -> Mapping[str, str]:
    """Return what stands where in the command: the server, a fresh folder, the document."""
    reports, document = folder / "reports", folder / "openapi.json"
    reports.mkdir()
    pointing = {**answered(edition), "servers": [{"url": url}]}
    document.write_text(json.dumps(pointing), encoding="utf-8")
    return {
        URL_PLACE: url,
        KEY_PLACE: DEFAULT_KEY,
        FOLDER_PLACE: str(reports),
        DOCUMENT_PLACE: str(document),
    }


def _verdict(
    checker: Checker, ran: Ran, places: Mapping[str, str], requests: int
) -> tuple[CheckerVerdict, frozenset[str], str]:
    """Return the verdict of a run, what failed, and why there is no verdict."""
    reason = _unfit(checker, ran, requests)
    if reason:
        return CheckerVerdict.NONE, frozenset(), _joined(reason, _last_words(ran))
    if checker.source is VerdictSource.EXIT_CODE:
        if ran.code in checker.red_exits:
            return CheckerVerdict.RED, frozenset(), _last_words(ran)
        return CheckerVerdict.GREEN, frozenset(), ""
    try:
        failures = checker.failures(places)
    except UsageError as error:
        return CheckerVerdict.NONE, frozenset(), _joined(line(str(error)), _last_words(ran))
    return CheckerVerdict.RED if failures else CheckerVerdict.GREEN, failures, ""


def _unfit(checker: Checker, ran: Ran, requests: int) -> str:
    """Return why what a checker says is no verdict; empty if it may be one."""
    if ran.code is None:
        return f"it was stopped after {ran.seconds:.0f} s"
    if ran.code < 0:
        return f"it was ended by signal {-ran.code}"
    if ran.code not in (GREEN_EXIT, *checker.red_exits):
        return f"it ended with {ran.code}"
    return "" if requests else "it asked the server nothing"


def _last_words(ran: Ran) -> str:
    """Return the last line that a checker wrote, as it may be shown."""
    lines = [text.strip() for text in (ran.stderr or ran.stdout).splitlines() if text.strip()]
    return f"it said: {shortened(line(lines[-1]), LONGEST_SAID)}" if lines else ""


def _joined(*texts: str) -> str:
    return "; ".join(text for text in texts if text)
