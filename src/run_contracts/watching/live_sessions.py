"""All sessions of live traffic: each exchange to the judge of its own, in a bounded number."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from typing import NamedTuple

from run_contracts.checks import Outcome
from run_contracts.recordings.formats.encodings import undone
from run_contracts.recordings.judging.asked_for import AskedFor
from run_contracts.traffic.exchange import Request
from run_contracts.watching.alone_sessions import AloneSessions
from run_contracts.watching.found_once import FoundOnce
from run_contracts.watching.judge_messages import (
    Began,
    Beginning,
    Gap,
    LiveFinding,
    Numbers,
    Passed,
    ToJudge,
    Unjudged,
    Withdrawn,
)
from run_contracts.watching.judging_errors import JudgingErrors
from run_contracts.watching.live_session import LiveSession
from run_contracts.watching.passing import MOST_OPEN, TOO_MANY_OPEN
from run_contracts.watching.recorded_passage import (
    SessionKey,
    recorded_passage,
    session_key,
    shows_run,
)
from run_contracts.watching.thread_overlaps import (
    assistant_use,
    creates_thread,
    thread_in,
    thread_of,
)

MOST_SESSIONS = 64
"""Servers and keys that are judged at once; the one that was asked longest ago ends first."""
MOST_SHOWN_RUNS, MOST_SHOWN_STATUSES = 50, 12
"""Runs that are under way of which a page shows the newest statuses, and how many."""
MOST_SPOKEN = 20
"""Editions and dialects that are said to be spoken."""
SAYS_NOTHING = "what came before it was lost"
UNORDERED = "its order among others that were under way is not known"
UNREADABLE = "its content-encoding cannot be read here"
SESSION_CLOSED = "its session was closed, for there were too many"


class _OpenRequest(NamedTuple):
    """A request that is under way, and its session."""

    session: LiveSession
    request: Request


class LiveSessions:
    """Judges what it hears of traffic; an error of ours costs the smallest part, and is counted."""

    def __init__(self, asked: AskedFor) -> None:
        """Begin with nothing heard."""
        self._asked = asked
        self._sessions: OrderedDict[SessionKey, LiveSession] = OrderedDict()
        self._open: OrderedDict[int, _OpenRequest] = OrderedDict()
        self._alone = AloneSessions(is_said=asked.is_alone)
        self._found = FoundOnce()
        self._count = self._judged = self._runs = self._session_count = self._lost_until = 0
        self._unjudged: Counter[str] = Counter()
        self._exercised: Counter[str] = Counter()
        self._broken: Counter[str] = Counter()
        self._errors = JudgingErrors()
        self._spoken: dict[tuple[str, str, str], int] = {}
        self._left: list[LiveFinding | Withdrawn] = []

    def hear(self, message: ToJudge) -> None:
        """Take what is said of traffic."""
        try:
            self._hear(message)
        except Exception as error:
            self._errors.keep("what passed of a request", error)

    def found(self) -> Iterator[LiveFinding | Withdrawn]:
        """Yield what was found since the last time."""
        yield from self._left
        self._left.clear()
        for key, session in list(self._sessions.items()):
            if session.is_dirty:
                yield from self._found_in(key, session)

    def close(self) -> Iterator[LiveFinding | Withdrawn]:
        """Judge all that is left, and yield what was found."""
        yield from self._left
        self._left.clear()
        for key, session in list(self._sessions.items()):
            yield from self._found_in(key, session, is_last=True)
            self._settle(key)

    @property
    def numbers(self) -> Numbers:
        """What is counted so far."""
        sessions = list(self._sessions.values())
        exercised, broken, errors = (
            Counter(self._exercised),
            Counter(self._broken),
            Counter(self._errors.counts),
        )
        histories: list[tuple[str, tuple[str, ...]]] = []
        runs = 0
        for session in sessions:
            exercised += session.exercised
            broken += session.broken
            errors += session.own_errors
            opened = session.open_histories
            runs += len(opened)
            for run, statuses in list(opened.items())[-MOST_SHOWN_RUNS:]:
                changes = [status for status, _ in groupby(statuses)]
                histories.append((run[:100], tuple(changes[-MOST_SHOWN_STATUSES:])))
        for session in sessions:
            self._keep_spoken(session)
        return Numbers(
            judged=self._judged,
            runs=self._runs,
            exercised=exercised,
            broken=broken,
            unjudged=Counter(self._unjudged),
            own_errors=errors,
            raised_at=tuple(self._errors.raised_at.items()),
            spoken=tuple(self._spoken),
            sessions=self._session_count,
            open_runs=runs,
            open_histories=tuple(histories[-MOST_SHOWN_RUNS:]),
        )

    def _keep_spoken(self, session: LiveSession) -> None:
        """Keep what is spoken in a session: each once, with the first that says so."""
        if session.spoken is not None and len(self._spoken) < MOST_SPOKEN:
            spoken = self._asked.settled(session.spoken)
            kept = (str(spoken.edition), spoken.dialect or "", spoken.reason)
            self._spoken = {key: one for key, one in self._spoken.items() if one != session.number}
            if all(one[:2] != kept[:2] for one in self._spoken):
                self._spoken[kept] = session.number

    def _hear(self, message: ToJudge) -> None:
        match message:
            case Began():
                self._begin(message)
            case Beginning(serial, body):
                if (asked := self._open.get(serial)) is not None:
                    asked.session.overlaps.learn(serial, thread_in(body))
            case Passed():
                self._end(message)
            case Unjudged(serial, reason):
                if (asked := self._open.pop(serial, None)) is None:
                    self._leave_out_unknown(serial, reason)
                else:
                    self._leave_out(asked, reason, asked.session.overlaps.end(serial))
            case Gap(serial):
                self._lost_until = serial
                self._forget()

    def _begin(self, began: Began) -> None:
        request = Request(method=began.method, url=began.url, headers=began.headers)
        session = self._session(request)
        url = request.url
        session.overlaps.begin(
            began.serial,
            thread_of(url),
            is_nameless=creates_thread(request.method, url),
            use=assistant_use(request.method, url),
        )
        self._open[began.serial] = _OpenRequest(session, request)
        if len(self._open) > MOST_OPEN:
            serial, lost = self._open.popitem(last=False)
            self._leave_out(lost, TOO_MANY_OPEN, lost.session.overlaps.end(serial))

    def _end(self, passed: Passed) -> None:
        asked = self._open.pop(passed.serial, None)
        if asked is None:
            self._leave_out_unknown(passed.serial, SAYS_NOTHING)
            return
        session, request = asked
        body, left = undone(passed.body, passed.headers)
        sent, sent_left = undone(passed.asked, request.headers)
        session.overlaps.learn(passed.serial, thread_in(body[:65536]))
        beside = session.overlaps.number_of(passed.serial)
        together = session.overlaps.end(passed.serial)
        if together is None or left or sent_left:
            unread = f"{UNREADABLE}: {left or sent_left}"
            reason = UNORDERED if together is None else unread
            self._leave_out(asked, reason, beside, b"" if sent_left else sent)
            return
        if session.is_closed:
            self._leave_out(asked, SESSION_CLOSED, together)
            return
        self._count += 1
        recorded = recorded_passage(request, passed, sent, body)
        session.add(recorded, self._count, together)
        self._judged += 1
        self._runs += shows_run(recorded.response)
        if session.has_full_part:
            self._left += self._found_in((), session)

    def _leave_out(
        self, asked: _OpenRequest, reason: str, together: int | None, sent: bytes = b""
    ) -> None:
        """Leave an exchange unjudged: what it asked for may have been done all the same."""
        self._unjudged[reason] += 1
        session, request = asked
        if session.is_closed:
            if (other := self._sessions.get(session_key(request))) is not None:
                other.begin_anew()
            return
        self._count += 1
        session.add_lost(replace(request, body=sent), reason, self._count, together or 0)

    def _leave_out_unknown(self, serial: int, reason: str) -> None:
        """Leave out what began in a hole: it may have changed anything until now."""
        self._unjudged[reason] += 1
        self._alone.end()
        if serial <= self._lost_until:
            for session in self._sessions.values():
                session.begin_anew()

    def _forget(self) -> None:
        """Forget what is under way, for how it ends may never be said, and what is open."""
        self._alone.end()
        for serial, asked in self._open.items():
            asked.session.overlaps.end(serial)
        self._open.clear()
        for session in self._sessions.values():
            session.begin_anew()

    def _session(self, request: Request) -> LiveSession:
        key = session_key(request)
        session = self._sessions.get(key)
        if session is None:
            self._session_count += 1
            session = self._sessions[key] = LiveSession(self._session_count, self._asked)
            self._alone.begin(session, request)
            if len(self._sessions) > MOST_SESSIONS:
                oldest = next(iter(self._sessions))
                self._left += self._found_in(oldest, self._sessions[oldest], is_cut=True)
                self._settle(oldest)
        self._sessions.move_to_end(key)
        return session

    def _settle(self, key: SessionKey) -> None:
        """Keep of a session what it has counted."""
        session = self._sessions.pop(key, None)
        if session is None:
            return
        self._found.settle(session.number)
        self._keep_spoken(session)
        self._exercised += session.exercised
        self._broken += session.broken
        self._errors.counts += session.own_errors

    def _found_in(
        self, key: SessionKey, session: LiveSession, *, is_last: bool = False, is_cut: bool = False
    ) -> list[LiveFinding | Withdrawn]:
        """Return what was found in a session; one whose judge fails is judged no more."""
        said: list[LiveFinding | Withdrawn] = []
        try:
            if session.is_withdrawn:
                session.is_withdrawn = False
                self._found.forget(session.number)
                said.append(Withdrawn(session.number))
            is_end = is_last or is_cut
            for outcome in session.close(is_cut=is_cut) if is_end else session.found():
                self._say(outcome, session, said)
        except Exception as error:
            self._errors.keep("the verdict on a session", error)
            if key:
                self._settle(key)
        return said

    def _say(
        self, outcome: Outcome, session: LiveSession, said: list[LiveFinding | Withdrawn]
    ) -> None:
        try:
            finding = self._found.finding(outcome, session.contract, session.number)
        except Exception as error:
            self._errors.keep(f"what breaks {outcome.requirement}", error)
            return
        if finding is not None:
            said.append(finding)
