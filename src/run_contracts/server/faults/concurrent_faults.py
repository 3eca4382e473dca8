"""Faults that only concurrency shows: each needs a second request while the first is answered.

Real servers have them where something is awaited between a look at the store and what is written
or answered by it: a database, a lock service, another server. Who sends one request after another
never sees them, so they are no part of the self-test's matrix; what drives many users finds them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from run_contracts.server.faults.fault import ID_PARTS, Wrap, around
from run_contracts.server.parts.edition_server import EditionServer
from run_contracts.server.parts.records import RunRecord, ThreadRecord
from run_contracts.server.parts.service import Service
from run_contracts.server.requests.refusal import Refusal

STORE_SECONDS = 0.005
"""Real seconds that a store takes which is not in memory."""
Answering = Callable[[EditionServer, Request], Awaitable[Response]]
"""What answers the requests of one operation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcurrentFault:
    """A defect that shows only while two requests are under way: its id, and what it does.

    The id is that of the requirement it breaks and ``-race``. `around` has for operations what
    makes their handler another one; `wraps` are what it needs of the parts.
    """

    id: str
    sentence: str
    around: Mapping[str, Callable[[Answering], Answering]]
    wraps: tuple[Wrap, ...] = ()

    @property
    def requirement(self) -> str:
        """The id of the requirement it breaks."""
        return "-".join(self.id.split("-")[:ID_PARTS])


_SEEN: ContextVar[RunRecord | None] = ContextVar("active run that a create saw", default=None)
"""The active run that the request of this task saw, when it looked."""


@around(Service.refuse_second_run)
def _by_what_was_seen(
    server: EditionServer, inner: Callable[[ThreadRecord], None], thread: ThreadRecord
) -> None:
    """RUN-THREAD-003: a second run is refused by what was seen before, not by what is."""
    active = _SEEN.get()
    if active is not None and not active.has_ended:
        inner(thread)


def _checks_then_creates(inner: Answering) -> Answering:
    async def answer(server: EditionServer, request: Request) -> Response:
        thread = server.store.threads.get(request.path_params["thread_id"])
        _SEEN.set(server.service.active_run(thread) if thread is not None else None)
        await asyncio.sleep(STORE_SECONDS)
        return await inner(server, request)

    return answer


def _saves_all(inner: Answering) -> Answering:
    async def answer(server: EditionServer, request: Request) -> Response:
        run = _asked_run(server, request)
        if run is not None:
            metadata = run.metadata
            await asyncio.sleep(STORE_SECONDS)
            run.metadata = metadata
        return await inner(server, request)

    return answer


def _answers_the_current(inner: Answering) -> Answering:
    current: dict[str, Any] = {}

    async def answer(server: EditionServer, request: Request) -> Response:
        if _asked_run(server, request) is not None:
            current["path"] = request.path_params
            await asyncio.sleep(STORE_SECONDS)
            asked = request.path_params
            request.scope["path_params"] = current["path"]
            if _asked_run(server, request) is None:
                request.scope["path_params"] = asked
        return await inner(server, request)

    return answer


def _asked_run(server: EditionServer, request: Request) -> RunRecord | None:
    """Return the run that a request names, None if it is not there."""
    try:
        return server.service.find_run(**request.path_params)
    except Refusal:
        return None


_ALL = (
    ConcurrentFault(
        id="RUN-THREAD-003-race",
        sentence="Whether a thread is free is seen before a wait, and its run is made after it.",
        around={"createRun": _checks_then_creates},
        wraps=_by_what_was_seen.wraps,
    ),
    ConcurrentFault(
        id="RUN-MODIFY-002-race",
        sentence="A read saves all of a run as it found it before a wait: a change meanwhile is "
        "lost.",
        around={"getRun": _saves_all},
    ),
    ConcurrentFault(
        id="RUN-ID-011-race",
        sentence="The run that is read is kept in one place for all requests during a wait.",
        around={"getRun": _answers_the_current},
    ),
)
CONCURRENT_FAULTS: Mapping[str, ConcurrentFault] = MappingProxyType({one.id: one for one in _ALL})
"""Every fault that only concurrency shows, by its id."""


def answering(faults: tuple[ConcurrentFault, ...], operation: str, inner: Answering) -> Answering:
    """Return what answers an operation with these faults; the first is around the second."""
    for fault in reversed(faults):
        if operation in fault.around:
            inner = fault.around[operation](inner)
    return inner
