"""Answers in a form of their own: statuses, ids, lists, refusals."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from uuid import UUID

from run_contracts.server.clock import Ids
from run_contracts.server.degradations.degradation import Degradation
from run_contracts.server.faults import FAULTS
from run_contracts.server.faults.fault import Wrap, wrap
from run_contracts.server.parts.edition_server import EditionServer
from run_contracts.server.parts.records import Wire
from run_contracts.server.parts.renderer import Renderer
from run_contracts.server.requests.refusal import Refusal

UUID_BITS, UUID_VERSION, MOST_DIGITS = 128, 4, 10**9


def _named(form: Callable[[Random], str]) -> tuple[Wrap, ...]:
    """Return the wrap by which new ids have this form."""

    def new_id(server: EditionServer, inner: object, ids: Ids, name: str) -> str:
        return form(Random(ids.new("")))  # noqa: S311 - an id of a test server, not a secret

    return (wrap(Renderer.new_id, new_id),)


def _detail(server: EditionServer, inner: object, refusal: Refusal) -> Wire:
    """Return the body of a refusal as FastAPI has it."""
    return {"detail": refusal.message}


OTHER_FORMS = (
    Degradation(
        id="uuids",
        sentence="Ids are UUIDs.",
        wraps=_named(
            lambda drawn: str(UUID(int=drawn.getrandbits(UUID_BITS), version=UUID_VERSION))
        ),
    ),
    Degradation(
        id="numbered",
        sentence="Ids are numbers, as strings.",
        wraps=_named(lambda drawn: str(drawn.randrange(MOST_DIGITS))),
    ),
    Degradation(
        id="created-201",
        sentence="What was created is answered 201.",
        wraps=FAULTS["RUN-HTTP-001"].wraps,
    ),
    Degradation(
        id="no-has_more",
        sentence="Lists do not say whether there is more.",
        wraps=FAULTS["RUN-LIST-010-b"].wraps,
    ),
    Degradation(
        id="never-has_more",
        sentence="Lists always say that there is no more.",
        wraps=FAULTS["RUN-LIST-005"].wraps,
    ),
    Degradation(
        id="detail-errors",
        sentence='Refusals are {"detail": ...}, without an error.',
        wraps=(wrap(Renderer.refusal, _detail),),
    ),
)
"""The degradations of how things look."""
