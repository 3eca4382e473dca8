"""Records to wire objects, key for key in the order the wire has them."""

from __future__ import annotations

import json
from typing import Any

from run_contracts.contract.lifecycle import (
    CANCELLED,
    COMPLETED,
    EXPIRED,
    FAILED,
    INCOMPLETE,
    REQUIRES_ACTION,
)
from run_contracts.contract.requirements import FOUNDING, register
from run_contracts.server.clock import Ids
from run_contracts.server.parts.records import RunRecord, StepRecord, Wire
from run_contracts.server.requests.refusal import Refusal
from run_contracts.types import Edition

WORKED = frozenset({COMPLETED, INCOMPLETE})
STOPPED = frozenset({COMPLETED, INCOMPLETE, EXPIRED})
"""The statuses that carry completed_at; the wire sets it on expired runs, too."""
ERROR = {"code": "server_error", "message": "The reference server was asked to let this run fail."}
STEP_CODES = frozenset({ERROR["code"], "rate_limit_exceeded"})
"""The codes of errors that steps have, too."""
MESSAGE_HEAD = ("id", "object", "created_at", "assistant_id", "thread_id", "run_id")
"""What stands before the status in the message of a stream frame."""


class Renderer:
    """How records look on the wire in one edition."""

    def __init__(self, edition: Edition) -> None:
        """Render as this edition does."""
        self.edition = edition
        self._is_founding = edition == FOUNDING
        self._prefixes = register(edition).prefixes

    def new_id(self, ids: Ids, name: str) -> str:
        """Return a new id of a sequence, by the name of the field that other objects hold it in."""
        return ids.new(self._prefixes[name])

    def stamp(self, moment: float | None) -> Any:
        """Return a virtual time as the wire has it: whole seconds, or null."""
        return None if moment is None else int(moment)

    def run(self, run: RunRecord) -> Wire:
        """Return a run as the wire has it now."""
        status, settings = run.status, run.settings
        ended = self.stamp(run.ended_at)
        effort = {} if self._is_founding else {"reasoning_effort": settings["reasoning_effort"]}
        parallel = (
            {} if self._is_founding else {"parallel_tool_calls": settings["parallel_tool_calls"]}
        )
        return {
            "id": run.id,
            "object": "thread.run",
            "created_at": self.stamp(run.created_at),
            "assistant_id": run.assistant_id,
            "thread_id": run.thread_id,
            "status": status,
            "started_at": self.stamp(run.started_at),
            "expires_at": None if run.has_ended else self.stamp(run.expires_at),
            "cancelled_at": ended if status == CANCELLED else None,
            "failed_at": ended if status == FAILED else None,
            "completed_at": ended if status in STOPPED else None,
            "required_action": _action(run),
            "last_error": _error(run) if status == FAILED else None,
            "model": settings["model"],
            "instructions": settings["instructions"],
            "tools": settings["tools"],
            **settings["files"],
            "metadata": run.metadata,
            "temperature": settings["temperature"],
            "top_p": settings["top_p"],
            **effort,
            "max_completion_tokens": settings["max_completion_tokens"],
            "max_prompt_tokens": settings["max_prompt_tokens"],
            "truncation_strategy": settings["truncation_strategy"],
            "incomplete_details": _reason(run),
            "usage": run.usage,
            "response_format": settings["response_format"],
            "tool_choice": settings["tool_choice"],
            **parallel,
        }

    def step(self, step: StepRecord, run: RunRecord, *, in_stream: bool = False) -> Wire:
        """Return a step; a plain answer has no expires_at once its run has ended."""
        ended = self.stamp(step.ended_at)
        is_over = run.has_ended and not in_stream
        return {
            "id": step.id,
            "object": "thread.run.step",
            "created_at": self.stamp(step.created_at),
            "run_id": run.id,
            "assistant_id": run.assistant_id,
            "thread_id": run.thread_id,
            "type": step.type,
            "status": step.status,
            "cancelled_at": ended if step.status == CANCELLED else None,
            "completed_at": ended if step.status == COMPLETED else None,
            "expires_at": None if is_over else self.stamp(run.expires_at),
            "failed_at": ended if step.status == FAILED else None,
            "last_error": _step_error(run) if step.status == FAILED else None,
            "step_details": step.details,
            "usage": step.usage,
        }

    def message(  # noqa: PLR0913 - the parts of a message
        self,
        *,
        message_id: str,
        thread_id: str,
        moment: float,
        role: str,
        content: list[Wire],
        files: list[Any] | None = None,
        run: RunRecord | None = None,
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
            "file_ids" if self._is_founding else "attachments": files or [],
            "metadata": metadata or {},
        }

    def streamed_message(self, message: Wire, status: str, reason: str | None, end: float) -> Wire:
        """Return a message as a stream frame has it: with status and the moment of its end."""
        moment = self.stamp(end)
        state = {
            "status": status,
            "incomplete_details": {"reason": reason} if reason else None,
            "incomplete_at": moment if status == INCOMPLETE else None,
            "completed_at": moment if status == COMPLETED else None,
        }
        rest = dict(message)
        head = {name: rest.pop(name) for name in MESSAGE_HEAD}
        return {**head, **state, **rest}

    def usage(self, prompt: int, completion: int) -> Wire:
        """Return token counts as a usage object; v2 says also how many were cached or thought."""
        counts: Wire = {
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "total_tokens": prompt + completion,
        }
        if not self._is_founding:
            counts["prompt_token_details"] = {"cached_tokens": 0}
            counts["completion_tokens_details"] = {"reasoning_tokens": 0}
        return counts

    def refusal(self, refusal: Refusal) -> Wire:
        """Return the body of a refusal."""
        return refusal.body()

    def body(self, value: Any) -> str:
        """Return a value as the text of a body."""
        return json.dumps(value)


def text_part(value: str, annotations: list[Wire] | None = None) -> Wire:
    """Return text as one part of a message."""
    return {"type": "text", "text": {"value": value, "annotations": annotations or []}}


def _action(run: RunRecord) -> Wire | None:
    if run.status != REQUIRES_ACTION:
        return None
    return {"type": "submit_tool_outputs", "submit_tool_outputs": {"tool_calls": run.waits_for}}


def _error(run: RunRecord) -> Wire:
    planned = run.life.failure if run.life is not None else None
    return dict(ERROR) if planned is None else planned._asdict()


def _step_error(run: RunRecord) -> Wire:
    """Return why a step failed: as its run did, by one of the codes that steps have."""
    error = _error(run)
    return error if error["code"] in STEP_CODES else {**error, "code": ERROR["code"]}


def _reason(run: RunRecord) -> Wire | None:
    is_shown = run.incomplete_reason is not None and run.status in WORKED
    return {"reason": run.incomplete_reason} if is_shown else None
