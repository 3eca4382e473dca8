"""Edge cases read off the schema of a kind: a typical object with one field at an edge.

So a vendor's own fields have theirs. What the edge asks of other fields comes with it: a forced
tool is offered, the newest messages are counted only where the thread is cut by them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from run_contracts.contract.lifecycle import COMPLETED
from run_contracts.contract.loading import Contract
from run_contracts.making.edge_cases.boundaries import edges
from run_contracts.making.edge_cases.description import CaseDescription
from run_contracts.making.forms import is_null
from run_contracts.making.generators.typical import TYPICAL_NUMBERS, TYPICAL_OBJECTS, TYPICAL_TEXTS
from run_contracts.making.narrowing import form_in, plain_form
from run_contracts.making.typical_content import AUTHOR, WEATHER_TOOL
from run_contracts.making.typical_objects import typical_object

LEFT_TO_HANDS: Mapping[str, frozenset[str]] = {
    "run": frozenset(
        {
            "incomplete_details",
            "max_completion_tokens",
            "max_prompt_tokens",
            "required_action",
            "status",
        }
    ),
    "run_step": frozenset({"status", "type"}),
    "submit_tool_outputs_request": frozenset({"tool_outputs"}),
    "message": frozenset(
        {
            "assistant_id",
            "completed_at",
            "incomplete_at",
            "incomplete_details",
            "role",
            "run_id",
            "status",
        }
    ),
}
"""Fields whose edges take more than the field to be believable, or do not lie at its bounds."""
UNANSWERED = (("output",), "null")
"""The output of a call is null only in a step that waits for it."""
EFFORT_MODEL = "gpt-5"
"""A model that has every effort."""


def at_edges(contract: Contract, kind: str) -> Iterator[CaseDescription]:
    """Yield a case for each edge below the top of a kind; none that is like the typical object."""
    whose = kind.replace("_", " ")
    for name, status in _fields(contract, kind):
        form = (form_in(contract, kind, status) if status else plain_form(contract, kind)).fields
        known = {_text(typical_object(contract, kind, status).get(name, ...))}
        for place, said, value in edges(form[name]):
            fixed = _with_companions(name, value)
            text = _text(fixed[name])
            if text not in known and (place[-1:], said) != UNANSWERED:
                known.add(text)
                where = ".".join((name, *place))
                yield CaseDescription(
                    name=f"{where}-{said}",
                    what=f"{where} of a {whose} is {said.replace('-', ' ')}.",
                    status=status,
                    fixed=fixed,
                )


def _fields(contract: Contract, kind: str) -> Iterator[tuple[str, str | None]]:
    """Yield the fields of a kind that have edges, each with a status in which it has."""
    cells = contract.lifecycle.cells(kind)
    for name in plain_form(contract, kind).fields:
        if name in LEFT_TO_HANDS.get(kind, ()) or name.endswith("_at"):
            continue
        if not any(name in row for row in cells.values()):
            yield name, (COMPLETED if kind == "run_step" else None)
            continue
        wanted = (one for one in cells if not is_null(form_in(contract, kind, one).fields[name]))
        ordered = sorted(wanted, key=lambda one: (cells[one][name] != "set", one != COMPLETED))
        yield from ((name, one) for one in ordered[:1])


def _text(value: Any) -> str:
    """Return a value as JSON, in which 1 is not 1.0 and true is neither."""
    return "" if value is ... else json.dumps(value, sort_keys=True)


def _with_companions(name: str, value: Any) -> dict[str, Any]:
    """Return a field at an edge, with what it and other fields have to be then."""
    fixed = {name: value}
    match name, value:
        case "tool_choice", {"type": "function"}:
            fixed[name] = {"type": "function", "function": {"name": TYPICAL_TEXTS["name"]}}
            fixed["tools"] = [WEATHER_TOOL]
        case "tool_choice", {"type": forced}:
            fixed = {name: {"type": forced}, "tools": [{"type": forced}]}
        case "tool_choice", "required":
            fixed["tools"] = [WEATHER_TOOL]
        case "truncation_strategy", {"type": kind, **counted} if kind != "auto" or any(
            counted.values()
        ):
            count = counted.get("last_messages") or TYPICAL_NUMBERS["last_messages"]
            fixed[name] = {"type": "last_messages", "last_messages": count}
        case "response_format", {"type": "json_schema", "json_schema": inner}:
            schema = {"schema": TYPICAL_OBJECTS["schema"], **inner, "name": "answer"}
            fixed[name] = {**value, "json_schema": schema}
        case "reasoning_effort", str():
            fixed["model"] = EFFORT_MODEL
        case "content", [{"type": "refusal"}]:
            fixed |= AUTHOR
        case "step_details", {"tool_calls": [{"function": {"output": None} as called} as call]}:
            answered = {**called, "output": TYPICAL_TEXTS["output"]}
            fixed[name] = {**value, "tool_calls": [{**call, "function": answered}]}
    return fixed
