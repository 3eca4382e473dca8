"""What an answer says of itself: its status, why none came, and where its application failed."""

from __future__ import annotations

import re

from run_contracts.traffic.exchange import Exchange

FRAME = re.compile(r'  File "')
"""How a frame of a traceback begins."""


def status_words(exchange: Exchange) -> str:
    """Return the status of an answer, or that there was none, and why."""
    return no_answer(exchange) or str(exchange.response.status)


def no_answer(exchange: Exchange) -> str:
    """Return why a request had no answer, in words; empty if it had one."""
    response = exchange.response
    if response.is_answer:
        return ""
    return f"no answer: {response.failure}" if response.failure else "no answer"


def traceback_end(exchange: Exchange) -> list[str]:
    """Return the last frame of a traceback and what was raised there: what to read first."""
    lines = exchange.response.traceback.rstrip().splitlines()
    starts = [number for number, line in enumerate(lines) if FRAME.match(line)]
    if not starts:
        return lines[-1:]
    # What is shown below a line to point into it says nothing to who does not see the file.
    kept = [line.strip() for line in lines[starts[-1] :] if line.strip(" ^~")]
    return [kept[0], *(f"  {line}" for line in kept[1:-1][:1]), *kept[1:][-1:]]
