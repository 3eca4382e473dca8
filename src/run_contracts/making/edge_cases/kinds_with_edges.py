"""The kinds of values that have edge cases."""

from __future__ import annotations

from run_contracts.contract.loading import Contract

HISTORY, STREAM = "history", "stream"
NO_KIND = "stream_event"
"""A schema of events alone; they come in streams."""


def edge_kinds(contract: Contract) -> tuple[str, ...]:
    """Return the kinds that have edge cases in a contract.

    >>> from run_contracts import load
    >>> edge_kinds(load("v2"))[-2:]
    ('history', 'stream')
    """
    return (*(kind for kind in contract.kinds if kind != NO_KIND), HISTORY, STREAM)
