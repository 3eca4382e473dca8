"""Answers that do not come, or come in place of the right ones: crashes, silence, overload."""

from __future__ import annotations

import asyncio

from starlette.responses import JSONResponse, PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from run_contracts.server.degradations.degradation import (
    Degradation,
    closing_after_errors,
    every,
    instead,
)
from run_contracts.server.faults.fault import changed
from run_contracts.server.parts.store import Store
from run_contracts.server.requests.refusal import Refusal

CRASH = PlainTextResponse("Internal Server Error", 500)
"""What a server says of an exception that nobody caught."""
HUNG = ("cancelRun", "listRunSteps", "modifyRun")
"""Operations each of which hangs on its own."""
OVERLOADED = {"message": "Overloaded.", "type": "server_error", "param": None, "code": None}
BUSY = JSONResponse({"error": OVERLOADED}, 503, {"Retry-After": "1"})
TOO_MANY = JSONResponse({"error": {**OVERLOADED, "message": "Too many requests."}}, 429)
TENTH, FIFTEENTH = 10, 15


async def _silence(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer nothing, ever."""
    await asyncio.Event().wait()


def _crashing_cancel(application: ASGIApp) -> ASGIApp:
    return closing_after_errors(instead(frozenset({"cancelRun"}), CRASH)(application))


def _crash(refusal: Refusal) -> Refusal:
    return Refusal(refusal.message, status=500)


FAILING_ANSWERS = (
    Degradation(
        id="crashing-cancelRun",
        sentence="cancelRun is answered 500, and its connection closed without a word.",
        layer=_crashing_cancel,
        crashes=frozenset({"cancelRun"}),
        closes_after_errors=True,
    ),
    Degradation(
        id="crashing-lookups",
        sentence="An id of nothing is answered 500, and its connection closed without a word.",
        wraps=(changed(Store.not_found, _crash),),
        layer=closing_after_errors,
        closes_after_errors=True,
    ),
    *(
        Degradation(
            id=f"hanging-{operation}",
            sentence=f"{operation} is never answered.",
            layer=instead(frozenset({operation}), _silence),
            hangs=frozenset({operation}),
        )
        for operation in HUNG
    ),
    Degradation(
        id="busy-now-and-then",
        sentence="Every tenth request is answered 503 with Retry-After: 1.",
        layer=every(TENTH, BUSY),
    ),
    Degradation(
        id="limited-now-and-then",
        sentence="Every fifteenth request is answered 429 without Retry-After.",
        layer=every(FIFTEENTH, TOO_MANY),
    ),
)
"""The degradations by which an answer is lost or replaced."""
