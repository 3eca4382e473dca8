"""Events: what happens during a check, as values. Every report is made of these alone."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from run_contracts.traffic.exchange import Exchange
    from run_contracts.types import Edition

FORMAT = 1
"""The version of the event stream's form; it grows when a reader must know the difference."""


class ExitCode(IntEnum):
    """What a process says about a check."""

    HOLDS = 0
    BROKEN = 1
    USAGE = 2
    NOTHING_VERIFIED = 3
    OUR_ERROR = 4
    STOPPED = 5
    INTERRUPTED = 130
    TERMINATED = 143


class Result(StrEnum):
    """What all evidence says of one requirement."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    SKIP = "skip"
    BLOCKED = "blocked"
    INCONCLUSIVE = "inconclusive"
    ERROR = "error"


BROKEN, ADVICE, KNOWN = "broken", "advice", "known"
"""What a fail comes to: it is red, it is not, or it was accepted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A check begins: against what, with what, and what it will send.

    `only` holds the requirements that were asked for, none if it is about all. At most so many
    requests are `generated` beside those of the probes. What is created carries the id of the
    `check` as metadata. `command` makes the check again; it is empty where no command can.
    """

    target: str
    edition: Edition
    profile: str
    seed: int
    version: str
    probes: tuple[dict[str, str], ...]
    left_out: str | None
    format: int = FORMAT
    check: str = ""
    only: tuple[str, ...] = ()
    generated: int = 0
    command: str = ""

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
class Broken:
    """One violation inside a verdict, with the number of the exchange that shows it.

    `code` is the stable word for how the rule is broken and `found_type` the JSON type of what was
    found; both are empty in reports that were written before there were codes.
    """

    exchange: int
    request: str
    pointer: str
    found: str
    expected: str
    code: str = ""
    found_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """The verdict on one requirement, from the judge to the page.

    `is_red` and `known` are what the policy of the check makes of it: `known` says why it is a
    known failure, which is not red, and is empty for all others. `sequence` holds the numbers of
    the exchanges that, sent again in order, show what is broken.
    """

    requirement: str
    area: str
    level: str
    sentence: str
    why: str
    source: str
    result: str
    is_red: bool
    held: int
    broken: tuple[Broken, ...]
    reason: str
    sequence: tuple[int, ...] = ()
    known: str = ""

    @property
    def outcome(self) -> str:
        """What it comes to: its result, or how much it matters that it is broken."""
        if self.known:
            return KNOWN
        if self.result == Result.FAIL:
            return BROKEN if self.is_red else ADVICE
        return self.result


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstSeen:
    """A requirement was seen broken for the first time, as soon as its probe had ended.

    The verdict on it follows at the end of the check, with all that was seen.
    """

    requirement: str
    level: str
    sentence: str
    probe: str
    broken: Broken
    is_red: bool = False
    known: str = ""


class Offer(StrEnum):
    """What was seen of an operation.

    It answers as it should; it is not there; it is there and never answers as it should; or no
    request for it could be sent.
    """

    OFFERED = "offered"
    MISSING = "missing"
    BROKEN = "broken"
    UNTRIED = "not tried"


STREAMED_ANSWERS = "streams"
"""The name under which streamed answers stand among the operations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationSeen:
    """What was seen of one operation, or of streamed answers.

    `what` is its method and path; `state` is an `Offer`; `reason` says what shows that, empty if it
    is offered; `exchange` is the number of the answer that does, 0 if there is none.
    """

    operation: str
    what: str
    state: str
    reason: str = ""
    exchange: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Surveyed:
    """Which operations the server offers: told before the verdicts."""

    operations: tuple[OperationSeen, ...]

    @property
    def offered(self) -> int:
        """How many operations are offered; streams do not count, they are a form of some."""
        return sum(one.state == Offer.OFFERED for one in self._endpoints)

    @property
    def size(self) -> int:
        """How many operations there are."""
        return len(self._endpoints)

    @property
    def _endpoints(self) -> list[OperationSeen]:
        return [one for one in self.operations if one.operation != STREAMED_ANSWERS]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One group of broken requirements that one repair would end; the first to mend comes first.

    `requirements` begins with the one that says most plainly what is wrong, `title` is that in a
    sentence; `request` and `exchange` say where it is seen, `seen` how many exchanges show it.
    """

    rank: int
    title: str
    requirements: tuple[str, ...]
    request: str
    exchange: int
    seen: int
    is_red: bool

    @property
    def lead(self) -> str:
        """The requirement that says most plainly what is wrong."""
        return self.requirements[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The check is over. A report without this is truncated.

    `is_cut` says that its budget, or a person, ended it early; `left_behind` are the paths of what
    it created and could not delete; `baseline` says what is wrong with the list of known failures.
    `unverified` says what had to be seen before the contract can be said to hold, and was not.
    `required` are the operations that were required and are not offered, each in a sentence.
    `explained` says the same of what a known failure keeps from being seen; `waited` are the
    seconds that passed because the server asked to come again later.
    """

    counts: dict[str, int]
    unreached: tuple[str, ...]
    requests: int
    seconds: float
    exit_code: int
    error: str | None = None
    is_cut: bool = False
    left_behind: tuple[str, ...] = ()
    baseline: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()
    explained: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    waited: float = 0.0


Event = Started | ProbeEnded | Exchanged | FirstSeen | Surveyed | Decided | Cause | Finished


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
    rare = {"failure": response.failure, "traceback": response.traceback}
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
        **{name: text for name, text in rare.items() if text},
    }
