"""The service that lets runs go the way that was written for them."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass
from typing import Any

from run_contracts.server.event_frames import Streaming
from run_contracts.server.lives import Life, Lives
from run_contracts.server.records import Run, Thread, Wire
from run_contracts.server.refusal import Refusal
from run_contracts.server.words import arguments

SOON = 1.0
"""Seconds more than it needs that a run has if it is to expire: the least that the wire shows."""
OUTCOMES = {"failed": "failed", "expired": "expired", "in_progress": "expired"}
"""How the engine calls the ends of what is on its way; what works for good would expire one day."""


@dataclass(slots=True)
class _Way:
    """Where a run is on its way: to which rest, and to which after it."""

    life: Life
    left: deque[str]
    rest: str = "completed"


class Scripted(Streaming):
    """Takes a life for each new run, as long as there are any."""

    lives: Lives

    def __init__(self, *args: Any) -> None:
        """Start with nothing on its way."""
        super().__init__(*args)
        self._ways: dict[str, _Way] = {}

    def refuse_empty_thread(self, messages: list[Wire], fixed: Wire) -> None:
        """Refuse a run with nothing to answer, and one that cannot live as it is to."""
        super().refuse_empty_thread(messages, fixed)
        life = self.lives.first()
        has_function = any(tool["type"] == "function" for tool in fixed["tools"])
        if life is not None and life.needs_function and not has_function:
            raise Refusal(
                "The next run is to require action, but has no function among its tools to call; "
                "give it one, or name calls: next_run('requires_action', calls={...})."
            )

    def new_run(self, thread: Thread, assistant: Wire, fixed: Wire, metadata: Wire) -> Run:
        """Return a queued run with a life of its own."""
        run = super().new_run(thread, assistant, fixed, metadata)
        life = self.lives.take()
        if life is not None:
            self._ways[run.id] = _Way(life=life, left=deque(life.rests))
            run.reply = run.reply if life.reply is None else life.reply.split(" ")
            if "expired" in life.rests:
                run.expires_at = run.created_at + SOON + len(life.rests) * self._leg
            self._go_on(run)
        return run

    def _go_on(self, run: Run) -> None:
        """Send a run on to where it rests next."""
        way = self._ways[run.id]
        way.rest = way.left.popleft() if way.left else "completed"
        run.outcome = OUTCOMES.get(way.rest)
        run.calls = _calls(run, way.life) if way.rest == "requires_action" else []

    @property
    def _leg(self) -> float:
        """Seconds a run takes from one rest to the next."""
        return self.options.queue_seconds + self.options.work_seconds

    def _rest(self, run: Run) -> str | None:
        way = self._ways.get(run.id)
        return way.rest if way is not None else None

    def answer(self, run: Run, outputs: dict[str, str], moment: float) -> None:
        """Take the outputs of the calls, and go on."""
        super().answer(run, outputs, moment)
        if run.id in self._ways:
            self._go_on(run)

    def due(self, run: Run) -> float:
        """Return the moment of the next change; what is to stay queued only expires."""
        stays = run.status == "queued" and self._rest(run) == "queued"
        return run.expires_at if stays else super().due(run)

    def allowed_words(self, run: Run) -> list[str]:
        """Return the words of the reply: half of them if it is to be incomplete."""
        words, rest = super().allowed_words(run), self._rest(run)
        if rest == "incomplete" and run.incomplete_reason is None:
            run.incomplete_reason = "max_completion_tokens"
            return words[: len(words) // 2]
        if rest == "completed":
            run.incomplete_reason = None
        return words

    def finish(self, run: Run, moment: float) -> None:
        """End a run, or cancel it as another client would."""
        if self._rest(run) == "cancelled":
            self.begin_cancel(run, moment)
        else:
            super().finish(run, moment)


def _calls(run: Run, life: Life) -> list[Wire]:
    """Return the function calls of a run that requires action."""
    calls = life.calls
    if not calls:
        tools = (tool["function"] for tool in run.asked["tools"] if tool["type"] == "function")
        calls = _first_call(next(tools))
    return [
        {
            "id": run.ids.new("call_"),
            "type": "function",
            "function": {
                "name": name,
                "arguments": given if isinstance(given, str) else json.dumps(given),
            },
        }
        for name, given in calls.items()
    ]


def _first_call(function: Wire) -> dict[str, Any]:
    return {str(function["name"]): arguments(function.get("parameters"))}
