"""The life of a run on the virtual clock: every change happens at the moment it is due."""

from __future__ import annotations

from run_contracts.server.clock import Clock, Ids
from run_contracts.server.log import Log
from run_contracts.server.options import ServerOptions
from run_contracts.server.records import Run, Thread, Wire
from run_contracts.server.rendering import ENDED, text
from run_contracts.server.words import INNER, pieces, streamed_call

OUTCOME = "run_contracts_outcome"
"""Metadata key by which a client asks for a run that fails or expires."""
BUILT_IN = {
    "v1": frozenset({"code_interpreter", "retrieval"}),
    "v2": frozenset({"code_interpreter", "file_search"}),
}
CLOSED_AS = {"cancelled": "cancelled", "failed": "failed", "expired": "expired"}
"""What becomes of an open step when its run ends; in all other cases it is completed."""


class Engine(Log):
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
        """Make the next change of a run, at its moment."""
        if moment >= run.expires_at:
            self.end(run, "expired", run.expires_at)
        elif run.status == "queued":
            self.begin(run, moment)
        elif run.status == "cancelling":
            self.end(run, "cancelled", moment)
        elif run.unwritten:
            self.write(run, moment)
        elif run.outcome == "failed":
            self.end(run, "failed", moment)
        elif run.calls:
            self.ask(run)
        else:
            self.finish(run, moment)

    def begin(self, run: Run, moment: float) -> None:
        """Start, or start again after a submit: in progress, with the step that works."""
        run.status, run.started_at = "in_progress", moment
        run.turn_at = run.done_at = moment + self.options.work_seconds
        self.emit_run(run)
        if run.calls:
            self.open_step(run, moment, {"type": "tool_calls", "tool_calls": []})
            return
        self.use_forced_tool(run, moment)
        self.begin_message(run, moment)
        run.unwritten = [] if run.outcome else pieces(" ".join(self.allowed_words(run)))
        run.turn_at = _next_piece_at(run, moment)

    def begin_message(self, run: Run, moment: float) -> None:
        """Put the reply into the thread, empty, and open the step that writes it."""
        run.message = self.render_message(
            message_id=self.new_id(run.ids, "msg_"),
            thread_id=run.thread_id,
            moment=moment,
            role="assistant",
            content=[],
            run=run,
        )
        run.thread.messages.append(run.message)
        inner = {"message_id": run.message["id"]}
        self.open_step(run, moment, {"type": "message_creation", "message_creation": inner})
        for name in ("created", "in_progress"):
            self.emit_message(run, name, "in_progress", None, moment)

    def use_forced_tool(self, run: Run, moment: float) -> None:
        """Do the step of a built-in tool that the request forced."""
        kind = _forced_tool(run)
        if kind not in BUILT_IN[self.edition]:
            return
        call = {"id": self.new_id(run.ids, "call_"), "type": kind, kind: INNER[kind]}
        step = self.open_step(run, moment, {"type": "tool_calls", "tool_calls": []})
        for delta in streamed_call(0, call):
            self.emit_step_delta(run, step, delta)
        step.details = {"type": "tool_calls", "tool_calls": [call]}
        self.close_step(run, step, "completed", moment, self.usage(run.prompt_tokens, 1))

    def ask(self, run: Run) -> None:
        """Ask for the outputs of the function calls: requires action."""
        step = run.steps[-1]
        open_calls = [_with_output(call, None) for call in run.calls]
        for at, call in enumerate(open_calls):
            for delta in streamed_call(at, call):
                self.emit_step_delta(run, step, delta)
        step.details = {"type": "tool_calls", "tool_calls": open_calls}
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
        used = self.usage(run.prompt_tokens, len(run.calls))
        self.close_step(run, step, "completed", moment, used)
        run.calls, run.waits_for = [], []
        run.status, run.turn_at = "queued", moment + self.options.queue_seconds
        self.emit_run(run)

    def allowed_words(self, run: Run) -> list[str]:
        """Return the words of the reply that the token limits let through."""
        run.incomplete_reason = _limit_hit(run)
        if run.incomplete_reason == "max_prompt_tokens":
            return []
        return run.reply[: run.asked["max_completion_tokens"]]

    def write(self, run: Run, moment: float) -> None:
        """Write the next piece of the reply."""
        piece = run.unwritten.pop(0)
        run.turn_at = _next_piece_at(run, moment)
        self.emit_message_delta(run, piece)
        run.written += piece

    def finish(self, run: Run, moment: float) -> None:
        """End the reply, and the run: incomplete if a token limit was hit, but not in v1."""
        is_early = run.incomplete_reason is not None
        self.close_message(run, "max_tokens" if is_early else None, moment)
        used = self.usage(run.prompt_tokens, len(run.written.split()))
        self.close_step(run, run.steps[-1], "completed", moment, used)
        self.end(run, "incomplete" if is_early and self.edition == "v2" else "completed", moment)

    def close_message(self, run: Run, reason: str | None, moment: float) -> None:
        """Show what was written of the reply; a reason says why it is not whole."""
        if run.message is not None:
            run.message["content"] = [text(run.written)] if run.written else []
            status = "incomplete" if reason else "completed"
            self.emit_message(run, status, status, reason, moment)

    def end(self, run: Run, status: str, moment: float) -> None:
        """End a run, closing what is still open in it."""
        for step in run.steps:
            if step.status == "in_progress":
                if step.type == "message_creation":
                    self.close_message(run, f"run_{status}", moment)
                self.close_step(run, step, CLOSED_AS.get(status, "completed"), moment, None)
        run.status, run.ended_at = status, moment
        run.usage = self.total(run)
        self.emit_run(run)

    def total(self, run: Run) -> Wire:
        """Return the usage of a run: the sum of its steps', nothing if it was cancelled."""
        used = [step.usage for step in run.steps if step.usage is not None]
        if run.status == "cancelled":
            return self.usage(0, 0)
        return self.usage(
            sum(one["prompt_tokens"] for one in used), sum(one["completion_tokens"] for one in used)
        )


def _next_piece_at(run: Run, moment: float) -> float:
    """Return when the next piece of the reply is due: they are spread evenly over the work."""
    return moment + (run.done_at - moment) / (len(run.unwritten) + 1)


def _never_ends(run: Run) -> bool:
    return run.outcome == "expired" and run.status == "in_progress"


def _forced_tool(run: Run) -> str | None:
    """Return the type of the tool that the run must use, if it must."""
    choice = run.asked["tool_choice"]
    if isinstance(choice, dict):
        return str(choice["type"])
    is_first = run.asked["tools"] and not any(step.type == "tool_calls" for step in run.steps)
    return str(run.asked["tools"][0]["type"]) if choice == "required" and is_first else None


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
