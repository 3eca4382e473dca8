"""Records to wire objects, key for key in the order the wire has them."""

from __future__ import annotations

from typing import Any

from run_contracts.server.clock import Ids
from run_contracts.server.records import Run, Step, Wire

ENDED = frozenset({"completed", "incomplete", "failed", "cancelled", "expired"})
WORKED = frozenset({"completed", "incomplete"})
STOPPED = frozenset({"completed", "incomplete", "expired"})
"""The statuses that carry completed_at; the wire sets it on expired runs, too."""
ERROR = {"code": "server_error", "message": "The reference server was asked to let this run fail."}


class Rendering:
    """How records look on the wire in one edition."""

    edition: str

    def new_id(self, ids: Ids, prefix: str) -> str:
        """Return a new id of a sequence."""
        return ids.new(prefix)

    def stamp(self, moment: float | None) -> Any:
        """Return a virtual time as the wire has it: whole seconds, or null."""
        return None if moment is None else int(moment)

    def render_run(self, run: Run) -> Wire:
        """Return a run as the wire has it now."""
        is_v2 = self.edition == "v2"
        status, asked = run.status, run.asked
        ended = self.stamp(run.ended_at)
        effort = {"reasoning_effort": asked["reasoning_effort"]} if is_v2 else {}
        parallel = {"parallel_tool_calls": asked["parallel_tool_calls"]} if is_v2 else {}
        return {
            "id": run.id,
            "object": "thread.run",
            "created_at": self.stamp(run.created_at),
            "assistant_id": run.assistant_id,
            "thread_id": run.thread_id,
            "status": status,
            "started_at": self.stamp(run.started_at),
            "expires_at": None if status in ENDED else self.stamp(run.expires_at),
            "cancelled_at": ended if status == "cancelled" else None,
            "failed_at": ended if status == "failed" else None,
            "completed_at": ended if status in STOPPED else None,
            "required_action": _action(run),
            "last_error": dict(ERROR) if status == "failed" else None,
            "model": asked["model"],
            "instructions": asked["instructions"],
            "tools": asked["tools"],
            **asked["files"],
            "metadata": run.metadata,
            "temperature": asked["temperature"],
            "top_p": asked["top_p"],
            **effort,
            "max_completion_tokens": asked["max_completion_tokens"],
            "max_prompt_tokens": asked["max_prompt_tokens"],
            "truncation_strategy": asked["truncation_strategy"],
            "incomplete_details": _reason(run),
            "usage": run.usage,
            "response_format": asked["response_format"],
            "tool_choice": asked["tool_choice"],
            **parallel,
        }

    def render_step(self, step: Step, run: Run, *, in_stream: bool = False) -> Wire:
        """Return a step; a plain answer has no expires_at once its run has ended."""
        ended = self.stamp(step.ended_at)
        is_over = run.status in ENDED and not in_stream
        return {
            "id": step.id,
            "object": "thread.run.step",
            "created_at": self.stamp(step.created_at),
            "run_id": run.id,
            "assistant_id": run.assistant_id,
            "thread_id": run.thread_id,
            "type": step.type,
            "status": step.status,
            "cancelled_at": ended if step.status == "cancelled" else None,
            "completed_at": ended if step.status == "completed" else None,
            "expires_at": None if is_over else self.stamp(run.expires_at),
            "failed_at": ended if step.status == "failed" else None,
            "last_error": dict(ERROR) if step.status == "failed" else None,
            "step_details": step.details,
            "usage": step.usage,
        }

    def render_message(  # noqa: PLR0913 - the parts of a message
        self,
        *,
        message_id: str,
        thread_id: str,
        moment: float,
        role: str,
        content: list[Wire],
        files: list[Any] | None = None,
        run: Run | None = None,
        metadata: Wire | None = None,
    ) -> Wire:
        """Return a message as a plain answer has it: without status."""
        return {
            "id": message_id,
            "object": "thread.message",
            "created_at": self.stamp(moment),
            "assistant_id": run.assistant_id if run else None,
            "thread_id": thread_id,
            "run_id": run.id if run else None,
            "role": role,
            "content": content,
            "attachments" if self.edition == "v2" else "file_ids": files or [],
            "metadata": metadata or {},
        }

    def render_streamed(self, message: Wire, status: str, reason: str | None, end: float) -> Wire:
        """Return a message as a stream frame has it: with status and the moment of its end."""
        moment = self.stamp(end)
        state = {
            "status": status,
            "incomplete_details": {"reason": reason} if reason else None,
            "incomplete_at": moment if status == "incomplete" else None,
            "completed_at": moment if status == "completed" else None,
        }
        shown = dict(message)
        head = {name: shown.pop(name) for name in HEAD}
        return {**head, **state, **shown}

    def usage(self, prompt: int, completion: int) -> Wire:
        """Return token counts as a usage object; v2 says also how many were cached or thought."""
        counts: Wire = {
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "total_tokens": prompt + completion,
        }
        if self.edition == "v2":
            counts["prompt_token_details"] = {"cached_tokens": 0}
            counts["completion_tokens_details"] = {"reasoning_tokens": 0}
        return counts


HEAD = ("id", "object", "created_at", "assistant_id", "thread_id", "run_id")
"""What stands before the status in the message of a stream frame."""


def text(value: str) -> Wire:
    """Return text as one part of a message."""
    return {"type": "text", "text": {"value": value, "annotations": []}}


def _action(run: Run) -> Wire | None:
    if run.status != "requires_action":
        return None
    return {"type": "submit_tool_outputs", "submit_tool_outputs": {"tool_calls": run.waits_for}}


def _reason(run: Run) -> Wire | None:
    is_shown = run.incomplete_reason is not None and run.status in WORKED
    return {"reason": run.incomplete_reason} if is_shown else None
