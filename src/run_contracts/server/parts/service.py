"""What clients ask of runs, and of the messages around them: to create, read and command them."""

from __future__ import annotations

from run_contracts.contract.lifecycle import CANCELLING, IN_PROGRESS, REQUIRES_ACTION
from run_contracts.contract.requirements import FOUNDING
from run_contracts.server.clock import Clock
from run_contracts.server.lives.planned_lives import AskedRun, Lives
from run_contracts.server.parts.planned_runs import start_life
from run_contracts.server.parts.records import RunRecord, ThreadRecord, Wire
from run_contracts.server.parts.renderer import Renderer
from run_contracts.server.parts.run_engine import RunEngine
from run_contracts.server.parts.run_settings import settings_of
from run_contracts.server.parts.store import Store
from run_contracts.server.parts.tool_calls import has_functions
from run_contracts.server.requests.refusal import Refusal

NO_FUNCTION = "no_function_to_call"
"""The code of the refusal of a run that cannot call as is planned for it."""


class Service:
    """Does what clients ask, with the store, the engine and the renderer of an edition."""

    def __init__(
        self, *, clock: Clock, store: Store, engine: RunEngine, renderer: Renderer, lives: Lives
    ) -> None:
        """Serve; each new run takes the next of the lives, as long as there are any."""
        self.clock = clock
        self.store = store
        self.engine = engine
        self.renderer = renderer
        self.lives = lives
        self.edition = renderer.edition

    # Threads and messages

    def find_thread(self, thread_id: str) -> ThreadRecord:
        """Return a thread, its runs advanced to now, or refuse."""
        thread = self.store.find_thread(thread_id)
        for run in thread.runs:
            self.engine.advance(run)
        return thread

    def active_run(self, thread: ThreadRecord) -> RunRecord | None:
        """Return the run that is active on a thread now, if any."""
        for run in thread.runs:
            self.engine.advance(run)
        return next((run for run in thread.runs if not run.has_ended), None)

    def create_message(self, thread_id: str, body: Wire) -> Wire:
        """Add a message, unless a run of the thread is active."""
        thread = self.find_thread(thread_id)
        self.refuse_message(thread)
        message = self.store.new_message(thread, body)
        thread.messages.append(message)
        return message

    def refuse_message(self, thread: ThreadRecord) -> None:
        """Refuse a message while the thread has an active run."""
        active = self.active_run(thread)
        if active is not None:
            raise Refusal(f"Can't add messages to {thread.id} while a run {active.id} is active.")

    def find_message(self, thread_id: str, message_id: str) -> Wire:
        """Return a message of a thread, or refuse."""
        for message in self.find_thread(thread_id).messages:
            if message["id"] == message_id:
                return message
        raise self.store.not_found("message", message_id)

    # Create

    def create_run(self, thread: ThreadRecord, body: Wire) -> RunRecord:
        """Make a run on a thread, queued; a refused one leaves no trace."""
        assistant = self.store.find_assistant(body["assistant_id"])
        self.refuse_second_run(thread)
        settings = settings_of(assistant, body, self.edition)
        metadata = self.store.metadata(body)
        more = body.get("additional_messages") or []
        added = [self.store.new_message(thread, message) for message in more]
        self.refuse_empty_thread([*thread.messages, *added], settings)
        asked = _asked(thread, [*thread.messages, *added], settings, body)
        self._refuse_impossible_life(asked, settings)
        thread.messages += added
        run = self.store.new_run(thread, settings, metadata)
        life = self.lives.take(asked)
        if life is not None:
            start_life(run, life, self.engine.options)
        self.engine.enqueue(run)
        return run

    def create_thread_and_run(self, body: Wire) -> RunRecord:
        """Make a thread and a run on it; a refused one leaves no thread."""
        self.store.find_assistant(body["assistant_id"])
        thread = self.store.new_thread(body.get("thread") or {})
        run = self.create_run(thread, body)
        self.store.keep_thread(thread)
        return run

    def refuse_second_run(self, thread: ThreadRecord) -> None:
        """Refuse a run while the thread has an active one."""
        active = self.active_run(thread)
        if active is not None:
            raise Refusal(f"Thread {thread.id} already has an active run {active.id}.")

    def refuse_empty_thread(self, messages: list[Wire], settings: Wire) -> None:
        """Refuse a run that has nothing to answer; v1 accepted it."""
        is_spoken_to = any(message["role"] == "user" for message in messages)
        if self.edition != FOUNDING and not is_spoken_to and not settings["instructions"]:
            raise Refusal(
                "Run creation requires a Thread with a user message or an assistant with "
                "instructions.",
                code="invalid_thread",
            )

    def _refuse_impossible_life(self, asked: AskedRun, settings: Wire) -> None:
        """Refuse a run that cannot live as is planned for it."""
        life = self.lives.first(asked)
        is_able = has_functions(settings) or (
            life is not None and life.fits_request and settings["tool_choice"] == "none"
        )
        if life is not None and life.needs_function and not is_able:
            raise Refusal(
                "The next run is to require action, but has no function among its tools to call; "
                "give it one, or name calls: next_run('requires_action', calls={...}).",
                code=NO_FUNCTION,
            )

    def created(self, run: RunRecord) -> Wire:
        """Return what a create answers."""
        return self.renderer.run(run)

    # Read and modify

    def find_run(self, thread_id: str, run_id: str) -> RunRecord:
        """Return a run of a thread as it is now, or refuse."""
        for run in self.find_thread(thread_id).runs:
            if run.id == run_id:
                return run
        raise self.store.not_found("run", run_id)

    def get_run(self, thread_id: str, run_id: str) -> Wire:
        """Return a run in wire form."""
        return self.renderer.run(self.find_run(thread_id, run_id))

    def get_step(self, thread_id: str, run_id: str, step_id: str) -> Wire:
        """Return one step of a run in wire form, or refuse."""
        run = self.find_run(thread_id, run_id)
        for step in run.steps:
            if step.id == step_id:
                return self.renderer.step(step, run)
        raise self.store.not_found("run step", step_id)

    def modify_run(self, thread_id: str, run_id: str, body: Wire) -> Wire:
        """Replace a run's metadata; v1 refused it while the run was in progress."""
        run = self.find_run(thread_id, run_id)
        if self.edition == FOUNDING and run.status == IN_PROGRESS:
            raise Refusal(f"Cannot update run with status '{run.status}'.")
        if "metadata" in body:
            self.keep_metadata(run, self.store.metadata(body))
        return self.renderer.run(run)

    def keep_metadata(self, run: RunRecord, metadata: Wire) -> None:
        """Save a run's new metadata."""
        run.metadata = metadata

    # Cancel

    def cancel_run(self, thread_id: str, run_id: str) -> Wire:
        """Begin to cancel a run that is alive."""
        run = self.find_run(thread_id, run_id)
        if run.has_ended or run.status == CANCELLING:
            self.refuse_cancel(run)
        else:
            self.engine.begin_cancel(run, self.clock.now())
        return self.renderer.run(run)

    def refuse_cancel(self, run: RunRecord) -> None:
        """Refuse to cancel a run that has ended or is being cancelled."""
        raise Refusal(f"Cannot cancel run with status '{run.status}'.")

    # Submit

    def submit(self, thread_id: str, run_id: str, body: Wire) -> RunRecord:
        """Take the outputs a run waits for, all at once."""
        run = self.find_run(thread_id, run_id)
        if run.status != REQUIRES_ACTION:
            self.refuse_submit(run)
            return run
        outputs = self.outputs(run, body["tool_outputs"])
        self.engine.answer(run, outputs, self.clock.now())
        return run

    def outputs(self, run: RunRecord, given: list[Wire]) -> dict[str, str]:
        """Return the outputs by the id of their call; refuse too few, too many and others."""
        expected = [str(call["id"]) for call in run.calls]
        ids = [output.get("tool_call_id") for output in given]
        if sorted(expected) != sorted(map(str, ids)):
            raise Refusal(f"Expected tool outputs for call_ids {expected}, got {ids}")
        return {str(output["tool_call_id"]): output.get("output") or "" for output in given}

    def refuse_submit(self, run: RunRecord) -> None:
        """Refuse outputs that nobody asked for."""
        raise Refusal(f'Runs in status "{run.status}" do not accept tool outputs.')

    def submitted(self, run: RunRecord) -> Wire:
        """Return what a submit answers."""
        return self.renderer.run(run)


def _asked(thread: ThreadRecord, messages: list[Wire], settings: Wire, body: Wire) -> AskedRun:
    """Return what a client asks a run to be, for the lives to choose by."""
    said = [message for message in messages if message["role"] == "user"]
    parts = said[-1]["content"] if said else []
    return AskedRun(
        thread_id=thread.id,
        assistant_id=settings["assistant_id"],
        model=settings["model"],
        text=" ".join(part["text"]["value"] for part in parts if part["type"] == "text"),
        body=body,
    )
