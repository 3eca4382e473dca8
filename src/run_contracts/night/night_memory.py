"""What a night remembers while it lasts: walks, what was shown, what was found, what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from run_contracts.events import Event, NightFinding
from run_contracts.night.corpus import MOST_FINDINGS, Corpus
from run_contracts.night.corpus_entry import CorpusEntry
from run_contracts.night.night_log import NightLog
from run_contracts.night.night_verdicts import NightVerdicts
from run_contracts.night.orders import NewFinding, RoundResult
from run_contracts.traffic.hiding import Hide


@dataclass(kw_only=True)
class NightMemory:
    """Keeps what rounds bring, in the corpus, too, and yields what is new of it, once.

    `tell` is given lines for a person. `known` are keys of findings, `by_check` of those that the
    check before the night had shown, `missing` sentences about those whose report is lost;
    `sending` and `judging` are seconds of processors, and `sent` and `judged` the requests of this
    process and those of them that were judged.
    """

    corpus: Corpus
    log: NightLog
    hide: Hide
    tell: Callable[[str], object]
    entries: dict[str, CorpusEntry] = field(default_factory=dict)
    shown: set[str] = field(default_factory=set)
    known: set[str] = field(default_factory=set)
    by_check: frozenset[str] = frozenset()
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

    def found_before(self, verdicts: NightVerdicts) -> Iterator[Event]:
        """Yield what this night found before it was killed."""
        for key, count in self.log.state.findings.items():
            if key in self.known:
                continue
            self.known.add(key)
            events = list(self._events_of(key, count.first_round, verdicts))
            if not events:
                self.missing.append(
                    f"{key}: the night found it in round {count.first_round}, and its report "
                    "cannot be read"
                )
            yield from events
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
        self.own_errors |= dict.fromkeys(result.own_errors)
        self.left |= dict.fromkeys(result.left)
        for finding in result.new:
            if finding.key not in self.known and len(self.known) < MOST_FINDINGS:
                self.known.add(finding.key)
                yield from self._kept(finding, result.number, verdicts)
        self.tell_complaints()

    def _kept(self, finding: NewFinding, number: int, verdicts: NightVerdicts) -> Iterator[Event]:
        if self.corpus.keep_finding(finding.key, finding.report) is None:
            self.missing.append(f"{finding.key}: found, and its report cannot be written")
            return
        yield from self._events_of(finding.key, number, verdicts)

    def findings(self) -> Iterator[NightFinding]:
        """Yield each thing that the night found broken, in the order of its first round."""
        counts = self.log.state.findings
        for key, count in sorted(counts.items(), key=lambda each: each[1].first_round):
            requirement, _, fingerprint = key.partition(" ")
            file = self.corpus.finding_file(key)
            yield NightFinding(
                requirement=requirement,
                fingerprint=fingerprint,
                seen=count.seen,
                first_round=0 if key in self.by_check else count.first_round,
                file=str(file) if file.exists() else "",
            )

    def tell_complaints(self) -> None:
        """Tell once what could not be read or written."""
        for complaints in (self.corpus.complaints, self.log.complaints):
            while complaints:
                self.tell(complaints.pop(0))
