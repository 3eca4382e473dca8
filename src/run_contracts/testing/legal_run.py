"""A legal run for the code of a test: one life of all, played on a server of its own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from run_contracts.checks.registry import raised
from run_contracts.conduct.client_command import Ran
from run_contracts.conduct.client_words import ClientSays
from run_contracts.conduct.life_findings import finding_lines
from run_contracts.conduct.life_trial import PlayedServerOfLife
from run_contracts.conduct.life_verdicts import OF_OUTCOMES, outcomes_of, undecided
from run_contracts.conduct.played_life import PlayedLife
from run_contracts.conduct.played_lives import PLAYED_LIVES


class LegalRun:
    """Where a life is played, and what is to be said of the code that met it."""

    def __init__(
        self, played: PlayedLife, server: PlayedServerOfLife, *, strict: bool = False
    ) -> None:
        """Wait for a client."""
        self.played = played
        self._is_strict = strict
        self._is_judged = False
        self._server = server
        self._began = time.monotonic()
        self._says: ClientSays | None = None

    @property
    def id(self) -> str:
        """The name of the life, e.g. ``calls-again``."""
        return self.played.id

    @property
    def url(self) -> str:
        """The base URL."""
        return self._server.url

    @property
    def api_key(self) -> str:
        """The key."""
        return self._server.api_key

    @property
    def status(self) -> str:
        """The status that the run comes to, unless something goes wrong."""
        return self.played.status

    def came_to(
        self, status: str | None = None, *, text: str | None = None, error: object = None
    ) -> None:
        """Assert that what the code says is so: its run's status, its text, or what went wrong.

        Its requests are judged, too. A life that needs what the code does not do skips the test.
        """
        __tracebackhide__ = True
        said = None if error is None else str(error) or type(error).__name__
        self._says = ClientSays(status=status, text=text, error=said)
        self.judge()

    def judge(self) -> None:
        """Assert that nothing is broken so far; once is enough."""
        __tracebackhide__ = True
        if self._is_judged:
            return
        self._is_judged = True
        why, broken = self._outcome()
        if why:
            pytest.skip(why)
        if broken:
            raise AssertionError("\n".join([self.played.sentence, *broken]))

    def _outcome(self) -> tuple[str, list[str]]:
        """Return why the life was of no use, empty if it was, and what is broken, in lines."""
        ran = Ran(code=0, seconds=time.monotonic() - self._began, stdout="", stderr="")
        trial = self._server.trial(ran, self._says)
        outcomes = list(outcomes_of(trial, raised))
        why = trial.unused or undecided(trial, outcomes)
        if self._says is None:
            why = trial.unused
            outcomes = [one for one in outcomes if not one.requirement.startswith(OF_OUTCOMES)]
        return why, [] if why else list(finding_lines(outcomes, strict=self._is_strict))

    def __repr__(self) -> str:
        return f"<LegalRun {self.id}: {self.played.sentence}>"


@contextmanager
def legal_run(name: str, *, strict: bool = False) -> Iterator[LegalRun]:
    """Play the life of a name while the block runs; strict: a broken SHOULD fails, too."""
    played = PLAYED_LIVES[name]
    with PlayedServerOfLife(played) as server:
        yield LegalRun(played, server, strict=strict)
