"""A watch over live traffic: the tap that it passes, the judge, and what is known so far."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from threading import Lock
from typing import Any

from run_contracts.engine.policy import DEFAULT_POLICY, Policy
from run_contracts.events import Event, Finished
from run_contracts.recordings.judging.asked_for import AskedFor
from run_contracts.report.finding_lines import first_seen
from run_contracts.watching.judge_link import JudgeLink
from run_contracts.watching.judge_messages import FromJudge, LiveFinding, Passed, ToJudge, Unjudged
from run_contracts.watching.live_sessions import LiveSessions
from run_contracts.watching.passing import Tap
from run_contracts.watching.so_far import Passage, WatchedSoFar

OnFinding = Callable[[LiveFinding], object]
"""Hears of each finding once, in a thread of ours."""
JUDGE_PATIENCE = 30.0
"""Seconds that the judge gets for what is left, at the end."""


class _Counted:
    """Counts what has ended, on its way to whoever judges."""

    def __init__(self, link: JudgeLink | _OwnJudge) -> None:
        self._link = link
        self.ended = 0

    def offer(self, message: ToJudge, size: int) -> None:
        self.ended += isinstance(message, Passed | Unjudged)
        self._link.offer(message, size)


class _OwnJudge:
    """A judge in this process, for a test that can wait for it: it judges at the end."""

    def __init__(self, asked: AskedFor, hear: Callable[[FromJudge], None]) -> None:
        self._sessions = LiveSessions(asked)
        self._hear = hear
        self._lock = Lock()
        self.ends: list[str] = []
        self.judge_pid = None

    def offer(self, message: ToJudge, _size: int) -> None:
        with self._lock:
            self._sessions.hear(message)

    def close(self, _seconds: float) -> bool:
        with self._lock:
            for finding in self._sessions.close():
                self._hear(finding)
            self._hear(self._sessions.numbers)
        return True


class LiveWatch:
    """Judges traffic that passes its `tap`, in a process of its own unless that `is_within` this.

    `target` is what is watched, in a report. Whatever happens to the judge, the tap takes what
    passes at once; what is lost by that is counted, and said at the end.
    """

    def __init__(
        self,
        target: str,
        asked: AskedFor | None = None,
        *,
        policy: Policy = DEFAULT_POLICY,
        on_finding: OnFinding = lambda _: None,
        is_within: bool = False,
    ) -> None:
        """Nothing is judged, and no process runs, before something passes."""
        chosen = asked or AskedFor()
        self._policy = policy
        self.on_finding = on_finding
        self._so_far = WatchedSoFar(target=target, asked=chosen)
        self._link: JudgeLink | _OwnJudge = (
            _OwnJudge(chosen, self._hear)
            if is_within
            else JudgeLink(chosen, self._hear, self._so_far.begin_anew)
        )
        self._counted = _Counted(self._link)
        self.tap = Tap(self._counted)
        self._began = time.monotonic()
        self._is_judged_out = True
        self._left_open = self._closed_after = 0
        self._result: tuple[Event, ...] | None = None

    @property
    def asked(self) -> AskedFor:
        """How it is judged."""
        return self._so_far.asked

    @property
    def target(self) -> str:
        """What is watched; it may be named later."""
        return self._so_far.target

    @target.setter
    def target(self, target: str) -> None:
        self._so_far.target = target

    @property
    def judge_pid(self) -> int | None:
        """The id of the process that judges; None if there is none."""
        return self._link.judge_pid

    def events(self) -> tuple[Event, ...]:
        """Return the events of what is known so far, the last one `Finished`."""
        return tuple(self._policy.applied(self._so_far.events(self._passage)))

    def close(self, patience: float = JUDGE_PATIENCE) -> tuple[Event, ...]:
        """Judge all that is left, and return the events of the whole watch; the same again.

        What is still under way is judged as far as it came. What passes later is said in another
        one: a judge in a process of its own has ended then.
        """
        if self._result is None or self.tap.requests != self._closed_after:
            self._closed_after = self.tap.requests
            self._left_open += self.tap.end_open()
            self._is_judged_out = self._link.close(patience)
            self._result = self.events()
        return self._result

    def lines_of(self, finding: LiveFinding) -> str:
        """Return what is said of a finding in one line."""
        return next(first_seen(finding.seen, finding.exchange)).strip()

    def numbers(self) -> dict[str, Any]:
        """Return what is counted so far, JSON-ready."""
        numbers, passage = self._so_far.numbers, self._passage
        return {
            "target": self._so_far.target,
            "seconds": round(passage.seconds, 3),
            "requests": passage.requests,
            "beside_the_contract": passage.beside,
            "under_way": passage.open_requests,
            "judged": numbers.judged,
            "unjudged": dict(numbers.unjudged),
            "waiting_or_lost": max(0, passage.ended - numbers.judged - numbers.unjudged.total()),
            "sessions": numbers.sessions,
            "spoken": [" ".join(filter(None, one)) for one in numbers.spoken],
            "exercised": dict(sorted(numbers.exercised.items())),
            "broken": dict(sorted(numbers.broken.items())),
            "open_runs": numbers.open_runs,
            "open_histories": {run: list(seen) for run, seen in numbers.open_histories},
            "findings": [
                {"requirement": one.seen.requirement, "fingerprint": one.fingerprint}
                for one in _first_of_each(self._so_far.findings)
            ],
            "judges_that_ended": list(self._link.ends),
            "own_errors": dict(numbers.own_errors + self.tap.own_errors),
        }

    @property
    def _passage(self) -> Passage:
        tap = self.tap
        remarks = [f"the judge ended by itself ({end})" for end in self._link.ends]
        if not self._is_judged_out:
            remarks.append("the time of the judge was over")
        errors = [f"{name} {times} times" for name, times in tap.own_errors.items()]
        return Passage(
            requests=tap.requests,
            beside=tap.beside,
            ended=self._counted.ended,
            open_requests=tap.open,
            left_open=self._left_open,
            seconds=time.monotonic() - self._began,
            remarks=tuple(remarks),
            own_errors=tuple(
                f"keeping what passes failed by an error of run-contracts: {one}" for one in errors
            ),
        )

    def _hear(self, message: FromJudge) -> None:
        finding = self._so_far.hear(message)
        if finding is not None:
            self.on_finding(finding)


def _first_of_each(findings: Iterable[LiveFinding]) -> Iterable[LiveFinding]:
    first: dict[tuple[str, str], LiveFinding] = {}
    for one in findings:
        first.setdefault((one.seen.requirement, one.fingerprint), one)
    return first.values()


def exit_code_of(events: tuple[Event, ...]) -> int:
    """Return what a watch comes to."""
    finished = events[-1]
    assert isinstance(finished, Finished)  # noqa: S101 - the last event of all that a policy saw
    return int(finished.exit_code)
