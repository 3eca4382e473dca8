"""The rounds of a night: ordered one after the other until its time is over, or nothing is left."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from run_contracts.engine.interrupts import Interrupts
from run_contracts.events import Event
from run_contracts.night.crew import Crew, Died
from run_contracts.night.durations import in_words
from run_contracts.night.night_memory import NightMemory
from run_contracts.night.night_plan import NightPlan
from run_contracts.night.night_verdicts import NightVerdicts
from run_contracts.night.orders import Answer, Cleaned, RoundResult, WorkerFailed, WorkerOrders
from run_contracts.night.schedule import Schedule

ANSWER_SECONDS, LOG_SECONDS = 0.5, 10.0
"""Seconds for which answers are waited for, and after which the log says how late it is."""
ROUND_ENDING_SECONDS = 45.0
"""Seconds that workers have to end their rounds and to delete what is theirs."""
MOST_DEATHS = 10
"""Workers that may die in a row without the end of a round between."""
LONGEST_PAUSE_WHEN_GONE = 60.0
"""Seconds until a server that does not answer is asked again."""
BUDGET_SPENT = "its budget is spent"


class NightRounds:
    """Orders rounds, and takes in what becomes of them.

    `reason` says why the night ended before its time; `is_silent` that the last round to end had no
    answer that says anything. `is_red` says when one failure was enough.
    """

    def __init__(
        self,
        plan: NightPlan,
        memory: NightMemory,
        *,
        progress: Callable[[str, int], object],
        is_red: Callable[[], bool],
    ) -> None:
        """Nobody searches yet; what the state of the log has open was killed."""
        self.reason = ""
        self._plan, self._memory, self._log = plan, memory, memory.log
        self._progress, self._is_red = progress, is_red
        self._crew = Crew(plan.jobs, plan.lanes, self._worker_orders)
        self._deaths = self._silences = 0
        self._deaths_to_tell: list[str] = []
        self._is_ending = False
        self._wake_at = 0.0
        self._being_cleaned: set[str] = set()
        self._began, self._spent_before = time.monotonic(), memory.log.state.spent

    @property
    def spent(self) -> float:
        """The seconds that the night took so far, those before a kill included."""
        return round(self._spent_before + time.monotonic() - self._began, 3)

    @property
    def is_silent(self) -> bool:
        """Whether the server did not answer the last round any more."""
        return self._silences > 0

    @property
    def is_complete(self) -> bool:
        """Whether nothing of the night is left to be done another time."""
        return not self.is_cut_short and not self._is_red()

    @property
    def is_cut_short(self) -> bool:
        """Whether something else ended the night than its time or its budget."""
        return self.reason not in ("", BUDGET_SPENT)

    def run(
        self, interrupts: Interrupts, schedule: Schedule, verdicts: NightVerdicts
    ) -> Iterator[Event]:
        """Order rounds until the time is over; yield what they find."""
        logged_at = self._began
        try:
            while not (interrupts.is_asked or self.reason or self._is_red()):
                left = self._plan.seconds - self.spent
                if left <= 0:
                    break
                self._order(schedule, left)
                if time.monotonic() - logged_at > LOG_SECONDS:
                    logged_at = time.monotonic()
                    self._log.add(what="spent", spent=self.spent)
                for answer in list(self._crew.answers(ANSWER_SECONDS)):
                    yield from self._taken(answer, schedule, verdicts)
            yield from self._last(schedule, verdicts)
        finally:
            self._crew.kill()
            self._log.add(what="spent", spent=self.spent)

    def _order(self, schedule: Schedule, left: float) -> None:
        """Order a round of each worker that is free."""
        self._crew.fill()
        self._tell_deaths("; another is started")
        for member in self._crew.free() if time.monotonic() >= self._wake_at else ():
            order = schedule.next(self._crew.ordered, left)
            if order is None:
                if not self._crew.ordered:
                    self.reason = BUDGET_SPENT
                break
            self._log.add(what="began", round=order.number, check=order.check)
            known, entries = frozenset(member.known), tuple(member.entries)
            self._crew.order(member, replace(order, known=known, entries=entries))
        state = self._log.state
        found = len(state.findings)
        status = f"night: round {state.rounds}, {found} found, {in_words(left)} left"
        self._progress(status, state.requests)

    def _taken(
        self, answer: Answer | Died, schedule: Schedule, verdicts: NightVerdicts
    ) -> Iterator[Event]:
        """Take in what a worker answered; yield what is new of it."""
        match answer:
            case RoundResult() if answer.is_unbegun:
                self._deaths = 0
                self._log.add(what="unbegun", round=answer.number)
            case RoundResult():
                schedule.learn(answer)
                self._crew.tell(answer, self._memory.keep_walks(answer))
                # Its report is there before the log says that it was found.
                yield from self._memory.keep_result(answer, verdicts)
                self._log.add(
                    what="ended",
                    round=answer.number,
                    requests=answer.requests,
                    runs=answer.runs,
                    found=self._memory.counted(answer.found),
                    spent=self.spent,
                )
                self._see_end(answer)
            case WorkerFailed():
                self.reason = answer.reason
            case Cleaned():
                for check in answer.checks:
                    self._log.add(what="cleaned", check=check)
                self._memory.left |= dict.fromkeys(answer.lines)
            case Died():
                self._mourn(answer)
                self._deaths_to_tell += self._lost_with(answer)

    def _see_end(self, result: RoundResult) -> None:
        """See how a round ended, and when the next may begin."""
        self._deaths = 0
        if result.is_refused:
            self.reason = result.stopped
        is_silent = result.is_gone or (result.requests > 0 and not result.judged)
        self._silences = self._silences + 1 if is_silent else 0
        if is_silent:
            pause = min(LONGEST_PAUSE_WHEN_GONE, 2.0**self._silences / 2)
            self._wake_at = time.monotonic() + pause

    def _mourn(self, died: Died) -> None:
        """Count that a worker died; when many did in a row, no other is started."""
        if self._is_ending:
            return
        self._deaths += 1
        self._being_cleaned.clear()
        if self._deaths > MOST_DEATHS:
            self.reason = f"{self._deaths} workers died in a row; the last one {died.how}"

    def _lost_with(self, died: Died) -> Iterator[str]:
        """Log what became of the rounds of a worker that died; yield a line if it is a loss."""
        for order in died.unbegun:
            self._log.add(what="unbegun", round=order.number)
        for order in died.lost:
            spent = order.budget
            self._log.add(
                what="lost",
                round=order.number,
                requests=spent.requests or 0,
                runs=spent.runs or 0,
            )
        numbers = ", ".join(str(order.number) for order in died.lost)
        if died.lost or (died.unbegun and not self._is_ending):
            lost = f"; lost: round {numbers}" if numbers else ""
            yield f"a worker of the night {died.how}{lost}"

    def _tell_deaths(self, then: str = "") -> None:
        """Tell which workers died, and what came of it."""
        for line in self._deaths_to_tell:
            self._memory.tell(f"{line}{then}")
        self._deaths_to_tell = []

    def _worker_orders(self) -> WorkerOrders:
        """Return what a worker is told that starts now; the first deletes what was left."""
        memory, plan = self._memory, self._plan
        busy = {order.check for order in self._crew.ordered} | self._being_cleaned
        left = tuple(one for one in self._log.state.open.values() if one not in busy)
        self._being_cleaned.update(left)
        return WorkerOrders(
            target=plan.worker_target,
            application=plan.application,
            folder=plan.folder,
            lanes=plan.lanes,
            shown=frozenset(memory.shown),
            entries=tuple(memory.entries.values()),
            known=frozenset(memory.known),
            examples=memory.corpus.folder / "examples",
            left=left,
        )

    def _last(self, schedule: Schedule, verdicts: NightVerdicts) -> Iterator[Event]:
        """End the rounds under way, and yield what they have found."""
        self._is_ending = True
        self._crew.stop()
        until = time.monotonic() + ROUND_ENDING_SECONDS
        while not self._crew.is_empty and time.monotonic() < until:
            for answer in list(self._crew.answers(ANSWER_SECONDS)):
                yield from self._taken(answer, schedule, verdicts)
        self._tell_deaths()
        for order in self._crew.begun:
            self._memory.left[
                f"round {order.number} did not end within {ROUND_ENDING_SECONDS:.0f} s; "
                "run-contracts cleanup deletes what it left"
            ] = None
