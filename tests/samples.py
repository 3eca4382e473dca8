"""Legal values of each kind, made by hand from the tables, for tests to break."""

from __future__ import annotations

import copy
from typing import Any

from run_contracts.contract.lifecycle import lifecycle

NOW = 1_800_000_000
SET = {
    "started_at": NOW + 1,
    "expires_at": NOW + 600,
    "completed_at": NOW + 5,
    "cancelled_at": NOW + 5,
    "failed_at": NOW + 5,
    "required_action": {
        "type": "submit_tool_outputs",
        "submit_tool_outputs": {
            "tool_calls": [
                {
                    "id": "call_1",
                    "type": "function",
                    "function": {"name": "look_up", "arguments": "{}"},
                }
            ]
        },
    },
    "last_error": {"code": "server_error", "message": "It broke."},
    "incomplete_details": {"reason": "max_completion_tokens"},
    "usage": {"prompt_tokens": 2, "completion_tokens": 3, "total_tokens": 5},
}
STATUSES = [
    (edition, status) for edition in ("v1", "v2") for status in sorted(lifecycle(edition).statuses)
]


def run(status: str = "completed", edition: str = "v2", **changes: Any) -> dict[str, Any]:
    """Return a legal run of a status; `changes` replace top-level fields."""
    made: dict[str, Any] = {
        "id": "run_1",
        "object": "thread.run",
        "created_at": NOW,
        "thread_id": "thread_1",
        "assistant_id": "asst_1",
        "status": status,
        "model": "gpt-4o",
        "instructions": None,
        "tools": [{"type": "code_interpreter"}],
        "metadata": {"team": "blue"},
        "temperature": 1.0,
        "max_prompt_tokens": None,
        "max_completion_tokens": 16,
        "truncation_strategy": {"type": "auto", "last_messages": None},
        "tool_choice": "auto",
        "response_format": "auto",
    }
    made |= {"file_ids": []} if edition == "v1" else {"parallel_tool_calls": True, "top_p": 1.0}
    for name, value in SET.items():
        wanted = lifecycle(edition).fields.get(status, {}).get(name, "either")
        made[name] = copy.deepcopy(value) if wanted == "set" else None
    return made | changes


def step(**changes: Any) -> dict[str, Any]:
    """Return a legal, completed run step."""
    return {
        "id": "step_1",
        "object": "thread.run.step",
        "created_at": NOW,
        "run_id": "run_1",
        "assistant_id": "asst_1",
        "thread_id": "thread_1",
        "type": "message_creation",
        "status": "completed",
        "cancelled_at": None,
        "completed_at": NOW + 5,
        "expires_at": None,
        "failed_at": None,
        "last_error": None,
        "step_details": {
            "type": "message_creation",
            "message_creation": {"message_id": "msg_1"},
        },
        "usage": copy.deepcopy(SET["usage"]),
    } | changes


def thread(**changes: Any) -> dict[str, Any]:
    """Return a legal thread."""
    return {"id": "thread_1", "object": "thread", "created_at": NOW, "metadata": {}} | changes


def message(**changes: Any) -> dict[str, Any]:
    """Return a legal message of an assistant, of which nothing is written yet."""
    return {
        "id": "msg_1",
        "object": "thread.message",
        "created_at": NOW,
        "thread_id": "thread_1",
        "role": "assistant",
        "content": [],
        "assistant_id": None,
        "run_id": None,
        "attachments": [],
        "metadata": {},
    } | changes


def page(*items: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return a legal list of these items."""
    return {
        "object": "list",
        "data": list(items),
        "first_id": items[0]["id"] if items else None,
        "last_id": items[-1]["id"] if items else None,
        "has_more": False,
    } | changes


def refusal(**changes: Any) -> dict[str, Any]:
    """Return a legal error envelope; `changes` replace keys of the inner error."""
    inner = {"message": "No.", "type": "invalid_request_error", "param": None, "code": None}
    return {"error": inner | changes}
