"""What a client sent to a server of a test: requests to look at, and to assert."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, overload
from urllib.parse import parse_qsl, urlsplit

from propcache.api import cached_property

from run_contracts.conduct.scripted import operation_ids
from run_contracts.errors import UsageError
from run_contracts.filesystem.single_line import line, shortened
from run_contracts.server.given_values import as_given
from run_contracts.server.lookup import check_known
from run_contracts.server.troubles.amounts import count
from run_contracts.traffic.exchange import Exchange

LONGEST_SHOWN_BODY = 200
"""Characters of a body that a failure shows."""
MOST_SHOWN_REQUESTS = 30
"""Requests that a failure shows."""


@dataclass(frozen=True, kw_only=True)
class ReceivedRequest:
    """One request of a client, and how it was answered.

    `operation` is its id, e.g. ``createRun``, None if it has no route. `body` is its JSON value,
    None if it has none. `run_id` and `thread_id` are those it is about, also those that it created.
    `at` is when it came, in seconds since the epoch; `status` is that of its answer, 0 without one.
    """

    operation: str | None
    exchange: Exchange = field(repr=False)

    @property
    def method(self) -> str:
        """Its method, e.g. ``POST``."""
        return self.exchange.request.method

    @property
    def path(self) -> str:
        """Its path as it was sent, without the query."""
        return urlsplit(self.exchange.request.url).path

    @property
    def query(self) -> dict[str, str]:
        """Its query, of a name that comes again the last value."""
        return dict(parse_qsl(urlsplit(self.exchange.request.url).query, keep_blank_values=True))

    @property
    def headers(self) -> dict[str, str]:
        """Its headers, their names in lower case."""
        return {name.lower(): value for name, value in self.exchange.request.headers}

    @cached_property
    def body(self) -> Any:
        """The JSON value of its body."""
        return self.exchange.asked

    @property
    def status(self) -> int:
        """The status that it was answered."""
        return self.exchange.response.status

    @property
    def at(self) -> float:
        """When it came."""
        return self.exchange.sent_at

    @cached_property
    def run_id(self) -> str | None:
        """The run that it is about, or that it created."""
        return self._id("run_id", "run")

    @cached_property
    def thread_id(self) -> str | None:
        """The thread that it is about, or that it created."""
        of_run = self._shown("run").get("thread_id")
        return self._id("thread_id", "thread") or of_run

    def _id(self, name: str, kind: str) -> str | None:
        return self.exchange.ids.get(name) or self._shown(kind).get("id")

    def _shown(self, kind: str) -> Mapping[str, Any]:
        """Return the first object of a kind in the answer."""
        return next((placed.value for placed in self.exchange.shown(kind)), {})

    def __str__(self) -> str:
        sent = self.exchange.request.body.decode("utf-8", "replace")
        body = f" {shortened(line(sent), LONGEST_SHOWN_BODY)}" if sent else ""
        named = f" ({self.operation})" if self.operation else ""
        answered = self.status or "no answer"
        return f"{self.method} {line(self.path)}{named} -> {answered}{body}"


class ReceivedRequests(Sequence[ReceivedRequest]):
    """The requests that came, in order: to index, to slice, to filter by operation."""

    def __init__(self, requests: Sequence[ReceivedRequest]) -> None:
        """Hold them."""
        self._requests = tuple(requests)

    def of(self, operation: str) -> ReceivedRequests:
        """Return those of an operation; raise `UsageError` for one that there is not."""
        check_known("operation", operation, operation_ids())
        return ReceivedRequests([each for each in self._requests if each.operation == operation])

    @overload
    def __getitem__(self, at: int) -> ReceivedRequest: ...

    @overload
    def __getitem__(self, at: slice) -> ReceivedRequests: ...

    def __getitem__(self, at: int | slice) -> ReceivedRequest | ReceivedRequests:
        """Return the request at a place, or those of a slice."""
        if isinstance(at, slice):
            return ReceivedRequests(self._requests[at])
        return self._requests[at]

    def __len__(self) -> int:
        return len(self._requests)

    def __iter__(self) -> Iterator[ReceivedRequest]:
        return iter(self._requests)

    def __str__(self) -> str:
        shown = [f"  {each}" for each in self._requests[:MOST_SHOWN_REQUESTS]]
        left = len(self) - len(shown)
        return "\n".join([*shown, *([f"  and {left} more"] if left else [])]) or "  nothing"

    def __repr__(self) -> str:
        return f"<{len(self)} requests>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a request must hold, None for anything: of its body, its query and its headers.

    Of objects the members that are named, of lists every item; a value that compares equal to many
    may stand anywhere.
    """

    body: Any = None
    query: Mapping[str, str] | None = None
    headers: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        """Refuse what a query or headers cannot be."""
        for name, given in (("query", self.query), ("headers", self.headers)):
            is_named = isinstance(given, Mapping) and all(isinstance(key, str) for key in given)
            if given is not None and not is_named:
                raise UsageError(f"{name} is {as_given(given)}; give values by their names")

    def fits(self, request: ReceivedRequest) -> bool:
        """Tell whether a request holds it; names of headers are so in any case."""
        named = {name.lower(): value for name, value in (self.headers or {}).items()}
        return (
            (self.body is None or holds(request.body, self.body))
            and holds(request.query, self.query or {})
            and holds(request.headers, named)
        )

    def __str__(self) -> str:
        parts = {"a body": self.body, "a query": self.query, "headers": self.headers}
        said = [
            f"{name} that hold{'' if name == 'headers' else 's'} {wanted!r}"
            for name, wanted in parts.items()
            if wanted is not None
        ]
        return f" with {' and '.join(said)}" if said else ""


def assert_called(
    requests: ReceivedRequests, operation: str, *, times: int | None, wanted: Wanted
) -> None:
    """Raise `AssertionError` unless an operation was asked for so often, as is wanted.

    Without `times` once is enough.
    """
    __tracebackhide__ = True
    if times is not None:
        count("times", times)
    asked = requests.of(operation)
    fitting = [each for each in asked if wanted.fits(each)]
    if len(fitting) == times or (times is None and fitting):
        return
    often = "at least once" if times is None else f"{times} times"
    raise AssertionError(
        f"{operation} was to be called {often}{wanted}; it was {len(fitting)} times. "
        f"What came:\n{asked if str(wanted) and len(asked) else requests}"
    )


def holds(body: Any, wanted: Any) -> bool:
    """Tell whether a JSON value holds what is wanted of it.

    >>> holds({"stream": True, "tool_outputs": [{"output": "rain", "tool_call_id": "call_1"}]},
    ...       {"tool_outputs": [{"output": "rain"}]})
    True
    """
    if isinstance(wanted, Mapping) and isinstance(body, Mapping):
        return all(name in body and holds(body[name], part) for name, part in wanted.items())
    if isinstance(wanted, list | tuple) and isinstance(body, list):
        return len(body) == len(wanted) and all(map(holds, body, wanted))
    return bool(body == wanted)
