"""What the events of a stream carry beside the run: a message, and the pieces it comes in."""

from __future__ import annotations

import re

from run_contracts.contract.lifecycle import (
    CANCELLED,
    COMPLETED,
    EXPIRED,
    FAILED,
    IN_PROGRESS,
    INCOMPLETE,
)
from run_contracts.making.choosing import plain_plans
from run_contracts.making.forms import Identifier
from run_contracts.making.generators.content import PREFIXES
from run_contracts.making.stream_script import StreamScript
from run_contracts.types import JSONObject

MESSAGE_REASONS = {
    INCOMPLETE: "max_tokens",
    FAILED: "run_failed",
    EXPIRED: "run_expired",
    CANCELLED: "run_cancelled",
}
"""Why a message stops where the run ends this way."""


def open_message(script: StreamScript) -> JSONObject:
    """Return the message that a run begins to write, as stream frames show it."""
    (plan,) = plain_plans(script.contract, "message", None)
    message = plan.made(script.make)
    files: JSONObject = {"file_ids": []} if "file_ids" in plan.form.fields else {"attachments": []}
    return {
        **message,
        "id": script.make(Identifier(prefix=PREFIXES["message_id"])),
        "created_at": script.clock,
        "assistant_id": script.run["assistant_id"],
        "thread_id": script.run["thread_id"],
        "run_id": script.run["id"],
        "status": IN_PROGRESS,
        "incomplete_details": None,
        "incomplete_at": None,
        "completed_at": None,
        "role": "assistant",
        "content": [],
        **files,
    }


def closed_message(message: JSONObject, reply: str, ending: str, clock: int) -> JSONObject:
    """Return the message as it is at last: whole, or cut off for a reason."""
    reason = MESSAGE_REASONS.get(ending)
    status, moment = (INCOMPLETE, "incomplete_at") if reason else (COMPLETED, "completed_at")
    text = {"type": "text", "text": {"value": reply, "annotations": []}}
    return {
        **message,
        "status": status,
        moment: clock,
        "incomplete_details": {"reason": reason} if reason else None,
        "content": [text] if reply else [],
    }


def pieces(text: str) -> list[str]:
    """Return a text in the pieces a stream sends: words with the space before them.

    >>> pieces("one and  two ")
    ['one', ' and', '  two', ' ']
    """
    return re.findall(r"\s*\S+|\s+$", text)


def text_delta(message: JSONObject, piece: str, *, is_first: bool) -> JSONObject:
    """Return a piece of text; the first one says that there are no annotations."""
    text = {"value": piece, "annotations": []} if is_first else {"value": piece}
    content = [{"index": 0, "type": "text", "text": text}]
    return {"id": message["id"], "object": "thread.message.delta", "delta": {"content": content}}


def step_delta(step: JSONObject, piece: JSONObject) -> JSONObject:
    """Return a piece of a step that calls: a piece of one call."""
    details = {"type": "tool_calls", "tool_calls": [piece]}
    return {
        "id": step["id"],
        "object": "thread.run.step.delta",
        "delta": {"step_details": details},
    }


def call_pieces(index: int, call: JSONObject) -> list[JSONObject]:
    """Return a call in pieces: the first names everything, the others add to the arguments."""
    name, arguments = call["function"]["name"], call["function"]["arguments"]
    start = {"name": name, "arguments": "", "output": None}
    first = {"index": index, "id": call["id"], "type": "function", "function": start}
    more = [
        {"index": index, "type": "function", "function": {"arguments": piece}}
        for piece in pieces(arguments)
    ]
    return [first, *more]
