"""Hunting: attempts to break the contract; Hypothesis makes them, and makes shorter what succeeds.

Who sends does not judge: what an attempt exchanged is judged by a function that is given.
A server is no function of what is sent to it. It takes time, and others may use it; so an attempt
that does not break a second time what it broke once is no error, and the search for something
shorter is bounded in number and time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TypeVar

import hypothesis
from hypothesis.database import DirectoryBasedExampleDatabase
from hypothesis.errors import Flaky

from run_contracts.client.session import Session
from run_contracts.errors import TargetError
from run_contracts.probes import Blocked, Inconclusive, NotOffered
from run_contracts.traffic.exchange import Exchange
from run_contracts.traffic.slicing import Slicer

Attempted = TypeVar("Attempted")
Judge = Callable[[Sequence[Exchange]], Collection[str]]
"""Returns the ids of the MUST requirements that exchanges break."""

MOST_ATTEMPTS = 60
"""Attempts of one search after the first that broke something."""
MOST_SECONDS = 30.0
"""Seconds for all attempts of a hunt, after the first of their search that broke something."""


class BrokenContract(Exception):
    """An attempt broke a requirement that was not known to be broken."""


@cache
def breaking(requirement: str) -> type[BrokenContract]:
    """Return the exception for a requirement; Hypothesis tells failures apart by their type."""
    return type(requirement, (BrokenContract,), {})


class Hunt:
    """A search of one target for whatever breaks a requirement not known to be broken.

    `found` holds the requirements that attempts broke.
    """

    def __init__(
        self,
        session: Session,
        judge: Judge,
        *,
        known: Collection[str] = (),
        examples: Path | None = None,
    ) -> None:
        """Begin by judging what was exchanged so far: what that breaks is not hunted for again.

        Nor are requirements that are `known` to be broken. Hypothesis keeps in the folder
        `examples` what broke something, and begins with it another time.
        """
        self.session, self.examples = session, examples
        self.found: set[str] = set()
        self._judge = judge
        self._known = {*judge(session.exchanges), *known}
        self._sequences = Slicer(session.exchanges)
        self._attempts = self._shortening = 0
        self._seconds = MOST_SECONDS
        self._stopped_by: TargetError | None = None

    def search(self, test: Callable[[], None]) -> None:
        """Run a test of Hypothesis that makes attempts, until it breaks nothing new.

        Raises `TargetError` if the target ceased to answer.
        """
        self._shortening = 0
        try:
            with suppress(BrokenContract, Flaky):
                test()
        except ExceptionGroup as group:
            _, others = group.split(BrokenContract)
            if others is not None:
                raise others from None
        self._end()

    def _end(self) -> None:
        self._known |= self.found
        if self._stopped_by is not None:
            raise self._stopped_by

    def attempt(self, source: str, send: Callable[[], object]) -> None:
        """Make an attempt that sends once; raise `BrokenContract` if it breaks something new."""
        self.begin(source)
        self.send(send)
        self.judge()

    def shrink(
        self,
        source: str,
        case: Attempted,
        send: Callable[[Attempted], object],
        smaller: Callable[[Attempted], Iterable[Attempted]],
    ) -> None:
        """Make an attempt; as long as it breaks the same new thing, go on from smaller ones.

        Raises `TargetError` if the target ceased to answer.
        """

        def breaks(case: Attempted) -> type[BrokenContract] | None:
            try:
                self.attempt(source, lambda: send(case))
            except BrokenContract as error:
                return type(error)
            return None

        self._shortening = 0
        first = breaks(case)
        while first is not None and not self._is_tired:
            less = next((one for one in smaller(case) if breaks(one) is first), None)
            if less is None:
                break
            case = less
        self._end()

    def begin(self, source: str) -> None:
        """Begin an attempt; its exchanges come from a numbered source of this name."""
        self._attempts += 1
        self._shortening += bool(self._shortening)
        self._first = len(self.session.exchanges)
        self.session.source = f"{source} {self._attempts}"

    @property
    def _is_tired(self) -> bool:
        """Whether enough was done to make the find of this search smaller."""
        return self._shortening > MOST_ATTEMPTS or self._seconds < 0

    def send(self, send: Callable[[], object]) -> None:
        """Send something; what cannot be sent, or is not answered as hoped, is left."""
        if self._is_tired or self._stopped_by is not None:
            return
        started = time.perf_counter()
        try:
            with suppress(Blocked, Inconclusive, NotOffered):
                send()
        except TargetError as error:
            self._stopped_by = error
        if self._shortening:
            self._seconds -= time.perf_counter() - started

    def judge(self) -> None:
        """Judge the attempt so far; raise `BrokenContract` if it breaks something new."""
        attempt = self.session.exchanges[self._first :]
        for exchange in self.session.exchanges[self._sequences.size :]:
            self._sequences.add(exchange)
        broken = set(self._judge(self._sequences.with_dependencies(attempt))) - self._known
        if broken:
            self._shortening = max(1, self._shortening)
            self.found |= broken
            raise breaking(min(broken))


def settings(examples: int, steps: int = 1, folder: Path | None = None) -> hypothesis.settings:
    """Return settings that generate and shorten: nothing is timed or complained about.

    What failed is kept in a folder, and tried first another time, if there is one.
    """
    again = (hypothesis.Phase.reuse,) if folder is not None else ()
    return hypothesis.settings(
        max_examples=examples,
        stateful_step_count=steps,
        database=DirectoryBasedExampleDatabase(folder) if folder is not None else None,
        deadline=None,
        phases=(*again, hypothesis.Phase.generate, hypothesis.Phase.shrink),
        suppress_health_check=list(hypothesis.HealthCheck),
        print_blob=False,
    )
