"""What a client says came of its run: a line of JSON, or its exit code alone."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from run_contracts.conduct.client_command import Ran
from run_contracts.contract.lifecycle import COMPLETED, lifecycle
from run_contracts.contract.requirements import EDITIONS

CRASHED = re.compile(
    r"(?m)Traceback \(most recent call last\)|^\s+at .+:\d+:\d+\)?$|^panic: |Exception in thread "
)
"""How errors look that a program did not expect: of Python, Node, Go, Java."""
LONGEST_WORDS_SHOWN = 300
"""Characters of a client's last words that are shown."""
MEMBERS_SAID = ("status", "text", "error")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSays:
    """What a client says: the status of its run, its text, what went wrong; None for nothing said.

    Without a line of JSON or the bare word of a status, its exit code says if the run completed.
    """

    status: str | None = None
    text: str | None = None
    error: str | None = None
    is_by_code: bool = False
    is_crashed: bool = False

    @property
    def claims_success(self) -> bool:
        """Whether it says that its run completed."""
        return self.status == COMPLETED

    def __str__(self) -> str:
        if self.error is not None:
            return f"error: {self.error}"
        by_code = " (by its exit code)" if self.is_by_code else ""
        return f"{self.status or 'no status'}{by_code}"


def said(ran: Ran) -> ClientSays:
    """Return what a client says that has ended by itself.

    >>> said(Ran(code=0, seconds=1.0, stdout='{"status": "failed"}', stderr="")).status
    'failed'
    >>> str(said(Ran(code=0, seconds=1.0, stdout="bye", stderr="")))
    'completed (by its exit code)'
    """
    lines = ran.stdout.strip().splitlines()
    word = lines[-1].strip().lower() if lines else ""
    if word in lifecycle(EDITIONS[-1]).statuses:
        return ClientSays(status=word)
    value = _object(ran.stdout)
    if value is not None:
        texts = {name: value[name] for name in MEMBERS_SAID if isinstance(value.get(name), str)}
        if "status" in texts:
            texts["status"] = texts["status"].lower()
        return ClientSays(**texts)
    is_crashed = ran.code != 0 and _ends_in_traceback(ran.stderr)
    if ran.code == 0:
        return ClientSays(status=COMPLETED, is_by_code=True)
    return ClientSays(error=_last_words(ran), is_by_code=True, is_crashed=is_crashed)


def _object(stdout: str) -> dict[str, Any] | None:
    """Return the object at the end, on one line or on several, if it says what it must."""
    lines = stdout.strip().splitlines()
    starts = (at for at in reversed(range(len(lines))) if lines[at].startswith("{"))
    try:
        value = json.loads("\n".join(lines[next(starts) :]))
    except (StopIteration, ValueError, RecursionError):
        return None
    says = isinstance(value, dict) and any(name in value for name in MEMBERS_SAID)
    return value if says else None


def _ends_in_traceback(stderr: str) -> bool:
    """Tell whether the last thing that a program says is an error that it did not expect.

    Where it says a sentence of its own after one, it expected it.
    """
    crashes = list(CRASHED.finditer(stderr))
    rest = stderr[crashes[-1].end() :].partition("\n")[2] if crashes else ""
    flush = [line for line in rest.splitlines() if line.strip() and not line[0].isspace()]
    return bool(crashes) and len(flush) <= 1


def _last_words(ran: Ran) -> str:
    """Return the last line of what went wrong, and the code."""
    lines = (ran.stderr.strip() or ran.stdout.strip()).splitlines()
    last = lines[-1].strip()[:LONGEST_WORDS_SHOWN] if lines else "it said nothing"
    return f"{last} (exit code {ran.code})"
