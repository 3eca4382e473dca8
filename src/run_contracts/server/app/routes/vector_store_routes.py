"""What is asked of vector stores: of the stores, of the files in them, of batches of files."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request

from run_contracts.server.app.routes.endpoints import Endpoint, Handler, endpoint, reads, writes
from run_contracts.server.app.routes.thread_routes import LATER_EDITIONS
from run_contracts.server.parts.edition_server import EditionServer
from run_contracts.server.parts.file_search import content_page, search_page
from run_contracts.server.parts.records import Wire
from run_contracts.server.requests.query_string import page_query
from run_contracts.server.requests.refusal import unsupported

MEMBER_STATUSES = ("in_progress", "completed", "failed", "cancelled")


def _list_stores(server: EditionServer, request: Request, _: Mapping[str, str]) -> Wire:
    return _page(server, request, server.vector_stores.every())


def _create_store(server: EditionServer, _: Mapping[str, str], body: Wire) -> Wire:
    return server.vector_stores.create(body)


def _get_store(server: EditionServer, _: Request, path: Mapping[str, str]) -> Wire:
    return server.vector_stores.shown(server.vector_stores.find(**path))


def _modify_store(server: EditionServer, path: Mapping[str, str], body: Wire) -> Wire:
    return server.vector_stores.modify(**path, body=body)


def _delete_store(server: EditionServer, _: Request, path: Mapping[str, str]) -> Wire:
    return server.vector_stores.delete(**path)


def _search_store(server: EditionServer, path: Mapping[str, str], body: Wire) -> Wire:
    return search_page(server.vector_stores, **path, body=body)


def _list_members(server: EditionServer, request: Request, path: Mapping[str, str]) -> Wire:
    stores = server.vector_stores
    return _member_page(server, request, stores.members(stores.find(**path)))


def _add_member(server: EditionServer, path: Mapping[str, str], body: Wire) -> Wire:
    return server.vector_stores.add(**path, body=body)


def _get_member(server: EditionServer, _: Request, path: Mapping[str, str]) -> Wire:
    return server.vector_stores.member(**path)


def _update_member(server: EditionServer, path: Mapping[str, str], body: Wire) -> Wire:
    return server.vector_stores.update_member(**path, body=body)


def _remove_member(server: EditionServer, _: Request, path: Mapping[str, str]) -> Wire:
    return server.vector_stores.remove(**path)


def _member_content(server: EditionServer, _: Request, path: Mapping[str, str]) -> Wire:
    return content_page(server.vector_stores, **path)


def _add_batch(server: EditionServer, path: Mapping[str, str], body: Wire) -> Wire:
    return server.vector_stores.add_batch(**path, body=body)


def _get_batch(server: EditionServer, _: Request, path: Mapping[str, str]) -> Wire:
    return server.vector_stores.find_batch(**path)


def _list_batch(server: EditionServer, request: Request, path: Mapping[str, str]) -> Wire:
    return _member_page(server, request, server.vector_stores.batch_members(**path))


def _member_page(server: EditionServer, request: Request, members: list[Wire]) -> Wire:
    """Return a page of files in a store, or of those with the status that is asked for."""
    status = request.query_params.get("filter")
    if status not in (None, *MEMBER_STATUSES):
        raise unsupported("filter", status, MEMBER_STATUSES)
    shown = [member for member in members if status in (None, member["status"])]
    return _page(server, request, shown)


def _page(server: EditionServer, request: Request, items: list[Wire]) -> Wire:
    return server.lists.page(items, page_query(request.query_params, server.gate.edition))


def _of_later(route: str, operation: str, answer: Handler) -> Endpoint:
    """Return an endpoint that v1 had not; who names no edition means the newest."""
    return endpoint(route, operation, answer, needs_edition=False, editions=LATER_EDITIONS)


STORES_PATH = "/vector_stores"
STORE_PATH = f"{STORES_PATH}/{{vector_store_id}}"
MEMBERS_PATH = f"{STORE_PATH}/files"
MEMBER_PATH = f"{MEMBERS_PATH}/{{file_id}}"
BATCHES_PATH = f"{STORE_PATH}/file_batches"
BATCH_PATH = f"{BATCHES_PATH}/{{batch_id}}"
VECTOR_STORE_ENDPOINTS = (
    _of_later(f"GET {STORES_PATH}", "listVectorStores", reads(_list_stores)),
    _of_later(
        f"POST {STORES_PATH}",
        "createVectorStore",
        writes("create_vector_store_request", _create_store),
    ),
    _of_later(f"GET {STORE_PATH}", "getVectorStore", reads(_get_store)),
    _of_later(
        f"POST {STORE_PATH}",
        "modifyVectorStore",
        writes("modify_vector_store_request", _modify_store),
    ),
    _of_later(f"DELETE {STORE_PATH}", "deleteVectorStore", reads(_delete_store)),
    _of_later(
        f"POST {STORE_PATH}/search",
        "searchVectorStore",
        writes("search_vector_store_request", _search_store),
    ),
    _of_later(f"GET {MEMBERS_PATH}", "listVectorStoreFiles", reads(_list_members)),
    _of_later(
        f"POST {MEMBERS_PATH}",
        "createVectorStoreFile",
        writes("create_vector_store_file_request", _add_member),
    ),
    _of_later(f"GET {MEMBER_PATH}", "getVectorStoreFile", reads(_get_member)),
    _of_later(
        f"POST {MEMBER_PATH}",
        "updateVectorStoreFileAttributes",
        writes("update_vector_store_file_request", _update_member),
    ),
    _of_later(f"DELETE {MEMBER_PATH}", "deleteVectorStoreFile", reads(_remove_member)),
    _of_later(
        f"GET {MEMBER_PATH}/content", "retrieveVectorStoreFileContent", reads(_member_content)
    ),
    _of_later(
        f"POST {BATCHES_PATH}",
        "createVectorStoreFileBatch",
        writes("create_vector_store_file_batch_request", _add_batch),
    ),
    _of_later(f"GET {BATCH_PATH}", "getVectorStoreFileBatch", reads(_get_batch)),
    _of_later(f"POST {BATCH_PATH}/cancel", "cancelVectorStoreFileBatch", reads(_get_batch)),
    _of_later(f"GET {BATCH_PATH}/files", "listFilesInVectorStoreBatch", reads(_list_batch)),
)
"""The endpoints of vector stores; a batch that is cancelled had been completed at once."""
