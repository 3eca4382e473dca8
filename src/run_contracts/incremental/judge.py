"""The judge of exchanges that come one after another."""

from __future__ import annotations

import math
import time
from collections import Counter, deque
from collections.abc import Collection, Iterator, Mapping

from run_contracts.checks import Outcome
from run_contracts.checks.cancelling import cancelled_runs
from run_contracts.contract.loading import Contract
from run_contracts.incremental.component import Component
from run_contracts.incremental.components import Components
from run_contracts.incremental.evidence_checks import EvidenceChecks
from run_contracts.incremental.exchange_sizes import size_undecoded, undecoded
from run_contracts.incremental.explaining import Explaining
from run_contracts.incremental.kept_assistants import KeptAssistants
from run_contracts.incremental.kept_at_most import KeptAtMost
from run_contracts.incremental.read_before import ReadBefore
from run_contracts.incremental.repeated_polls import WithoutRepeats, without_repeats
from run_contracts.incremental.seen_cancels import SeenCancels
from run_contracts.incremental.tails import LONGEST_TAIL, Tails
from run_contracts.incremental.verdicts_so_far import Shown, VerdictsSoFar, sorted_out
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange
from run_contracts.traffic.server_traits import ServerTraits

MOST_WITHOUT_ANSWER, MOST_UNANSWERED_BYTES = 1_000, 8 * 1024**2
PARTS_GROWN = 2
"""What goes on is judged again when it has grown by half, so that all of it costs a few times."""
ASKED_IN_VAIN = 4
"""Or when it was asked for so many times while nothing came of it."""
UNDECIDED_SHARE = 8
"""The part of all memory that what is undecided may take."""


class IncrementalJudge:
    """Judges the exchanges of one session: one server, one key, one contract.

    What it costs to take an exchange does not depend on how many there were; nor does its memory,
    beyond its `limits`. As long as those are not reached, all that is found is what a judge of all
    exchanges together finds; beyond them, less may be found, and nothing else.

    Nobody waits for runs here: one that takes long is not called broken for that.

    It `is_alone` as long as nobody else changes anything between these exchanges; once it is not,
    it never is again. Of the numbers by which exchanges were under way together, `open_groups` are
    those of which more is under way: what is in them waits, for what ends last may explain it.
    """

    def __init__(
        self,
        contract: Contract,
        *,
        limits: KeptAtMost | None = None,
        is_alone: bool = False,
    ) -> None:
        """Begin with nothing seen."""
        self.is_alone = is_alone
        self.open_groups: Collection[int] = ()
        self._contract = contract
        self._limits = limits or KeptAtMost()
        self._server = ServerTraits(contract.register.seconds_limit)
        self._components = Components()
        self._undecided: deque[Component] = deque()
        self._assistants = KeptAssistants()
        self._tails = Tails()
        self._unanswered: deque[Exchange] = deque()
        self._unanswered_size = 0
        self._cancels = SeenCancels()
        self._found: list[Outcome] = []
        self._together: Shown = Counter()
        self._read_before = ReadBefore()
        register = contract.register
        self._verdicts = VerdictsSoFar(set(register) - contract.skips)
        self._checks = EvidenceChecks(contract, self._server, self._verdicts.raised)
        self._last_known: Exchange | None = None
        self._asked_at = deque([0] * ASKED_IN_VAIN, maxlen=ASKED_IN_VAIN)
        self.exchanges = 0

    @property
    def exercised(self) -> Counter[str]:
        """How often each requirement showed so far, whether it held or was broken."""
        open_ = (*self._components, *self._undecided)
        return self._verdicts.exercised((self._together, *(one.shown for one in open_)))

    @property
    def broken(self) -> Counter[str]:
        """How often each requirement was broken so far."""
        return self._verdicts.broken

    @property
    def own_errors(self) -> Counter[str]:
        """How often each check raised, which is a defect of ours, by its name."""
        return self._verdicts.own_errors

    @property
    def is_due(self) -> bool:
        """Whether anything shows more than when it was judged last."""
        return any(map(self._is_due, self._components))

    def _is_due(self, component: Component) -> bool:
        return len(component.exchanges) != component.judged_at and not self._is_held(component)

    def _is_held(self, component: Component) -> bool:
        """Say whether something is under way that began beside what is in a component."""
        return not component.groups.isdisjoint(self.open_groups)

    @property
    def open_histories(self) -> Mapping[str, list[str]]:
        """The statuses of each run that is not judged for good yet, in order, by its id."""
        open_ = (one.statuses for one in self._components)
        return {run_id: seen for statuses in open_ for run_id, seen in statuses.items()}

    def add(self, exchange: Exchange) -> None:
        """Take an exchange; they come in the order of their numbers."""
        self.exchanges += 1
        self._read_before.share(exchange)
        if exchange.is_answered:
            self._server.add(exchange)
            if exchange.operation is not None:
                self._last_known = exchange
        else:
            self._keep_unanswered(exchange)
        self._assistants.add(exchange)
        component, ids = self._components.add(exchange, self.exchanges)
        for earlier in self._tails.take(ids):
            self._components.go_on(component, earlier)
        if len(component.exchanges) > self._limits.of_one:
            self._judge(component)
            self._let_go(component)
            self._components.cut(component, self._limits.of_one // 2, self._contract)
        self._make_room()

    def _keep_unanswered(self, exchange: Exchange) -> None:
        kept = self._unanswered
        kept.append(undecoded(exchange))
        self._unanswered_size += size_undecoded(exchange)
        while len(kept) > MOST_WITHOUT_ANSWER or self._unanswered_size > MOST_UNANSWERED_BYTES:
            self._unanswered_size -= size_undecoded(kept.popleft())

    def judged(self, *, seconds: float = math.inf) -> Iterator[Outcome]:
        """Yield the violations that were found since the last time.

        What is open is judged as far as it shows more than before, what waits for it longest first:
        if it has grown by half, or nothing came of it the last few times. When that has taken
        so many seconds, the rest is left for the next time.
        """
        until = time.monotonic() + seconds
        for component in list(self._components):
            if time.monotonic() > until:
                break
            grown = len(component.exchanges) - component.judged_at
            is_quiet = component.last_seen <= self._asked_at[0]
            is_worth_it = is_quiet or grown * PARTS_GROWN >= component.judged_at
            if is_worth_it and self._is_due(component):
                self._judge(component)
        self._asked_at.append(self.exchanges)
        self._judge_together(is_last=False)
        yield from self._taken()

    def close(self) -> Iterator[Outcome]:
        """Judge all that is left for good, and yield what `judged` would."""
        for component in (*self._undecided, *self._components):
            self._judge(component, is_last=True)
            self._settle(component)
        self._undecided.clear()
        self._components = Components()
        self._judge_together(is_last=True)
        yield from self._taken()

    def _taken(self) -> list[Outcome]:
        found, self._found = self._found, []
        return found

    def _make_room(self) -> None:
        """Judge for good what has ended and is quiet, and else what was quiet for longest."""
        limits, open_ = self._limits, self._components
        lifecycle = self._contract.lifecycle
        while (oldest := open_.oldest) is not None:
            is_quiet = self.exchanges - oldest.last_seen > limits.quiet
            is_full = open_.exchanges > limits.of_all or open_.size > limits.size
            if is_full:
                self._seal(open_.first_to_go(lifecycle) or oldest)
            elif is_quiet and oldest.is_at_end(lifecycle) and not self._is_held(oldest):
                self._seal(oldest)
            elif is_quiet:
                open_.wait(oldest)
            else:
                return

    def _seal(self, component: Component) -> None:
        """Judge a component for good, unless more of the server has to be known for that."""
        self._components.close(component)
        self._keep_tail(component)
        if not self._is_undecided(component):
            self._judge(component)
            self._let_go(component)
            return
        self._undecided.append(component)
        limits = self._limits
        while (
            sum(len(one.exchanges) for one in self._undecided) > limits.undecided
            or sum(one.size for one in self._undecided) > limits.size // UNDECIDED_SHARE
        ):
            oldest = self._undecided.popleft()
            self._judge(oldest)
            self._let_go(oldest)

    def _keep_tail(self, component: Component) -> None:
        """Keep the end of a component, and what explains what may come of its thread."""
        tail = component.tail(LONGEST_TAIL)
        kept = len(component.exchanges) - len(tail)
        explaining = Explaining()
        explaining.take(component.explaining)
        explaining.add(component.exchanges[:kept], self._contract)
        self._tails.keep(component.ids, tail, explaining)

    def _is_undecided(self, component: Component) -> bool:
        """Say whether it is not known yet whether the server offers what it was asked for."""
        server = self._server
        return any(
            one.is_refusal and one.operation_id is not None
            for one in component.exchanges
            if one.operation_id not in server.succeeding or server.refuses_streams(one)
        )

    def _let_go(self, component: Component) -> None:
        """Count for good what a component was found to show, before its limits let it go."""
        is_cancelled = any(one.operation_id == "cancelRun" for one in component.exchanges)
        if is_cancelled and not component.is_at_end(self._contract.lifecycle):
            self._cancels.miss()
        self._settle(component)

    def _settle(self, component: Component) -> None:
        """Count for good what a component was found to show."""
        self._verdicts.settle(component.shown)
        component.shown = Counter()

    def _judge(self, component: Component, *, is_last: bool = False) -> None:
        """Judge a component anew, with the assistants that its runs are of.

        What more exchanges may show to hold after all is not called broken before the last of them.
        Where the limits let it go while something beside it is under way, what may be explained by
        that says what it says alone.
        """
        groups = self.open_groups if self._is_held(component) else ()
        beside = {one.number for one in component.exchanges if one.together in groups}
        own = component.exchanges
        if beside:
            own = [one for one in own if one.number not in beside]
        is_over = is_last or component.is_at_end(self._contract.lifecycle)
        few = without_repeats(own, component.settled)
        evidence, broken = self._decide(component, few, is_over=is_over, beside=beside)
        if broken and few.times:
            all_ = WithoutRepeats(own, {})
            evidence, broken = self._decide(component, all_, is_over=is_over, beside=beside)
        component.judged_at = len(component.exchanges)
        if not component.explaining.is_full:
            new = (one for one in broken if one.exchange.number not in component.settled)
            self._found += self._verdicts.new(new)
        for run_id, cancel, end in cancelled_runs(evidence):
            self._cancels.add(run_id, end.status, cancel, end.exchange)

    def _decide(
        self, component: Component, own: WithoutRepeats, *, is_over: bool, beside: Collection[int]
    ) -> tuple[Evidence, list[Outcome]]:
        """Keep what holds in exchanges of a component; return the evidence, and the violations."""
        assistants = self._assistants.named_in(own.exchanges)
        exchanges = (*assistants, *component.explaining.open, *own.exchanges)
        evidence = self._checks.evidence(exchanges, is_alone=self.is_alone)
        decisions = self._checks.of_component(component, evidence, is_over=is_over, beside=beside)
        numbers = {one.number for one in component.exchanges}
        component.shown, broken = sorted_out(decisions, numbers, component.settled, own.times)
        return evidence, broken

    def _judge_together(self, *, is_last: bool) -> None:
        """Judge what only all exchanges with the server show, by those of them that show it."""
        last = filter(None, (self._last_known,))
        exchanges = (*self._unanswered, *self._cancels, *last)
        numbers = {one.number for one in exchanges}
        decisions = self._checks.of_all(exchanges, is_last=is_last)
        self._together, broken = sorted_out(decisions, numbers)
        self._found += self._verdicts.new(broken)
