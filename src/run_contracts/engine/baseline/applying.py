"""Reading a check by a baseline: what of it is known, and which entries are out of date."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from run_contracts.engine.baseline.entries import Baseline, Known
from run_contracts.events import Broken, Decided, Event, Exchanged, Finished, Result, Started
from run_contracts.events.fingerprint import FingerprintIndex, anywhere


class BaselineReader:
    """Reads the events of a check by a baseline, on some day."""

    def __init__(self, baseline: Baseline, today: date) -> None:
        """Nothing has happened yet."""
        self._baseline, self._today = baseline, today
        self._started: Started | None = None
        self._index = FingerprintIndex()

    def watched(self, events: Iterable[Event]) -> Iterator[Event]:
        """Yield events, and learn from them."""
        for event in events:
            if isinstance(event, Started):
                self._started, self._index = event, FingerprintIndex()
            elif isinstance(event, Exchanged) and self._baseline.entries:
                self._index.add(event.exchange)
            yield event

    def known(self, verdict: Decided) -> tuple[Decided, str]:
        """Return a verdict, what is not known of it first, and why it is known as a whole.

        It is known if all its failures are, each by an entry that has not expired.
        """
        entries = {
            fingerprint: entry
            for entry in self._baseline.entries
            for requirement, fingerprint in entry.accepted
            if requirement == verdict.requirement and entry.expires >= self._today
        }
        if not entries or not verdict.broken:
            return verdict, ""
        used = [self._entry(one, entries) for one in verdict.broken]
        if None not in used:
            return verdict, "; ".join(dict.fromkeys(map(str, used)))
        by_news = sorted(zip(used, verdict.broken, strict=True), key=lambda p: p[0] is not None)
        return replace(verdict, broken=tuple(broken for _, broken in by_news)), ""

    def _entry(self, broken: Broken, entries: Mapping[str, Known]) -> Known | None:
        """Return the entry that accepts a violation: as it is, or whatever operation shows it."""
        fingerprint = self._index.fingerprint(broken)
        return entries.get(fingerprint) or entries.get(anywhere(fingerprint))

    def out_of_date(self, verdicts: Sequence[Decided], footer: Finished) -> tuple[str, ...]:
        """Return a line for each entry that is out of date.

        Whether nothing is broken is asked only of checks that were whole, by the profile of the
        entry or a fuller one.
        """
        results = {one.requirement: one.result for one in verdicts}
        asked = [one for one in self._baseline.entries if one.requirements & results.keys()]
        return tuple(
            f"{one.id}: {complaint} ({self._baseline.name})"
            for one in asked
            if (complaint := self._complaint(one, results, footer))
        )

    def _complaint(self, entry: Known, results: Mapping[str, str], footer: Finished) -> str | None:
        is_mended = all(results.get(one) == Result.PASS for one in entry.requirements)
        if is_mended and not footer.is_cut and self._is_whole(entry.profile):
            number = f"{len(entry.failures)} failures"
            return f"no longer broken, delete the entry: {entry.fingerprint or number}"
        if entry.expires < self._today:
            return f"expired on {entry.expires}, mend it or decide again: {entry.reason}"
        return None

    def _is_whole(self, profile: str) -> bool:
        """Say whether everything was tried that a profile tries."""
        started = self._started
        if started is None or started.only or started.left_out:
            return False
        return profile in ("smoke", started.profile)
