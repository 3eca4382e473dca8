"""Lives played to the small client in this process, and to programs of one line."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from run_contracts.checks.registry import raised
from run_contracts.conduct.client_command import ClientCommand, Ran
from run_contracts.conduct.client_words import ClientSays
from run_contracts.conduct.life_trial import LifeTrial, PlayedServerOfLife, tried
from run_contracts.conduct.life_verdicts import outcomes_of
from run_contracts.conduct.played_lives import PLAYED_LIVES
from tests.faulty_clients.small_client import GivenUp, SmallClient

SMALL_CLIENT = Path(sys.modules[SmallClient.__module__].__file__ or "")
SHOWN_IN = {
    "IgnoresExpired": "expires",
    "NeverReturnsOnIncomplete": "incomplete",
    "AnswersTheFirstCall": "calls-two",
    "AnswersOnce": "calls-again",
    "PollsAfterTheEnd": "completes",
    "LosesADelta": "completes",
    "TrustsHasMore": "lists-always-more",
    "AlwaysCompletes": "fails",
    "StopsAtCancelling": "cancelled",
    "RefusesUnknownFields": "unknown-fields",
    "NeedsAnnotations": "bare-deltas",
    "RefusesUnknownEvents": "unknown-events",
    "KnowsOneLineEnd": "crlf-streams",
    "CutsLetters": "bytewise",
    "KnowsNoComments": "comments",
    "TriesOnce": "fails-once",
    "DoesNotWait": "limited",
    "ReadsTheFirstPage": "completes",
    "SubmitsTwice": "calls",
    "HangsUp": "completes",
    "BeginsAnew": "cut-stream",
    "Insists": "refused",
    "EndsInATraceback": "fails",
}
"""A life in which a fault of the small client shows."""
ENDED = Ran(code=0, seconds=1.0, stdout="", stderr="")


def small_client(*words: str) -> tuple[str, ...]:
    """Return the command of the small client."""
    return (sys.executable, str(SMALL_CLIENT), "{url}", "{key}", *words)


def played(life: str, kind: type[SmallClient] = SmallClient, *, streams: bool = False) -> LifeTrial:
    """Play a life to a small client in this process."""
    with PlayedServerOfLife(PLAYED_LIVES[life]) as server:
        try:
            told = kind(server.url, server.api_key, streams=streams).work()
        except GivenUp as error:
            told = {"error": str(error)}
        return server.trial(ENDED, ClientSays(**told))


def played_to(program: Sequence[str], life: str, seconds: float = 30.0) -> LifeTrial:
    """Play a life to a program."""
    command = ClientCommand(arguments=tuple(program), time_limit=seconds)
    return tried(command, PLAYED_LIVES[life])


def broken_in(trial: LifeTrial) -> set[str]:
    """Return the requirements that a client broke in a life."""
    return {one.requirement for one in outcomes_of(trial, raised) if one.violation is not None}
