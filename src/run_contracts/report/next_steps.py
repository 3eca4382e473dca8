"""What to type next to see a failure again, and whether that takes luck or time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from run_contracts.events import Decided, Started
from run_contracts.traffic.exchange import Exchange
from run_contracts.traffic.shell import word

LONG = 10.0
"""Seconds of waiting for answers from which on it is said how long it takes."""
TAKES_ALL = "only generated requests show it: it takes the whole check, with its seed"
TAKES_LUCK = "it takes luck: requests race in it"
_REACHES = re.compile(r"run-contracts check ['\"]?https?://")
"""How a command begins that checks a server which is there afterwards, too."""
_LETS_IN = re.compile(r'--(?:api-key-env \S+|header "(?:\\.|[^"\\])*")')
"""Options of a check without which its requests are refused."""


def next_step(
    verdict: Decided,
    exchanges: Mapping[int, Exchange],
    *,
    only: str,
    whole: str,
    replay: str = "",
) -> str:
    """Return the line to paste that shows a verdict again; empty if there is none.

    `only` checks the requirement again, `whole` everything, and `replay` sends again what a report
    holds of the requirement whose id follows. What only generated requests showed is not shown by
    the probes of its requirement. A remark behind the command says what it takes beside it.
    """
    if verdict.command:
        return verdict.command
    shown = [exchanges[one.exchange] for one in verdict.broken if one.exchange in exchanges]
    sequence = [exchanges[number] for number in verdict.sequence if number in exchanges]
    remarks = list(_remarks(sequence))
    if not shown or not all(one.is_generated for one in shown):
        command = only
    elif replay and sequence:
        command = f"{replay} {word(verdict.requirement, {})}"
    else:
        command, remarks = whole, [TAKES_ALL, *remarks]
    return "  # ".join(filter(None, (command, "; ".join(remarks)))) if command else ""


def replay_command(started: Started | None, file: str) -> str:
    """Return what sends again what a report holds, but for the id; empty if nothing can."""
    if started is None or not file or not _REACHES.match(started.command):
        return ""
    return " ".join(["run-contracts replay", *_LETS_IN.findall(started.command), word(file, {})])


def _remarks(sequence: Sequence[Exchange]) -> Iterator[str]:
    """Yield what it takes to see again what a sequence of exchanges shows."""
    if sequence and sequence[-1].together:
        yield TAKES_LUCK
    seconds = sum(one.response.seconds for one in sequence)
    if seconds >= LONG:
        yield f"it took {seconds:.0f} s of waiting"
