"""What a run does while it works: the steps it takes, and what each of them used.

Code runs and files are searched as far as its tools offer it; at the end it writes a message.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from run_contracts.contract.lifecycle import REQUIRES_ACTION
from run_contracts.contract.loading import Contract
from run_contracts.errors import UsageError
from run_contracts.making.called_functions import FUNCTION, output_of
from run_contracts.making.choosing import plain_plans
from run_contracts.making.forced_tools import AUTO
from run_contracts.making.forms import Choice, Fields, Form, Identifier, Items, Make, Union, leaves
from run_contracts.making.generators.content import PREFIXES
from run_contracts.making.lives.distinct_ids import distinct
from run_contracts.making.lives.story import Story, calls_in
from run_contracts.making.parsing import form_of
from run_contracts.making.plans import most_tools
from run_contracts.making.token_counts import shared
from run_contracts.making.wishes import Free
from run_contracts.types import JSONObject

RUNS_CODE, MESSAGE, CALLED = "code_interpreter", "message_creation", "tool_calls"
SEARCH_BY_EDITION = {"v1": "retrieval", "v2": "file_search"}
REPLIES = {
    "v1": Choice(values=("plain", "plain", "two parts", "cited", "file", "image")),
    "v2": Choice(values=("plain", "plain", "two parts", "cited", "file", "image", "refusal")),
}
"""What a reply may be, by edition, the plainest first; it is drawn before the work it shows."""
SHOWN_CODE = "shown code"
EVERYTHING = "everything"
"""A reply of an image, a text that cites and one with a file, after work that shows all it can."""
WORK_FOR: Mapping[str, tuple[str, ...]] = {
    "cited": ("search",),
    "file": ("code",),
    "image": ("code",),
    "refusal": (),
    EVERYTHING: (SHOWN_CODE, "search"),
}
BUILT_IN_WORK = Choice(
    values=((), (), ("code",), ("search",), ("code", "search"), ("code", "code"))
)
"""What a run does before it calls, or writes what shows no work: in a third nothing."""
FILE_ID, CALL_ID = (Identifier(prefix=PREFIXES[name]) for name in ("file_id", "tool_call_id"))


PLAIN_REPLY = "plain"


@dataclass(kw_only=True)
class Step:
    """A step as it will be at its end: what it does, and what it used; the kind of its reply."""

    type: str
    calls: list[JSONObject]
    usage: Any = None
    reply: str = PLAIN_REPLY

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
        parts[-1] = [*_built_in(plot, make, None), *parts[-1]]
    else:
        parts.append(_replied(plot, make))
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


def _replied(plot: Story, make: Make) -> list[Step]:
    """Return the work for a reply, and the step that writes it.

    Where the caller said what the life is about, the reply is plain and nothing else is done.
    """
    wishes = plot.wishes
    if wishes.rounds is not None or wishes.pieces is not None:
        return [Step(type=MESSAGE, calls=[])]
    reply = make(REPLIES[plot.contract.edition])
    needed = WORK_FOR.get(reply)
    work = list(_built_in(plot, make, needed))
    if needed and len(work) < len(needed):
        reply = PLAIN_REPLY
    return [*work, Step(type=MESSAGE, calls=[], reply=reply)]


def _built_in(plot: Story, make: Make, work: tuple[str, ...] | None) -> Iterator[Step]:
    """Yield what a run does by itself, as far as its tools are for it: any work, if none is given.

    Nothing, where the caller said what is called.
    """
    if plot.wishes.rounds is not None:
        return
    search = SEARCH_BY_EDITION[plot.contract.edition]
    kinds = {"code": RUNS_CODE, SHOWN_CODE: RUNS_CODE, "search": search}
    for word in make(BUILT_IN_WORK) if work is None else work:
        if _offers(plot, kinds[word]):
            kind = kinds[word]
            form = work_form(plot.contract, kind, shows_all=word == SHOWN_CODE)
            done = {kind: make(form)}
            yield Step(type=CALLED, calls=[{"id": make(CALL_ID), "type": kind, **done}])


def _offers(plot: Story, kind: str) -> bool:
    """Say whether a run may use a built-in tool; it is offered, unless that is fixed."""
    run, free = plot.run, Free(frozenset(plot.wishes.lasting) | frozenset(plot.wishes.drawn))
    choice = run.get("tool_choice")
    if choice == "none" or isinstance(choice, dict):
        if "tool_choice" not in free:
            return False
        run["tool_choice"] = AUTO
    if any(tool.get("type") == kind for tool in run["tools"]):
        return True
    most = most_tools(plot.contract, "run")
    if "tools" not in free or (most is not None and len(run["tools"]) >= most):
        return False
    run["tools"] = [{"type": kind}, *run["tools"]]
    return True


@lru_cache(maxsize=64)
def work_form(contract: Contract, kind: str, *, shows_all: bool = False) -> Form:
    """Return the form of what a step says of a built-in tool's work, all of it there.

    With `shows_all` it put out one thing of each kind at least.
    """
    for _, form in leaves(form_of(contract, "run_step")):
        if isinstance(form, Fields) and form.name == kind:
            fields = {name: _shown(one) if shows_all else one for name, one in form.fields.items()}
            return replace(form, fields=fields, required=frozenset(form.fields))
    return Fields()


def _shown(form: Form) -> Form:
    if isinstance(form, Items) and isinstance(form.item, Union):
        kinds = form.item.branches
        return replace(form, first=kinds, least=max(form.least, len(kinds)))
    return form


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
