"""Executing: a plan carried out phase by phase, until it is done or stopped."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from propcache.api import cached_property

from run_contracts import events
from run_contracts.client.session import Session
from run_contracts.engine import recording
from run_contracts.engine.cleaning_up import Cleanup
from run_contracts.engine.creations import Creations
from run_contracts.engine.interrupts import Interrupts
from run_contracts.engine.own_errors import OwnErrors
from run_contracts.engine.planning import CheckPlan
from run_contracts.engine.unseen import NOT_RUN, MissingEvidence
from run_contracts.engine.verdicts import broken_by
from run_contracts.errors import (
    BudgetExceeded,
    ProfileSpent,
    TargetError,
    Unreachable,
)
from run_contracts.events import Ending, Event
from run_contracts.probes import Blocked, Inconclusive, NotOffered, NotStreamed, ProbeContext
from run_contracts.probes.absent_ids import NO_THREAD
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import SERVER_ERROR, Intent
from run_contracts.traffic.server_traits import NO_PLACE, NOT_OFFERED

if TYPE_CHECKING:
    from run_contracts.probes.search.hunt import Hunt

EXPLORATION = "exploration"
EXPLORATION_WHAT = "make right and wrong requests for every endpoint with schemathesis"
STATEFUL = "walks"
STATEFUL_WHAT = "use runs in any order, each time on a new thread"
REDIRECTS = range(300, 400)
NOTHING_THERE = (
    "every request was answered that there is nothing; is the base URL right? it usually ends "
    "with /v1"
)
ENDING_BY_ERROR: dict[type[Exception], Ending] = {
    Blocked: Ending.BLOCKED,
    NotStreamed: Ending.SKIP,
    Inconclusive: Ending.INCONCLUSIVE,
    NotOffered: Ending.SKIP,
}
"""How a probe ended that raised this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """One part of a check: its name, what it does in words, and what it does.

    `reaches` are the statuses that it is to bring a run into.
    """

    name: str
    what: str
    scenario: Callable[[], None]
    reaches: frozenset[str] = frozenset()


class Execution:
    """Carries out a plan.

    `missing_evidence` says what was kept away and why, and `left_behind` holds the paths of what
    could not be deleted, `may_stay` says what may be there. `is_gone` says that the server answered
    first, and then no more, `is_bounded` that the check sent all that its profile sends.
    """

    def __init__(
        self,
        plan: CheckPlan,
        session: Session,
        creations: Creations,
        interrupts: Interrupts,
        ours: OwnErrors,
    ) -> None:
        """Nothing is sent yet; errors of ours are kept in `ours`."""
        self.missing_evidence: dict[str, MissingEvidence] = {}
        self.left_behind: tuple[str, ...] = ()
        self.may_stay: tuple[str, ...] = ()
        self._creations = creations
        self._plan, self._session, self._interrupts = plan, session, interrupts
        self._ours = ours
        self.is_gone = self.is_bounded = False
        self._context = ProbeContext(session, plan.contract)
        self._stopped, self._stopped_in, self._not_run = "", "", list[str]()

    @property
    def is_stopped(self) -> bool:
        """Whether the budget, a server or a person ended it early."""
        return bool(self._stopped)

    @property
    def stop_reason(self) -> str | None:
        """Why it was ended early and what was left out, as one line; None if it was not."""
        left = f"; not run: {', '.join(self._not_run)}" if self._not_run else ""
        return f"in {self._stopped_in}: {self._stopped}{left}" if self._stopped else None

    @property
    def is_cut(self) -> bool:
        """Whether it was ended early by its budget, or by a person."""
        return self.is_stopped and not (self.is_gone or self.is_bounded)

    def stop(self, reason: str) -> None:
        """Carry out nothing more after the phase that was the last to end."""
        self._stop(reason, self._session.source)

    def run(self) -> Iterator[Event]:
        """Carry out everything and yield what happens.

        Raises `TargetError` if the target cannot be used.
        """
        self._ending("reaching", lambda: reach(self._session), is_first=True)
        yield from map(recording.exchanged, self._session.exchanges)
        for number, phase in enumerate(self._phases()):
            if number == 1 and self._is_nothing_there():
                raise Unreachable(f"{self._plan.target.url}: {NOTHING_THERE}")
            if self._stopped:
                self._not_run.append(phase.name)
                self.missing_evidence[phase.name] = MissingEvidence(
                    probe=NOT_RUN, ending=Ending.INCONCLUSIVE, reason=self._stopped
                )
            else:
                yield from self._carry_out(phase)

    def clean_up(self) -> None:
        """Delete what was created, as far as the server lets us."""
        cleanup = Cleanup(self._session, self._creations)
        with self._ours.costing("the cleanup"):
            self.left_behind = tuple(one.path for one in cleanup.run() if one.stays)
        self.may_stay = cleanup.doubts()

    def _phases(self) -> Iterator[Phase]:
        """Yield what is to be done: the probes, then the search for what none of them does."""
        for probe in self._plan.probes:
            scenario = partial(probe.scenario, self._context)
            yield Phase(name=probe.name, what=probe.what, scenario=scenario, reaches=probe.reaches)
        if self._plan.searches:
            yield Phase(name=STATEFUL, what=STATEFUL_WHAT, scenario=self._search_statefully)
        if self._plan.searches and self._plan.left_out is None:
            yield Phase(name=EXPLORATION, what=EXPLORATION_WHAT, scenario=self._explore)

    @cached_property
    def _hunt(self) -> Hunt:
        from run_contracts.probes.search.hunt import Hunt  # noqa: PLC0415 - heavy

        return Hunt(self._session, broken_by(self._plan.target, self._plan.contract))

    def _search_statefully(self) -> None:
        from run_contracts.probes.search.stateful import search_statefully  # noqa: PLC0415 - heavy

        search_statefully(self._context, self._hunt)

    def _explore(self) -> None:
        from run_contracts.probes.search.exploration import explore  # noqa: PLC0415 - an extra, and heavy

        explore(self._context, self._hunt)

    def _carry_out(self, phase: Phase) -> Iterator[Event]:
        """Carry out a phase; yield what it exchanged and how it ended."""
        first, started = len(self._session.exchanges), time.perf_counter()
        self._session.source = phase.name
        ending, reason = self._ending(phase.name, phase.scenario)
        self._remember(phase, ending, reason)
        sent = self._session.exchanges[first:]
        yield from map(recording.exchanged, sent)
        yield events.ProbeEnded(
            probe=phase.name,
            what=phase.what,
            ending=ending.value,
            reason=reason,
            requests=len(sent),
            seconds=time.perf_counter() - started,
        )

    def _remember(self, phase: Phase, ending: Ending, reason: str) -> None:
        if ending is not Ending.DONE:
            self.missing_evidence[phase.name] = MissingEvidence(
                probe=phase.name, ending=ending, reason=reason, reaches=phase.reaches
            )

    def _ending(
        self, name: str, scenario: Callable[[], None], *, is_first: bool = False
    ) -> tuple[Ending, str]:
        """Run a scenario; return how it ended and why.

        What makes a target useless is passed on: that it refuses every key, or is not there. An
        error of ours ends this scenario alone.
        """
        try:
            with self._interrupts.interruptible():
                scenario()
        except BudgetExceeded as error:
            self.is_bounded = isinstance(error, ProfileSpent)
            return self._stop(str(error), name)
        except KeyboardInterrupt:
            return self._stop("somebody interrupted the check", name)
        except tuple(ENDING_BY_ERROR) as error:
            return ENDING_BY_ERROR[type(error)], str(error)
        except TargetError as error:
            if is_first or not isinstance(error, Unreachable):
                raise
            self.is_gone = True
            return self._stop(str(error), name)
        except Exception as error:
            return Ending.ERROR, self._ours.keep(f"the probe {name}", error)
        return Ending.DONE, ""

    def _is_nothing_there(self) -> bool:
        """Say whether all that was answered to known requests is that there is no such place."""
        exchanges = tuple(self._session.exchanges)
        evidence = Evidence(contract=self._plan.contract, exchanges=exchanges)
        asked = [one for one in exchanges if one.operation is not None]
        with self._ours.costing("the question whether anything is there"):
            return bool(asked) and not any(map(evidence.is_offered, asked))
        return False

    def _stop(self, reason: str, name: str) -> tuple[Ending, str]:
        self._stopped, self._stopped_in = reason, name
        return Ending.INCONCLUSIVE, reason


def reach(session: Session) -> None:
    """Ask for the runs of no thread, to see whether an API is there; raise `Unreachable` if not.

    A page is no API's, but many frameworks show one when an application fails (500). What is
    answered where no API has anything tells what the router answers by itself.
    """
    session.source = "reaching"
    exchange = session.send("listRuns", thread_id=NO_THREAD, intent=Intent.ABSENT)
    where = exchange.request.url
    response = exchange.response
    if response.status in REDIRECTS:
        goal = response.header("location") or "nowhere"
        raise Unreachable(f"{where}: redirects to {goal}; {_after_redirect(where, goal)}")
    is_page = "html" in response.media_type and not exchange.body.is_json
    if is_page and response.status not in (*NOT_OFFERED, SERVER_ERROR):
        raise Unreachable(
            f"{where}: answers {response.status} with HTML, not an API; "
            "is the base URL right? it usually ends with /v1"
        )
    nowhere = f"{session.target.url}/threads/{NO_THREAD}{NO_PLACE}"
    session.send_raw("GET", nowhere, headers={}, content=b"")


def _after_redirect(where: str, goal: str) -> str:
    """Return what to do about a redirect of the first request."""
    try:
        asked, to = urlsplit(where), urlsplit(urljoin(where, goal))
    except ValueError:
        return "that is no URL"
    if (to.scheme, to.netloc) != (asked.scheme, asked.netloc):
        return "give the base URL it leads to"
    if to.path.rstrip("/") == asked.path:
        return "let it answer the paths of the contract, which end without a slash"
    return "is the base URL right, and are the key and the headers that let one in given?"
