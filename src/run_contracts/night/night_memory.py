"""What a night remembers while it lasts: walks, what was shown, what was found, what went wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice

from run_contracts.events import Event, NightFinding
from run_contracts.night.corpus import MOST_FINDINGS, Corpus
from run_contracts.night.corpus_entry import CorpusEntry
from run_contracts.night.night_log import NightLog
from run_contracts.night.night_state import MOST_KEYS_KEPT, FindingCount
from run_contracts.night.night_verdicts import NightVerdicts
from run_contracts.night.orders import NewFinding, RoundResult
from run_contracts.traffic.hiding import Hide

MOST_LINES_BEFORE = 20
"""Findings from before an interruption that are told in a line each."""


@dataclass(kw_only=True)
class NightMemory:
    """Keeps what rounds bring, in the corpus, too, and yields what is new of it, once.

    `tell` is given lines for a person. `known` are keys of findings that need not be told, `seen`
    of those that this process saw, `by_check` of those that the check before the night had shown,
    of which `again` counts how often rounds saw them; `missing` has sentences about those whose
    report is lost. `sending` and `judging` are seconds of processors, and `sent` and `judged` the
    requests of this process and those of them that were judged.
    """

    corpus: Corpus
    log: NightLog
    hide: Hide
    tell: Callable[[str], object]
    entries: dict[str, CorpusEntry] = field(default_factory=dict)
    shown: set[str] = field(default_factory=set)
    known: set[str] = field(default_factory=set)
    by_check: frozenset[str] = frozenset()
    seen: set[str] = field(default_factory=set)
    again: Counter[str] = field(default_factory=Counter)
    own_errors: dict[str, None] = field(default_factory=dict)
    left: dict[str, None] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    sending: float = 0.0
    judging: float = 0.0
    sent: int = 0
    judged: int = 0

    def read(self, edition: str) -> None:
        """Take in the walks of the corpus."""
        self.entries = {entry.name: entry for entry in self.corpus.entries(edition)}
        self.shown = {name for entry in self.entries.values() for name in entry.shows}

    def begin(self, broken: frozenset[str]) -> None:
        """Take in what the check has shown broken: that need not be told again."""
        self.by_check = broken
        self.known |= broken

    def walks(self) -> tuple[CorpusEntry, ...]:
        """Return the walks to try again at the beginning.

        A night that was interrupted has tried those of its corpus; what showed a failure is tried
        again, for it is broken now only if it shows itself again.
        """
        if not self.log.is_resumed:
            return tuple(self.entries.values())
        before = {f"finding {key}" for key in self.log.state.findings}
        return tuple(one for one in self.entries.values() if before.intersection(one.shows))

    def tell_found_before(self) -> None:
        """Tell what this night found before it was interrupted."""
        before = [
            (key, count)
            for key, count in self.log.state.findings.items()
            if key not in self.by_check
        ]
        for key, count in before[:MOST_LINES_BEFORE]:
            self.tell(
                f"found before the interruption, in round {count.first_round}: {key}; "
                "it is broken if it shows itself again"
            )
        if len(before) > MOST_LINES_BEFORE:
            self.tell(f"and {len(before) - MOST_LINES_BEFORE} more found before the interruption")
        self.tell_complaints()

    def _events_of(self, key: str, number: int, verdicts: NightVerdicts) -> Iterator[Event]:
        """Yield the events of a finding that the corpus has."""
        yield from verdicts.of(self.corpus.finding(key), number, self.corpus.finding_file(key))

    def keep_walks(self, result: RoundResult) -> tuple[CorpusEntry, ...]:
        """Keep the walks that showed what no worker had seen before; return them."""
        fresh = []
        for entry in result.entries:
            names = tuple(name for name in entry.shows if name not in self.shown)
            if names:
                self.shown.update(names)
                fresh.append(replace(entry, shows=names))
        for entry in fresh:
            if self.corpus.keep(entry, self.hide):
                self.entries[entry.name] = entry
        return tuple(fresh)

    def keep_result(self, result: RoundResult, verdicts: NightVerdicts) -> Iterator[Event]:
        """Keep what else a round brought, and yield what it found that was not told."""
        self.sending += result.sending
        self.judging += result.judging
        self.sent += result.requests
        self.judged += result.judged
        room = MOST_KEYS_KEPT - len(self.seen)
        self.seen.update(islice((key for key in result.found if key not in self.seen), room))
        self.own_errors |= dict.fromkeys(result.own_errors)
        self.left |= dict.fromkeys(result.left)
        for finding in result.new:
            if finding.key not in self.known and len(self.known - self.by_check) < MOST_FINDINGS:
                self.known.add(finding.key)
                yield from self._kept(finding, result.number, verdicts)
        self.tell_complaints()

    def _kept(self, finding: NewFinding, number: int, verdicts: NightVerdicts) -> Iterator[Event]:
        if self.corpus.keep_finding(finding.key, finding.report) is None:
            self.missing.append(f"{finding.key}: found, and its report cannot be written")
            return
        yield from self._events_of(finding.key, number, verdicts)

    def counted(self, broken: Mapping[str, int]) -> dict[str, int]:
        """Return what the log counts of what a round saw: not what the check has shown."""
        self.again.update({key: seen for key, seen in broken.items() if key in self.by_check})
        return {key: seen for key, seen in broken.items() if key not in self.by_check}

    def findings(self) -> Iterator[NightFinding]:
        """Yield each thing that the night found broken, in the order of its first round."""
        counts = dict(self.log.state.findings)
        for key, seen in self.again.items():
            before = counts[key].seen if key in counts else 0
            counts[key] = FindingCount(first_round=0, seen=before + seen)
        for key, count in sorted(counts.items(), key=lambda each: each[1].first_round):
            requirement, _, fingerprint = key.partition(" ")
            file = self.corpus.finding_file(key)
            yield NightFinding(
                requirement=requirement,
                fingerprint=fingerprint,
                seen=count.seen,
                first_round=0 if key in self.by_check else count.first_round,
                file=str(file) if file.exists() else "",
                is_unseen_since=key not in self.seen and key not in self.by_check,
            )

    def lost(self) -> Iterator[str]:
        """Yield sentences about what was found and is in no report."""
        yield from self.missing
        unreported = sorted(self.seen - self.known)
        if unreported:
            yield (
                f"{len(unreported)} more found, and in no report, which takes {MOST_FINDINGS} of a "
                f"night: {unreported[0]}"
            )

    def tell_complaints(self) -> None:
        """Tell once what could not be read or written."""
        for complaints in (self.corpus.complaints, self.log.complaints):
            while complaints:
                self.tell(complaints.pop(0))
