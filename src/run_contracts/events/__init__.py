"""Events: what happens during a check, as values. Every report is made of these alone."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from run_contracts.events.decisions import Broken, Cause, Decided, FirstSeen
from run_contracts.events.extent import (
    STREAMED_ANSWERS,
    CoverageItem,
    CoveragePart,
    Covered,
    Offer,
    OperationSeen,
    Surveyed,
)
from run_contracts.events.ledger import Created, Creating, Deleted, LedgerEvent, RecordHook
from run_contracts.events.night import NightEnded, NightFinding
from run_contracts.events.results import ADVICE, BROKEN, KNOWN, Ending, ExitCode, Result

if TYPE_CHECKING:
    from run_contracts.traffic.exchange import Exchange
    from run_contracts.types import DialectName, Edition

__all__ = [
    "ADVICE",
    "BROKEN",
    "FORMAT",
    "KNOWN",
    "STREAMED_ANSWERS",
    "Broken",
    "Cause",
    "CoverageItem",
    "CoveragePart",
    "Covered",
    "Created",
    "Creating",
    "Decided",
    "Deleted",
    "Ending",
    "Event",
    "Exchanged",
    "ExitCode",
    "Finished",
    "FirstSeen",
    "LedgerEvent",
    "NightEnded",
    "NightFinding",
    "Offer",
    "OperationSeen",
    "ProbeEnded",
    "RecordHook",
    "Result",
    "Started",
    "Surveyed",
    "as_dict",
    "exchanges",
]

FORMAT = 1
"""The version of the event stream's form; it grows when a reader must know the difference."""


def _own_version() -> str:
    """Return the version of this package; it is asked for only by what begins."""
    from importlib.metadata import version  # noqa: PLC0415 - keeps events light

    return version("run-contracts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A check begins: against what, with what, and what it will send.

    `only` holds the requirements that were asked for, none if it is about all. At most so many
    requests are `generated` beside those of the probes. What is created carries the id of the
    `check` as metadata. `command` makes the check again; it is empty where no command can. What is
    sent is bounded: by requests and seconds unless that is None, and by runs, of which one reads
    and writes so many tokens at most. Of a target that `is_read_only` nothing is asked but by GET.
    A `dialect` is empty where the edition itself is spoken. A check of a client names its command
    as `client`; its target is where that was served.
    A ledger says by which process (`pid`), and `at` how many seconds since the epoch.
    """

    target: str
    edition: Edition
    profile: str
    seed: int = 0
    version: str = field(default_factory=_own_version)
    probes: tuple[dict[str, str], ...] = ()
    left_out: str | None = None
    format: int = FORMAT
    check: str = ""
    only: tuple[str, ...] = ()
    generated: int = 0
    command: str = ""
    most_requests: int | None = None
    most_runs: int | None = None
    most_seconds: float | None = None
    is_read_only: bool = False
    run_reads: int = 0
    run_writes: int = 0
    pid: int = 0
    at: float = 0.0
    dialect: DialectName | Literal[""] = ""
    client: str = ""

    @property
    def subject(self) -> str:
        """What is checked, in words: a client by its command, a server by its base URL."""
        return f"the client {self.client}" if self.client else self.target

    @property
    def spoken(self) -> str:
        """The edition and the dialect that the target is judged by, in words."""
        named = f", dialect {self.dialect}" if self.dialect else ""
        return f"edition {self.edition}{named}"

    def command_for(self, requirement: str) -> str:
        """Return the command that checks one requirement again; empty if there is none."""
        return f"{self.command} --only {shlex.quote(requirement)}" if self.command else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeEnded:
    """A probe has run: how it ended, why, and what it took."""

    probe: str
    what: str
    ending: str
    reason: str
    requests: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchanged:
    """One exchange is over. Secrets in it are replaced by their names, its bodies cut."""

    exchange: Exchange


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The check is over. A report without this is truncated.

    `is_cut` says that its budget, or a person, ended it early; `left_behind` are the paths of what
    it created and could not delete; `baseline` says what is wrong with the list of known failures.
    `unverified` says what had to be seen before the contract can be said to hold, and was not.
    `required` are the operations that were required and are not offered, each in a sentence.
    `may_stay` says in a sentence each what may be there, for its request was never answered.
    `explained` says the same of what a known failure keeps from being seen; `waited` are the
    seconds that passed because the server asked to come again later. `own_errors` are errors of
    this package: each says in its first line what it cost, and below where it was raised.
    """

    requests: int
    seconds: float
    exit_code: int
    counts: dict[str, int] = field(default_factory=dict)
    unreached: tuple[str, ...] = ()
    error: str | None = None
    is_cut: bool = False
    left_behind: tuple[str, ...] = ()
    baseline: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()
    explained: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    waited: float = 0.0
    own_errors: tuple[str, ...] = ()
    may_stay: tuple[str, ...] = ()


Event = (
    Started
    | LedgerEvent
    | ProbeEnded
    | Exchanged
    | FirstSeen
    | Surveyed
    | Covered
    | NightEnded
    | Decided
    | Cause
    | Finished
)


def exchanges(events: Iterable[Event]) -> Iterator[Exchange]:
    """Yield the exchanges among events."""
    return (event.exchange for event in events if isinstance(event, Exchanged))


def as_dict(event: Event) -> dict[str, Any]:
    """Return an event as JSON-ready data; `event` names its kind.

    >>> as_dict(Finished(counts={}, unreached=(), requests=0, seconds=0.0, exit_code=3))["event"]
    'finished'
    """
    kind = type(event).__name__
    name = "".join(f"_{c.lower()}" if c.isupper() else c for c in kind).lstrip("_")
    texts = _exchange(event.exchange) if isinstance(event, Exchanged) else asdict(event)
    return {"event": name, **texts}


def _exchange(exchange: Exchange) -> dict[str, Any]:
    """Return an exchange as a report holds it; there its intent is called a premise."""
    request, response = exchange.request, exchange.response
    failure = response.failure or response.broken_off
    rare = {"failure": failure, "traceback": response.traceback}
    return {
        "number": exchange.number,
        "source": exchange.source,
        "operation": exchange.operation_id,
        "method": request.method,
        "url": request.url,
        "request_headers": request.headers,
        "request_body": request.payload.text,
        "status": response.status,
        "response_headers": response.headers,
        "response_body": response.payload.text,
        "seconds": response.seconds,
        "premise": exchange.intent.value,
        "together": exchange.together,
        **({"at": round(exchange.sent_at, 6)} if exchange.seen_at else {}),
        **{name: text for name, text in rare.items() if text},
    }
