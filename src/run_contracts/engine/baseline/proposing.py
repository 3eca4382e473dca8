"""Proposing entries for what a baseline does not know; their reasons are to be written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta

from run_contracts.engine.baseline.entries import GENERATED, Baseline, Known
from run_contracts.engine.baseline.toml_file import PLACEHOLDER
from run_contracts.events import Cause, Decided, Event, Exchanged, Started
from run_contracts.events.fingerprint import FingerprintIndex, anywhere

FIRST_DAYS = 90
"""Days after which a proposed entry expires."""


def unknown(events: Iterable[Event], baseline: Baseline) -> Iterator[Known]:
    """Yield an entry for each cause of red failures that the baseline does not have."""
    events = list(events)
    causes_by_id = causes(events)
    profile = next(one.profile for one in events if isinstance(one, Started))
    expires = datetime.now(UTC).date() + timedelta(days=FIRST_DAYS)
    accepted = {failure for entry in baseline.entries for failure in entry.accepted}
    verdicts = [one for one in events if isinstance(one, Decided)]
    red = {one.requirement: one for one in verdicts if one.is_red and one.broken}
    for cause in (one for one in events if isinstance(one, Cause)):
        new_failures = {
            (requirement, fingerprint): is_generated
            for requirement in cause.requirements
            if requirement in red
            for fingerprint, is_generated in causes_by_id.get(requirement, {}).items()
            if not accepted & {(requirement, fingerprint), (requirement, anywhere(fingerprint))}
        }
        if new_failures:
            is_chance = all(new_failures.values())
            yield _entry(new_failures, expires, GENERATED if is_chance else profile)


def _entry(accepted: Iterable[tuple[str, str]], expires: date, profile: str) -> Known:
    """Return an entry for what has one cause; the reason is to be written."""
    failures = sorted(set(_folded(accepted)))
    lead = next(iter(accepted))[0]
    is_alone = [requirement for requirement, _ in failures] == [lead]
    return Known(
        id=lead,
        fingerprint=failures[0][1] if is_alone else "",
        failures=() if is_alone else tuple(map(" ".join, failures)),
        reason=PLACEHOLDER,
        expires=expires,
        profile=profile,
    )


def _folded(accepted: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield failures; those that several operations show in one field as one."""
    folded: dict[tuple[str, str], list[str]] = {}
    for requirement, fingerprint in accepted:
        folded.setdefault((requirement, anywhere(fingerprint)), []).append(fingerprint)
    for (requirement, wherever), fingerprints in folded.items():
        yield requirement, wherever if len(fingerprints) > 1 else fingerprints[0]


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
    lines = [f"id = {json.dumps(entry.id)}"]
    if entry.failures:
        lines += ["failures = [", *(f"  {json.dumps(one)}," for one in entry.failures), "]"]
    else:
        lines.append(f"fingerprint = {json.dumps(entry.fingerprint)}")
    lines += [f"reason = {json.dumps(entry.reason)}", f"expires = {entry.expires}"]
    lines.append(f"profile = {json.dumps(entry.profile)}")
    return "\n".join(["[[known]]", *lines, ""])
