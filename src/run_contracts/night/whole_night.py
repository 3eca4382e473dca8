"""The night itself: a check is followed by rounds, and ends with what they found, each thing once.

It may be killed at any time, and goes on when it is begun again: its log says what was done, its
corpus holds what was found, and what rounds had created is deleted by their ledgers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from run_contracts.client.budget import Budget
from run_contracts.engine.interrupts import Interrupts
from run_contracts.events import Decided, Event, Exchanged, Finished, NightEnded, Started
from run_contracts.events.fingerprint import FingerprintIndex
from run_contracts.night.last_poll import POLL_REQUESTS, is_answering
from run_contracts.night.night_memory import NightMemory
from run_contracts.night.night_plan import NightPlan
from run_contracts.night.night_rounds import NightRounds
from run_contracts.night.night_verdicts import NightVerdicts
from run_contracts.night.schedule import Schedule
from run_contracts.probes.covering import CARRIERS

NIGHT_WITHOUT_VERDICT = "the night judged no request"
NOTHING_SAID = "no answer says anything (none, 401, 403, 429 or 5xx)"
SILENT_AT_END = "the server answered no more at the end of the night"


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeNight:
    """Follows a check with a night.

    `progress` is called with what is done and the requests so far. The night does not begin, or
    ends, when `is_red` says that one failure was enough.
    """

    plan: NightPlan
    memory: NightMemory
    progress: Callable[[str, int], object]

    def followed(self, seen: Iterable[Event], is_red: Callable[[], bool]) -> Iterator[Event]:
        """Yield the events of a check, and of its night before its verdicts."""
        # Whether it can be kept is known before anything is sent.
        self.memory.log.begin()
        verdicts: dict[str, Decided] = {}
        index, last, runs = FingerprintIndex(), 0, 0
        started: Started | None = None
        for event in seen:
            match event:
                case Decided():
                    verdicts[event.requirement] = event
                case Finished() if started and verdicts and not (event.exit_code or is_red()):
                    self.memory.begin(_keys(verdicts.values(), index))
                    before = Budget(requests=event.requests, runs=runs)
                    merging = NightVerdicts(started, last)
                    yield from self._night(verdicts, event, merging, before, is_red)
                case Finished():
                    self.memory.log.close()
                    yield from verdicts.values()
                    yield event
                case Exchanged():
                    index.add(event.exchange)
                    last = max(last, event.exchange.number)
                    runs += event.exchange.operation_id in CARRIERS
                    yield event
                case _:
                    started = event if isinstance(event, Started) else started
                    yield event

    def _night(
        self,
        verdicts: dict[str, Decided],
        footer: Finished,
        merging: NightVerdicts,
        before: Budget,
        is_red: Callable[[], bool],
    ) -> Iterator[Event]:
        """Yield what the night finds, its end, and then the verdicts and the end of the check."""
        memory, log = self.memory, self.memory.log
        corpus = memory.walks()
        rounds = NightRounds(self.plan, memory, progress=self.progress, is_red=is_red)
        schedule = Schedule(
            self.plan.target,
            log.state,
            jobs=self.plan.jobs,
            lanes=self.plan.lanes,
            corpus=corpus,
            before=before,
        )
        with Interrupts() as interrupts:
            memory.tell_found_before()
            yield from rounds.run(interrupts, schedule, merging)
            if rounds.is_complete and not interrupts.is_asked:
                log.add(what="over", spent=rounds.spent)
            log.close()
            yield self._ended(rounds, is_interrupted=interrupts.is_asked)
            yield from merging.merged(verdicts)
            footer = self._footer(footer, rounds, is_interrupted=interrupts.is_asked)
            code = footer.exit_code if interrupts.exit_code is None else interrupts.exit_code
            yield replace(footer, exit_code=code)

    def _ended(self, rounds: NightRounds, *, is_interrupted: bool) -> NightEnded:
        state = self.memory.log.state
        return NightEnded(
            rounds=state.ended,
            requests=state.requests,
            seconds=rounds.spent,
            jobs=self.plan.jobs,
            lost=state.lost,
            findings=tuple(self.memory.findings()),
            sending=round(self.memory.sending, 3),
            judging=round(self.memory.judging, 3),
            entries=len(self.memory.entries),
            corpus=str(self.memory.corpus.folder),
            reason="somebody interrupted it" if is_interrupted else rounds.reason,
        )

    def _unverified(
        self, footer: Finished, rounds: NightRounds, *, is_interrupted: bool
    ) -> Iterator[str]:
        """Yield why a night that found nothing is not green: what it judged itself counts."""
        memory = self.memory
        yield from memory.lost()
        if not memory.judged:
            why = rounds.reason or (NOTHING_SAID if memory.sent else "")
            yield f"{NIGHT_WITHOUT_VERDICT}{f': {why}' if why else ''}"
        elif rounds.is_cut_short and not is_interrupted:
            yield f"the night ended before its time: {rounds.reason}"
        elif not is_interrupted and self._is_silent(footer, rounds):
            yield SILENT_AT_END

    def _is_silent(self, footer: Finished, rounds: NightRounds) -> bool:
        """Say whether the server does not answer now, as far as that may still be asked."""
        budget, state = self.plan.target.budget, self.memory.log.state
        spent = footer.requests + state.requests + state.requests_lost + POLL_REQUESTS
        may_ask = budget.requests is None or spent <= budget.requests
        if self.plan.application or not may_ask:
            return rounds.is_silent
        return not is_answering(self.plan.worker_target)

    def _footer(self, footer: Finished, rounds: NightRounds, *, is_interrupted: bool) -> Finished:
        """Return how the check ends with its night; without one request judged it is not green."""
        state, memory = self.memory.log.state, self.memory
        unverified = (
            *footer.unverified,
            *self._unverified(footer, rounds, is_interrupted=is_interrupted),
        )
        return replace(
            footer,
            requests=footer.requests + state.requests,
            seconds=footer.seconds + rounds.spent,
            unverified=unverified,
            own_errors=(*footer.own_errors, *memory.own_errors),
            may_stay=(*footer.may_stay, *memory.left),
        )


def _keys(verdicts: Iterable[Decided], index: FingerprintIndex) -> frozenset[str]:
    """Return the keys of what a check has shown broken."""
    return frozenset(
        f"{verdict.requirement} {index.fingerprint(broken)}"
        for verdict in verdicts
        for broken in verdict.broken
    )
