"""The routes: what each method on each path does, and which operation it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from starlette.routing import compile_path

from run_contracts.server.app.routes.endpoints import Endpoint
from run_contracts.server.app.routes.file_routes import FILE_ENDPOINTS, MODEL_ENDPOINTS
from run_contracts.server.app.routes.run_routes import RUN_ENDPOINTS
from run_contracts.server.app.routes.thread_routes import THREAD_ENDPOINTS
from run_contracts.server.app.routes.vector_store_routes import VECTOR_STORE_ENDPOINTS
from run_contracts.server.app.surfaces import surface_of

ENDPOINTS = (
    *RUN_ENDPOINTS,
    *THREAD_ENDPOINTS,
    *FILE_ENDPOINTS,
    *MODEL_ENDPOINTS,
    *VECTOR_STORE_ENDPOINTS,
)
"""All there is; of several paths that fit, the first is meant."""


def _by_path() -> dict[str, dict[str, Endpoint]]:
    grouped: dict[str, dict[str, Endpoint]] = {}
    for each in ENDPOINTS:
        grouped.setdefault(each.path, {})[each.method] = each
    return grouped


ROUTES: Mapping[str, Mapping[str, Endpoint]] = _by_path()
"""The endpoints by path and method."""


def operation_of(method: str, path: str) -> str | None:
    """Return the id of the operation that a request is for; None if it is for none.

    The path may have what stands before it, ``/v1`` or ``/openai``, and a query.

    >>> operation_of("POST", "/v1/threads/thread_1/runs"), operation_of("get", "/files?limit=2")
    ('createRun', 'listFiles')
    >>> operation_of("DELETE", "/v1/threads/runs") is None
    True
    """
    at = endpoint_of(method, bare(path.partition("?")[0]))
    return None if at is None else at.operation


def endpoint_of(method: str, path: str) -> Endpoint | None:
    """Return what answers a method on a path with nothing before it, if anything does."""
    asked = method.upper()
    return methods_at(path).get("GET" if asked == "HEAD" else asked)


def methods_at(path: str) -> Mapping[str, Endpoint]:
    """Return what answers on a path with nothing before it, by method; empty if nothing does."""
    fitting = (methods for pattern, methods in _patterns() if pattern.match(path))
    return next(fitting, {})


def bare(path: str) -> str:
    """Return a path without what stands before it.

    >>> bare("/openai/v1/threads"), bare("/threads")
    ('/threads', '/threads')
    """
    prefix = surface_of(path).prefix
    return path[len(prefix) :] if f"{path}/".startswith(f"{prefix}/") else path


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], Mapping[str, Endpoint]], ...]:
    return tuple((compile_path(path)[0], methods) for path, methods in ROUTES.items())
