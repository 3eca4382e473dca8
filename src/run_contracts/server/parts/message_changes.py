"""What becomes of a message once it is on its thread: its metadata changes, or it is deleted."""

from __future__ import annotations

from run_contracts.server.parts.edition_server import EditionServer
from run_contracts.server.parts.records import Wire


def modify_message(server: EditionServer, thread_id: str, message_id: str, body: Wire) -> Wire:
    """Replace a message's metadata, if the body has any; return the message."""
    message = server.service.find_message(thread_id, message_id)
    if "metadata" in body:
        message["metadata"] = server.store.metadata(body)
    return message


def delete_message(server: EditionServer, thread_id: str, message_id: str) -> Wire:
    """Take a message off its thread; runs that made it or read it stay as they are."""
    message = server.service.find_message(thread_id, message_id)
    server.service.find_thread(thread_id).messages.remove(message)
    return {"id": message_id, "object": "thread.message.deleted", "deleted": True}
