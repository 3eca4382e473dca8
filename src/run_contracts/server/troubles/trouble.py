"""One trouble: to which requests it comes, how often, and what it does to them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from run_contracts.contract.operations import run_operations
from run_contracts.contract.requirements import EDITIONS
from run_contracts.errors import UsageError
from run_contracts.server.degradations.degradation import Layer
from run_contracts.server.given_values import as_given
from run_contracts.server.lookup import check_known
from run_contracts.server.troubles.amounts import count
from run_contracts.server.troubles.stream_forms import StreamForm

Group = Literal["answer", "pace", "form"]
"""What of an answer a trouble touches; of each group one comes to a request, a form to a stream."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A layer before the server for some requests, or the form in which it writes some streams.

    It comes to those of some operations, of None to all; to so many of them, None for ever, once
    so many have passed.
    """

    name: str
    group: Group
    layer: Layer | None = None
    form: StreamForm | None = None
    on: frozenset[str] | None = None
    times: int | None = 1
    after: int = 0

    def __str__(self) -> str:
        return f"{self.name} on {' or '.join(sorted(self.on or ())) or 'any request'}"


def trouble(  # noqa: PLR0913 - when it comes
    name: str,
    group: Group,
    what: Layer | StreamForm,
    *,
    operations: Collection[str],
    on: str | Iterable[str] | None,
    times: int | None,
    after: int,
) -> Trouble:
    """Return a trouble; raise `UsageError` for an operation that is none, or a number below 0."""
    meant = None if on is None else _meant(on, operations)
    if isinstance(what, StreamForm):
        _refuse_what_never_streams(meant or frozenset())
    if times is not None:
        count("times", times, least=1)
    count("after", after)
    return Trouble(
        name=name,
        group=group,
        layer=None if isinstance(what, StreamForm) else what,
        form=what if isinstance(what, StreamForm) else None,
        on=meant,
        times=times,
        after=after,
    )


def streaming_operations() -> frozenset[str]:
    """Return the ids of the operations that can be answered by a stream.

    >>> sorted(streaming_operations())
    ['createRun', 'createThreadAndRun', 'submitToolOutputs']
    """
    return frozenset(
        operation.id
        for edition in EDITIONS
        for operation in run_operations(edition)
        if operation.streams
    )


def _refuse_what_never_streams(operations: frozenset[str]) -> None:
    streaming = streaming_operations()
    never = sorted(operations - streaming)
    if never:
        there = ", ".join(sorted(streaming))
        raise UsageError(f"{never[0]} never streams; those that do are {there}")


def _meant(on: Any, operations: Collection[str]) -> frozenset[str]:
    """Return the operations that are named; raise `UsageError` for one that is none."""
    if isinstance(on, Iterable) and not isinstance(on, Mapping):
        named = [on] if isinstance(on, str) else list(on)
        for operation in named:
            check_known("operation", operation, operations)
        if named:
            return frozenset(named)
    raise UsageError(f"on is {as_given(on)}; give the id of an operation, or a list of them")
