"""The settings of a run: the request's word, else the assistant's, else the default."""

from __future__ import annotations

from typing import Any

from run_contracts.contract.requirements import FOUNDING
from run_contracts.server.parts.records import Wire
from run_contracts.types import Edition

DEFAULTS: Wire = {
    "reasoning_effort": None,
    "max_completion_tokens": None,
    "max_prompt_tokens": None,
    "response_format": "auto",
    "tool_choice": "auto",
    "parallel_tool_calls": True,
}


def settings_of(assistant: Wire, body: Wire, edition: Edition) -> Wire:
    """Return what stays as it is all the life of a run, in wire form."""
    tools = body.get("tools")
    return {
        **{name: _chosen(name, body, assistant) for name in DEFAULTS},
        "assistant_id": assistant["id"],
        "model": body.get("model") or assistant["model"],
        "instructions": _instructions(assistant, body),
        "tools": assistant["tools"] if tools is None else tools,
        "files": _files(assistant, body, edition),
        "temperature": mass(_first(body, assistant, "temperature")),
        "top_p": mass(_first(body, assistant, "top_p")),
        "truncation_strategy": _truncation(body.get("truncation_strategy")),
    }


def mass(value: Any) -> float:
    """Return temperature or top_p as the wire has it: a decimal number, 1.0 unless given."""
    return 1.0 if value is None else float(value)


def _first(body: Wire, assistant: Wire, name: str) -> Any:
    """Return a field of the request, else of the assistant, else None."""
    given = body.get(name)
    return assistant.get(name) if given is None else given


def _chosen(name: str, body: Wire, assistant: Wire) -> Any:
    value = _first(body, assistant, name)
    return DEFAULTS[name] if value is None else _whole(value)


def _whole(value: Any) -> Any:
    """Return 16.0 as 16: JSON does not tell them apart, and the wire has counts as integers."""
    return int(value) if isinstance(value, float) else value


def _truncation(given: Wire | None) -> Wire:
    strategy = {"type": "auto", "last_messages": None, **(given or {})}
    return {**strategy, "last_messages": _whole(strategy["last_messages"])}


def _files(assistant: Wire, body: Wire, edition: Edition) -> Wire:
    if edition == FOUNDING:
        return {"file_ids": assistant["file_ids"]}
    return {"tool_resources": body.get("tool_resources") or {}}


def _instructions(assistant: Wire, body: Wire) -> str | None:
    """Return the run's instructions: the request's or the assistant's, and what is added."""
    base: str | None = _first(body, assistant, "instructions")
    added = body.get("additional_instructions")
    if not added:
        return base
    return f"{base}\n{added}" if base else str(added)
