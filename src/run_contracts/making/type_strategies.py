"""The strategies that hypothesis takes for our types, once `run_contracts.strategies` is imported.

So that ``st.from_type(Run)``, ``st.builds`` of a class with a run in it, and ``@given(...)`` of a
test with annotations draw what is legal, and not any dictionary of the right fields.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import strategies as st

from run_contracts import types
from run_contracts.contract.lifecycle import COMPLETED, FAILED, INCOMPLETE, REQUIRES_ACTION
from run_contracts.contract.loading import load
from run_contracts.contract.requirements import EDITIONS
from run_contracts.making.run_strategies import RunStrategies
from run_contracts.types import RunStatus

Drawing = Callable[[RunStrategies], st.SearchStrategy[Any]]


def _part(status: RunStatus | None, *path: str | int) -> Drawing:
    """Return how to draw what stands at a place of runs in a status, where it is set."""

    def inside(run: Any) -> Any:
        for step in path:
            run = run[step]
        return run

    return lambda made: made.runs(status=status).map(inside)


def _call(*path: str) -> Drawing:
    """Return how to draw one of the calls that a run waits for, or what stands in it."""
    calls = _part(REQUIRES_ACTION, "required_action", "submit_tool_outputs", "tool_calls")

    def inside(call: Any) -> Any:
        return call[path[0]] if path else call

    return lambda made: calls(made).filter(bool).flatmap(st.sampled_from).map(inside)


STRATEGIES: Mapping[Any, Drawing] = {
    types.Run: lambda made: made.runs(),
    types.RunStep: lambda made: made.run_steps(),
    types.Page: lambda made: made.run_lists() | made.run_step_lists(),
    types.StreamEvent: lambda made: made.event_streams().flatmap(st.sampled_from),
    types.Usage: _part(COMPLETED, "usage"),
    types.LastError: _part(FAILED, "last_error"),
    types.IncompleteDetails: _part(INCOMPLETE, "incomplete_details"),
    types.RequiredAction: _part(REQUIRES_ACTION, "required_action"),
    types.ToolOutputs: _part(REQUIRES_ACTION, "required_action", "submit_tool_outputs"),
    types.ToolCall: _call(),
    types.FunctionCall: _call("function"),
    types.TruncationStrategy: lambda made: _part(None, "truncation_strategy")(made).filter(
        lambda found: found is not None
    ),
}
"""How each type is drawn. A ``Page[Run]`` is not here: hypothesis asks of a generic type whether it
is a subclass of what was registered, which a `TypedDict` never answers."""


def register() -> None:
    """Let `hypothesis.strategies.from_type` know our types, those of the newest edition."""
    for kind, drawing in STRATEGIES.items():
        st.register_type_strategy(kind, _of_newest(kind, drawing))


def _of_newest(kind: Any, drawing: Drawing) -> Callable[[Any], st.SearchStrategy[Any]]:
    """Return what hypothesis calls when it meets a type; nothing is read before.

    Our types are dicts, so it asks for them, too, where any mapping would do: there they have
    nothing to say, and other people's ``dict[str, str]`` is drawn as it was.
    """

    def strategy(asked: Any) -> Any:
        if asked is not kind:
            return NotImplemented
        return drawing(RunStrategies(contract=load(EDITIONS[-1])))

    return strategy
