"""What is asked of files, and of models: neighbours of runs, for which no edition is named."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from run_contracts.contract.operations import ListLimit
from run_contracts.server.app.routes.endpoints import (
    bytes_of,
    endpoint,
    json_response,
    reads,
)
from run_contracts.server.parts.edition_server import EditionServer
from run_contracts.server.parts.known_models import model_object, model_objects
from run_contracts.server.parts.records import Wire
from run_contracts.server.requests.query_string import page_query
from run_contracts.server.requests.uploads import read_upload

FILES_A_PAGE = ListLimit(default=10_000, least=1, most=10_000)


async def _create_file(server: EditionServer, request: Request) -> Response:
    data = await bytes_of(server, request)
    upload = await read_upload(request.scope["headers"], data)
    created = server.files.create(
        name=upload.name, content=upload.content, purpose=upload.purpose, lasts=upload.lasts
    )
    return json_response(server, created)


def _list_files(server: EditionServer, request: Request, _: Mapping[str, str]) -> Wire:
    query = request.query_params
    page = page_query(query, server.gate.edition, FILES_A_PAGE)
    return server.lists.page(server.files.of_purpose(query.get("purpose")), page)


def _get_file(server: EditionServer, _: Request, path: Mapping[str, str]) -> Wire:
    return server.files.find(**path).wire


def _delete_file(server: EditionServer, _: Request, path: Mapping[str, str]) -> Wire:
    return server.files.delete(**path)


async def _download_file(server: EditionServer, request: Request) -> Response:
    """Answer with what is in a file, whatever it is for; the hosted API kept some to itself."""
    content = server.files.find(**request.path_params).content
    return Response(content, media_type="application/octet-stream")


def _list_models(server: EditionServer, _: Request, __: Mapping[str, str]) -> Wire:
    return {"object": "list", "data": model_objects(server.store.assistants.values())}


def _get_model(_: EditionServer, __: Request, path: Mapping[str, str]) -> Wire:
    return model_object(path["model"])


FILE_PATH = "/files/{file_id}"
FILE_ENDPOINTS = (
    endpoint("GET /files", "listFiles", reads(_list_files), needs_edition=False),
    endpoint("POST /files", "createFile", _create_file, needs_edition=False),
    endpoint(f"GET {FILE_PATH}", "retrieveFile", reads(_get_file), needs_edition=False),
    endpoint(f"DELETE {FILE_PATH}", "deleteFile", reads(_delete_file), needs_edition=False),
    endpoint(f"GET {FILE_PATH}/content", "downloadFile", _download_file, needs_edition=False),
)
MODEL_ENDPOINTS = (
    endpoint("GET /models", "listModels", reads(_list_models), needs_edition=False),
    endpoint("GET /models/{model:path}", "retrieveModel", reads(_get_model), needs_edition=False),
)
"""The endpoints of models; the name of one may hold slashes."""
