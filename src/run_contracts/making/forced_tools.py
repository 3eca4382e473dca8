"""Which tool a run is made to use: one that is there, or none at all."""

from __future__ import annotations

from typing import Any

from run_contracts.making.called_functions import (
    FUNCTION,
    calls_of,
    fixed_items,
    function_name,
    offer,
    offered_names,
)
from run_contracts.making.wishes import Free
from run_contracts.types import JSONObject

AUTO, NO_TOOL, ALWAYS = "auto", "none", "required"
PLAIN_TOOL = {"type": "code_interpreter"}
SOME_FUNCTION = "get_weather"


def different_tools(value: JSONObject, free: Free) -> None:
    """Let no built-in tool be there twice, and no two functions have one name."""
    tools = value["tools"]
    if len(tools) > 1 and not free.is_whole("tools"):
        different = {tool_name(tool): tool for tool in reversed(tools)}
        if len(different) < len(tools):
            kept = fixed_items(free)
            left = [tool for tool in list(different.values())[::-1] if tool not in tools[:kept]]
            value["tools"] = [*tools[:kept], *left]


def tool_name(tool: JSONObject) -> tuple[str, str | None]:
    """Return what tells a tool from the others: its kind, and the name of a function."""
    return str(tool.get("type")), function_name(tool)


def forced_tool(value: JSONObject, free: Free, most: int | None) -> None:
    """Let what is forced be there, and nothing be forced that contradicts the calls."""
    choice = value.get("tool_choice")
    if choice is None or choice == AUTO:
        return
    if isinstance(choice, dict):
        _forced_function(value, choice, free, most)
    elif choice == NO_TOOL:
        if calls_of(value) and "tool_choice" in free:
            value["tool_choice"] = AUTO
    elif not value["tools"]:
        if "tool_choice" in free:
            value["tool_choice"] = AUTO
        elif "tools" in free:
            value["tools"] = [dict(PLAIN_TOOL)]


def named_choice(choice: JSONObject, free: Free) -> None:
    """Let a choice name a function if, and only if, it forces one; that of an assistant."""
    if "tool_choice__function" not in free:
        return
    if choice.get("type") != FUNCTION:
        choice.pop(FUNCTION, None)
    elif function_name(choice) is None:
        choice[FUNCTION] = {"name": SOME_FUNCTION}


def _forced_function(value: JSONObject, choice: JSONObject, free: Free, most: int | None) -> None:
    """Let a choice name a function if, and only if, it forces one."""
    if choice.get("type") != FUNCTION:
        if "tool_choice__function" in free:
            choice.pop(FUNCTION, None)
        _forced_kind(value, choice.get("type"), free, most)
        return
    name = _function_to_force(value, choice, free)
    if name is None:
        value["tool_choice"] = AUTO
        return
    choice[FUNCTION] = {"name": name}
    offer(value, [name], free, most)


def _function_to_force(value: JSONObject, choice: JSONObject, free: Free) -> str | None:
    """Return the function that can be forced; None if none should be."""
    given, there = function_name(choice), offered_names(value)
    if given is not None and "tool_choice__function" not in free:
        return given
    called = list(dict.fromkeys(call[FUNCTION]["name"] for call in calls_of(value)))
    if len(called) > 1 or (free.is_whole("tools") and not there):
        return None if "tool_choice" in free else given
    if called:
        return str(called[0])
    if given in there or (given and not free.is_whole("tools")):
        return given
    return there[0] if there else SOME_FUNCTION


def _forced_kind(value: JSONObject, kind: Any, free: Free, most: int | None) -> None:
    """Let a built-in tool that is forced be there; nothing is forced where functions are called."""
    is_there = any(tool.get("type") == kind for tool in value["tools"])
    is_open = "tool_choice" in free
    if is_open and (calls_of(value) or (not is_there and free.is_whole("tools"))):
        value["tool_choice"] = AUTO
    elif not is_there and "tools" in free:
        value["tools"] = [{"type": kind}, *value["tools"]][:most]


def is_forced_there(value: JSONObject) -> bool:
    """Say whether the tool that is forced, if any, is among the tools."""
    choice: Any = value.get("tool_choice")
    if choice == ALWAYS:
        return bool(value["tools"])
    if not isinstance(choice, dict):
        return True
    name = function_name(choice)
    if choice.get("type") == FUNCTION:
        return name is None or name in offered_names(value)
    return any(tool.get("type") == choice.get("type") for tool in value["tools"])
