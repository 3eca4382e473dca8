"""Refusals in a form of their own, with the wrong status, or that do not come."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from run_contracts.server.faults.fault import Fault, around, before, instead_of, wrap
from run_contracts.server.parts.edition_server import EditionServer
from run_contracts.server.parts.gate import Gate
from run_contracts.server.parts.list_pages import ListPages
from run_contracts.server.parts.records import RunRecord, Wire
from run_contracts.server.parts.renderer import Renderer
from run_contracts.server.parts.service import Service
from run_contracts.server.parts.store import Store
from run_contracts.server.requests.query_string import page_query
from run_contracts.server.requests.refusal import Refusal
from run_contracts.types import Edition

LONGEST_COLUMN = 255
"""Characters that fit into a column of many databases."""
FATAL_IDS: Mapping[str, tuple[str, Callable[[str], bool]]] = {
    "RUN-ERR-008-e": ("without a prefix", lambda wanted: "_" not in wanted),
    "RUN-ERR-008-f": ("of more than 255 characters", lambda wanted: len(wanted) > LONGEST_COLUMN),
    "RUN-ERR-008-g": ("that is not ASCII", lambda wanted: not wanted.isascii()),
    "RUN-ERR-008-h": ("with a percent sign", lambda wanted: "%" in wanted),
    "RUN-ERR-008-i": ("of nothing but spaces", lambda wanted: not wanted.strip()),
}
"""What servers break at in ids that name nothing, by fault."""
BodyReading = Callable[[bytes, str], Wire]
"""What returns the body of a request of a kind, or refuses it."""


@instead_of(Renderer.refusal)
def bare_errors(server: EditionServer, refusal: Refusal) -> Wire:
    """RUN-ERR-001: refusals come without the error envelope."""
    return {"detail": refusal.message}


@instead_of(Renderer.refusal)
def error_is_text(server: EditionServer, refusal: Refusal) -> Wire:
    """RUN-ERR-001-b: error of a refusal is its message."""
    return {"error": refusal.message}


@around(ListPages.runs)
def unknown_thread_is_empty(
    server: EditionServer,
    inner: Callable[[str, Mapping[str, str]], Wire],
    thread_id: str,
    query: Mapping[str, str],
) -> Wire:
    """RUN-ERR-006: the runs of a thread that does not exist are an empty list."""
    if thread_id not in server.store.threads:
        return server.lists.page([], page_query(query, server.renderer.edition))
    return inner(thread_id, query)


@around(Service.get_run)
def unknown_is_latest(
    server: EditionServer, inner: Callable[[str, str], Wire], thread_id: str, run_id: str
) -> Wire:
    """RUN-ERR-006-b: a run that does not exist is answered with the latest of its thread."""
    known = [run.id for run in server.service.find_thread(thread_id).runs]
    return inner(thread_id, run_id if run_id in known or not known else known[-1])


@instead_of(Store.not_found)
def unknown_is_bad(server: EditionServer, kind: str, wanted: str) -> Refusal:
    """RUN-ERR-007: an unknown id is refused with 400."""
    return Refusal(f"Invalid {kind} id '{wanted}'.")


@instead_of(Store.not_found)
def unknown_is_failure(server: EditionServer, kind: str, wanted: str) -> Refusal:
    """RUN-ERR-008: an unknown id is answered 500."""
    return failure()


def odd_ids() -> Iterator[Fault]:
    """Yield a fault for each kind of odd id: it is answered 500."""
    for fault, (kind, is_odd) in FATAL_IDS.items():
        sentence = f"An id {kind} is answered 500."
        yield Fault(id=fault, sentence=sentence, wraps=(wrap(Store.not_found, _failing(is_odd)),))


def _failing(
    is_odd: Callable[[str], bool],
) -> Callable[[EditionServer, Callable[[str, str], Refusal], str, str], Refusal]:
    def not_found(
        _: EditionServer, inner: Callable[[str, str], Refusal], kind: str, wanted: str
    ) -> Refusal:
        return failure() if is_odd(wanted) else inner(kind, wanted)

    return not_found


@around(Gate.read_body)
def no_json_is_failure(server: EditionServer, inner: BodyReading, data: bytes, kind: str) -> Wire:
    """RUN-ERR-008-b: a body that is not what it should be is answered 500."""
    try:
        return inner(data, kind)
    except Refusal:
        raise failure() from None


@before(Service.outputs)
def wrong_call_is_failure(server: EditionServer, run: RunRecord, given: list[Any]) -> None:
    """RUN-ERR-008-c: an output for a call that the run did not make is answered 500."""
    known = {call["id"] for call in run.calls}
    if any(output.get("tool_call_id") not in known for output in given):
        raise failure()


@instead_of(Service.refuse_cancel)
def late_cancel_is_failure(server: EditionServer, run: RunRecord) -> None:
    """RUN-ERR-008-d: a cancel of a run that has ended is answered 500."""
    raise failure()


@instead_of(Gate.wrong_key)
def wrong_key_is_forbidden(server: EditionServer, message: str) -> Refusal:
    """RUN-ERR-009: a wrong key is refused with 403."""
    return Refusal(message, status=403, code="invalid_api_key")


@around(Gate.read_body)
def any_assistant(server: EditionServer, inner: BodyReading, data: bytes, kind: str) -> Wire:
    """RUN-ERR-010: a run created without assistant_id gets the first assistant there is."""
    if kind == "create_run_request" and data == b"{}" and server.store.assistants:
        return {"assistant_id": next(iter(server.store.assistants))}
    return inner(data, kind)


@around(Gate.read_body)
def wrong_fields_ignored(server: EditionServer, inner: BodyReading, data: bytes, kind: str) -> Wire:
    """RUN-ERR-011: a modify whose body is wrong is accepted, and changes nothing."""
    try:
        return inner(data, kind)
    except Refusal:
        if kind == "modify_run_request":
            return {}
        raise


@instead_of(Store.find_assistant)
def made_up_assistant(server: EditionServer, assistant_id: str) -> Wire:
    """RUN-ERR-012: a run for an assistant that does not exist has a plain one."""
    known = server.store.assistants.get(assistant_id)
    plain: Wire = {"model": "gpt-4o", "instructions": None, "tools": [], "file_ids": []}
    return {"id": assistant_id, **plain} if known is None else known


@instead_of(Gate.unnamed_edition)
def edition_in_use(server: EditionServer) -> Edition:
    """RUN-ERR-013: a request that names no edition is taken for one of that in use."""
    return "v2" if server.store.threads else "v1"


@around(Gate.leaving)
def any_method(
    server: EditionServer,
    inner: Callable[[Request, Response], Response],
    request: Request,
    response: Response,
) -> Response:
    """RUN-HTTP-003: a method that does not exist is answered 200."""
    if response.status_code == 405:  # noqa: PLR2004 - method not allowed
        response = Response("{}", media_type="application/json")
    return inner(request, response)


def failure() -> Refusal:
    """Return the answer of a server that broke at a request."""
    return Refusal("Internal server error", status=500)
