"""What runs need around them: assistants, threads and messages."""

from __future__ import annotations

from typing import Any

from run_contracts.server.engine import Engine
from run_contracts.server.records import Run, Thread, Wire
from run_contracts.server.refusal import Refusal, absent
from run_contracts.server.rendering import ENDED, text

LONGEST_VALUE = 512


class Setup(Engine):
    """Assistants, threads and messages, as far as runs need them."""

    assistants: dict[str, Wire]

    # Assistants

    def create_assistant(self, body: Wire) -> Wire:
        """Make an assistant."""
        wire = {
            "id": self.new_id(self.ids, "asst_"),
            "object": "assistant",
            "created_at": self.stamp(self.clock.now()),
            **self._assistant_fields(body),
        }
        self.assistants[wire["id"]] = wire
        return wire

    def find_assistant(self, assistant_id: str) -> Wire:
        """Return an assistant, or refuse."""
        found = self.assistants.get(assistant_id)
        if found is None:
            raise self.absence("assistant", assistant_id)
        return found

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
        if self.edition == "v1":
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

    def create_thread(self, body: Wire) -> Thread:
        """Make a thread with the messages of the body."""
        return self.keep_thread(self.new_thread(body))

    def new_thread(self, body: Wire) -> Thread:
        """Return a thread made of a body, not yet kept."""
        wire = {
            "id": self.new_id(self.ids, "thread_"),
            "object": "thread",
            "created_at": self.stamp(self.clock.now()),
            "metadata": self.metadata(body),
        }
        if self.edition == "v2":
            wire["tool_resources"] = body.get("tool_resources") or {}
        thread = Thread(wire=wire)
        thread.messages = [self.new_message(thread, one) for one in body.get("messages") or []]
        return thread

    def keep_thread(self, thread: Thread) -> Thread:
        """Remember a thread."""
        self.threads[thread.wire["id"]] = thread
        return thread

    def find_thread(self, thread_id: str) -> Thread:
        """Return a thread, its runs advanced to now, or refuse."""
        thread = self.threads.get(thread_id)
        if thread is None:
            raise self.absence("thread", thread_id)
        for run in thread.runs:
            self.advance(run)
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

    def active_run(self, thread: Thread) -> Run | None:
        """Return the run that is active on a thread now, if any."""
        for run in thread.runs:
            self.advance(run)
        return next((run for run in thread.runs if run.status not in ENDED), None)

    # Messages

    def create_message(self, thread_id: str, body: Wire) -> Wire:
        """Add a message, unless a run of the thread is active."""
        thread = self.find_thread(thread_id)
        active = self.active_run(thread)
        if active is not None:
            raise Refusal(f"Can't add messages to {thread_id} while a run {active.id} is active.")
        message = self.new_message(thread, body)
        thread.messages.append(message)
        return message

    def new_message(self, thread: Thread, body: Wire) -> Wire:
        """Return a message made of a body, not yet in its thread."""
        content = body["content"]
        return self.render_message(
            message_id=self.new_id(self.ids, "msg_"),
            thread_id=thread.wire["id"],
            moment=self.clock.now(),
            role=body["role"],
            content=[text(content)] if isinstance(content, str) else [_part(p) for p in content],
            files=body.get("attachments") or body.get("file_ids"),
            metadata=self.metadata(body),
        )

    def find_message(self, thread_id: str, message_id: str) -> Wire:
        """Return a message of a thread, or refuse."""
        for message in self.find_thread(thread_id).messages:
            if message["id"] == message_id:
                return message
        raise self.absence("message", message_id)

    # What all of them share

    def metadata(self, body: Wire) -> Wire:
        """Return the metadata to keep; v1 kept any value as its text, if that is not too long."""
        given = body.get("metadata") or {}
        kept = {name: one if isinstance(one, str) else str(one) for name, one in given.items()}
        for name, value in kept.items():
            if len(value) > LONGEST_VALUE:
                raise Refusal(
                    f"Invalid 'metadata.{name}': string too long. Expected a string with maximum "
                    f"length {LONGEST_VALUE}, but got a string with length {len(value)} instead.",
                    param=f"metadata.{name}",
                    code="string_above_max_length",
                )
        return kept

    def absence(self, kind: str, wanted: str) -> Refusal:
        """Return the refusal for an id that names nothing."""
        return absent(kind, wanted)


def mass(value: Any) -> float:
    """Return temperature or top_p as the wire has it: a decimal number, 1.0 unless given."""
    return 1.0 if value is None else float(value)


def _part(part: Wire) -> Wire:
    """Return a part of a request's message as the wire answers it."""
    return text(part["text"]) if part["type"] == "text" else part
