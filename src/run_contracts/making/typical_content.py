"""What typical objects hold: the words, tools, calls and numbers of one plain conversation."""

from __future__ import annotations

from collections.abc import Mapping

from run_contracts.contract.lifecycle import (
    CANCELLED,
    COMPLETED,
    EXPIRED,
    FAILED,
    INCOMPLETE,
    QUEUED,
    REQUIRES_ACTION,
)
from run_contracts.making.coherence import REASONING_MODEL
from run_contracts.making.generators.content import PREFIXES
from run_contracts.making.generators.typical import (
    TAIL,
    TYPICAL_NUMBERS,
    TYPICAL_OBJECTS,
    TYPICAL_TEXTS,
)
from run_contracts.making.usual import NO_TOKENS
from run_contracts.types import JSONObject

BORN, BORN_AT_FIRST = 1_772_106_245, 1_714_037_045
"""When objects were created, in seconds since the epoch: in February 2026, in v1 in April 2024."""
WEATHER_TOOL: JSONObject = {
    "type": "function",
    "function": {
        "name": TYPICAL_TEXTS["name"],
        "description": TYPICAL_TEXTS["description"],
        "parameters": TYPICAL_OBJECTS["parameters"],
    },
}
"""The tool whose function is called."""
USAGE: JSONObject = {
    name: TYPICAL_NUMBERS[name] for name in ("prompt_tokens", "completion_tokens", "total_tokens")
}
NO_USAGE: JSONObject = NO_TOKENS
PLAIN_RUN: JSONObject = {
    "instructions": TYPICAL_TEXTS["instructions"],
    "tools": [WEATHER_TOOL],
    "file_ids": [],
    "metadata": TYPICAL_OBJECTS["metadata"],
    "temperature": 1.0,
    "top_p": 1.0,
    "tool_resources": {},
    "truncation_strategy": {"type": "auto", "last_messages": None},
    "tool_choice": "auto",
    "response_format": "auto",
    "parallel_tool_calls": True,
}
"""What runs are made of, in the form that was recorded most."""
DETAILED_RUN: JSONObject = {
    "instructions": TYPICAL_TEXTS["instructions"],
    "temperature": 1.0,
    "top_p": 1.0,
    "truncation_strategy": {
        "type": "last_messages",
        "last_messages": TYPICAL_NUMBERS["last_messages"],
    },
    "tool_choice": {"type": "function", "function": {"name": TYPICAL_TEXTS["name"]}},
    "parallel_tool_calls": True,
}
CALL: JSONObject = {
    "id": PREFIXES["tool_call_id"] + TAIL,
    "type": "function",
    "function": {"name": TYPICAL_TEXTS["name"], "arguments": TYPICAL_TEXTS["arguments"]},
}
"""A call of that function."""


def asking(*calls: JSONObject) -> JSONObject:
    """Return the `required_action` of a run that asks for the outputs of some calls."""
    return {"type": "submit_tool_outputs", "submit_tool_outputs": {"tool_calls": list(calls)}}


RUN_BY_STATUS: Mapping[str, JSONObject] = {
    QUEUED: {"started_at": None},
    REQUIRES_ACTION: {"required_action": asking(CALL)},
    COMPLETED: {"usage": USAGE, "incomplete_details": None},
    EXPIRED: {"usage": NO_USAGE, "last_error": None},
    FAILED: {"usage": USAGE},
    CANCELLED: {"usage": NO_USAGE},
    INCOMPLETE: {
        "usage": {**USAGE, "completion_tokens": 256, "total_tokens": 668},
        "max_completion_tokens": 256,
        "incomplete_details": {"reason": "max_completion_tokens"},
    },
}
"""What runs in a status have beside what they are made of."""
REPLY: JSONObject = {"type": "text", "text": {"value": TYPICAL_TEXTS["value"], "annotations": []}}
WORD: JSONObject = {"index": 0, "type": "text", "text": {"value": "It", "annotations": []}}
CALL_BEGINS: JSONObject = {
    "type": "tool_calls",
    "tool_calls": [
        {
            "index": 0,
            **CALL,
            "function": {"name": TYPICAL_TEXTS["name"], "arguments": "", "output": None},
        }
    ],
}
"""The first pieces of a reply and of a call, as streams send them."""
ASSISTANT_ID, RUN_ID = (PREFIXES[name] + TAIL for name in ("assistant_id", "run_id"))
AUTHOR: JSONObject = {"role": "assistant", "assistant_id": ASSISTANT_ID, "run_id": RUN_ID}
"""Who wrote the message of a run."""
PLAIN_CONTENT: Mapping[str, JSONObject] = {
    "run_step": {"usage": USAGE, "expires_at": None},
    "submit_tool_outputs_request": {
        "tool_outputs": [{"tool_call_id": CALL["id"], "output": TYPICAL_TEXTS["output"]}]
    },
    "modify_run_request": {"metadata": TYPICAL_OBJECTS["metadata"]},
    "thread": {"id": PREFIXES["thread_id"] + TAIL, "tool_resources": {}},
    "assistant": {
        "id": ASSISTANT_ID,
        "name": "Weather",
        "instructions": TYPICAL_TEXTS["instructions"],
        "tools": [WEATHER_TOOL],
    },
    "message_delta": {"id": PREFIXES["message_id"] + TAIL, "delta": {"content": [WORD]}},
    "run_step_delta": {"id": PREFIXES["step_id"] + TAIL, "delta": {"step_details": CALL_BEGINS}},
    "message": {"role": "user", "content": [REPLY], "attachments": [], "file_ids": []},
    "error": {
        "error": {
            "message": "No such run.",
            "type": "invalid_request_error",
            "param": None,
            "code": None,
        }
    },
}
LEFT_TO_FORMS = ("metadata", "file_ids", "tool_resources", "response_format")
"""What detailed runs have one of each of."""
DETAILED_REQUEST: JSONObject = {
    **DETAILED_RUN,
    "tools": [WEATHER_TOOL],
    "model": REASONING_MODEL,
    "reasoning_effort": TYPICAL_TEXTS["reasoning_effort"],
}
DETAILED_CONTENT: Mapping[str, JSONObject] = {
    "run": {**DETAILED_RUN, "model": REASONING_MODEL},
    "message": {
        **AUTHOR,
        "content": [REPLY],
        "status": COMPLETED,
        "incomplete_at": None,
        "incomplete_details": None,
        "attachments": [],
    },
    **dict.fromkeys(("create_run_request", "create_thread_and_run_request"), DETAILED_REQUEST),
}
