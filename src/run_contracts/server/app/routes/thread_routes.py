"""What is asked of assistants, of threads, and of the messages on them."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request

from run_contracts.contract.requirements import EDITIONS, FOUNDING
from run_contracts.server.app.routes.endpoints import endpoint, reads, writes
from run_contracts.server.parts.edition_server import EditionServer
from run_contracts.server.parts.message_changes import delete_message, modify_message
from run_contracts.server.parts.records import Wire


def _list_assistants(server: EditionServer, request: Request, _: Mapping[str, str]) -> Wire:
    return server.lists.assistants(request.query_params)


def _create_assistant(server: EditionServer, _: Mapping[str, str], body: Wire) -> Wire:
    return server.store.create_assistant(body)


def _get_assistant(server: EditionServer, _: Request, path: Mapping[str, str]) -> Wire:
    return server.store.find_assistant(**path)


def _modify_assistant(server: EditionServer, path: Mapping[str, str], body: Wire) -> Wire:
    return server.store.modify_assistant(**path, body=body)


def _delete_assistant(server: EditionServer, _: Request, path: Mapping[str, str]) -> Wire:
    return server.store.delete_assistant(**path)


def _create_thread(server: EditionServer, _: Mapping[str, str], body: Wire) -> Wire:
    return server.store.create_thread(body).wire


def _get_thread(server: EditionServer, _: Request, path: Mapping[str, str]) -> Wire:
    return server.store.find_thread(**path).wire


def _modify_thread(server: EditionServer, path: Mapping[str, str], body: Wire) -> Wire:
    return server.store.modify_thread(**path, body=body)


def _delete_thread(server: EditionServer, _: Request, path: Mapping[str, str]) -> Wire:
    return server.store.delete_thread(**path)


def _list_messages(server: EditionServer, request: Request, path: Mapping[str, str]) -> Wire:
    return server.lists.messages(**path, query=request.query_params)


def _create_message(server: EditionServer, path: Mapping[str, str], body: Wire) -> Wire:
    return server.service.create_message(**path, body=body)


def _get_message(server: EditionServer, _: Request, path: Mapping[str, str]) -> Wire:
    return server.service.find_message(**path)


def _modify_message(server: EditionServer, path: Mapping[str, str], body: Wire) -> Wire:
    return modify_message(server, **path, body=body)


def _delete_message(server: EditionServer, _: Request, path: Mapping[str, str]) -> Wire:
    return delete_message(server, **path)


ASSISTANTS_PATH = "/assistants"
ASSISTANT_PATH = f"{ASSISTANTS_PATH}/{{assistant_id}}"
THREAD_PATH = "/threads/{thread_id}"
MESSAGES_PATH = f"{THREAD_PATH}/messages"
MESSAGE_PATH = f"{MESSAGES_PATH}/{{message_id}}"
LATER_EDITIONS = tuple(edition for edition in EDITIONS if edition != FOUNDING)
"""The editions that have what came after the founding one."""
THREAD_ENDPOINTS = (
    endpoint("POST /threads", "createThread", writes("create_thread_request", _create_thread)),
    endpoint(f"GET {THREAD_PATH}", "getThread", reads(_get_thread)),
    endpoint(
        f"POST {THREAD_PATH}", "modifyThread", writes("modify_thread_request", _modify_thread)
    ),
    endpoint(f"DELETE {THREAD_PATH}", "deleteThread", reads(_delete_thread)),
    endpoint(f"GET {MESSAGES_PATH}", "listMessages", reads(_list_messages)),
    endpoint(
        f"POST {MESSAGES_PATH}", "createMessage", writes("create_message_request", _create_message)
    ),
    endpoint(f"GET {MESSAGE_PATH}", "getMessage", reads(_get_message)),
    endpoint(
        f"POST {MESSAGE_PATH}", "modifyMessage", writes("modify_message_request", _modify_message)
    ),
    endpoint(
        f"DELETE {MESSAGE_PATH}", "deleteMessage", reads(_delete_message), editions=LATER_EDITIONS
    ),
    endpoint(f"GET {ASSISTANTS_PATH}", "listAssistants", reads(_list_assistants)),
    endpoint(
        f"POST {ASSISTANTS_PATH}",
        "createAssistant",
        writes("create_assistant_request", _create_assistant),
    ),
    endpoint(f"GET {ASSISTANT_PATH}", "getAssistant", reads(_get_assistant)),
    endpoint(
        f"POST {ASSISTANT_PATH}",
        "modifyAssistant",
        writes("modify_assistant_request", _modify_assistant),
    ),
    endpoint(f"DELETE {ASSISTANT_PATH}", "deleteAssistant", reads(_delete_assistant)),
)
"""The endpoints of threads, messages and assistants; v1 could not delete a message."""
