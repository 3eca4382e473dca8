"""The baseline: failures that are known, each with a reason and a date, and are not red.

It is a TOML file with an entry for each cause::

    [[known]]
    id = "RUN-LIST-005"
    fingerprint = "listRuns /has_more: cut-short, found boolean"
    reason = "our gateway cuts the last page"
    link = "https://tracker.example/17"
    expires = 2027-03-31
"""

from __future__ import annotations

from run_contracts.engine.baseline.entries import EMPTY, FILE_NAME, Baseline, Known
from run_contracts.engine.baseline.proposing import as_toml, causes, unknown
from run_contracts.engine.baseline.toml_file import found, place, read, read_leniently
from run_contracts.events.fingerprint import anywhere, fingerprint

__all__ = [
    "EMPTY",
    "FILE_NAME",
    "Baseline",
    "Known",
    "anywhere",
    "as_toml",
    "causes",
    "fingerprint",
    "found",
    "place",
    "read",
    "read_leniently",
    "unknown",
]
