"""Operations that a server does not have, and the ways in which it says so."""

from __future__ import annotations

from starlette.responses import HTMLResponse, JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from run_contracts.server.degradations.degradation import Degradation, instead
from run_contracts.server.faults.fault import wrap
from run_contracts.server.parts.edition_server import EditionServer
from run_contracts.server.parts.records import Wire
from run_contracts.server.parts.store import Store

BARE = JSONResponse({"detail": "Not Found"}, 404)
"""What FastAPI says of a path that it does not know."""
WRONG_METHOD = JSONResponse({"detail": "Method Not Allowed"}, 405, {"Allow": "GET"})
NO_PAGE = HTMLResponse("<!doctype html>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n", 404)
"""What Flask and web servers say of one."""


async def unknown_url(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer as the hosted API does for a path that it does not know."""
    request = f"{scope['method']} {scope['path']}"
    error = {
        "message": f"Unknown request URL: {request}. Please check the URL for typos.",
        "type": "invalid_request_error",
        "param": None,
        "code": "unknown_url",
    }
    await JSONResponse({"error": error}, 404)(scope, receive, send)


NO_SUCH_URL: dict[str, tuple[str, ASGIApp]] = {
    "no": ("answered 404, as FastAPI does", BARE),
    "405": ("answered 405", WRONG_METHOD),
    "page": ("answered 404 with a page of HTML", NO_PAGE),
    "unknown": ("answered 404 by the name of unknown_url", unknown_url),
}
"""The answers by which an operation is missing, each with its words."""
MISSED = (
    ("no", "createThreadAndRun"),
    ("no", "createRun"),
    ("no", "createThread"),
    ("no", "cancelRun"),
    ("no", "modifyRun"),
    ("no", "submitToolOutputs"),
    ("no", "listRunSteps"),
    ("no", "getRunStep"),
    ("no", "listRuns"),
    ("405", "modifyRun"),
    ("405", "listRuns"),
    ("page", "listRuns"),
    ("page", "submitToolOutputs"),
    ("page", "listRunSteps"),
    ("unknown", "createThreadAndRun"),
    ("unknown", "cancelRun"),
)
"""Each operation that is missing on its own, and how."""


def any_assistant(server: EditionServer, inner: object, assistant_id: str) -> Wire:
    """Return a plain assistant for every id: who cannot make any takes all."""
    return {
        "id": assistant_id,
        "model": "gpt-4o",
        "instructions": None,
        "tools": [],
        "file_ids": [],
    }


def missing(answer: str, *operations: str, name: str) -> Degradation:
    """Return the degradation of a server without these operations."""
    words, application = NO_SUCH_URL[answer]
    verb = "are" if len(operations) > 1 else "is"
    return Degradation(
        id=f"{answer}-{name}",
        sentence=f"{' and '.join(operations)} {verb} {words}.",
        layer=instead(frozenset(operations), application),
        lacks=frozenset(operations),
    )


MISSING_OPERATIONS = (
    *(missing(answer, operation, name=operation) for answer, operation in MISSED),
    missing("no", "createMessage", "listMessages", name="messages"),
    Degradation(
        id="no-assistants",
        sentence="createAssistant is answered 404, and every assistant_id is taken.",
        wraps=(wrap(Store.find_assistant, any_assistant),),
        layer=instead(frozenset({"createAssistant"}), BARE),
        lacks=frozenset({"createAssistant"}),
    ),
)
"""The degradations by which a server lacks something."""
