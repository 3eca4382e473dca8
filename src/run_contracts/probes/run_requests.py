"""Bodies that probes send about runs, and the calls that a run asks for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

RunValue = dict[str, Any]
"""A run as an answer shows it; nothing is sure of it but its ids."""
ORDER_FUNCTION, OTHER_FUNCTION = "look_up_order", "look_up_parcel"
ASSISTANTS_FUNCTION = "look_up_customer"
"""A function that assistants made here may have, and that no request names."""
NO_MODEL = "run-contracts-no-such-model"
"""The name of a model that nobody has; servers may refuse it, or let the run fail."""
FOREIGN_TEXT = "Zürich, 你好 🙂"
"""A text with letters of two, three and four bytes."""
METADATA_TOO_LARGE = {"metadata": {f"pair_{number}": "" for number in range(17)}}
"""A body with one pair of metadata more than there may be."""


def function_tool(name: str = ORDER_FUNCTION) -> dict[str, Any]:
    """Return a function tool to force a call of."""
    parameters = {
        "type": "object",
        "properties": {"order": {"type": "string"}},
        "required": ["order"],
    }
    described = {"name": name, "description": "Looks up an order.", "parameters": parameters}
    return {"type": "function", "function": described}


def named_function(name: str = ORDER_FUNCTION) -> dict[str, Any]:
    """Return the choice of a function, for a run to call it."""
    return {"type": "function", "function": {"name": name}}


def asked_calls(run: RunValue) -> list[str]:
    """Return the ids of the function calls a run asks for."""
    action = run.get("required_action")
    outputs = action.get("submit_tool_outputs") if isinstance(action, dict) else None
    calls = outputs.get("tool_calls") if isinstance(outputs, dict) else None
    listed = calls if isinstance(calls, list) else []
    ids = [call.get("id") for call in listed if isinstance(call, dict)]
    return [id_ for id_ in ids if isinstance(id_, str)]


def answers(calls: list[str]) -> dict[str, Any]:
    """Return the body of a submit with an output for each call, the last call first.

    No two outputs are the same, nor ASCII alone: what is mixed up or mangled shows.

    >>> answers(["call_1", "call_2"])["tool_outputs"][0]["tool_call_id"]
    'call_2'
    """
    return {
        "tool_outputs": [
            {"tool_call_id": call, "output": f"{call} is shipped to {FOREIGN_TEXT}"}
            for call in reversed(calls)
        ]
    }


def user_messages(texts: Iterable[str]) -> list[dict[str, str]]:
    """Return texts as messages of a user."""
    return [{"role": "user", "content": text} for text in texts]


def said(text: str) -> dict[str, Any]:
    """Return the fields of a create that add a message to its thread."""
    return {"additional_messages": user_messages([text])}
