"""Applying a baseline: what it knows is not red, and what it knows no longer is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

from run_contracts.contract.requirements import Level
from run_contracts.engine.baseline.entries import Baseline, Known
from run_contracts.engine.baseline.fingerprint import FingerprintIndex
from run_contracts.engine.conclusion import rejudged
from run_contracts.events import Broken, Decided, Event, Exchanged, Finished, Started


def applied(
    events: Iterable[Event], baseline: Baseline, *, today: date | None = None
) -> Iterator[Event]:
    """Yield the events of a check with what the baseline knows marked as known.

    A verdict is known if all its failures are, each by an entry that has not expired; then it is
    not red. Entries that have expired, or whose requirement is no longer broken, are told in the
    footer and make the check red. Whether nothing is broken is asked only of checks that were
    whole, by the profile of the entry or a fuller one.
    """
    if not baseline.entries:
        yield from events
        return
    applying = _Applying(baseline, today or datetime.now(UTC).date())
    yield from rejudged(applying.watched(events), applying.judged, applying.closed)


class _Applying:
    """A baseline on its way through the events of a check."""

    def __init__(self, baseline: Baseline, today: date) -> None:
        self._baseline, self._today = baseline, today
        self._started: Started | None = None
        self._index = FingerprintIndex()

    def watched(self, events: Iterable[Event]) -> Iterator[Event]:
        """Yield events, and learn from them."""
        for event in events:
            if isinstance(event, Started):
                self._started, self._index = event, FingerprintIndex()
            elif isinstance(event, Exchanged):
                self._index.add(event.exchange)
            yield event

    def judged(self, verdict: Decided) -> Decided:
        """Return a verdict as known, or with what is not known first."""
        entries = {
            one.fingerprint: one
            for one in self._baseline.entries
            if one.id == verdict.requirement and one.expires >= self._today
        }
        if not entries or not verdict.broken:
            return verdict
        causes = [self._index.fingerprint(one) for one in verdict.broken]
        if set(causes) <= set(entries):
            used = dict.fromkeys(str(entries[cause]) for cause in causes)
            return replace(verdict, is_red=False, known="; ".join(used))
        by_news = sorted(zip(causes, verdict.broken, strict=True), key=lambda p: p[0] in entries)
        return replace(verdict, broken=tuple(broken for _, broken in by_news))

    def cause(self, broken: Broken) -> tuple[str, bool]:
        """Return the fingerprint of a failure, and whether a generated request showed it."""
        return self._index.fingerprint(broken), self._index.is_generated(broken)

    def closed(self, footer: Finished, verdicts: list[Decided]) -> Finished:
        """Return the footer with a line for each entry that is out of date."""
        results = {one.requirement: one.result for one in verdicts}
        asked = [one for one in self._baseline.entries if one.id in results]
        wrong = [
            f"{one.id}: {complaint} ({self._baseline.name})"
            for one in asked
            if (complaint := self._out_of_date(one, results[one.id], footer))
        ]
        return replace(footer, baseline=(*footer.baseline, *wrong))

    def _out_of_date(self, entry: Known, result: str, footer: Finished) -> str | None:
        if result == "pass" and not footer.is_cut and self._is_whole(entry.profile):
            return f"no longer broken, delete the entry: {entry.fingerprint}"
        if entry.expires < self._today:
            return f"expired on {entry.expires}, mend it or decide again: {entry.reason}"
        return None

    def _is_whole(self, profile: str) -> bool:
        """Say whether everything was tried that a profile tries."""
        started = self._started
        if started is None or started.only or started.left_out:
            return False
        return profile in ("smoke", started.profile)


def forgotten(events: Iterable[Event]) -> Iterator[Event]:
    """Yield the events of a check as if no baseline had been applied."""

    def red(verdict: Decided) -> Decided:
        is_red = verdict.level == Level.MUST if verdict.known else verdict.is_red
        return replace(verdict, is_red=is_red, known="")

    return rejudged(events, red, lambda footer, _: replace(footer, baseline=()))


def causes(events: Iterable[Event]) -> dict[str, dict[str, bool]]:
    """Return the fingerprints of every broken requirement of a check, by its id.

    Each comes with whether only generated requests showed it.
    """
    by_id: dict[str, dict[str, bool]] = {}
    applying = _Applying(Baseline(), date.min)
    for event in applying.watched(events):
        if not isinstance(event, Decided):
            continue
        for broken in event.broken:
            cause, is_generated = applying.cause(broken)
            known = by_id.setdefault(event.requirement, {})
            known[cause] = known.get(cause, True) and is_generated
    return by_id
