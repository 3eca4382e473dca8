"""The story of a run: all that becomes of it on a path, decided before anything is shown.

A history shows it a status at a time, a stream an event at a time; so they agree with one another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain
from typing import Any

from run_contracts.contract.lifecycle import IN_PROGRESS, REQUIRES_ACTION
from run_contracts.contract.loading import Contract
from run_contracts.making.called_functions import function_name, wanted_first
from run_contracts.making.choosing import fitting_plans
from run_contracts.making.coherence import contradictions
from run_contracts.making.forms import Choice, Make, copied
from run_contracts.making.generators.themes import THEME, THEMES
from run_contracts.making.lives.distinct_ids import distinct
from run_contracts.making.lives.life_wishes import REQUIRED_ACTION, LifeWishes, checked_on
from run_contracts.making.lives.timing import STARTS_AT, Timing, timing_of
from run_contracts.making.moments import CREATED, EXPIRES
from run_contracts.making.plans import ObjectPlan, coherence_of
from run_contracts.making.wishes import NOTHING, Fixed, Free, contradicting
from run_contracts.types import JSONObject

AUTO = "auto"
ANY_THEME = Choice(values=tuple({theme.assistant: theme for theme in reversed(THEMES)}))
"""What a run may be about, the plainest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One run and its life: the run as it ends, what it asked for each time, and when.

    Its `theme` is what the run is about, as far as nobody fixed that.
    """

    contract: Contract
    path: tuple[str, ...]
    run: JSONObject
    actions: tuple[JSONObject, ...]
    timing: Timing
    wishes: LifeWishes
    theme: str

    def snapshots(self) -> list[JSONObject]:
        """Return the run in each status of its path."""
        shown: list[JSONObject] = []
        for at, status in enumerate(self.path):
            shown.append(self._in(at, status, shown[-1] if shown else None))
        return shown

    def _in(self, at: int, status: str, before: JSONObject | None) -> JSONObject:
        run = copied(self.run)
        run["status"] = status
        run[CREATED] = self.timing.moments[0]
        for name, wanted in self.contract.lifecycle.fields[status].items():
            if name in run:
                run[name] = None if wanted == "null" else self._cell(at, name, wanted, before)
        return run

    def _cell(self, at: int, name: str, wanted: str, before: JSONObject | None) -> Any:
        """Return what a status shows of a field that it may have."""
        is_last = at == len(self.path) - 1
        if name == REQUIRED_ACTION:
            return copied(self.actions[self.path[:at].count(REQUIRES_ACTION)])
        if name == STARTS_AT:
            return self._started(at, before)
        if name == EXPIRES:
            return self.timing.expires_at
        if name.endswith("_at"):
            is_set = wanted == "set" or (is_last and self.run[name] is not None)
            return self.timing.moments[at] if is_set else None
        return copied(self.run[name]) if is_last else None

    def _started(self, at: int, before: JSONObject | None) -> int | None:
        """Return when a run last began to work; a poller may see it set anew."""
        fixed = self.wishes.passing.get(STARTS_AT)
        if self.path[at] == IN_PROGRESS:
            return self.timing.moments[at] if fixed is None else fixed
        earlier = before.get(STARTS_AT) if before else None
        is_set = self.contract.lifecycle.fields[self.path[at]][STARTS_AT] == "set"
        return self.timing.moments[at] if earlier is None and is_set else earlier


def story(contract: Contract, make: Make, path: Sequence[str], wishes: LifeWishes) -> Story:
    """Return the story of a run along a path; raise `UsageError` for what it cannot be about."""
    checked_on(contract, wishes, path)
    run = _about(contract, path, wishes).made(make)
    theme = run.pop(THEME)
    actions: list[JSONObject] = []
    for _ in range(path.count(REQUIRES_ACTION)):
        called = [set(map(function_name, calls_in(action))) for action in actions]
        actions.append(_asked(contract, make, run, wishes, called))
    if REQUIRED_ACTION in run:
        run[REQUIRED_ACTION] = None
    if not any(path.endswith("__id") for path in (*wishes.passing, *_calls_fixed(wishes))):
        distinct(chain.from_iterable(map(calls_in, actions)), set())
    fixed = {**wishes.lasting, **wishes.passing}
    return Story(
        contract=contract,
        path=tuple(path),
        run=run,
        actions=tuple(actions),
        timing=timing_of(path, run[CREATED], fixed, make),
        wishes=wishes,
        theme=theme,
    )


def _calls_fixed(wishes: LifeWishes) -> Iterator[str]:
    for calls in wishes.rounds or ():
        yield from calls


def calls_in(action: JSONObject) -> list[JSONObject]:
    """Return the calls of what a run asks for."""
    calls: list[JSONObject] = action["submit_tool_outputs"]["tool_calls"]
    return calls


def _plan(contract: Contract, status: str, wishes: LifeWishes) -> ObjectPlan:
    fixed, drawn = wishes.of(contract, status), wishes.drawn_in(contract, status)
    return fitting_plans(contract, "run", status, fixed, drawn)[0]


def _about(contract: Contract, path: Sequence[str], wishes: LifeWishes) -> ObjectPlan:
    """Return the plan of a run as it ends, with what it asks for at first, and its theme."""
    end = _plan(contract, path[-1], wishes)
    return _themed(end, _asking(contract, wishes, 0) if REQUIRES_ACTION in path else None)


@lru_cache(maxsize=1024)
def _themed(end: ObjectPlan, asking: ObjectPlan | None) -> ObjectPlan:
    form = end.form.with_field(THEME, ANY_THEME)
    if asking is None or end.coherence is None or asking.coherence is None:
        return replace(end, form=form)
    fixed = end.coherence.free.fixed | asking.coherence.free.fixed
    return replace(
        end,
        form=form.with_field(REQUIRED_ACTION, asking.form.fields[REQUIRED_ACTION]),
        coherence=replace(end.coherence, free=Free(fixed)),
    )


def _asking(contract: Contract, wishes: LifeWishes, at: int) -> ObjectPlan:
    """Return the plan of what a run asks for, the first time or a later one."""
    fixed = {**wishes.of(contract, REQUIRES_ACTION), **_of_round(wishes, at)}
    drawn = _actions(wishes.drawn_in(contract, REQUIRES_ACTION))
    return fitting_plans(contract, "run", REQUIRES_ACTION, _actions(fixed), drawn)[0]


def _of_round(wishes: LifeWishes, at: int) -> Fixed:
    return wishes.rounds[at] if wishes.rounds else NOTHING


def _asked(
    contract: Contract,
    make: Make,
    run: JSONObject,
    wishes: LifeWishes,
    called: Sequence[set[str | None]],
) -> JSONObject:
    """Return what a run asks for after what it `called` before, the calls and the tools to agree.

    What was called stays among the tools.
    """
    at, asked = len(called), _of_round(wishes, len(called))
    free = Free(frozenset(wishes.of(contract, REQUIRES_ACTION)).union(asked, wishes.drawn))
    if at > 0 or run.get(REQUIRED_ACTION) is None:
        run[REQUIRED_ACTION] = _asking(contract, wishes, at).part(REQUIRED_ACTION, make)
    if at > 0:
        wanted_first(run, set[str | None]().union(*called), free)
        if "tool_choice" in free and isinstance(run.get("tool_choice"), dict):
            run["tool_choice"] = AUTO
    coherence = coherence_of(contract, "run", free)
    if coherence is not None:
        coherence.agree(run, make)
    for names, why in contradictions(run, free):
        wished = {name: value for name, value in wishes.lasting.items() if name in names}
        raise contradicting({**wished, **asked}, why)
    return dict(run[REQUIRED_ACTION])


def _actions(fixed: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fixed.items() if name.startswith(REQUIRED_ACTION)}
