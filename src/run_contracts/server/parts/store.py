"""The memory of the server: assistants, threads, messages and runs."""

from __future__ import annotations

from random import Random
from typing import Any

from run_contracts.contract.lifecycle import EXPIRED, FAILED, OUTCOME_KEY
from run_contracts.contract.requirements import FOUNDING
from run_contracts.server.clock import Clock, Ids
from run_contracts.server.options import ServerOptions
from run_contracts.server.parts.records import RunRecord, ThreadRecord, Wire
from run_contracts.server.parts.renderer import Renderer, text_part
from run_contracts.server.parts.replies import prompt_tokens, reply
from run_contracts.server.parts.run_settings import mass
from run_contracts.server.parts.tool_calls import forced_calls
from run_contracts.server.requests.refusal import Refusal, not_found

LONGEST_VALUE = 512
REQUESTED_OUTCOMES = (FAILED, EXPIRED)


class Store:
    """Makes, finds, changes and forgets. What it makes is numbered in the order of requests."""

    def __init__(
        self, *, options: ServerOptions, clock: Clock, renderer: Renderer, ids: Ids
    ) -> None:
        """Start with nothing; stores that share `ids` never give the same one twice."""
        self.options = options
        self.clock = clock
        self.renderer = renderer
        self.ids = ids
        self.edition = renderer.edition
        self.assistants: dict[str, Wire] = {}
        self.threads: dict[str, ThreadRecord] = {}

    # Assistants

    def create_assistant(self, body: Wire) -> Wire:
        """Make an assistant."""
        wire = {
            "id": self.renderer.new_id(self.ids, "assistant_id"),
            "object": "assistant",
            "created_at": self.renderer.stamp(self.clock.now()),
            **self._assistant_fields(body),
        }
        self.assistants[wire["id"]] = wire
        return wire

    def find_assistant(self, assistant_id: str) -> Wire:
        """Return an assistant, or refuse."""
        wire = self.assistants.get(assistant_id)
        if wire is None:
            raise self.not_found("assistant", assistant_id)
        return wire

    def modify_assistant(self, assistant_id: str, body: Wire) -> Wire:
        """Change the fields of an assistant that the body names."""
        wire = self.find_assistant(assistant_id)
        wire.update(self._assistant_fields({**wire, **body}))
        return wire

    def delete_assistant(self, assistant_id: str) -> Wire:
        """Forget an assistant; its runs stay."""
        self.find_assistant(assistant_id)
        del self.assistants[assistant_id]
        return {"id": assistant_id, "object": "assistant.deleted", "deleted": True}

    def _assistant_fields(self, body: Wire) -> Wire:
        """Return what a body says of an assistant, with the defaults of the protocol."""
        described = {
            "name": body.get("name"),
            "description": body.get("description"),
            "model": body["model"],
            "instructions": body.get("instructions"),
            "tools": body.get("tools") or [],
        }
        metadata = self.metadata(body)
        if self.edition == FOUNDING:
            return {**described, "file_ids": body.get("file_ids") or [], "metadata": metadata}
        return {
            **described,
            "top_p": mass(body.get("top_p")),
            "temperature": mass(body.get("temperature")),
            "reasoning_effort": body.get("reasoning_effort"),
            "tool_resources": body.get("tool_resources") or {},
            "metadata": metadata,
            "response_format": body.get("response_format") or "auto",
        }

    # Threads

    def create_thread(self, body: Wire) -> ThreadRecord:
        """Make a thread with the messages of the body."""
        return self.keep_thread(self.new_thread(body))

    def new_thread(self, body: Wire) -> ThreadRecord:
        """Return a thread made of a body, not yet kept."""
        wire = {
            "id": self.renderer.new_id(self.ids, "thread_id"),
            "object": "thread",
            "created_at": self.renderer.stamp(self.clock.now()),
            "metadata": self.metadata(body),
        }
        if self.edition != FOUNDING:
            wire["tool_resources"] = body.get("tool_resources") or {}
        thread = ThreadRecord(wire=wire)
        thread.messages = [self.new_message(thread, each) for each in body.get("messages") or []]
        return thread

    def keep_thread(self, thread: ThreadRecord) -> ThreadRecord:
        """Remember a thread."""
        self.threads[thread.id] = thread
        return thread

    def find_thread(self, thread_id: str) -> ThreadRecord:
        """Return a thread, its runs as they were when somebody last looked, or refuse."""
        thread = self.threads.get(thread_id)
        if thread is None:
            raise self.not_found("thread", thread_id)
        return thread

    def modify_thread(self, thread_id: str, body: Wire) -> Wire:
        """Change the fields of a thread that the body names."""
        wire = self.find_thread(thread_id).wire
        if "metadata" in body:
            wire["metadata"] = self.metadata(body)
        if "tool_resources" in body:
            wire["tool_resources"] = body["tool_resources"] or {}
        return wire

    def delete_thread(self, thread_id: str) -> Wire:
        """Forget a thread, and with it its messages and runs."""
        self.find_thread(thread_id)
        del self.threads[thread_id]
        return {"id": thread_id, "object": "thread.deleted", "deleted": True}

    # Messages and runs

    def new_message(self, thread: ThreadRecord, body: Wire) -> Wire:
        """Return a message made of a body, not yet in its thread."""
        content = body["content"]
        parts = [text_part(content)] if isinstance(content, str) else list(map(_part, content))
        return self.renderer.message(
            message_id=self.renderer.new_id(self.ids, "message_id"),
            thread_id=thread.id,
            moment=self.clock.now(),
            role=body["role"],
            content=parts,
            files=body.get("attachments") or body.get("file_ids"),
            metadata=self.metadata(body),
        )

    def new_run(self, thread: ThreadRecord, settings: Wire, metadata: Wire) -> RunRecord:
        """Return a queued run, not yet on its thread."""
        now = self.clock.now()
        run_id = self.renderer.new_id(self.ids, "run_id")
        seed, outcome = f"{self.options.seed} {run_id}", metadata.get(OUTCOME_KEY)
        ids = Ids(seed)
        return RunRecord(
            id=run_id,
            thread=thread,
            created_at=now,
            expires_at=now + self.options.expires_after,
            turn_at=now + self.options.queue_seconds,
            settings=settings,
            metadata=metadata,
            reply=reply(Random(seed)),  # noqa: S311 - not a secret
            prompt_tokens=prompt_tokens(thread, settings),
            ids=ids,
            outcome=outcome if outcome in REQUESTED_OUTCOMES else None,
            calls=forced_calls(settings, ids),
        )

    # What all of them share

    def metadata(self, body: Wire) -> Wire:
        """Return the metadata to keep; v1 kept any value as its text, if that is not too long."""
        given = body.get("metadata") or {}
        kept = {name: each if isinstance(each, str) else str(each) for name, each in given.items()}
        for name, value in kept.items():
            if len(value) > LONGEST_VALUE:
                raise Refusal(
                    f"Invalid 'metadata.{name}': string too long. Expected a string with maximum "
                    f"length {LONGEST_VALUE}, but got a string with length {len(value)} instead.",
                    param=f"metadata.{name}",
                    code="string_above_max_length",
                )
        return kept

    def not_found(self, kind: str, wanted: str) -> Refusal:
        """Return the refusal of an id that names nothing."""
        return not_found(kind, wanted)


def _part(part: Wire) -> Any:
    """Return a part of a request's message as the wire answers it."""
    return text_part(part["text"]) if part["type"] == "text" else part
