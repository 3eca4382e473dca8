"""The gate: what a request must be like to come in, and its answer as it leaves."""

from __future__ import annotations

from typing import Any

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from run_contracts.contract.loading import load
from run_contracts.server.requests.query_string import check_include
from run_contracts.server.requests.refusal import Refusal
from run_contracts.server.requests.request_bodies import parsed
from run_contracts.types import Edition


class Gate:
    """Reads requests in one edition, refuses those that are wrong, and sees answers off."""

    def __init__(self, edition: Edition) -> None:
        """Read what this edition may be asked."""
        self.edition = edition
        self.contract = load(edition)

    def wrong_key(self, message: str) -> Refusal:
        """Return the refusal of a key."""
        return Refusal(message, status=401, code="invalid_api_key")

    def unnamed_edition(self) -> Edition:
        """Refuse a request that names no edition; a fault may return one instead."""
        raise Refusal(
            "You must provide the 'OpenAI-Beta' header to access the Assistants API. "
            "Please try again by setting the header 'OpenAI-Beta: assistants=v2'.",
            code="invalid_beta",
        )

    def read_body(self, data: bytes, kind: str) -> dict[str, Any]:
        """Return the body of a request, or refuse it."""
        return parsed(data, kind, self.contract, required=kind != "create_thread_request")

    def read_cancel_body(self, content_type: str, data: bytes) -> None:
        """Accept a cancel with no body, whatever type it names, and with any body."""

    def check_include(self, query: QueryParams) -> None:
        """Refuse something to include that does not exist."""
        check_include(query.multi_items(), self.edition)

    def leaving(self, request: Request, response: Response) -> Response:  # noqa: ARG002
        """Return an answer as it leaves."""
        return response
