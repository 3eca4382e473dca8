"""The life of a run on the virtual clock: every change happens at the moment it is due."""

from __future__ import annotations

import copy
import json
from typing import Any

from run_contracts.server.clock import Clock, Ids
from run_contracts.server.options import ServerOptions
from run_contracts.server.records import Run, Step, Thread, Wire, usage
from run_contracts.server.rendering import ENDED, Rendering, text

OUTCOME = "run_contracts_outcome"
"""Metadata key by which a client asks for a run that fails or expires."""
SEARCH = {"v1": "retrieval", "v2": "file_search"}


class Engine(Rendering):
    """Advances runs. Nothing runs in the background: a run moves when somebody looks."""

    clock: Clock
    ids: Ids
    options: ServerOptions
    threads: dict[str, Thread]

    def advance(self, run: Run) -> None:
        """Let everything happen to a run that is due by now."""
        now = self.clock.now()
        while run.status not in ENDED and self.due(run) <= now:
            self._turn(run, self.due(run))

    def due(self, run: Run) -> float:
        """Return the virtual moment of the next change; the expiry comes before what is later."""
        if run.status == "requires_action" or _never_ends(run):
            return run.expires_at
        return min(run.turn_at, run.expires_at)

    def _turn(self, run: Run, moment: float) -> None:
        """Make the next change of status, at its moment."""
        if moment >= run.expires_at:
            self.end(run, "expired", run.expires_at)
        elif run.status == "queued":
            self.begin(run, moment)
        elif run.status == "cancelling":
            self.end(run, "cancelled", moment)
        elif run.metadata.get(OUTCOME) == "failed":
            self.end(run, "failed", moment)
        elif run.calls:
            self.ask(run)
        else:
            self.finish(run, moment)

    def begin(self, run: Run, moment: float) -> None:
        """Start, or start again after a submit: in progress, with the step that works."""
        run.status, run.started_at = "in_progress", moment
        run.turn_at = moment + self.options.work_seconds
        self.emit_run(run)
        if run.calls:
            self._open(run, moment, {"type": "tool_calls", "tool_calls": []})
            return
        self._use_forced_tool(run, moment)
        message_id = self.ids.new("msg_")
        run.message = self.render_message(
            message_id=message_id,
            thread_id=run.thread_id,
            moment=moment,
            role="assistant",
            content=[],
            run=run,
        )
        details = {"type": "message_creation", "message_creation": {"message_id": message_id}}
        self._open(run, moment, details)
        for name in ("created", "in_progress"):
            self._emit_message(run, name, "in_progress", None, moment)

    def _use_forced_tool(self, run: Run, moment: float) -> None:
        """Do the step of a built-in tool that the request forced."""
        choice = run.asked["tool_choice"]
        kind = choice.get("type") if isinstance(choice, dict) else None
        if kind not in ("code_interpreter", SEARCH[self.edition]):
            return
        inner: Wire = {"input": "print(1 + 1)", "outputs": [{"type": "logs", "logs": "2"}]}
        call = {"id": self.ids.new("call_"), "type": kind, kind: inner if "code" in kind else {}}
        step = self._open(run, moment, {"type": "tool_calls", "tool_calls": []})
        delta = {"type": "tool_calls", "tool_calls": [{"index": 0, **call}]}
        self._emit_delta(run, step, delta)
        step.details = {"type": "tool_calls", "tool_calls": [call]}
        self._close(run, step, "completed", moment, usage(0, 0))

    def ask(self, run: Run) -> None:
        """Ask for the outputs of the function calls: requires action."""
        step = run.steps[-1]
        for at, call in enumerate(run.calls):
            head = {"index": at, "id": call["id"], "type": "function"}
            name = {"name": call["function"]["name"], "arguments": "", "output": None}
            self._emit_delta(
                run, step, {"type": "tool_calls", "tool_calls": [{**head, "function": name}]}
            )
            for piece in _pieces(call["function"]["arguments"]):
                part = {"index": at, "type": "function", "function": {"arguments": piece}}
                self._emit_delta(run, step, {"type": "tool_calls", "tool_calls": [part]})
        step.details = {
            "type": "tool_calls",
            "tool_calls": [_with_output(c, None) for c in run.calls],
        }
        run.waits_for = run.calls
        run.status = "requires_action"
        self.emit_run(run)

    def answer(self, run: Run, outputs: dict[str, str], moment: float) -> None:
        """Take the outputs of the calls: the step is done and the run is queued again."""
        step = run.steps[-1]
        step.details = {
            "type": "tool_calls",
            "tool_calls": [_with_output(call, outputs[call["id"]]) for call in run.calls],
        }
        self._close(run, step, "completed", moment, usage(run.prompt_tokens, len(run.calls)))
        run.calls, run.waits_for = [], []
        run.status, run.turn_at = "queued", moment + self.options.queue_seconds
        self.emit_run(run)

    def finish(self, run: Run, moment: float) -> None:
        """Write the reply, as far as the token limits let it, and end."""
        run.incomplete_reason = _limit_hit(run)
        words = run.reply
        if run.incomplete_reason == "max_prompt_tokens":
            words = []
        elif run.incomplete_reason:
            words = run.reply[: run.asked["max_completion_tokens"]]
        self._write(run, words)
        is_early = run.incomplete_reason is not None
        self._emit_message(
            run,
            "incomplete" if is_early else "completed",
            "incomplete" if is_early else "completed",
            "max_tokens" if is_early else None,
            moment,
        )
        self._close(run, run.steps[-1], "completed", moment, usage(run.prompt_tokens, len(words)))
        ends_incomplete = is_early and self.edition == "v2"
        self.end(run, "incomplete" if ends_incomplete else "completed", moment)

    def _write(self, run: Run, words: list[str]) -> None:
        """Put the reply into the thread, streaming it piece by piece."""
        message = self._message(run)
        value = " ".join(words)
        for at, piece in enumerate(_pieces(value)):
            part: Wire = {"value": piece, "annotations": []} if at == 0 else {"value": piece}
            content = [{"index": 0, "type": "text", "text": part}]
            delta = {"id": message["id"], "object": "thread.message.delta"}
            run.log.append(("thread.message.delta", {**delta, "delta": {"content": content}}))
        message["content"] = [text(value)]
        self.threads[run.thread_id].messages.append(message)

    def end(self, run: Run, status: str, moment: float) -> None:
        """End a run, closing what is still open in it."""
        for step in run.steps:
            if step.status == "in_progress":
                reason = f"run_{status}"
                if step.type == "message_creation":
                    self._emit_message(run, "incomplete", "incomplete", reason, moment)
                closed = status if status in ("cancelled", "failed", "expired") else "completed"
                self._close(run, step, closed, moment, None)
        run.status, run.ended_at = status, moment
        run.usage = self.total(run)
        self.emit_run(run)

    def total(self, run: Run) -> Wire:
        """Return the usage of a run: the sum of its steps'."""
        used = [step.usage for step in run.steps if step.usage is not None]
        if run.status == "cancelled":
            return usage(0, 0)
        return usage(
            sum(one["prompt_tokens"] for one in used), sum(one["completion_tokens"] for one in used)
        )

    def emit_run(self, run: Run, name: str | None = None) -> None:
        """Log an event about the run as it is now."""
        run.log.append((f"thread.run.{name or run.status}", copy.deepcopy(self.render_run(run))))

    def _open(self, run: Run, moment: float, details: Wire) -> Step:
        step = Step(id=self.ids.new("step_"), created_at=moment, details=details)
        run.steps.append(step)
        for name in ("created", "in_progress"):
            self._emit_step(run, step, name)
        return step

    def _close(self, run: Run, step: Step, status: str, moment: float, used: Wire | None) -> None:
        step.status, step.ended_at, step.usage = status, moment, used
        self._emit_step(run, step, status)

    def _emit_step(self, run: Run, step: Step, name: str) -> None:
        data = copy.deepcopy(self.render_step(step, run, in_stream=True))
        run.log.append((f"thread.run.step.{name}", data))

    def _emit_delta(self, run: Run, step: Step, details: Wire) -> None:
        data = {
            "id": step.id,
            "object": "thread.run.step.delta",
            "delta": {"step_details": details},
        }
        run.log.append(("thread.run.step.delta", data))

    def _emit_message(
        self, run: Run, name: str, status: str, reason: str | None, moment: float
    ) -> None:
        data = self.render_streamed(self._message(run), status, reason, moment)
        run.log.append((f"thread.message.{name}", copy.deepcopy(data)))

    def _message(self, run: Run) -> Wire:
        if run.message is None:
            raise AssertionError(f"run {run.id} writes without a message")
        return run.message


def _never_ends(run: Run) -> bool:
    return run.metadata.get(OUTCOME) == "expired" and run.status == "in_progress"


def _limit_hit(run: Run) -> str | None:
    """Return the token limit a run hits, if any."""
    prompt, completion = run.asked["max_prompt_tokens"], run.asked["max_completion_tokens"]
    if prompt is not None and run.prompt_tokens > prompt:
        return "max_prompt_tokens"
    if completion is not None and len(run.reply) > completion:
        return "max_completion_tokens"
    return None


def _with_output(call: Wire, output: str | None) -> Wire:
    return {**call, "function": {**call["function"], "output": output}}


def _pieces(value: str) -> list[str]:
    """Return a text in the pieces a stream sends: words, each with the space before it."""
    words = value.split(" ")
    return [words[0], *(f" {word}" for word in words[1:])] if value else []


def arguments(parameters: Any) -> str:
    """Return arguments for a function's parameters, as JSON text; the same for the same schema."""
    properties = parameters.get("properties") if isinstance(parameters, dict) else None
    samples = {"integer": 7, "number": 7.5, "boolean": True, "array": [], "object": {}}
    found = {}
    for name, schema in properties.items() if isinstance(properties, dict) else ():
        kind = schema.get("type") if isinstance(schema, dict) else None
        found[name] = samples.get(kind, "seven") if isinstance(kind, str) else "seven"
    return json.dumps(found)
