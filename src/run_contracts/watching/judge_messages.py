"""What the process that forwards says to the one that judges, and what it hears back.

All of it is pickled between two processes of ours; nothing that came from outside decides what is
made of it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from run_contracts.events import FirstSeen
from run_contracts.traffic.exchange import Exchange, Headers


class Began(NamedTuple):
    """A request has come: its serial number, in the order of arrival, and its head."""

    serial: int
    method: str
    url: str
    headers: Headers


class Beginning(NamedTuple):
    """How the answer begins to a request that creates a thread, before it has ended."""

    serial: int
    body: bytes


class Passed(NamedTuple):
    """A request and its answer have passed, as far as they came.

    `at` is when the request came, in seconds since the epoch. `status` is 0 where no answer came,
    and `failure` says why; `silences` is how often the server hung up without one. `is_whole` is
    false where the client left before the end, `broken_off` says how the server ended an answer too
    soon.
    """

    serial: int
    asked: bytes
    status: int
    headers: Headers
    body: bytes
    at: float
    seconds: float
    is_whole: bool = True
    is_left: bool = False
    broken_off: str = ""
    failure: str = ""
    silences: int = 0


class Unjudged(NamedTuple):
    """A request has passed that is not to be judged, and why in a few words."""

    serial: int
    reason: str


class Gap(NamedTuple):
    """Some of what was said was lost: nothing is known of requests up to this serial number."""

    serial: int


class Closing(NamedTuple):
    """Nothing follows."""


ToJudge = Began | Beginning | Passed | Unjudged | Gap | Closing


class LiveFinding(NamedTuple):
    """A violation, secrets hidden, in a session by its number.

    `fingerprint` is what stays the same of it; `is_new` says that it is the first of that. The
    first ones have the exchange that shows it.
    """

    session: int
    seen: FirstSeen
    fingerprint: str
    is_new: bool
    exchange: Exchange | None = None


class Withdrawn(NamedTuple):
    """What was found in a session does not count: it turned out to speak another dialect."""

    session: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """What the judge has counted so far.

    `runs` are exchanges that show one. `exercised` and `broken` are by requirement; `unjudged` are
    exchanges by the reason, `own_errors` errors of ours by what they cost, and `raised_at` where
    they were raised. `spoken` says what sessions speak, and why; `open_histories` are the newest
    statuses of runs that are under way.
    """

    judged: int = 0
    runs: int = 0
    exercised: Counter[str] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)
    unjudged: Counter[str] = field(default_factory=Counter)
    own_errors: Counter[str] = field(default_factory=Counter)
    raised_at: tuple[tuple[str, str], ...] = ()
    spoken: tuple[tuple[str, str, str], ...] = ()
    sessions: int = 0
    open_runs: int = 0
    open_histories: tuple[tuple[str, tuple[str, ...]], ...] = ()


class Ended(NamedTuple):
    """All was judged."""


FromJudge = LiveFinding | Withdrawn | Numbers | Ended
