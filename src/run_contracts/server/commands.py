"""The commands on runs: create, read, modify, cancel, submit tool outputs."""

from __future__ import annotations

from random import Random

from run_contracts.server.asking import asked, prompt_tokens
from run_contracts.server.clock import Ids
from run_contracts.server.engine import OUTCOME
from run_contracts.server.records import Run, Thread, Wire
from run_contracts.server.refusal import Refusal
from run_contracts.server.rendering import ENDED
from run_contracts.server.setup import Setup
from run_contracts.server.words import arguments, reply

MOST_CALLS = 2
OUTCOMES = ("failed", "expired")


class Commands(Setup):
    """What clients do to runs."""

    # Create

    def create_run(self, thread: Thread, body: Wire) -> Run:
        """Make a run on a thread, queued; a refused one leaves no trace."""
        assistant = self.find_assistant(body["assistant_id"])
        self.refuse_second_run(thread)
        fixed = asked(assistant, body, self.edition)
        metadata = self.metadata(body)
        added = [self.new_message(thread, one) for one in body.get("additional_messages") or []]
        self.refuse_empty_thread([*thread.messages, *added], fixed)
        thread.messages += added
        run = self.new_run(thread, assistant, fixed, metadata)
        thread.runs.append(run)
        for name in ("created", "queued"):
            self.emit_run(run, name)
        return run

    def create_thread_and_run(self, body: Wire) -> Run:
        """Make a thread and a run on it; a refused one leaves no thread."""
        self.find_assistant(body["assistant_id"])
        thread = self.new_thread(body.get("thread") or {})
        run = self.create_run(thread, body)
        self.keep_thread(thread)
        return run

    def new_run(self, thread: Thread, assistant: Wire, fixed: Wire, metadata: Wire) -> Run:
        """Return a queued run, not yet on its thread."""
        now = self.clock.now()
        run_id = self.new_id(self.ids, "run_")
        outcome = metadata.get(OUTCOME)
        run = Run(
            id=run_id,
            thread=thread,
            assistant_id=assistant["id"],
            created_at=now,
            expires_at=now + self.options.expires_after,
            turn_at=now + self.options.queue_seconds,
            asked=fixed,
            metadata=metadata,
            reply=reply(Random(f"{self.options.seed} {run_id}")),  # noqa: S311 - not a secret
            prompt_tokens=prompt_tokens(thread, fixed),
            ids=Ids(f"{self.options.seed} {run_id}"),
            outcome=outcome if outcome in OUTCOMES else None,
        )
        run.calls = _forced_calls(run)
        return run

    def refuse_second_run(self, thread: Thread) -> None:
        """Refuse a run while the thread has an active one."""
        active = self.active_run(thread)
        if active is not None:
            raise Refusal(f"Thread {thread.wire['id']} already has an active run {active.id}.")

    def refuse_empty_thread(self, messages: list[Wire], fixed: Wire) -> None:
        """Refuse a run that has nothing to answer; v1 accepted it."""
        is_spoken_to = any(message["role"] == "user" for message in messages)
        if self.edition == "v2" and not is_spoken_to and not fixed["instructions"]:
            raise Refusal(
                "Run creation requires a Thread with a user message or an assistant with "
                "instructions.",
                code="invalid_thread",
            )

    def created(self, run: Run) -> Wire:
        """Return what a create answers."""
        return self.render_run(run)

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
        """Replace a run's metadata; v1 refused it while the run was in progress."""
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
            self.begin_cancel(run, self.clock.now())
        return self.render_run(run)

    def begin_cancel(self, run: Run, moment: float) -> None:
        """Let a run be cancelled a little later; on the wire such a run has always started."""
        run.status = "cancelling"
        run.started_at = moment if run.started_at is None else run.started_at
        run.turn_at = moment + self.options.cancel_seconds
        self.emit_run(run)

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
        outputs = self.outputs(run, body["tool_outputs"])
        self.answer(run, outputs, self.clock.now())
        return run

    def submitted(self, run: Run) -> Wire:
        """Return what a submit answers."""
        return self.render_run(run)

    def outputs(self, run: Run, given: list[Wire]) -> dict[str, str]:
        """Return the outputs by the id of their call; refuse too few, too many and others."""
        expected = [str(call["id"]) for call in run.calls]
        ids = [one.get("tool_call_id") for one in given]
        if sorted(expected) != sorted(map(str, ids)):
            raise Refusal(f"Expected tool outputs for call_ids {expected}, got {ids}")
        return {str(one["tool_call_id"]): one.get("output") or "" for one in given}

    def refuse_submit(self, run: Run) -> None:
        """Refuse outputs that nobody asked for."""
        raise Refusal(f'Runs in status "{run.status}" do not accept tool outputs.')


def _forced_calls(run: Run) -> list[Wire]:
    """Return the function calls that the request forces the model to make."""
    tools = [tool["function"] for tool in run.asked["tools"] if tool["type"] == "function"]
    choice = run.asked["tool_choice"]
    if isinstance(choice, dict):
        wanted = (choice.get("function") or {}).get("name")
        tools = [tool for tool in tools if tool["name"] == wanted][:1]
    elif choice == "required":
        tools = tools[: MOST_CALLS if run.asked["parallel_tool_calls"] else 1]
    else:
        tools = []
    return [
        {
            "id": run.ids.new("call_"),
            "type": "function",
            "function": {"name": tool["name"], "arguments": arguments(tool.get("parameters"))},
        }
        for tool in tools
    ]
