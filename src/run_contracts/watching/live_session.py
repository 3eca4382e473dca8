"""The exchanges that go to one server with one key while they come, and what is spoken in them."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from run_contracts.checks import Check, Outcome
from run_contracts.contract.loading import Contract
from run_contracts.incremental.judge import IncrementalJudge
from run_contracts.recordings.judging.asked_for import AskedFor
from run_contracts.recordings.recorded import Recorded
from run_contracts.recordings.spoken import Spoken
from run_contracts.recordings.time_order import root_created
from run_contracts.traffic.exchange import NO_ANSWER, Exchange, Request, Response
from run_contracts.watching.client_side import ClientSide
from run_contracts.watching.first_exchanges import FirstExchanges, shows_speech
from run_contracts.watching.held_back import EndedExchange, HeldBack
from run_contracts.watching.judged_before import JudgedBefore
from run_contracts.watching.thread_overlaps import Overlaps

MOST_SECONDS_AT_ONCE = 0.1
"""Seconds that a verdict on what is open may take at once; the rest waits for the next."""
NOTHING_MORE = -1.0
"""Seconds for what was found already, and no more."""
MOST_CREATED = 20_000
"""Threads and assistants that are remembered, to see that a server began anew."""


class LiveSession:
    """One session: its exchanges in the order in which they ended, judged by what is spoken.

    What is spoken is found out on the first exchanges, and they are judged anew when it changes;
    what was found until then `is_withdrawn`. It stays when runs were seen for a time. Before the
    first, nothing is judged until so many exchanges have passed that there may be none.

    A server that creates what it created before was started again: it is judged anew from there,
    and so it is where something was lost on the road, for nothing is judged across a hole. It
    `is_alone` where nobody else changes what it is about; that is set before anything comes.
    """

    def __init__(self, number: int, asked: AskedFor) -> None:
        """Begin with nothing seen."""
        self.number = number
        self.overlaps = Overlaps()
        self.is_withdrawn = self.is_closed = self.is_alone = False
        self.spoken: Spoken | None = asked.fixed
        self._asked = asked
        self._first = None if asked.fixed else FirstExchanges()
        self._judge: IncrementalJudge | None = None
        self._created: OrderedDict[str, None] = OrderedDict()
        self._before = JudgedBefore()
        self._waiting: list[Outcome] = []
        self._held = HeldBack()
        self._client = ClientSide() if asked.judges != "server" else None
        self._client_held, self._client_broken = Counter[str](), Counter[str]()
        self._part_counted: tuple[Counter[str], Counter[str]] = Counter(), Counter()
        self._client_errors: Counter[str] = Counter()
        self.is_dirty = False

    @property
    def contract(self) -> Contract:
        """The contract of what is spoken, as far as it is known."""
        spoken = self.spoken or Spoken("v2", None, "nothing was seen")
        return self._asked.contract(self._asked.settled(spoken))

    @property
    def exercised(self) -> Counter[str]:
        """How often each requirement was shown, held or broken."""
        own = self._judge.exercised if self._judge is not None else Counter[str]()
        part, _ = self._part_counted
        return own + self._before.exercised + self._client_held + part

    @property
    def broken(self) -> Counter[str]:
        """How often each requirement was broken."""
        own = self._judge.broken if self._judge is not None else Counter[str]()
        _, part = self._part_counted
        return own + self._before.broken + self._client_broken + part

    @property
    def own_errors(self) -> Counter[str]:
        """Errors of ours by the names of the checks that raised them."""
        own = self._judge.own_errors if self._judge is not None else Counter[str]()
        return own + self._before.errors + self._client_errors

    @property
    def open_histories(self) -> Mapping[str, list[str]]:
        """The statuses of the runs that are under way."""
        return self._judge.open_histories if self._judge is not None else {}

    def add(self, recorded: Recorded, number: int, together: int) -> None:
        """Take an exchange that has ended; numbers grow."""
        id_ = root_created(recorded)
        if id_ in self._created:
            self._end_life()
        if id_ is not None:
            self._created[id_] = None
            if len(self._created) > MOST_CREATED:
                self._created.popitem(last=False)
        if self._client is not None:
            self._client.add(number, recorded)
        self._hold_back(recorded, number, together)

    def add_lost(self, request: Request, reason: str, number: int, together: int) -> None:
        """Take a request whose exchange cannot be judged: what it asks for may have been done."""
        self._end_part()
        self._let_go()
        answer = Response(status=NO_ANSWER, failure=reason, is_whole=False)
        lost = Recorded(request=request, response=answer, is_checked=True)
        self._take(lost, number, together)

    def end_alone(self) -> None:
        """Judge from now on as where others may change things, too."""
        self.is_alone = False
        if self._judge is not None:
            self._judge.is_alone = False

    def begin_anew(self) -> None:
        """Forget what is open: of what was lost since, nothing is known; what was counted stays."""
        self._held.clear()
        self._end_part(is_judged=False)
        self._created.clear()
        if self._first is not None:
            self._first.begin_anew()
        if self._judge is not None:
            self._waiting += self._judge.judged(seconds=NOTHING_MORE)
            self._before.add(self._judge)
            self._judge = self._new_judge()

    def _end_life(self) -> None:
        """Judge all until now, but nothing that is under way: the server was started again."""
        self._let_go()
        if self._judge is not None:
            self._judge.open_groups = self._open_groups
            self._waiting += self._judge.judged()
        self.begin_anew()

    @property
    def _open_groups(self) -> Collection[int]:
        """The numbers that are shared with what is under way, or held back."""
        held = self._held.groups
        return self.overlaps.open_groups | held if held else self.overlaps.open_groups

    def _hold_back(self, recorded: Recorded, number: int, together: int) -> None:
        """Hold back what broke off, and what came since, until it shows whether it was stopped."""
        ended = EndedExchange(recorded, number, together)
        if self._held.add(ended):
            self.is_dirty = True
            return
        self._let_go(ended)
        self._take(*ended)

    def _let_go(self, shown_by: EndedExchange | None = None) -> None:
        for ended in self._held.let_go(shown_by):
            self._take(*ended)

    def _take(self, recorded: Recorded, number: int, together: int) -> None:
        self.is_dirty = True
        exchange = replace(recorded.exchange(number, self.contract.edition), together=together)
        if self._first is None:
            self._hand_on(exchange)
            return
        self._first.add(exchange)
        self._find_out(self._first, exchange)
        if self._judge is not None:
            self._hand_on(exchange)
        elif self._first.are_many:
            self._begin()
        if self._first.are_enough:
            self._first = None

    def found(self) -> Iterator[Outcome]:
        """Yield the violations that were found since the last time."""
        self.is_dirty = False
        yield from self._waited()
        if self._judge is not None:
            self._judge.open_groups = self._open_groups
            yield from self._judge.judged(seconds=MOST_SECONDS_AT_ONCE)
            self.is_dirty = self._judge.is_due
        if self._client is not None and self._is_known:
            yield from self._of_client(self._client, is_last=self._client.is_full)

    def close(self, *, is_cut: bool = False) -> Iterator[Outcome]:
        """Judge all that is left, and yield what `found` would; nothing may be added any more.

        Where it `is_cut` more will pass, and what that may show to hold after all is not judged.
        """
        self.is_closed = True
        self._let_go()
        if self._first is not None:
            self._begin()
            self._first = None
        yield from self._waited()
        if self._judge is not None:
            self._judge.open_groups = self._open_groups
            yield from self._judge.judged() if is_cut else self._judge.close()
        if self._client is not None:
            yield from self._of_client(self._client, is_last=True)

    @property
    def has_full_part(self) -> bool:
        """Whether a part of what was asked waits to be judged."""
        return self._client is not None and self._client.is_full

    @property
    def _is_known(self) -> bool:
        return self._first is None or self._judge is not None

    def _hand_on(self, exchange: Exchange) -> None:
        if self._judge is None:
            self._judge = self._new_judge()
        self._judge.open_groups = self._open_groups
        if self._asked.judges != "client":
            self._judge.add(replace(exchange, edition=self.contract.edition))

    def _find_out(self, first: FirstExchanges, newest: Exchange) -> None:
        """Find out what is spoken; if it is something else than until now, judge anew."""
        spoken = first.spoken(self.spoken)
        is_other = self.spoken is not None and spoken[:2] != self.spoken[:2]
        self.spoken = spoken
        if self._judge is None:
            if shows_speech(newest):
                self._begin(but=newest)
        elif is_other:
            self.is_withdrawn = True
            self._judge = None
            self._before = JudgedBefore()
            self._waiting.clear()
            self._client_held, self._client_broken = Counter(), Counter()
            if self._client is not None:
                self._client.say_again()
            self._begin(but=newest)

    def _begin(self, *, but: Exchange | None = None) -> None:
        """Judge the first exchanges, but the newest one if that is handed on later."""
        if self._judge is not None or self._first is None:
            return
        self._judge = self._new_judge()
        for exchange in self._first.since_beginning():
            if exchange is not but:
                self._hand_on(exchange)

    def _new_judge(self) -> IncrementalJudge:
        return IncrementalJudge(self.contract, is_alone=self.is_alone)

    def _waited(self) -> list[Outcome]:
        """Return what was found where a part or a life ended."""
        waiting, self._waiting = self._waiting, []
        return waiting

    def _end_part(self, *, is_judged: bool = True) -> None:
        """Let a part of what was asked end here: nothing is known of what comes next in it."""
        if self._client is None:
            return
        if is_judged and self._is_known:
            self._waiting += self._of_client(self._client, is_last=True)
            return
        shown, broken = self._part_counted
        self._client_held += shown
        self._client_broken += broken
        self._part_counted = Counter(), Counter()
        self._client.begin_anew()

    def _of_client(self, client: ClientSide, *, is_last: bool) -> Iterator[Outcome]:
        shown, broken, errors = Counter[str](), Counter[str](), Counter[str]()

        def raised(check: Check, _error: Exception) -> None:
            errors[check.__name__] += 1

        for outcome in client.outcomes(self.contract, raised):
            shown[outcome.requirement] += 1
            if outcome.violation is not None:
                broken[outcome.requirement] += 1
                if not client.is_said(outcome):
                    yield outcome
        self._part_counted = shown, broken
        if is_last:
            self._client_held += shown
            self._client_broken += broken
            self._client_errors += errors
            self._part_counted = Counter(), Counter()
            client.begin_anew()
