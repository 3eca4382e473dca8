"""What a run does while it works: the steps it takes, and what each of them used.

Code runs and files are searched as far as its tools offer it; at the end it writes a message.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from run_contracts.contract.lifecycle import REQUIRES_ACTION
from run_contracts.contract.loading import Contract
from run_contracts.errors import UsageError
from run_contracts.making.called_functions import FUNCTION, output_of
from run_contracts.making.choosing import plain_plans
from run_contracts.making.forced_tools import AUTO
from run_contracts.making.forms import Choice, Fields, Form, Identifier, Make, leaves
from run_contracts.making.generators.content import PREFIXES
from run_contracts.making.lives.distinct_ids import distinct
from run_contracts.making.lives.story import Story, calls_in
from run_contracts.making.parsing import form_of
from run_contracts.making.token_counts import shared
from run_contracts.making.wishes import Free
from run_contracts.types import JSONObject

RUNS_CODE, MESSAGE, CALLED = "code_interpreter", "message_creation", "tool_calls"
SEARCH_BY_EDITION = {"v1": "retrieval", "v2": "file_search"}
SHOWN_OFTEN = 3
"""How often a reply shows the work that was done for each time that it is plain."""
BUILT_IN_WORK = Choice(
    values=((), (), ("code",), ("search",), ("code", "search"), ("code", "code"))
)
"""What a run does before it writes: in a third nothing, in a half it runs code."""
FILE_ID, CALL_ID = (Identifier(prefix=PREFIXES[name]) for name in ("file_id", "tool_call_id"))


@dataclass(kw_only=True)
class Step:
    """A step as it will be at its end: what it does, and what it used."""

    type: str
    calls: list[JSONObject]
    usage: Any = None

    @property
    def details(self) -> JSONObject:
        """The details of a step that calls."""
        return {"type": CALLED, CALLED: self.calls}


def steps_of(plot: Story, make: Make) -> list[list[Step]]:
    """Return the steps of a life: those before each time that it asks, and those of its end.

    Their usages add up to the run's (RUN-STEP-025); the one that waits has none yet.
    """
    parts = [[called] for called in _called(plot, make)]
    if plot.path[-1] == REQUIRES_ACTION:
        parts[-1] = [*_built_in(plot, make), *parts[-1]]
    else:
        parts.append([*_built_in(plot, make), Step(type=MESSAGE, calls=[])])
    done = [step for part in parts for step in part]
    known = {call["id"] for action in plot.actions for call in calls_in(action)}
    distinct((call for step in done for call in step.calls if FUNCTION not in call), known)
    if plot.path[-1] == REQUIRES_ACTION:
        done.pop()
    sums = plot.contract.register.ruled("sum", "run_step")
    shares = shared(_used(plot, make), len(done), make, sums)
    for step, usage in zip(done, shares, strict=True):
        step.usage = usage
    return parts


def _used(plot: Story, make: Make) -> Any:
    """Return what a run used so far, also if it has not ended."""
    usage, cells = plot.run.get("usage"), plot.contract.lifecycle.fields
    ended = next((status for status in cells if cells[status].get("usage") == "set"), None)
    if usage is not None or ended is None:
        return usage
    return plain_plans(plot.contract, "run", ended)[0].part("usage", make)


def _built_in(plot: Story, make: Make) -> Iterator[Step]:
    """Yield what a run does by itself before it calls or writes.

    Nothing, where the caller said what its life is about; else what its tools are for.
    """
    wishes = plot.wishes
    if wishes.rounds is not None or wishes.pieces is not None:
        return
    kinds = {"code": RUNS_CODE, "search": SEARCH_BY_EDITION[plot.contract.edition]}
    for word in make(BUILT_IN_WORK):
        if _offers(plot, kinds[word]):
            kind = kinds[word]
            work = {kind: make(work_form(plot.contract, kind))}
            yield Step(type=CALLED, calls=[{"id": make(CALL_ID), "type": kind, **work}])


def _offers(plot: Story, kind: str) -> bool:
    """Say whether a run may use a built-in tool; it is offered, unless that is fixed."""
    run, free = plot.run, Free(frozenset(plot.wishes.lasting) | frozenset(plot.wishes.drawn))
    choice = run.get("tool_choice")
    if choice == "none" or isinstance(choice, dict):
        if "tool_choice" not in free:
            return False
        run["tool_choice"] = AUTO
    if any(tool["type"] == kind for tool in run["tools"]):
        return True
    if "tools" in free:
        run["tools"] = [{"type": kind}, *run["tools"]]
    return "tools" in free


@lru_cache(maxsize=64)
def work_form(contract: Contract, kind: str) -> Form:
    """Return the form of what a step says of a built-in tool's work, all of it there."""
    for _, form in leaves(form_of(contract, "run_step")):
        if isinstance(form, Fields) and form.name == kind:
            return replace(form, required=frozenset(form.fields))
    return Fields()


def _called(plot: Story, make: Make) -> Iterator[Step]:
    """Yield the steps of the calls that a run waits for, as they are when they are answered."""
    given = list(plot.wishes.outputs or ())
    many = sum(len(calls_in(action)) for action in plot.actions)
    if len(given) > many:
        raise UsageError(f"outputs are {len(given)} and calls {many}; give one for each call")
    for action in plot.actions:
        calls = []
        for call in calls_in(action):
            output = given.pop(0) if given else output_of(call, make)
            calls.append({**call, FUNCTION: {**call[FUNCTION], "output": output}})
        yield Step(type=CALLED, calls=calls)


def reply_kinds(contract: Contract, steps: list[Step]) -> list[str]:
    """Return what a reply may be made of after these steps, the plainest first."""
    used = {call["type"] for step in steps for call in step.calls}
    kinds = ["plain", "two parts"]
    if used & set(SEARCH_BY_EDITION.values()):
        kinds += ["cited"] * SHOWN_OFTEN
    if RUNS_CODE in used:
        kinds += ["file", "image"] * SHOWN_OFTEN
    if not used:
        kinds += ["plain"] if contract.edition == "v1" else ["plain", "refusal", "refusal"]
    return kinds
