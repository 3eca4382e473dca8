"""The functions a run calls: those its tools offer, with arguments that fit their parameters."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable
from functools import cache, lru_cache
from typing import Any

from run_contracts.errors import ContractError, UsageError
from run_contracts.making.forms import Choice, Form, Make, Text, copied, one_of
from run_contracts.making.generators.offered_functions import FUNCTIONS_BY_NAME
from run_contracts.making.parsing import schema_form
from run_contracts.making.usual import offered
from run_contracts.making.wishes import CALLS, SEPARATOR, Free
from run_contracts.types import JSONObject

FUNCTION = "function"
NO_ARGUMENTS = "{}"
OUTPUT = Text(
    least=0, most=200, name="output", usual=('{"status": "ok"}', '{"done": true}', '{"result": []}')
)
"""What a function answers of which nothing is known, or not what it answers these arguments."""


def calls_of(run: JSONObject) -> list[JSONObject]:
    """Return the calls that a run waits for; none if it does not wait."""
    action = run.get("required_action")
    return action["submit_tool_outputs"]["tool_calls"] if action else []


def offered_names(value: JSONObject) -> list[str]:
    """Return the names of the functions that the tools of a run or request offer."""
    names = (function_name(tool) for tool in value.get("tools") or ())
    return [name for name in names if name is not None]


def function_name(holder: Any) -> str | None:
    """Return the name of the function that a tool or a choice is about; None for all others.

    A dialect may have tools that this project knows nothing of.
    """
    function = holder.get(FUNCTION) if isinstance(holder, dict) else None
    name = function.get("name") if isinstance(function, dict) else None
    return name if isinstance(name, str) else None


def calls_fit(run: JSONObject, free: Free, make: Make, most: int | None) -> None:
    """Let the calls of a run be of functions that it offers, as many at once as it may."""
    calls = calls_of(run)
    if not calls:
        return
    if len(calls) > 1 and run.get("parallel_tool_calls") is False:
        if "parallel_tool_calls" in free:
            run["parallel_tool_calls"] = True
        elif CALLS in free:
            del calls[1:]
    allowed = callable_names(run, free)
    for at, call in enumerate(calls):
        path = SEPARATOR.join((CALLS, str(at), FUNCTION))
        is_fixed = f"{path}{SEPARATOR}name" not in free
        is_named = is_fixed or _named(call[FUNCTION], allowed, run, make)
        if is_named and f"{path}{SEPARATOR}arguments" in free:
            call[FUNCTION]["arguments"] = arguments_of(run, call[FUNCTION]["name"], make)
    offer(run, (call[FUNCTION]["name"] for call in calls), free, most)


def callable_names(run: JSONObject, free: Free) -> list[str] | None:
    """Return the functions that the caller allows to be called; None if any may be."""
    forced = function_name(run.get("tool_choice"))
    if forced is not None and "tool_choice" not in free:
        return [forced]
    return None if "tools" in free else offered_names(run)


def _named(function: JSONObject, allowed: list[str] | None, run: JSONObject, make: Make) -> bool:
    """Let a call be of a function that may be called; say whether that decided which.

    Where any may be, one of ours gives way to those of ours that are offered, as it is of another
    theme.
    """
    name, is_any = function["name"], allowed is None
    if is_any:
        known = [one for one in offered_names(run) if one in FUNCTIONS_BY_NAME]
        allowed = known if name in FUNCTIONS_BY_NAME else []
    if allowed and name not in allowed:
        function["name"] = make(one_of(tuple(allowed)))
        return True
    return not is_any


def arguments_of(run: JSONObject, name: str, make: Make) -> str:
    """Return arguments, as JSON text, that fit the parameters of a function that a run offers."""
    parameters = next(
        (
            tool[FUNCTION].get("parameters")
            for tool in run.get("tools") or ()
            if function_name(tool) == name
        ),
        None,
    )
    known = FUNCTIONS_BY_NAME.get(name)
    if known is not None and parameters in (None, known.parameters):
        return json.dumps(make(_known_arguments(name)))
    if not parameters:
        return NO_ARGUMENTS
    _checked_parameters(name, json.dumps(parameters))
    try:
        return json.dumps(make(_arguments_form(json.dumps(parameters))))
    except ContractError as error:
        raise UsageError(f"no arguments of {name!r} can be made: {error}") from None


@lru_cache(maxsize=256)
def _checked_parameters(name: str, parameters: str) -> None:
    """Raise `UsageError` for parameters that are no JSON Schema."""
    import jsonschema_rs  # noqa: PLC0415 - only for functions of the caller's own

    try:
        jsonschema_rs.meta.validate(json.loads(parameters))
    except (jsonschema_rs.ValidationError, ValueError) as error:
        message = getattr(error, "message", str(error))
        raise UsageError(f"the parameters of {name!r} are no JSON Schema: {message}") from None


@cache
def _known_arguments(name: str) -> Form:
    return Choice(values=FUNCTIONS_BY_NAME[name].arguments)


@lru_cache(maxsize=256)
def _arguments_form(parameters: str) -> Form:
    return schema_form(json.loads(parameters), "parameters")


def output_of(call: JSONObject, make: Make) -> str:
    """Return what a function may answer a call: what belongs to its arguments, if it is known."""
    name, arguments = call[FUNCTION]["name"], call[FUNCTION]["arguments"]
    known = FUNCTIONS_BY_NAME.get(name)
    if known is not None:
        for taken, output in zip(known.arguments, known.outputs, strict=True):
            if arguments == json.dumps(taken):
                return output
    return str(make(OUTPUT))


def offer(run: JSONObject, names: Iterable[str], free: Free, most: int | None) -> None:
    """Let the tools, so many at most, offer functions, if they are not fixed as a whole.

    What is cut is none of these.
    """
    if free.is_whole("tools"):
        return
    wanted = list(dict.fromkeys(names))
    there = set(offered_names(run))
    new = [
        {"type": FUNCTION, FUNCTION: copied(offered(name))} for name in wanted if name not in there
    ]
    if new:
        wanted_first(run, wanted, free)
        kept = fixed_items(free)
        run["tools"] = [*run["tools"][:kept], *new, *run["tools"][kept:]][:most]


def wanted_first(run: JSONObject, names: Container[str | None], free: Free) -> None:
    """Let functions stand before all tools that are not fixed, for what is too much is cut."""
    if not free.is_whole("tools"):
        kept, tools = fixed_items(free), run["tools"]
        last = sorted(tools[kept:], key=lambda tool: function_name(tool) not in names)
        run["tools"] = [*tools[:kept], *last]


def fixed_items(free: Free) -> int:
    """Return how many of the tools are fixed by their place."""
    places = [path.split(SEPARATOR)[1] for path in free.fixed if path.startswith("tools__")]
    return max((int(place) + 1 for place in places if place.isdecimal()), default=0)
