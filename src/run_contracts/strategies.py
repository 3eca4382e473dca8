"""Hypothesis strategies for runs, steps, lists, histories, streams, requests and refusals.

>>> from hypothesis import given
>>> from hypothesis import strategies as st
>>> @given(runs(status="completed"))
... def test_totals(run):
...     usage = run["usage"]
...     assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
>>> test_totals()

Everything drawn is legal by construction: the schemas say what a field may hold, the life cycle
which fields are set. Keyword arguments fix fields to a value, ``__`` reaches inside; what a field
is to be drawn from goes into `drawn`, by the same names:

>>> odd = runs(model="gpt-4o", drawn={"metadata__team": st.sampled_from(["red", "blue"])})

What no legal run can have raises `hypothesis.errors.InvalidArgument`, which names the requirement
it would break; `near_misses` breaks it on purpose. All take `edition` (v1 or v2) and `dialect`
(a named older or foreign form); `from_contract` gives the same for a contract of your own.

`RunMachine` drives a handler through lives of runs, for hypothesis' stateful tests.

Importing this module teaches hypothesis the types of `run_contracts.types`: `st.from_type(Run)`,
and a field or argument that is annotated as one, draw legal runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from run_contracts.contract.loading import Contract
from run_contracts.making.body_strategies import (
    create_message_requests,
    create_run_requests,
    create_thread_and_run_requests,
    error_responses,
    messages,
    modify_run_requests,
    submit_tool_outputs_requests,
)
from run_contracts.making.lives.pages import MOST_LISTED
from run_contracts.making.run_strategies import NOTHING_DRAWN, Drawn, RunStrategies, of_edition
from run_contracts.making.type_strategies import register

if TYPE_CHECKING:
    from collections.abc import Sequence

    from run_contracts.making import NearMiss
    from run_contracts.making.call_parts import Calls
    from run_contracts.making.run_machine import RunMachine
    from run_contracts.types import (
        DialectName,
        Edition,
        ListOrder,
        Page,
        Run,
        RunStatus,
        RunStep,
        RunStepStatus,
        StreamEnding,
        StreamEvent,
    )

register()

__all__ = [
    "RunMachine",
    "RunStrategies",
    "create_message_requests",
    "create_run_requests",
    "create_thread_and_run_requests",
    "edge_runs",
    "edge_values",
    "error_responses",
    "event_streams",
    "from_contract",
    "histories",
    "messages",
    "modify_run_requests",
    "near_misses",
    "run_lists",
    "run_step_lists",
    "run_steps",
    "runs",
    "submit_tool_outputs_requests",
]


def __getattr__(name: str) -> Any:
    """Load `RunMachine` when it is first used: stateful tests cost time to import (PEP 562)."""
    if name != "RunMachine":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from run_contracts.making.run_machine import RunMachine  # noqa: PLC0415 - seldom

    return RunMachine


def from_contract(contract: Contract) -> RunStrategies:
    """Return the strategies of a contract, e.g. one with a vendor's own fields.

    Raises `ContractError`, when a strategy is asked for, for a part of a schema that is needed and
    not understood; what is not needed is left out, with one `LeftOutWarning`.

    >>> from run_contracts import load
    >>> vendor = load("v2").with_fields("run", {"region": {"enum": ["eu"]}}, required=["region"])
    >>> european = from_contract(vendor).runs(status="failed")
    """
    return RunStrategies(contract=contract)


def runs(
    *,
    status: RunStatus | None = None,
    edition: Edition = "v2",
    dialect: DialectName | None = None,
    calls: Calls | None = None,
    drawn: Drawn = NOTHING_DRAWN,
    **fixed: Any,
) -> st.SearchStrategy[Run]:
    """Return a strategy for legal runs, in one status or in any.

    `calls` are the functions that a run waits for: ``[("weather", {"city": "Oslo"})]``.

    >>> gone = runs(status="expired", edition="v1", instructions=None)
    >>> runs(status="queued", completed_at=5)
    Traceback (most recent call last):
    hypothesis.errors.InvalidArgument: no queued run can have completed_at=5: ...
    """
    return of_edition(edition, dialect).runs(status=status, calls=calls, drawn=drawn, **fixed)


def run_steps(
    *,
    status: RunStepStatus | None = None,
    edition: Edition = "v2",
    dialect: DialectName | None = None,
    drawn: Drawn = NOTHING_DRAWN,
    **fixed: Any,
) -> st.SearchStrategy[RunStep]:
    """Return a strategy for legal run steps, in one status or in any.

    >>> calls = run_steps(status="completed", type="tool_calls")
    """
    return of_edition(edition, dialect).run_steps(status=status, drawn=drawn, **fixed)


def run_lists(  # noqa: PLR0913 - what lists may be made for
    *,
    min_size: int = 0,
    max_size: int = MOST_LISTED,
    status: RunStatus | None = None,
    order: ListOrder = "desc",
    edition: Edition = "v2",
    dialect: DialectName | None = None,
    **fixed: Any,
) -> st.SearchStrategy[Page[Run]]:
    """Return a strategy for pages of the runs of one thread, newest first (RUN-LIST-003..006).

    Only the newest may be alive, for a thread has one active run at most.

    >>> nonempty = run_lists(min_size=1)
    """
    made = of_edition(edition, dialect)
    return made.run_lists(min_size=min_size, max_size=max_size, status=status, order=order, **fixed)


def run_step_lists(  # noqa: PLR0913 - what lists may be made for
    *,
    min_size: int = 0,
    max_size: int = MOST_LISTED,
    status: RunStepStatus | None = None,
    order: ListOrder = "desc",
    edition: Edition = "v2",
    dialect: DialectName | None = None,
    **fixed: Any,
) -> st.SearchStrategy[Page[RunStep]]:
    """Return a strategy for pages of the steps of one run, newest first: only that may be open."""
    made = of_edition(edition, dialect)
    return made.run_step_lists(
        min_size=min_size, max_size=max_size, status=status, order=order, **fixed
    )


def histories(  # noqa: PLR0913 - what lives may be about
    *,
    status: RunStatus | None = None,
    path: Sequence[RunStatus] | None = None,
    edition: Edition = "v2",
    dialect: DialectName | None = None,
    calls: Calls | None = None,
    drawn: Drawn = NOTHING_DRAWN,
    **fixed: Any,
) -> st.SearchStrategy[list[Run]]:
    """Return a strategy for what a poller sees of one run, from its birth on (RUN-LIFE-001).

    Cancels and submits are among what happens; a poller misses some statuses. Of a life that is
    fixed by the `status` of its end, its `path`, its `calls` or what becomes of it, all is seen.

    >>> limited = histories(last_error__code="rate_limit_exceeded")
    >>> asking = histories(calls=[("weather", {"city": "Oslo"}), ("weather", {"city": "Paris"})])
    """
    return of_edition(edition, dialect).histories(
        status=status, path=path, calls=calls, drawn=drawn, **fixed
    )


def event_streams(  # noqa: PLR0913 - what streams may be about
    *,
    ending: StreamEnding | None = None,
    resumed: bool | None = None,
    edition: Edition = "v2",
    dialect: DialectName | None = None,
    calls: Calls | None = None,
    outputs: Sequence[Any] | None = None,
    text: str | Sequence[str] | None = None,
    drawn: Drawn = NOTHING_DRAWN,
    **fixed: Any,
) -> st.SearchStrategy[list[StreamEvent]]:
    """Return a strategy for the events of streams, in the order that was recorded.

    They are of new runs, with or without their thread, and of runs that go on after a submit.
    The pieces add up to the objects at the end (RUN-STREAM-008, RUN-STREAM-009). `ending` is the
    status of the run's last event; `calls` are asked for or were answered, by `outputs`; `text` is
    the reply, or its pieces. `run_contracts.factories.as_sse` gives the text of a stream.

    >>> asking = event_streams(ending="requires_action")
    >>> sunny = event_streams(ending="completed", text="It is sunny.")
    """
    return of_edition(edition, dialect).event_streams(
        ending=ending,
        resumed=resumed,
        calls=calls,
        outputs=outputs,
        text=text,
        drawn=drawn,
        **fixed,
    )


def edge_runs(
    *, edition: Edition = "v2", dialect: DialectName | None = None
) -> st.SearchStrategy[Run]:
    """Return a strategy that picks from the named edge cases of runs."""
    return of_edition(edition, dialect).edge_runs()


def edge_values(
    kind: str, *, edition: Edition = "v2", dialect: DialectName | None = None
) -> st.SearchStrategy[Any]:
    """Return a strategy that picks from the named edge cases of a kind, ``history``, ``error``, ...

    >>> refusals = edge_values("error")
    """
    return of_edition(edition, dialect).edge_values(kind)


def near_misses(
    requirement: str | None = None, *, edition: Edition = "v2", dialect: DialectName | None = None
) -> st.SearchStrategy[NearMiss]:
    """Return a strategy for values that break one requirement, and no other.

    >>> late = near_misses("RUN-TIME-001")
    """
    return of_edition(edition, dialect).near_misses(requirement)
