"""The commands on runs: create, read, modify, cancel, submit tool outputs."""

from __future__ import annotations

from typing import Any

from run_contracts.server.engine import Engine, arguments
from run_contracts.server.records import Run, Thread, Wire
from run_contracts.server.refusal import Refusal
from run_contracts.server.rendering import ENDED

MOST_CALLS = 2
DEFAULTS: Wire = {
    "temperature": 1.0,
    "top_p": 1.0,
    "reasoning_effort": None,
    "max_completion_tokens": None,
    "max_prompt_tokens": None,
    "response_format": "auto",
    "tool_choice": "auto",
    "parallel_tool_calls": True,
}


class Commands(Engine):
    """What clients do to runs."""

    def find_assistant(self, assistant_id: str) -> Wire:
        """Return an assistant, or refuse."""
        raise NotImplementedError

    def find_thread(self, thread_id: str) -> Thread:
        """Return a thread, or refuse."""
        raise NotImplementedError

    def add_message(self, thread: Thread, body: Wire) -> Wire:
        """Add a message to a thread."""
        raise NotImplementedError

    def metadata(self, body: Wire) -> Wire:
        """Return the metadata to keep."""
        raise NotImplementedError

    def absence(self, kind: str, wanted: str) -> Refusal:
        """Return the refusal for an id that names nothing."""
        raise NotImplementedError

    def reply(self) -> list[str]:
        """Return the words the model will write."""
        raise NotImplementedError

    # Create

    def create_run(self, thread: Thread, body: Wire) -> Run:
        """Make a run on a thread, queued; refuse while another is active."""
        assistant = self.find_assistant(body["assistant_id"])
        self.refuse_second_run(thread)
        for message in body.get("additional_messages") or []:
            self.add_message(thread, message)
        asked = self._asked(assistant, body)
        if self.edition == "v2" and not asked["instructions"] and not thread.messages:
            raise Refusal(
                "Run creation requires a Thread with a user message or an assistant with "
                "instructions.",
                code="invalid_thread",
            )
        now = self.clock.now()
        run = Run(
            id=self.ids.new("run_"),
            thread_id=thread.wire["id"],
            assistant_id=assistant["id"],
            created_at=now,
            expires_at=now + self.options.expires_after,
            turn_at=now + self.options.queue_seconds,
            asked=asked,
            metadata=self.metadata(body),
            reply=self.reply(),
            prompt_tokens=_prompt_tokens(thread, asked),
        )
        run.calls = self._forced_calls(asked)
        thread.runs.append(run)
        for name in ("created", "queued"):
            self.emit_run(run, name)
        return run

    def refuse_second_run(self, thread: Thread) -> None:
        """Refuse a run while the thread has an active one."""
        active = self.active_run(thread)
        if active is not None:
            raise Refusal(f"Thread {thread.wire['id']} already has an active run {active.id}.")

    def active_run(self, thread: Thread) -> Run | None:
        """Return the run that is active on a thread now, if any."""
        for run in thread.runs:
            self.advance(run)
        return next((run for run in thread.runs if run.status not in ENDED), None)

    def _asked(self, assistant: Wire, body: Wire) -> Wire:
        """Return what the run is fixed to: the request's word, else the assistant's."""
        asked = {name: _chosen(name, body, assistant) for name in DEFAULTS}
        asked["model"] = body.get("model") or assistant["model"]
        asked["instructions"] = _instructions(assistant, body)
        tools = body.get("tools")
        asked["tools"] = assistant["tools"] if tools is None else tools
        asked["file_ids"] = assistant.get("file_ids", [])
        strategy = body.get("truncation_strategy") or {"type": "auto"}
        asked["truncation_strategy"] = {"last_messages": None, **strategy}
        return asked

    def _forced_calls(self, asked: Wire) -> list[Wire]:
        """Return the function calls that the request forces the model to make."""
        tools = [tool["function"] for tool in asked["tools"] if tool["type"] == "function"]
        choice = asked["tool_choice"]
        if isinstance(choice, dict):
            wanted = choice.get("function", {}).get("name")
            tools = [tool for tool in tools if tool["name"] == wanted][:1]
        elif choice == "required":
            tools = tools[: MOST_CALLS if asked["parallel_tool_calls"] else 1]
        else:
            tools = []
        return [
            {
                "id": self.ids.new("call_"),
                "type": "function",
                "function": {"name": tool["name"], "arguments": arguments(tool.get("parameters"))},
            }
            for tool in tools
        ]

    # Read and modify

    def find_run(self, thread_id: str, run_id: str) -> Run:
        """Return a run of a thread as it is now, or refuse."""
        thread = self.find_thread(thread_id)
        for run in thread.runs:
            if run.id == run_id:
                return run
        raise self.absence("run", run_id)

    def get_run(self, thread_id: str, run_id: str) -> Wire:
        """Return a run in wire form."""
        return self.render_run(self.find_run(thread_id, run_id))

    def modify_run(self, thread_id: str, run_id: str, body: Wire) -> Wire:
        """Replace a run's metadata."""
        run = self.find_run(thread_id, run_id)
        if self.edition == "v1" and run.status == "in_progress":
            raise Refusal(f"Cannot update run with status '{run.status}'.")
        if "metadata" in body:
            self.keep_metadata(run, self.metadata(body))
        return self.render_run(run)

    def keep_metadata(self, run: Run, metadata: Wire) -> None:
        """Save a run's new metadata."""
        run.metadata = metadata

    # Cancel

    def cancel_run(self, thread_id: str, run_id: str) -> Wire:
        """Begin to cancel a run that is alive."""
        run = self.find_run(thread_id, run_id)
        if run.status in ENDED or run.status == "cancelling":
            self.refuse_cancel(run)
        else:
            run.status = "cancelling"
            run.turn_at = self.clock.now() + self.options.cancel_seconds
            self.emit_run(run)
        return self.render_run(run)

    def refuse_cancel(self, run: Run) -> None:
        """Refuse to cancel a run that has ended or is being cancelled."""
        raise Refusal(f"Cannot cancel run with status '{run.status}'.")

    def read_cancel_body(self, content_type: str, data: bytes) -> None:
        """Accept a cancel with no body, whatever type it names, and with any body."""

    # Submit

    def submit(self, thread_id: str, run_id: str, body: Wire) -> Run:
        """Take the outputs a run waits for, all at once."""
        run = self.find_run(thread_id, run_id)
        if run.status != "requires_action":
            self.refuse_submit(run)
            return run
        asked = [call["id"] for call in run.calls]
        given = [str(one.get("tool_call_id")) for one in body["tool_outputs"]]
        if sorted(asked) != sorted(given):
            raise Refusal(f"Expected tool outputs for call_ids {asked}, got {given}")
        outputs = {one["tool_call_id"]: one.get("output", "") for one in body["tool_outputs"]}
        self.answer(run, outputs, self.clock.now())
        return run

    def refuse_submit(self, run: Run) -> None:
        """Refuse outputs that nobody asked for."""
        raise Refusal(f'Runs in status "{run.status}" do not accept tool outputs.')


def _chosen(name: str, body: Wire, assistant: Wire) -> Any:
    """Return a field of a run: asked for, or the assistant's, or the protocol's own default."""
    for source in (body, assistant):
        if source.get(name) is not None:
            value = source[name]
            is_mass = name in ("temperature", "top_p")
            return float(value) if is_mass else value
    return DEFAULTS[name]


def _instructions(assistant: Wire, body: Wire) -> str | None:
    """Return the run's instructions: the request's or the assistant's, and what is added."""
    given = body.get("instructions")
    base = assistant["instructions"] if given is None else given
    added = body.get("additional_instructions")
    if not added:
        return base if base is None else str(base)
    return f"{base}\n{added}" if base else str(added)


def _prompt_tokens(thread: Thread, asked: Wire) -> int:
    """Count the words the model reads: messages and instructions."""
    words = len((asked["instructions"] or "").split())
    for message in thread.messages:
        for part in message["content"]:
            if part["type"] == "text":
                words += len(part["text"]["value"].split())
    return words
