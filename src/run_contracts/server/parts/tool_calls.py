"""The tool calls of a run: which it makes, with which arguments, and their pieces in a stream."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from run_contracts.contract.requirements import FOUNDING
from run_contracts.server.clock import Ids
from run_contracts.server.lives.life import Life, PlannedCall
from run_contracts.server.parts.records import RunRecord, Wire
from run_contracts.types import Edition

BUILT_IN_TOOLS: Mapping[str, Mapping[str, Any]] = {
    "code_interpreter": {"input": "print(1 + 1)", "outputs": [{"type": "logs", "logs": "2"}]},
    "file_search": {},
    "retrieval": {},
}
"""The built-in tools of both editions, and what a call of each holds unless it is said."""
SAMPLES: Wire = {
    "string": "seven",
    "integer": 7,
    "number": 7.5,
    "boolean": True,
    "array": [],
    "object": {},
    "null": None,
}
MOST_CALLS = 2


def offered_tools(edition: Edition) -> frozenset[str]:
    """Return the built-in tools of an edition."""
    return frozenset({"code_interpreter", "retrieval" if edition == FOUNDING else "file_search"})


def forced_tool(run: RunRecord) -> str | None:
    """Return the type of the tool that the run must use, if it must."""
    choice, tools = run.settings["tool_choice"], run.settings["tools"]
    if isinstance(choice, dict):
        return str(choice["type"])
    is_first = tools and not any(step.type == "tool_calls" for step in run.steps)
    return str(tools[0]["type"]) if choice == "required" and is_first else None


def forced_calls(settings: Wire, ids: Ids) -> list[Wire]:
    """Return the function calls that the request forces the model to make."""
    functions = list(_functions(settings))
    choice = settings["tool_choice"]
    if isinstance(choice, dict):
        wanted = (choice.get("function") or {}).get("name")
        functions = [function for function in functions if function["name"] == wanted][:1]
    elif choice == "required":
        functions = functions[: MOST_CALLS if settings["parallel_tool_calls"] else 1]
    else:
        functions = []
    return _calls(((each["name"], arguments(each.get("parameters"))) for each in functions), ids)


def planned_calls(life: Life, round_: int, settings: Wire, ids: Ids) -> list[Wire]:
    """Return the calls that a life says of a round, else one of the first function of the run.

    What a life leaves out of a call is made to fit the function, and so it is of one of no tool.
    """
    declared = {each["name"]: each.get("parameters") for each in _functions(settings)}
    forced = forced_calls(settings, ids) if life.fits_request and round_ == 0 else []
    if forced and isinstance(settings["tool_choice"], dict):
        return forced
    if not life.rounds:
        name = next(iter(declared))
        return _calls([(name, arguments(declared[name]))], ids)
    planned_round = life.calls_of(round_)
    if life.fits_request and not settings["parallel_tool_calls"]:
        planned_round = planned_round[:1]
    named = [(_function_of(call, list(declared)), call.arguments) for call in planned_round]
    made = _calls(
        (
            (name, arguments(declared.get(name)) if given is None else given)
            for name, given in named
        ),
        ids,
    )
    for call, planned in zip(made, planned_round, strict=True):
        call["id"] = planned.id or call["id"]
    return made


def has_functions(settings: Wire) -> bool:
    """Tell whether a run has functions to call."""
    return any(True for _ in _functions(settings))


def _function_of(call: PlannedCall, declared: list[str]) -> str:
    """Return the name of the function that is called."""
    return call.name if isinstance(call.name, str) else declared[call.name % len(declared)]


def _functions(settings: Wire) -> Iterator[Wire]:
    """Yield the functions among the tools of a run."""
    return (tool["function"] for tool in settings["tools"] if tool["type"] == "function")


def _calls(named: Iterable[tuple[str, str]], ids: Ids) -> list[Wire]:
    """Return calls of functions, each with its name and arguments, as the wire has them."""
    return [
        {
            "id": ids.new("call_"),
            "type": "function",
            "function": {"name": name, "arguments": given},
        }
        for name, given in named
    ]


def built_in_call(kind: str, call_id: str) -> Wire:
    """Return a call of a built-in tool."""
    return {"id": call_id, "type": kind, kind: dict(BUILT_IN_TOOLS[kind])}


def with_output(call: Wire, output: str | None) -> Wire:
    """Return a function call with its output, None while there is none."""
    return {**call, "function": {**call["function"], "output": output}}


def arguments(parameters: Any) -> str:
    """Return arguments for a function's parameters, as JSON text; the same for the same schema.

    >>> arguments({"properties": {"city": {"type": "string"}, "unit": {"enum": ["C", "F"]}}})
    '{"city": "seven", "unit": "C"}'
    """
    properties = parameters.get("properties") if isinstance(parameters, dict) else None
    if not isinstance(properties, dict):
        return "{}"
    return json.dumps({name: _sample(schema) for name, schema in properties.items()})


def _sample(schema: Any) -> Any:
    """Return a value for the schema of one argument."""
    if not isinstance(schema, dict):
        return SAMPLES["string"]
    choices = schema.get("enum")
    if isinstance(choices, list) and choices:
        return choices[0]
    kinds = schema.get("type")
    kind = kinds[0] if isinstance(kinds, list) and kinds else kinds
    return SAMPLES.get(kind, "seven") if isinstance(kind, str) else SAMPLES["string"]
