"""Proposing entries for what a baseline does not know; their reasons are to be written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from run_contracts.engine.baseline.entries import GENERATED, Baseline, Known
from run_contracts.engine.baseline.fingerprint import FingerprintIndex
from run_contracts.engine.baseline.toml_file import PLACEHOLDER
from run_contracts.events import Decided, Event, Exchanged, Started

FIRST_DAYS = 90
"""Days after which a proposed entry expires."""


def unknown(events: Iterable[Event], baseline: Baseline) -> Iterator[Known]:
    """Yield an entry for each cause of a red failure that the baseline does not have."""
    events = list(events)
    causes_by_id = causes(events)
    profile = next(one.profile for one in events if isinstance(one, Started))
    expires = datetime.now(UTC).date() + timedelta(days=FIRST_DAYS)
    has = {(one.id, one.fingerprint) for one in baseline.entries}
    for verdict in events:
        if isinstance(verdict, Decided) and verdict.is_red:
            for cause, is_generated in sorted(causes_by_id.get(verdict.requirement, {}).items()):
                if (verdict.requirement, cause) not in has:
                    yield Known(
                        id=verdict.requirement,
                        fingerprint=cause,
                        reason=PLACEHOLDER,
                        expires=expires,
                        profile=GENERATED if is_generated else profile,
                    )


def causes(events: Iterable[Event]) -> dict[str, dict[str, bool]]:
    """Return the fingerprints of every broken requirement of a check, by its id.

    Each comes with whether only generated requests showed it.
    """
    by_id: dict[str, dict[str, bool]] = {}
    index = FingerprintIndex()
    for event in events:
        match event:
            case Started():
                index = FingerprintIndex()
            case Exchanged():
                index.add(event.exchange)
            case Decided():
                for broken in event.broken:
                    known = by_id.setdefault(event.requirement, {})
                    cause, is_generated = index.fingerprint(broken), index.is_generated(broken)
                    known[cause] = known.get(cause, True) and is_generated
    return by_id


def as_toml(entry: Known) -> str:
    """Return an entry as it stands in a file."""
    texts = {"id": entry.id, "fingerprint": entry.fingerprint, "reason": entry.reason}
    lines = [f"{name} = {json.dumps(value)}" for name, value in texts.items()]
    lines += [f"expires = {entry.expires}", f"profile = {json.dumps(entry.profile)}"]
    return "\n".join(["[[known]]", *lines, ""])
