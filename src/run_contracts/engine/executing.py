"""The course of a check: what it acts out, one after another, until it is done or stopped."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import cached_property, partial
from typing import TYPE_CHECKING

from run_contracts import events
from run_contracts.client.session import Session
from run_contracts.engine import recording
from run_contracts.engine.cleanup import clean_up, leftovers
from run_contracts.engine.interrupts import Interrupts
from run_contracts.engine.judgement import broken_by
from run_contracts.engine.planning import CheckPlan
from run_contracts.engine.verdicts import Ending, MissingEvidence
from run_contracts.errors import BudgetExceeded, HarnessError, RunContractsError, Unreachable
from run_contracts.events import Event
from run_contracts.probes import Blocked, Inconclusive, NotOffered, ProbeContext
from run_contracts.probes.reading import NO_THREAD
from run_contracts.traffic.exchange import Intent

if TYPE_CHECKING:
    from run_contracts.probes.search import Hunt

EXPLORATION = "exploration"
EXPLORING = "make right and wrong requests for every endpoint with schemathesis"
WALKS = "walks"
WALKING = "use runs in any order, each time on a new thread"
REDIRECTS = range(300, 400)
ENDINGS: dict[type[Exception], Ending] = {
    Blocked: Ending.BLOCKED,
    Inconclusive: Ending.INCONCLUSIVE,
    NotOffered: Ending.SKIP,
}
"""How a probe ended that raised this."""
Act = tuple[str, str, Callable[[], None]]
"""A name, what it does in words, and what it does."""


class Execution:
    """Carries out a plan.

    `missing_evidence` says what was kept away and why, `ended` how each phase ended, and
    `left_behind` holds the paths of what could not be deleted.
    """

    def __init__(self, plan: CheckPlan, session: Session, interrupts: Interrupts) -> None:
        """Nothing is sent yet."""
        self.missing_evidence: dict[str, MissingEvidence] = {}
        self.ended: list[events.ProbeEnded] = []
        self.left_behind: tuple[str, ...] = ()
        self._plan, self._session, self._interrupts = plan, session, interrupts
        self._context = ProbeContext(session, plan.contract)
        self._stopped, self._stopped_in, self._not_run = "", "", list[str]()

    @property
    def is_stopped(self) -> bool:
        """Whether the budget, a server or a person ended it early."""
        return bool(self._stopped)

    @property
    def told_stop(self) -> str | None:
        """Why it was ended early and what was left out, as one line; None if it was not."""
        left = f"; not run: {', '.join(self._not_run)}" if self._not_run else ""
        return f"in {self._stopped_in}: {self._stopped}{left}" if self._stopped else None

    def run(self) -> Iterator[Event]:
        """Act out everything and yield what happens.

        Raises `TargetError` if the target cannot be used.
        """
        self._ending("reaching", lambda: reach(self._session), is_first=True)
        yield from map(recording.exchanged, self._session.exchanges)
        for name, what, scenario in self._acts():
            if self._stopped:
                self._not_run.append(name)
                self.missing_evidence[name] = MissingEvidence(
                    probe="not run", ending=Ending.INCONCLUSIVE, reason=self._stopped
                )
            else:
                yield from self._act(name, what, scenario)

    def clean_up(self) -> None:
        """Delete what was created, as far as the server lets us."""
        created = leftovers(map(recording.exchanged, self._session.exchanges))
        self.left_behind = clean_up(self._session, created)

    def _acts(self) -> Iterator[Act]:
        """Yield what is to be done: the probes, then the search for what none of them does."""
        context = self._context
        for probe in self._plan.probes:
            yield probe.name, probe.what, partial(probe.scenario, context)
        if self._plan.searches:
            yield WALKS, WALKING, self._walk
        if self._plan.searches and self._plan.left_out is None:
            yield EXPLORATION, EXPLORING, self._explore

    @cached_property
    def _hunt(self) -> Hunt:
        from run_contracts.probes.search import Hunt  # noqa: PLC0415 - heavy

        return Hunt(self._session, broken_by(self._plan.target, self._plan.contract))

    def _walk(self) -> None:
        from run_contracts.probes.search import walk  # noqa: PLC0415 - heavy

        walk(self._context, self._hunt)

    def _explore(self) -> None:
        from run_contracts.probes.search.schemathesis_bridge import explore  # noqa: PLC0415 - an extra, and heavy

        explore(self._context, self._hunt)

    def _act(self, name: str, what: str, scenario: Callable[[], None]) -> Iterator[Event]:
        """Run a scenario; yield what it exchanged and how it ended."""
        first, started = len(self._session.exchanges), time.perf_counter()
        self._session.source = name
        ending, reason = self._ending(name, scenario)
        self._note(name, ending, reason)
        sent = self._session.exchanges[first:]
        yield from map(recording.exchanged, sent)
        ended = events.ProbeEnded(
            probe=name,
            what=what,
            ending=ending.value,
            reason=reason,
            requests=len(sent),
            seconds=time.perf_counter() - started,
        )
        self.ended.append(ended)
        yield ended

    def _note(self, name: str, ending: Ending, reason: str) -> None:
        if ending is not Ending.DONE:
            self.missing_evidence[name] = MissingEvidence(probe=name, ending=ending, reason=reason)

    def _ending(
        self, name: str, scenario: Callable[[], None], *, is_first: bool = False
    ) -> tuple[Ending, str]:
        """Run a scenario; return how it ended and why.

        What makes a target useless is passed on: that it refuses every key, or is not there.
        """
        try:
            with self._interrupts.interruptible():
                scenario()
        except BudgetExceeded as error:
            return self._stop(str(error), name)
        except KeyboardInterrupt:
            return self._stop("somebody interrupted the check", name)
        except tuple(ENDINGS) as error:
            return ENDINGS[type(error)], str(error)
        except RunContractsError as error:
            if is_first or not isinstance(error, Unreachable):
                raise
            return Ending.BLOCKED, str(error)
        except Exception as error:
            raise HarnessError(f"a probe failed by its own fault: {error!r}") from error
        return Ending.DONE, ""

    def _stop(self, reason: str, name: str) -> tuple[Ending, str]:
        self._stopped, self._stopped_in = reason, name
        return Ending.INCONCLUSIVE, reason


def reach(session: Session) -> None:
    """Ask for the runs of no thread, to see whether an API is there; raise `Unreachable` if not."""
    session.source = "reaching"
    exchange = session.send("listRuns", thread_id=NO_THREAD, intent=Intent.ABSENT)
    where = exchange.request.url
    response = exchange.response
    if response.status in REDIRECTS:
        goal = response.header("location") or "nowhere"
        raise Unreachable(f"{where}: redirects to {goal}; give the base URL it leads to")
    if "html" in response.media_type:
        raise Unreachable(
            f"{where}: answers {response.status} with HTML, not an API; "
            "is the base URL right? it usually ends with /v1"
        )
