"""One trouble: to which requests it comes, how often, and what it does to them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

from run_contracts.server.degradations.degradation import Layer
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
    meant = None if on is None else frozenset([on] if isinstance(on, str) else on)
    for operation in meant or ():
        check_known("operation", operation, operations)
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
