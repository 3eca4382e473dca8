"""A life: where one run rests, what it calls and says, and what it costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from run_contracts.contract.lifecycle import (
    CANCELLING,
    EXPIRED,
    FAILED,
    IN_PROGRESS,
    INCOMPLETE,
    QUEUED,
    REQUIRES_ACTION,
    lifecycle,
)
from run_contracts.contract.requirements import EDITIONS
from run_contracts.errors import UsageError
from run_contracts.server.lookup import check_known
from run_contracts.server.options import ServerOptions

PASSED_THROUGH = frozenset({QUEUED, IN_PROGRESS, CANCELLING})


class PlannedCall(NamedTuple):
    """A call of a function: its name, its arguments as JSON text, its id; None for any.

    A number for a name is the place of the function among those of the run, which has as many calls
    of the first as it lacks others.
    """

    name: str | int
    arguments: str | None = None
    id: str | None = None


class PlannedFailure(NamedTuple):
    """Why a run failed, as its last error says."""

    code: str
    message: str


class TokenCounts(NamedTuple):
    """What a run costs in tokens."""

    prompt: int
    completion: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """How one run goes: where it rests, one after another, and what it does there.

    `rounds` are the calls of each time that it requires action, without any those of the first
    function that the run has. `built_in` are the calls of built-in tools that it makes first, each
    in a step of its own. `reply` is what the assistant writes, `cites` the files that it cites.
    `usage`, `failure` and `limit` are what its end says. It is in the queue and at work for so many
    seconds of the server, None for as long as all runs. If it `fits_request`, it calls as the
    request lets it, and writes JSON where that is asked for.
    """

    rests: tuple[str, ...]
    rounds: tuple[tuple[PlannedCall, ...], ...] = ()
    built_in: tuple[Mapping[str, Any], ...] = ()
    reply: str | None = None
    cites: tuple[str, ...] = ()
    usage: TokenCounts | None = None
    failure: PlannedFailure | None = None
    limit: str | None = None
    queue_seconds: float | None = None
    work_seconds: float | None = None
    fits_request: bool = False

    @property
    def needs_function(self) -> bool:
        """Whether its run must have a function among its tools."""
        names = [call.name for calls in self.rounds for call in calls]
        is_any = not names or any(isinstance(name, int) for name in names)
        return REQUIRES_ACTION in self.rests and is_any

    def calls_of(self, round_: int) -> tuple[PlannedCall, ...]:
        """Return the calls of a round, counted from 0; of one round alone, those of all."""
        return self.rounds[min(round_, len(self.rounds) - 1)] if self.rounds else ()

    def check_time(self, options: ServerOptions) -> None:
        """Raise `UsageError` if its run would expire on a server before it comes to its end."""
        queued = options.queue_seconds if self.queue_seconds is None else self.queue_seconds
        worked = options.work_seconds if self.work_seconds is None else self.work_seconds
        total = len(self.rests) * (queued + worked)
        stays = EXPIRED in self.rests or self.rests[-1] in PASSED_THROUGH
        if not stays and total >= options.expires_after:
            raise UsageError(
                f"a run that goes {self} in {total:g} s expires after {options.expires_after} s; "
                "plan 'expired', or take a server with more expires_after"
            )

    def __str__(self) -> str:
        return " -> ".join(self.rests)


def life(  # noqa: PLR0913 - what a life may be
    statuses: Sequence[str],
    *,
    rounds: Sequence[Sequence[PlannedCall]] = (),
    built_in: Sequence[Mapping[str, Any]] = (),
    reply: str | None = None,
    cites: Sequence[str] = (),
    usage: TokenCounts | None = None,
    failure: PlannedFailure | None = None,
    limit: str | None = None,
    queue_seconds: float | None = None,
    work_seconds: float | None = None,
    fits_request: bool = False,
) -> Life:
    """Return a life from the statuses that are to be seen; raise `UsageError` if none is so.

    What lies between them need not be told. A life that ends ``queued`` or ``in_progress`` stays
    so until it is cancelled or expires; one that ends ``requires_action`` completes once its
    outputs are there.

    >>> life(["requires_action", "completed"]).rests
    ('requires_action', 'completed')
    """
    planned = Life(
        rests=_rests(statuses),
        rounds=tuple(tuple(calls) for calls in rounds),
        built_in=tuple(built_in),
        reply=reply,
        cites=tuple(cites),
        usage=usage,
        failure=failure,
        limit=limit,
        queue_seconds=queue_seconds,
        work_seconds=work_seconds,
        fits_request=fits_request,
    )
    _refuse_what_never_shows(planned)
    return planned


def _rests(statuses: Sequence[str]) -> tuple[str, ...]:
    """Return where a run rests that shows these statuses."""
    known = lifecycle(EDITIONS[-1])
    if not statuses:
        raise UsageError("a life has no statuses; give at least one, e.g. 'completed'")
    for status in statuses:
        check_known("status", status, known.statuses)
    for before, after in pairwise(statuses):
        if not known.may_follow(before, after):
            raise UsageError(f"{after!r} cannot follow {before!r}: such a run has ended")
    if statuses[-1] == CANCELLING:
        raise UsageError("no life ends 'cancelling'; it goes on to 'cancelled'")
    rests = [status for status in statuses[:-1] if status not in PASSED_THROUGH]
    return (*rests, statuses[-1])


def _refuse_what_never_shows(planned: Life) -> None:
    """Raise `UsageError` for what a run that goes so never comes to."""
    asked = planned.rests.count(REQUIRES_ACTION)
    if planned.rounds and not asked:
        raise UsageError(
            f"calls are made by a run that requires action, which the life {planned} never does"
        )
    if len(planned.rounds) > max(1, asked):
        raise UsageError(
            f"calls are of {len(planned.rounds)} rounds, but the life {planned} requires action "
            f"{asked} times"
        )
    for name, given, end in (
        ("last_error", planned.failure, FAILED),
        ("incomplete_reason", planned.limit, INCOMPLETE),
    ):
        if given is not None and planned.rests[-1] != end:
            raise UsageError(f"{name} is of a life that ends {end!r}, this one goes {planned}")
