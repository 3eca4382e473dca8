"""The strategies of one contract, as methods; `run_contracts.strategies` is their door."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from run_contracts.contract.loading import Contract, load
from run_contracts.errors import UsageError
from run_contracts.making.call_parts import Calls
from run_contracts.making.choosing import fitting_plans
from run_contracts.making.generators.hypothesis import strategy_of
from run_contracts.making.life_strategies import history_strategy, list_strategy
from run_contracts.making.lives.life_wishes import fixed_calls, life_wishes
from run_contracts.making.lives.pages import MOST_LISTED
from run_contracts.making.plans import any_of
from run_contracts.making.stream_strategies import stream_strategy
from run_contracts.making.wishes import Fixed
from run_contracts.validation.judging import violations

if TYPE_CHECKING:
    from run_contracts.making.near_misses import NearMiss
    from run_contracts.types import (
        DialectName,
        Edition,
        ListOrder,
        MadeKind,
        Page,
        Run,
        RunStatus,
        RunStep,
        RunStepStatus,
        StreamEnding,
        StreamEvent,
    )

P = ParamSpec("P")
T = TypeVar("T")
Drawn = Mapping[str, st.SearchStrategy[Any]]
NOTHING_DRAWN: Drawn = {}
Value = dict[str, Any]


def arguments_checked(function: Callable[P, T]) -> Callable[P, T]:
    """Let a wrong argument be hypothesis' own error, with the same words."""

    @wraps(function)
    def checked(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return function(*args, **kwargs)
        except UsageError as error:
            raise InvalidArgument(str(error)) from None

    return checked


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStrategies:
    """The strategies of one contract; those of the module are of the plain editions."""

    contract: Contract

    @arguments_checked
    def runs(
        self,
        *,
        status: RunStatus | None = None,
        calls: Calls | None = None,
        drawn: Drawn = NOTHING_DRAWN,
        **fixed: Any,
    ) -> st.SearchStrategy[Run]:
        """Return a strategy for legal runs, in one status or in any.

        `calls` are the functions that a run waits for, as (name, arguments).
        """
        wanted = fixed if calls is None else {**fixed, **fixed_calls(calls, fixed)}
        return cast("st.SearchStrategy[Run]", self._objects("run", status, wanted, drawn))

    @arguments_checked
    def run_steps(
        self, *, status: RunStepStatus | None = None, drawn: Drawn = NOTHING_DRAWN, **fixed: Any
    ) -> st.SearchStrategy[RunStep]:
        """Return a strategy for legal run steps, in one status or in any."""
        return cast("st.SearchStrategy[RunStep]", self._objects("run_step", status, fixed, drawn))

    @arguments_checked
    def run_lists(
        self,
        *,
        min_size: int = 0,
        max_size: int = MOST_LISTED,
        status: RunStatus | None = None,
        order: ListOrder = "desc",
        **fixed: Any,
    ) -> st.SearchStrategy[Page[Run]]:
        """Return a strategy for pages of the runs of one thread, newest first."""
        pages = list_strategy(
            self.contract, "run", status, fixed, least=min_size, most=max_size, order=order
        )
        return cast("st.SearchStrategy[Page[Run]]", pages)

    @arguments_checked
    def run_step_lists(
        self,
        *,
        min_size: int = 0,
        max_size: int = MOST_LISTED,
        status: RunStepStatus | None = None,
        order: ListOrder = "desc",
        **fixed: Any,
    ) -> st.SearchStrategy[Page[RunStep]]:
        """Return a strategy for pages of the steps of one run, newest first."""
        pages = list_strategy(
            self.contract, "run_step", status, fixed, least=min_size, most=max_size, order=order
        )
        return cast("st.SearchStrategy[Page[RunStep]]", pages)

    @arguments_checked
    def histories(
        self,
        *,
        status: RunStatus | None = None,
        path: Sequence[RunStatus] | None = None,
        calls: Calls | None = None,
        drawn: Drawn = NOTHING_DRAWN,
        **fixed: Any,
    ) -> st.SearchStrategy[list[Run]]:
        """Return a strategy for what a poller sees of one run, from its birth on.

        Cancels and submits are among what happens; a poller misses some statuses, unless the
        life is fixed by its `status` at the end, its `path`, `calls`, or by what becomes of it.
        """
        wishes = life_wishes(self.contract, fixed, calls=calls, drawn=only_strategies(drawn))
        lives = history_strategy(self.contract, wishes, status, path)
        return cast("st.SearchStrategy[list[Run]]", lives)

    @arguments_checked
    def event_streams(  # noqa: PLR0913 - what a stream may be about
        self,
        *,
        ending: StreamEnding | None = None,
        resumed: bool | None = None,
        calls: Calls | None = None,
        outputs: Sequence[Any] | None = None,
        text: str | Sequence[str] | None = None,
        drawn: Drawn = NOTHING_DRAWN,
        **fixed: Any,
    ) -> st.SearchStrategy[list[StreamEvent]]:
        """Return a strategy for the events of streams: of new runs, and after a submit.

        The pieces add up to the objects at the end. `ending` is the status of the run's last
        event, any if left out; see `Factory.stream` for the rest.
        """
        wishes = life_wishes(
            self.contract,
            fixed,
            calls=calls,
            outputs=outputs,
            text=text,
            drawn=only_strategies(drawn),
        )
        streams = stream_strategy(self.contract, wishes, ending, resumed=resumed)
        return cast("st.SearchStrategy[list[StreamEvent]]", streams)

    @arguments_checked
    def values(
        self, kind: MadeKind, *, drawn: Drawn = NOTHING_DRAWN, **fixed: Any
    ) -> st.SearchStrategy[Value]:
        """Return a strategy for values of a kind: ``message``, ``create_run_request``, ..."""
        return self._objects(kind, None, fixed, drawn)

    @arguments_checked
    def edge_runs(self) -> st.SearchStrategy[Run]:
        """Return a strategy that picks from the named edge cases of runs."""
        return cast("st.SearchStrategy[Run]", self.edge_values("run"))

    @arguments_checked
    def edge_values(self, kind: str) -> st.SearchStrategy[Any]:
        """Return a strategy that picks from the named edge cases of a kind."""
        from run_contracts.making.edge_cases import edge_cases  # noqa: PLC0415 - seldom

        edge = [case.value for case in edge_cases(kind=kind, contract=self.contract)]
        return st.sampled_from(edge).map(copy.deepcopy)

    @arguments_checked
    def near_misses(self, requirement: str | None = None) -> st.SearchStrategy[NearMiss]:
        """Return a strategy that picks values that break one requirement, and no other."""
        from run_contracts.making.near_misses import near_misses  # noqa: PLC0415 - seldom

        return st.sampled_from(near_misses(requirement, contract=self.contract)).map(copy.deepcopy)

    def _objects(
        self, kind: str, status: str | None, fixed: Fixed, drawn: Drawn
    ) -> st.SearchStrategy[Value]:
        only_strategies(drawn)
        plans = fitting_plans(self.contract, kind, status, fixed, drawn)
        objects = strategy_of(any_of(plans))
        if not drawn:
            return objects
        return objects.map(lambda value: _legal(value, kind, self.contract))


def only_strategies(drawn: Drawn) -> Drawn:
    """Return what is to be drawn as it is; raise `UsageError` for what is no strategy."""
    for name, source in drawn.items():
        if not isinstance(source, st.SearchStrategy):
            raise UsageError(
                f"drawn[{name!r}] is of type {type(source).__name__}, not a strategy; "
                "give fixed values as keyword arguments"
            )
    return drawn


def _legal(value: Value, kind: str, contract: Contract) -> Value:
    """Return a value as it is; raise `InvalidArgument` if what the caller drew breaks a rule."""
    for broken in violations(value, kind=kind, contract=contract):
        rule = contract.register[broken.requirement]
        raise InvalidArgument(
            f"what was drawn breaks {rule.id} ({rule.sentence.rstrip('.')}); at "
            f"{broken.pointer or 'the value'} expected {broken.expected}, found {broken.found!r}. "
            f"Draw within the rule, or take near_misses({rule.id!r})"
        )
    return value


@arguments_checked
def of_edition(edition: Edition, dialect: DialectName | None) -> RunStrategies:
    """Return the strategies of a plain edition, or of a dialect of it."""
    return RunStrategies(contract=load(edition, dialect=dialect))
